"""Public notice of hours and points, with a clock and objections."""
