"""Goods: the price list, batches, stock, what is written off. Knows no orders."""
