"""SQLite's own driver inside the session's transaction: five times as quick as any layer above it.

Only for the few statements that every posting needs; errors come out as SQLAlchemy's, so that nobody notices.
"""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


def cursor_of(session: Session) -> Any:
    """A cursor of the transaction that the session is in; None on another database."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    return session.connection().connection.cursor()


def first(cursor: Any, statement: str, *values: object) -> Any:
    """The first row or None; the rest is read too, so that no statement stays open over the commit."""
    return next(iter(cursor.execute(statement, values).fetchall()), None)


class AsUsual:
    """The driver's errors as SQLAlchemy's. Not made of a generator: a posting goes through seven of them."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise IntegrityError("ledger", None, error) from error


as_usual = AsUsual()


def stored(moment: datetime | None) -> str | None:
    """A moment as core.database.Moment keeps it on SQLite."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def loaded(told: str) -> datetime:
    """The moment again, aware."""
    return datetime.fromisoformat(told).replace(tzinfo=UTC)
