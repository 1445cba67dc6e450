"""The published week on paper and as text."""
