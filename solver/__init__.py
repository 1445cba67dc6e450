"""Fair volunteer rosters: pure Python, numpy and OR-Tools. Knows no web framework, database, clock, time zone or language."""
