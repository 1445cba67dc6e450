"""Fair volunteer rosters in pure Python and OR-Tools. Knows no web framework, database, clock, zone or language."""
