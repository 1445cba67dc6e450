"""Goods for points: catalogue, orders, hand-over. Knows nothing of rosters."""
