"""A volunteer's turns in the calendar of the telephone: one address to subscribe to, changed or stopped at will."""
