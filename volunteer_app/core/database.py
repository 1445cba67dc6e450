"""Tables' common ground, transactions that take their lock first, and the community scope of every read.

SQLite: WAL, synchronous=FULL, foreign keys on, write transactions begin IMMEDIATE (a deferred BEGIN that is upgraded
later fails with "database is locked", and FOR UPDATE is silently ignored). PostgreSQL: row locks in id order, and the
scope of the session as row-level security.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    LargeBinary,
    MetaData,
    Select,
    Table,
    UniqueConstraint,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.types import TypeDecorator

from volunteer_app.core import isolation, prepared  # noqa: F401 - prepared listens

T = TypeVar("T")

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 10_000
TRIES = 6


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; naive values are a bug and raise."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("moments are stored aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Fingerprint(TypeDecorator[str]):
    """A SHA-256 in 64 digits, kept as its 32 bytes. A text forged into SQLite is read as it stands."""

    impl = LargeBinary(32)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.hex() if isinstance(value, bytes) else value


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment()}  # noqa: RUF012 - read once by SQLAlchemy


def table_of(model: type[Base]) -> Table:
    """The table for Core statements: half as dear as the ORM's, an eighth when made once. They name the community."""
    assert isinstance(model.__table__, Table)
    return model.__table__


class InCommunity:
    """A business row: it carries its community, and (community_id, id) is the key that children point at.

    Children use `ForeignKeyConstraint(["community_id", "x_id"], ["x.community_id", "x.id"])`, so that one
    community's rows can't point at another's. Add `key_in_community("table")` to `__table_args__`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr
    def community_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("community.id"), index=True)


def key_in_community() -> UniqueConstraint:
    """The key that composite foreign keys point at; the first item of a business table's `__table_args__`."""
    return UniqueConstraint("community_id", "id")


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, _record: object) -> None:
    """Own BEGIN (isolation_level None) and the pragmas that the ledger's promises rest on."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    """A write transaction takes SQLite's one write lock at once; a read never does. Said by the driver itself, because
    everybody says it; what it refuses comes out as SQLAlchemy's.
    """
    if connection.dialect.name != "sqlite":
        return
    said = "BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN"
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(said)
    except sqlite3.Error as error:
        raise OperationalError(said, None, error) from error


def in_transaction(session: Session, work: Callable[[], T]) -> T:
    """Runs `work` in one write transaction and commits; any exception rolls everything back.

    Whatever the session read before is forgotten first, so that work decides on what it reads under the lock.
    Serialization failures, deadlocks, lost races for a unique key and a busy SQLite file are tried again from
    the start, at most 6 times; work must therefore have no effect outside the database.
    """
    for attempt in range(TRIES):
        try:
            session.rollback()
            with in_line(session):
                session.connection(execution_options={"write": True})
                result = work()
                session.commit()
            make_durable(session)
        except DBAPIError as error:
            session.rollback()
            if attempt == TRIES - 1 or not may_retry(error):
                raise
            time.sleep(random.uniform(0.005, 0.05) * (attempt + 1))
        except BaseException:
            session.rollback()
            raise
        else:
            return result
    raise AssertionError("the last try either returned or raised")


def next_id(session: Session, table: Table) -> int:
    """The id of the row that is inserted next, for what has to be known before. On SQLite within a write only, which
    nobody else's comes between.
    """
    return int(session.execute(next_of(session.get_bind().dialect.name, table)).scalar_one())


@lru_cache
def next_of(dialect: str, table: Table) -> Select[int]:
    if dialect == "postgresql":
        return select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
    return select(func.coalesce(func.max(table.c.id), 0) + 1)


def add_if_absent(session: Session, table: Table, rows: list[dict[str, object]]) -> None:
    """Inserts rows that nobody else has inserted meanwhile."""
    session.execute(absent(session.get_bind().dialect.name, table), rows)


@lru_cache
def absent(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """INSERT that leaves alone what is there already, and waits for whoever is inserting the same just now."""
    add = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return add.on_conflict_do_nothing()


LINES: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


@contextmanager
def in_line(session: Session) -> Iterator[None]:
    """Threads that write to the same SQLite file wait for one another here: whoever is next starts at once, while
    SQLite's own waiting sleeps up to a tenth of a second and looks again. Other processes are left to SQLite.
    """
    engine = session.get_bind()
    if not isinstance(engine, Engine) or engine.dialect.name != "sqlite":
        yield
        return
    line = LINES.setdefault(engine, Lock())
    is_mine = line.acquire(timeout=BUSY_MS / 1000)
    try:
        yield
    finally:
        if is_mine:
            session.rollback()
            line.release()


FLUSH = b"SELECT pg_logical_emit_message(true, 'youlin', '')"


def make_durable(session: Session) -> None:
    """Waits until everything that anybody has been able to see is on PostgreSQL's disk; raises when the server is gone
    before. SQLite waits in the commit itself.

    A write commits without that wait (`tell_community`), so that the rows which everybody needs, a hot account and the
    end of a chain, are free again while the disk works. Many writers share a flush. Why nobody acts for good on what a
    crash could still take back: a row is seen only after its commit stands in the log; the log is one line; the message
    written here stands after all that was seen before, and its flush takes them along. So whoever

    * writes, answers after its own wait: what it decided on, another's row too, is on the disk with it. That holds for
      pages, for the API, for jobs (they work in `in_transaction`) and for files, which leave after their audit row;
    * only reads, may show for some milliseconds what a crash then takes back. Nobody was promised that row yet, and the
      next look shows it gone. What is carried out of the house by reading alone waits here itself: the printed month
      and its points, the head that `youlin ledger verify` tells, a backup.
    """
    engine = session.get_bind()
    if isinstance(engine, Engine) and engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            flushed = driver.pgconn.exec_(FLUSH)
            if flushed.status != ExecStatus.TUPLES_OK:
                connection.invalidate()
                raise OperationalError(FLUSH.decode(), None, Exception(flushed.error_message.decode()))


def may_retry(error: DBAPIError) -> bool:
    """True for 40001, 40P01, SQLITE_BUSY, and for 23505: run again, work meets the other's row and refuses."""
    if getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "23505"):
        return True
    return "database is locked" in str(error.orig)


def is_unmigrated(error: DBAPIError) -> bool:
    """A table is missing."""
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)


def is_out_of_reach(error: DBAPIError) -> bool:
    """The database isn't there, isn't one, or refuses whoever asks. SQLite has the same class for a mistake in a
    statement, with a code of its own.
    """
    code = getattr(error.orig, "sqlite_errorcode", None)
    is_mistake = code == sqlite3.SQLITE_ERROR
    return code == sqlite3.SQLITE_NOTADB or (isinstance(error, OperationalError) and not is_mistake)


def scope(session: Session, community_id: int | None) -> None:
    """From now on this session reads and writes one community only; None lifts the scope (sign-in, worker, verify).

    What a flush has failed in takes no further statement: the transaction that follows it is told.
    """
    session.info["community_id"] = community_id
    if session.in_transaction() and session.is_active and session.get_bind().dialect.name == "postgresql":
        tell_community(session, None, session.connection())


@contextmanager
def scoped(session: Session, community_id: int | None) -> Iterator[None]:
    """`scope` for a block, putting the former scope back."""
    former = session.info.get("community_id")
    scope(session, community_id)
    try:
        yield
    finally:
        scope(session, former)


NO_WAIT = ", set_config('synchronous_commit', 'off', true)"


@event.listens_for(Session, "after_begin")
def tell_community(session: Session, _transaction: object, connection: Connection) -> None:
    """PostgreSQL learns the scope for this transaction: its row-level security then hides every other community.
    Writes of in_transaction learn that they needn't wait for the disk (`make_durable` does).

    Said together with BEGIN on the bare connection, because every request says it twice; what goes wrong there is said
    again as usual, so that it raises as usual. A failed transaction isn't told, nor one whose connection is gone: it
    takes no further statement, and what went wrong is on its way to whoever asked.
    """
    if connection.dialect.name != "postgresql" or connection.invalidated:
        return
    community_id = session.info.get("community_id")
    told = isolation.EVERY if community_id is None else str(int(community_id))
    waits = NO_WAIT if connection.get_execution_options().get("write") else ""
    said = f"SELECT set_config('{isolation.SETTING}', '{told}', true){waits}"
    driver: Any = connection.connection.driver_connection
    status = driver.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        return
    begins = status == TransactionStatus.IDLE and not driver.autocommit
    if driver.pgconn.exec_(f"{begin(driver) if begins else ''}{said}".encode()).status != ExecStatus.TUPLES_OK:
        connection.exec_driver_sql(said)


def begin(driver: Any) -> str:
    """What psycopg would begin a transaction with."""
    level = driver.isolation_level
    return f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}; " if level else "BEGIN; "


@event.listens_for(Session, "do_orm_execute")
def read_own_community(state: ORMExecuteState) -> None:
    """Adds `community_id = the scope` to every ORM read of a business table; a Core statement names it itself."""
    community_id = state.session.info.get("community_id")
    if community_id is None or state.is_column_load or not state.is_orm_statement:
        return
    made = SCOPED.setdefault(state.statement, {})
    if community_id not in made:
        made[community_id] = state.statement.options(own_community(community_id))
    state.statement = made[community_id]


SCOPED: WeakKeyDictionary[Any, dict[int, Any]] = WeakKeyDictionary()
"""Statements with the condition, for as long as they live: those that are made once needn't be put together again."""


@lru_cache(maxsize=1000)
def own_community(community_id: int) -> ExecutableOption:
    """The condition, made once for each community: making it takes as long as a small read."""
    return with_loader_criteria(InCommunity, lambda row: row.community_id == community_id, include_aliases=True)


@event.listens_for(Session, "before_flush")
def write_own_community(session: Session, _context: object, _instances: object) -> None:
    """A row of another community in a scoped session is a bug, not a refusal."""
    community_id = session.info.get("community_id")
    if community_id is None:
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, InCommunity) and row.community_id is not None:
            assert row.community_id == community_id, f"{row!r} belongs to another community"
