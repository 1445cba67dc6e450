"""Each invariant is broken by the owner of the database, who takes triggers and keys off; verify names its number."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.ledger.test_verify import busy_month, take_triggers_off
from volunteer_app.ledger import proposals
from volunteer_app.ledger.invariants import CHECKS
from volunteer_app.ledger.verify import late, verify

PERIOD = (
    "INSERT INTO ledger_period (community_id, starts_at, ends_at, closed_at, closed_by_id, last_seq, last_hash)"
    " SELECT community_id, '2020-01-01 00:00:00', '2030-01-01 00:00:00', '2030-01-01 00:00:00', 7, 5, {hash}"
    " FROM ledger_txn WHERE seq = 5"
)
TAMPERINGS = {
    "I1": "UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = 2 AND leg = 1",
    "I2": "UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = 2 AND leg = 1",
    "I3a": "UPDATE ledger_account SET posted = posted + 100 WHERE owner = 'person:18' AND kind = 'points'",
    "I3b": "UPDATE ledger_posting SET balance_after = balance_after + 1 WHERE txn_seq = 4 AND balance_after > 0",
    "I3c": "UPDATE ledger_account SET posted = 5 WHERE kind = 'grant'",
    "I3d": "UPDATE ledger_account SET spent = spent + 1 WHERE owner = 'person:18' AND kind = 'held'",
    "I4a": "UPDATE ledger_posting SET balance_after = -1 WHERE txn_seq = 4 AND balance_after > 0",
    "I4b": "UPDATE ledger_account SET least = -5 WHERE kind = 'points'",
    "I4c": "UPDATE ledger_account SET posted = -1 WHERE owner = 'person:18' AND kind = 'debt'",
    "I5a": "UPDATE ledger_hold SET state = 'released', closed_seq = 1 WHERE cause = 'order:4'",
    "I5b": "UPDATE ledger_hold SET cause = 'order:9' WHERE cause = 'order:4'",
    "I5c": "UPDATE ledger_hold SET closed_seq = closed_seq + 1 WHERE cause = 'order:1'",
    "I5d": "UPDATE ledger_hold_line SET refunded = 0 WHERE refunded > 0",
    "I6a": "UPDATE ledger_lot SET remaining = remaining + 1 WHERE origin_seq = 3",
    "I6b": "UPDATE ledger_account SET posted = posted + 100 WHERE owner = 'person:18' AND kind = 'points'",
    "I6c": "UPDATE ledger_lot_use SET amount = 1000 WHERE amount > 0",
    "I6d": "UPDATE ledger_lot SET expires_at = NULL WHERE amount = 31",
    "I7a": "UPDATE ledger_txn SET cause = 'service_record:1' WHERE seq = 3",
    "I7b": "UPDATE ledger_hold_line SET refunded = collected + 1 WHERE collected > 0",
    "I8": "UPDATE ledger_txn SET content = '' WHERE seq = 3",
    "I9a": "UPDATE ledger_posting SET account_id = 9999 WHERE txn_seq = 4 AND leg = 1",
    "I9b": "UPDATE ledger_lot_use SET lot_id = 9999 WHERE txn_seq = (SELECT MAX(txn_seq) FROM ledger_lot_use)",
    "I10a": "UPDATE ledger_txn SET checker_id = actor_id WHERE seq = 3",
    "I10b": "UPDATE ledger_txn SET kind = 'adjust' WHERE seq = 3",
    "I10c": "UPDATE ledger_proposal SET txn_seq = 3",
    "I11a": "UPDATE ledger_posting SET amount = amount / 100000 WHERE txn_seq = 1",
    "I12a": "UPDATE ledger_posting SET amount = -100 WHERE amount = -1 AND unit <> 'points'",
    "I13a": "UPDATE ledger_txn SET recorded_at = '2020-01-01 00:00:00' WHERE seq = 8",
    "I13b": "UPDATE ledger_txn SET id = id + 1000 WHERE seq = 3",
    "I13c": "UPDATE ledger_txn SET reason = '{}' WHERE seq = 3",
    "I13d": "UPDATE ledger_chain SET seq = seq - 1",
    "I13e": PERIOD.format(hash="hash"),
    "I13f": PERIOD.format(hash="prev_hash"),
    "I14a": "UPDATE ledger_hold SET state = 'open', closed_seq = NULL WHERE cause = 'order:1'",
    "I14b": "UPDATE ledger_hold SET opened_seq = 99 WHERE cause = 'order:4'",
    "I15a": "UPDATE ledger_txn SET recorded_at = '2020-01-01 00:00:00' WHERE seq = 8",
    "I15b": "UPDATE ledger_lot SET amount = amount + 1, remaining = remaining + 1 WHERE origin_seq = 3",
}
KEYLESS = {
    "I7a": "ledger_txn",
    "I7b": "ledger_hold_line",
    "I9a": "ledger_posting",
    "I9b": "ledger_lot_use",
    "I10a": "ledger_txn",
    "I10c": "ledger_proposal",
}
"""Where keys and checks stand in the way: the owner builds the table anew without them."""

BY_THE_WALK = {"I13c", "I13d"}


def without_keys(session: Session, table: str) -> None:
    """The table's rows in a table of the same name that has no keys and no checks."""
    session.execute(text(f"CREATE TABLE forged AS SELECT * FROM {table}"))
    session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_before"))
    session.execute(text(f"ALTER TABLE forged RENAME TO {table}"))


def numbers_after(books: Books, number: str) -> set[str]:
    """What verify names once the tampering for that invariant is done; nothing of it is left."""
    take_triggers_off(books)
    if number in KEYLESS:
        without_keys(books.session, KEYLESS[number])
    changed = books.session.execute(text(TAMPERINGS[number]))
    assert changed.rowcount > 0, number  # type: ignore[attr-defined]
    found = verify(books.session, books.actor.community_id)
    books.session.rollback()
    return {finding.number for finding in found}


def test_every_invariant_is_named_when_it_is_broken(books: Books) -> None:
    busy_month(books)
    for days, points in ((20, 31), (30, 32)):  # spent in this order: the hold takes from the first
        until = books.clock() + timedelta(days=days)
        books.issue("person:19", points, f"service_record:{points}", expires_at=until)
    books.hold("person:19", 10, "order:5")
    asked = {"owner": "person:19", "points": 5, "expires_at": None}
    books.write(proposals.propose, "adjust", asked, reason="登记本漏记")
    assert verify(books.session, books.actor.community_id) == []
    assert {check.number for check in CHECKS} | BY_THE_WALK == set(TAMPERINGS)

    unnamed = [number for number in TAMPERINGS if number not in numbers_after(books, number)]

    assert unnamed == []


def test_a_hold_that_no_sweep_has_booked_is_late_and_breaks_nothing(books: Books, clock: SetClock) -> None:
    """60 s after its time it may still wait; the points are free again at its time, whoever sweeps."""
    books.issue("person:17", 20, "service_record:1")
    books.hold("person:17", 15, "order:1", days=1)
    clock.tick(days=1, seconds=60)
    assert late(books.session, books.actor.community_id, now=clock()) is None

    clock.tick(seconds=1)
    found = late(books.session, books.actor.community_id, now=clock())

    assert found is not None
    assert (found.number, found.what) == ("I5e", "order:1 has not been swept")
    assert verify(books.session, books.actor.community_id) == []
    assert books.balance("person:17").available == 20


def test_the_command_tells_of_a_late_sweep_and_still_verifies(app: Flask, books: Books, clock: SetClock) -> None:
    books.issue("person:17", 20, "service_record:1")
    books.hold("person:17", 15, "order:1", days=1)
    books.session.commit()
    clock.tick(days=2)

    said = app.test_cli_runner().invoke(args=["ledger", "verify"])

    assert said.exit_code == 0, said.output
    assert "late, and no balance is wrong for it: I5e" in said.output


GUARDS = {"ledger_txn": "ledger_txn_deleted", "ledger_period": "ledger_period_kept_0"}
"""Table -> what SQLite calls the trigger that refuses DELETE; PostgreSQL's is named after the table."""


@pytest.mark.parametrize("table", GUARDS)
def test_a_guard_that_was_taken_off_is_named(app: Flask, books: Books, table: str) -> None:
    """I16: every row is still right, and nothing would refuse the next change."""
    on_postgresql = books.session.get_bind().dialect.name == "postgresql"
    switch = f"ALTER TABLE {table} {{}} TRIGGER {table}_kept_row"
    change(books, switch.format("DISABLE") if on_postgresql else f"DROP TRIGGER {GUARDS[table]}")

    said = app.test_cli_runner().invoke(args=["ledger", "verify"])

    if on_postgresql:  # later tests have the same tables, emptied
        change(books, switch.format("ENABLE"))
    assert said.exit_code == 1
    assert f"BROKEN: I16 the database refuses to change written rows ({table}: nothing refuses DELETE)" in said.output


def change(books: Books, statement: str) -> None:
    books.session.execute(text(statement))
    books.session.commit()
