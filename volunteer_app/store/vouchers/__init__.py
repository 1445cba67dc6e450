"""Vouchers that a partner shop takes in, and what the community pays it for a month."""
