"""The words by which the ledger knows who owns what the store moves."""

from volunteer_app.ledger.rules import Key

SHELF = "store:main"
"""The word that names the community's own store in the ledger."""
INCOME = Key(SHELF, "income")
SETTLED = Key("programme", "settled")


def owner_of(person_id: int) -> str:
    """The word that names a person in the ledger."""
    return f"person:{person_id}"
