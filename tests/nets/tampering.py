"""T7: what an owner of the database could change, column by column, row by row."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Table, select, text, update
from sqlalchemy.orm import Session

from volunteer_app.core.database import Moment
from volunteer_app.ledger.models import (
    ACCOUNTS,
    CHAINS,
    HOLD_LINES,
    HOLDS,
    LOT_USES,
    LOTS,
    PERIODS,
    POSTINGS,
    PROPOSALS,
    TXNS,
)

TABLES = (ACCOUNTS, CHAINS, TXNS, POSTINGS, LOTS, LOT_USES, HOLDS, HOLD_LINES, PERIODS, PROPOSALS)
MEANINGLESS = {(name, "id") for name in ("ledger_txn", "ledger_lot_use", "ledger_hold_line")}
"""Row numbers that nothing in the books refers to; verify checks that those of transactions follow the chain."""

WORDS = ("id", "community_id", "owner", "kind", "unit")
"""What an account is called is sealed with its postings; one without any says nothing yet."""


@dataclass(frozen=True)
class Tampering:
    """One value of one row, and what it becomes."""

    table: str
    column: str
    key: object
    was: object
    becomes: object

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.key}: {self.was!r} -> {self.becomes!r}"


def take_guards_off(session: Session) -> None:
    """Triggers and foreign keys sleep; the owner of a database can do that."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        return
    session.execute(text("PRAGMA ignore_check_constraints=ON"))
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def columns() -> list[tuple[Table, str]]:
    """Every column of every table that means something."""
    found = [(table, column.name) for table in TABLES for column in table.columns]
    return [(table, name) for table, name in found if (table.name, name) not in MEANINGLESS]


def tamper(session: Session, table: Table, column: str, chance: random.Random) -> Tampering | None:
    """Changes the column in a random row to another value that could stand there; None when the table is empty."""
    found = select(*table.primary_key.columns, table.c[column])
    if table is ACCOUNTS and column in WORDS:
        found = found.where(ACCOUNTS.c.id.in_(select(POSTINGS.c.account_id)))
    rows = [((*key,), was) for *key, was in session.execute(found)]
    if not rows:
        return None
    row_key, was = chance.choice(rows)
    others = sorted({value for _, value in rows if value is not None and value != was}, key=str)
    becomes = other_value(
        SOME_MOMENT if was is None and isinstance(table.c[column].type, Moment) else was, others, chance
    )
    session.execute(update(table).where(*is_row(table, row_key)).values({column: becomes}))
    return Tampering(table.name, column, row_key, was, becomes)


def is_row(table: Table, key: tuple[object, ...]) -> list[ColumnElement[bool]]:
    """The condition that finds the row with that primary key."""
    return [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]


SOME_MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
PAIRED = (
    *[(LOTS, name, "account_id") for name in ("amount", "remaining")],
    *[(HOLD_LINES, name, "kept_id") for name in ("amount", "collected", "refunded")],
    *[(ACCOUNTS, name, "kind") for name in ("posted", "earned", "spent", "expired")],
    *[(POSTINGS, name, "account_id") for name in ("amount", "balance_after")],
    (LOT_USES, "amount", "lot_id"),
)
"""Amounts that add up, by what their rows have in common: the sum stays when one grows by what another shrinks."""


def shift(session: Session, table: Table, column: str, common: str, chance: random.Random) -> Tampering | None:
    """Moves some of one row's amount to another row with the same `common`; None when there are no two."""
    found = select(*table.primary_key.columns, table.c[column], table.c[common]).where(table.c[column].is_not(None))
    rows = [((*key,), some, alike) for *key, some, alike in session.execute(found)]
    pairs = [(one, other) for one in rows for other in rows if one[0] != other[0] and one[2] == other[2] and one[1] > 0]
    if not pairs:
        return None
    (one, had, _), (other, _, _) = chance.choice(pairs)
    some = chance.randint(1, had)
    for row_key, more in ((one, -some), (other, some)):
        session.execute(update(table).where(*is_row(table, row_key)).values({column: table.c[column] + more}))
    return Tampering(table.name, column, (one, other), had, f"{some} of it moved")


def other_value(was: object, others: list[object], chance: random.Random) -> object:
    """Another row's value half of the time; else a little more, a little later, a letter changed."""
    if others and (was is None or chance.random() < 0.5):
        return chance.choice(others)
    if isinstance(was, datetime):
        return was + chance.choice([-1, 1]) * timedelta(microseconds=chance.choice([1, 86_400_000_000]))
    if isinstance(was, int):
        return was + chance.choice([-100, -1, 1, 100])
    if isinstance(was, str) and was:
        at = chance.randrange(len(was))
        return was[:at] + chance.choice([c for c in "0123456789abcdef" if c != was[at]]) + was[at + 1 :]
    return 1
