"""What is true of right books: one query for each invariant, which finds the rows that break it.

Nothing that is stored twice is trusted once. What no query can see is shown otherwise: I16 (the database refuses to
change written rows) by guards.py and tests/volunteer_app/ledger/test_verify.py, I13c and I13d (the hash chain) by
verify.py, the rest of I8, I17 and I18 (a replay answers the same; erasing; a week without jobs) by tests.
"""

from volunteer_app.ledger.invariants import accounts, entries, holds, lots
from volunteer_app.ledger.invariants.check import Check

CHECKS: tuple[Check, ...] = (*entries.CHECKS, *accounts.CHECKS, *holds.CHECKS, *lots.CHECKS)
"""Of the ledger's own tables."""

BESIDE: dict[str, tuple[Check, ...]] = {}
"""Feature -> what it keeps beside the books and must agree with them; from the feature's own invariants.py."""


def every_check() -> list[Check]:
    """The ledger's own first, then those of the features that are there."""
    return [*CHECKS, *(check for checks in BESIDE.values() for check in checks)]
