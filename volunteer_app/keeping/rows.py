"""Every row of a database as plain values, alike on SQLite and PostgreSQL, and a digest whatever their order."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Date, Table, TableClause, inspect, literal, select
from sqlalchemy.orm import Session

from volunteer_app.core.database import Base, Moment

CHUNK = 2000
AFTER = {
    "ledger_posting": ("ledger_account",),
    "ledger_txn": ("ledger_posting", "ledger_lot", "ledger_lot_use"),
    "ledger_period": ("ledger_txn",),
}
"""Tables whose guards look at others: a transaction is sealed when its parts are there, a period when its month is."""

Row = list[object]


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and the sum of their SHA-256 (hex); equal for equal rows in any order."""

    rows: int
    sum: str


def tables() -> list[Table]:
    """All tables in an order in which their rows can be written: whatever a row points at at once comes before it."""
    left = {table.name: table for table in Base.metadata.sorted_tables}
    ordered: list[Table] = []
    while left:
        ready = [table for table in left.values() if not (needs(table) & left.keys() - {table.name})]
        assert ready, f"tables point at each other: {sorted(left)}"
        ordered += ready
        left = {name: table for name, table in left.items() if table not in ready}
    return ordered


def needs(table: Table) -> set[str]:
    """Tables that must be filled before: foreign keys that are checked at once, and the guards' wishes."""
    keys = {key.referred_table.name for key in table.foreign_key_constraints if not key.deferrable}
    return keys | set(AFTER.get(table.name, ()))


def rows_of(session: Session, table: Table) -> Iterator[Row]:
    """The table's rows as plain values, in the order in which they were written."""
    order = [table.c.seq] if table.name == "ledger_txn" else list(table.primary_key.columns)
    statement = select(table).order_by(*order).execution_options(yield_per=CHUNK)
    for row in session.execute(statement):
        yield [plain(value) for value in row]


def plain(value: object) -> object:
    """A value as JSON has it; moments in UTC with microseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def values_of(table: Table, row: Row) -> dict[str, Any]:
    """The plain values as the table's columns take them."""
    return {column.name: back(column.type, value) for column, value in zip(table.columns, row, strict=True)}


def back(kind: object, value: object) -> object:
    if isinstance(value, str):
        if isinstance(kind, Moment):
            return datetime.fromisoformat(value)
        if isinstance(kind, Date):
            return date.fromisoformat(value)
    return value


def dumps(row: Row) -> str:
    """One spelling for one row."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Adder:
    """Adds rows up to a digest."""

    def __init__(self) -> None:
        self.rows = self.sum = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        self.sum += int.from_bytes(hashlib.sha256(dumps(row).encode()).digest())

    def digest(self) -> Digest:
        return Digest(self.rows, f"{self.sum % 2**256:064x}")


def digest_of(rows: Iterable[Row]) -> Digest:
    adder = Adder()
    for row in rows:
        adder.add(row)
    return adder.digest()


def is_empty(session: Session) -> bool:
    """No table has a row, whichever tables there are and whoever made them."""
    names = set(inspect(session.connection()).get_table_names()) - {"alembic_version"}
    return not any(
        session.execute(select(literal(1)).select_from(TableClause(name)).limit(1)).first() for name in names
    )
