"""What the ledger does a second, beside others on the same machine: python -m benchmarks.ledger."""
