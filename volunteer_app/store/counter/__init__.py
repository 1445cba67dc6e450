"""The other side of an order: the code is looked up, goods are handed over, things come back."""
