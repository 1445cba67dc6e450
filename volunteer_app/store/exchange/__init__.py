"""Redeeming in another community, and settling with it."""
