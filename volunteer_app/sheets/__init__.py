"""Excel, paste, print: reads everything, and nobody reads it."""
