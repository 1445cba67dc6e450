"""How work becomes points: the only bridge from service records to the ledger."""
