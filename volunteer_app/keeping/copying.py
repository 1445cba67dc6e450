"""From one database to another, SQLite to PostgreSQL for example: every row compared, sequences set, books verified."""

from sqlalchemy import Engine

from volunteer_app.keeping.files import snapshot
from volunteer_app.keeping.filling import Heads, add_rows, fill
from volunteer_app.keeping.rows import rows_of, tables


def copy(source: Engine, target: Engine) -> Heads:
    """Fills the empty target of the same revision with what the source holds at this moment; returns each community's
    entries and head. Refuses OtherRevision, NotEmpty, NotTheSame, BooksBroken; then the target stays empty.
    """
    with snapshot(source) as session:
        return fill(
            target,
            lambda written: {table.name: add_rows(written, table, rows_of(session, table)) for table in tables()},
        )
