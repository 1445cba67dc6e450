"""Books kept safe: backup, restore, and the way from one database to another. Knows rows, not what they mean."""
