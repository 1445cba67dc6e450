"""What `python -m solver` can do: a module a verb, each with `add(verbs)`. Refuses to know how anything is solved."""
