"""What is wanted: activity kinds, needs, series, and the shifts that come of them."""
