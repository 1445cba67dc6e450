"""Rows into an empty database, in one transaction that is committed only when everything reads back as it was.

The guards of the books stay awake: what they would refuse from the application, they refuse from a backup.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sqlalchemy import Engine, Table, insert, text
from sqlalchemy.orm import Session

from volunteer_app.core.database import make_durable
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.keeping.rows import CHUNK, Digest, Row, digest_of, is_empty, rows_of, tables, values_of
from volunteer_app.ledger.queries import chain_head
from volunteer_app.ledger.verify import first_bad, verify

Filling = Callable[[Session], dict[str, Digest]]
Heads = dict[int, tuple[int, str]]
"""Community -> entries of its books and their head."""

OWNED = """SELECT has_schema_privilege('public', 'CREATE') AND NOT EXISTS (SELECT FROM pg_sequence
  JOIN pg_class ON oid = seqrelid AND relnamespace = 'public'::regnamespace
  WHERE NOT has_sequence_privilege(seqrelid, 'UPDATE'))"""


class NotEmpty(Refused):
    """A restore never overwrites."""

    sentence = N_("这个数据库里已经有东西了，只能恢复到空的数据库")


class NotTheOwner(Refused):
    """To the application's role PostgreSQL gives neither tables nor the numbers of new rows."""

    sentence = N_("只有表的主人能恢复：请设置DATABASE_OWNER_URL，copy-to请加--owner-url")


class NotTheSame(Refused):
    """What was written doesn't read back as it was."""

    sentence = N_("“%(table)s”读回来和原来不一样，什么都没有写进去")


class BooksBroken(Refused):
    """The books that came over don't verify."""

    sentence = N_("账对不上（%(row)s），什么都没有写进去")


def may_fill(engine: Engine) -> None:
    """Looks before anything is migrated. Refuses NotTheOwner, and NotEmpty at whatever revision the database is."""
    with Session(engine) as session:
        if engine.dialect.name == "postgresql" and not session.scalar(text(OWNED)):
            raise NotTheOwner
        if not is_empty(session):
            raise NotEmpty


def fill(engine: Engine, write: Filling) -> Heads:
    """Runs `write`, which adds every row and says each table's digest; compares, verifies, commits.

    Refuses NotEmpty, NotTheSame, BooksBroken; then nothing stays.
    """
    with Session(engine) as session:
        session.connection(execution_options={"write": True})
        if not is_empty(session):
            raise NotEmpty
        if engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        told = write(session)
        if engine.dialect.name == "postgresql":
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            set_sequences(session)
        compare(session, told)
        heads = verified(session)
        session.commit()
        make_durable(session)
        return heads


def add_rows(session: Session, table: Table, rows: Iterable[Row]) -> Digest:
    """Writes the rows in the order given; returns their digest."""
    source, seen = iter(rows), []

    def chunks() -> Iterator[list[Row]]:
        while chunk := list(islice(source, CHUNK)):
            yield chunk

    for chunk in chunks():
        session.execute(insert(table), [values_of(table, row) for row in chunk])
        seen.append(digest_of(chunk))
    return Digest(sum(part.rows for part in seen), f"{sum(int(part.sum, 16) for part in seen) % 2**256:064x}")


def compare(session: Session, told: dict[str, Digest]) -> None:
    """Every table reads back as it was written, row by row."""
    for table in tables():
        if digest_of(rows_of(session, table)) != told.get(table.name):
            raise NotTheSame(table=table.name)


def verified(session: Session) -> Heads:
    """Entries and head of each community's books; refuses when an invariant is broken."""
    heads = {}
    for (community_id,) in session.execute(text("SELECT id FROM community ORDER BY id")).all():
        worst = first_bad(verify(session, community_id))
        if worst is not None:
            raise BooksBroken(row=worst.row)
        heads[community_id] = chain_head(session, community_id)
    return heads


def set_sequences(session: Session) -> None:
    """The next row's number is above all that came over."""
    for table in tables():
        if "id" in table.columns and table.columns.id.autoincrement:
            last = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table.name})"
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last}, false)"))
