"""Outgoing text: an outbox table, filled in the transaction that causes it."""
