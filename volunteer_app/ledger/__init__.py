"""Double entry: points and stock in one engine. Imports core only; an owner is a word that it never reads."""
