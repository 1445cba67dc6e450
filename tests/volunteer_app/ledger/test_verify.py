"""Forged rows are refused by the database; when its triggers are taken off, verify names the first forged row."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.volunteer_app.ledger.books import Books
from volunteer_app.ledger import actions, holds
from volunteer_app.ledger.verify import first_bad, verify

DAI = "person:17"


def busy_month(books: Books) -> None:
    """Credits with and without expiry, a collected, a lapsed and an open hold, a refund, a reversal with a debt."""
    clock = books.clock
    first = books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=3))
    books.issue("person:18", 100, "service_record:2")
    books.stock("K04", 9)
    books.collect(books.hold(DAI, 15, "order:1", code="K04"))
    clock.tick(days=1)
    books.write(actions.reverse, first.id, cause="reverse:1", reason="记错了")
    held = books.hold("person:18", 30, "order:2", code="K04")
    books.collect(held)
    books.write(holds.refund, held.hold_id, {1: 30, 2: 1}, cause="return:1", reason="退回")
    books.hold("person:18", 20, "order:3", code="K04")
    clock.tick(days=8)
    books.hold("person:18", 10, "order:4", code="K04")


def take_triggers_off(books: Books) -> None:
    """What the owner of the database file could do."""
    books.forged, session = True, books.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        return
    session.execute(text("PRAGMA foreign_keys=OFF"))
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def test_a_busy_month_verifies(books: Books) -> None:
    busy_month(books)

    assert verify(books.session, books.actor.community_id) == []
    assert books.count() == 13


FORGERIES = {
    'UPDATE ledger_txn SET reason = \'{"text":"奖励","values":{}}\' WHERE seq = 3': "txn 3",
    "UPDATE ledger_txn SET actor_id = 9 WHERE seq = 5": "txn 5",
    "UPDATE ledger_txn SET checker_id = 9 WHERE seq = 5": "txn 5",
    "UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = 2 AND leg = 1": "txn 2",
    "UPDATE ledger_posting SET balance_after = balance_after + 1 WHERE txn_seq = 4 AND balance_after > 0": "posting",
    "DELETE FROM ledger_posting WHERE txn_seq = 6": "txn 6",
    "DELETE FROM ledger_txn WHERE seq = 13": "posting",
    "UPDATE ledger_account SET posted = posted + 100 WHERE owner = 'person:18' AND kind = 'points'": "account",
    "UPDATE ledger_lot SET expires_at = NULL WHERE expires_at IS NOT NULL": "txn 2",
    "UPDATE ledger_lot SET remaining = remaining + 1 WHERE origin_seq = 3": "lot",
    "UPDATE ledger_lot_use SET amount = amount - 1 WHERE txn_seq = 8": "txn 8",
    "UPDATE ledger_hold SET state = 'released', closed_seq = 1 WHERE cause = 'order:4'": "account",
    "UPDATE ledger_hold_line SET refunded = 0 WHERE refunded > 0": "hold",
    "UPDATE ledger_chain SET seq = seq - 1": "chain end",
    "DELETE FROM ledger_chain": "chain end",
}


def test_verify_names_the_forged_row(books: Books) -> None:
    busy_month(books)
    told = {}
    for forgery in FORGERIES:
        take_triggers_off(books)
        changed = books.session.execute(text(forgery))
        assert changed.rowcount > 0, forgery  # type: ignore[attr-defined]
        found = first_bad(verify(books.session, books.actor.community_id))
        told[forgery] = found.row if found else "nothing"
        books.session.rollback()

    wrong = {forgery: row for forgery, row in told.items() if not row.startswith(FORGERIES[forgery])}
    assert wrong == {}


REFUSED = [
    *[one for one in FORGERIES if not one.startswith(("UPDATE ledger_hold SET", "UPDATE ledger_lot SET remaining"))],
    "UPDATE ledger_txn SET checker_id = NULL",
    "UPDATE ledger_txn SET actor_id = NULL WHERE actor_id IS NULL",
    "UPDATE ledger_posting SET balance_after = NULL WHERE balance_after IS NULL",
    "DELETE FROM ledger_txn",
    "DELETE FROM ledger_lot_use",
    "DELETE FROM ledger_lot",
    "DELETE FROM ledger_account",
    "DELETE FROM ledger_hold",
    "DELETE FROM ledger_hold_line",
    "UPDATE ledger_account SET least = NULL",
    "UPDATE ledger_hold SET state = 'open', closed_seq = NULL WHERE state = 'collected'",
    "UPDATE ledger_hold SET expires_at = NULL",
]


def test_the_database_refuses_to_change_written_rows(books: Books) -> None:
    busy_month(books)

    assert [statement for statement in REFUSED if not refused(books.session, [statement])] == []


def refused(session: Session, statements: list[str]) -> bool:
    """The database says no to one of the statements; nothing is left of the others."""
    try:
        for statement in statements:
            if statement == "COMMIT":
                session.commit()
            else:
                session.execute(text(statement))
    except DBAPIError:
        return True
    finally:
        session.rollback()
    return False


def test_postgresql_refuses_truncate(books: Books) -> None:
    if books.session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    tables = ("ledger_txn", "ledger_posting", "ledger_lot_use", "ledger_account", "audit_event")

    assert [table for table in tables if not refused(books.session, [f"TRUNCATE {table} CASCADE"])] == []


LEG = (
    "INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount)"
    " SELECT community_id, {seq}, {leg}, id, unit, {amount} FROM ledger_account"
    " WHERE kind = '{kind}' AND unit = 'points'"
)
TXN = (
    "INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at, prev_hash, hash)"
    " SELECT community_id, {seq}, 'gift', 'gift:{seq}', '', '', '2027-01-01', {before}, 'x' FROM ledger_chain"
)
REFUSED_ROWS = {
    "a further leg of a sealed transaction": [LEG.format(seq=2, leg=9, amount=5, kind="grant")],
    "an unbalanced transaction": [
        LEG.format(seq=14, leg=1, amount=5, kind="grant"),
        LEG.format(seq=14, leg=2, amount=-4, kind="income"),
        TXN.format(seq=14, before="hash"),
    ],
    "a transaction without legs": [TXN.format(seq=14, before="hash")],
    "a leg of nothing": [LEG.format(seq=14, leg=1, amount=0, kind="grant")],
    "a leg of an account in another unit": [
        LEG.format(seq=14, leg=1, amount=5, kind="grant").replace("id, unit", "id, 'sku:K01'")
    ],
    "an account below its limit": ["UPDATE ledger_account SET posted = -1, version = version + 1 WHERE least = 0"],
    "a gap in the numbers": [
        LEG.format(seq=15, leg=1, amount=5, kind="grant"),
        LEG.format(seq=15, leg=2, amount=-5, kind="income"),
        TXN.format(seq=15, before="hash"),
    ],
    "another hash before it": [
        LEG.format(seq=14, leg=1, amount=5, kind="grant"),
        LEG.format(seq=14, leg=2, amount=-5, kind="income"),
        TXN.format(seq=14, before="'y'"),
    ],
    "a leg without a transaction": [LEG.format(seq=14, leg=1, amount=5, kind="grant"), "COMMIT"],
    "an overdraft": ["UPDATE ledger_account SET posted = -1, version = version + 1 WHERE kind = 'points'"],
}


def test_the_database_refuses_rows_that_do_not_belong(books: Books) -> None:
    busy_month(books)

    assert [what for what, statements in REFUSED_ROWS.items() if not refused(books.session, statements)] == []


def test_the_balanced_twin_of_those_rows_is_accepted(books: Books) -> None:
    """Without this the refusals above might only show a mistyped statement."""
    busy_month(books)
    books.forged = True

    for leg, (kind, amount) in enumerate((("grant", -5), ("income", 5)), 1):
        books.session.execute(text(LEG.format(seq=14, leg=leg, amount=amount, kind=kind)))
    books.session.execute(text(TXN.format(seq=14, before="hash")))
    books.session.commit()


def test_the_command_says_verified_and_exits_1_when_the_books_are_broken(app: Flask, books: Books) -> None:
    busy_month(books)
    right = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert (right.exit_code, "books verified, 13 entries" in right.output) == (0, True)

    take_triggers_off(books)
    books.session.execute(text("UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = 2 AND leg = 1"))
    books.session.commit()

    wrong = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert (wrong.exit_code, "BROKEN at txn 2" in wrong.output) == (1, True)


def test_the_command_finds_books_whose_chain_or_community_was_taken_away(app: Flask, books: Books) -> None:
    """And the forged row in them."""
    busy_month(books)
    take_triggers_off(books)
    books.session.execute(text("UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = 2 AND leg = 1"))
    books.session.commit()
    for table in ("ledger_chain", "community"):
        take_triggers_off(books)
        if books.session.get_bind().dialect.name == "sqlite":  # takes no notice of this inside a transaction
            driver: Any = books.session.connection().connection.driver_connection
            driver.executescript("PRAGMA foreign_keys=OFF; BEGIN")
        books.session.execute(text(f"DELETE FROM {table}"))
        books.session.commit()
        said = app.test_cli_runner().invoke(args=["ledger", "verify"])
        assert (said.exit_code, "BROKEN at txn 2" in said.output) == (1, True), table


def test_the_command_says_that_books_are_empty_and_refuses_a_community_that_is_not_there(
    app: Flask, books: Books, make: Factory
) -> None:
    other = make.community("beiguo")

    every = app.test_cli_runner().invoke(args=["ledger", "verify"])
    unknown = app.test_cli_runner().invoke(args=["ledger", "verify", "--community", "99"])

    assert every.exit_code == 0
    assert [line.split(", head")[0] for line in every.output.splitlines()] == [
        f"community {books.actor.community_id}: books verified, 1 entries",
        f"community {other.id}: books verified, 0 entries",
    ]
    assert (unknown.exit_code, "there is no community 99" in unknown.output) == (1, True)


def test_the_books_come_through_the_older_schema_and_back(app: Flask, books: Books) -> None:
    """What an account earned, spent and let expire is added up anew from its postings."""
    busy_month(books)
    before = books.balance(DAI), books.balance("person:18")
    books.session.rollback()

    with app.app_context():
        downgrade(revision="0008_jobs")
        upgrade()

    assert (books.balance(DAI), books.balance("person:18")) == before
    assert (before[0].spent, before[1].earned) == (15, 100)
