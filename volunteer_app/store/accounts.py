"""The words by which the ledger knows who owns what the store moves."""

from volunteer_app.ledger.rules import Key

SHELF = "store:main"
"""The word that names the community's own store in the ledger."""
INCOME = Key(SHELF, "income")
SETTLED = Key("programme", "settled")
