"""Statements that PostgreSQL has prepared stay prepared over the end of a read.

Every read ends with a ROLLBACK, and psycopg then forgets what it has prepared and tells the server to: some object
might have come into being in what was rolled back. Planning is two thirds of a small statement's time. So the ROLLBACK
of a transaction that is well is said here, past psycopg, which finds it done: nothing is committed that wasn't before,
and PostgreSQL itself keeps what it prepared. After a failure psycopg does as usual, so that whatever was wrong with a
prepared statement (a column has changed its type meanwhile) is gone at the next one.
"""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

STATEMENTS = 400
"""As many as a connection keeps; the longest unused goes. The pages of the store, of people and of rosters alone ask
196, psycopg's own limit is 100, and each that goes and comes back is planned six times anew. One takes about 30 KB of
the server.
"""
END = b"ROLLBACK"


@event.listens_for(Engine, "connect")
def keep_more(connection: Any, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        connection.prepared_max = STATEMENTS


@event.listens_for(Engine, "rollback")
def roll_back(connection: Connection) -> None:
    if connection.dialect.name != "postgresql" or connection.closed or connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    if driver.pgconn.transaction_status == TransactionStatus.INTRANS:
        driver.pgconn.exec_(END)


def plan_anew(session: Session) -> None:
    """Until this transaction ends each statement is planned for the values that it asks with: for reports over a span
    that may be all of a table or nothing of it, for which a plan that suits any span is several times as slow.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ANEW)


ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")
