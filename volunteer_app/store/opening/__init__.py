"""When the store is open: its rhythm, and the days on which it stays closed. Knows no goods."""
