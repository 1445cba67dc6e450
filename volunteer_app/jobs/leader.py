"""Who leads the timetable: at most one process per database. Knows nothing of jobs.

PostgreSQL: an advisory lock on a connection of its own, gone with the process. SQLite: a lease row with a fence that
goes up with each holder; whoever holds an outdated fence can't write.
"""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from volunteer_app.core.database import in_transaction
from volunteer_app.jobs.models import Lease

ADVISORY_KEY = 0x796F756C696E  # "youlin"
LEASE_S = 60
NAME = "timetable"


class NotLeading(RuntimeError):
    """The post is another's, or nobody's: this process must not write. str(error) says how it was lost."""

    def __init__(self, how: str = "another process leads") -> None:
        super().__init__(how)


class Leader(Protocol):
    """Takes the post, keeps it, and vouches for it inside a write."""

    def acquire(self, now: datetime) -> bool: ...

    def renew(self, now: datetime) -> None: ...

    def vouch(self, session: Session, now: datetime) -> None: ...

    def release(self) -> None: ...


class AdvisoryLock:
    """PostgreSQL's session lock; the connection is held outside of the pool's traffic for as long as the post."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.connection: Connection | None = None

    def acquire(self, now: datetime) -> bool:  # noqa: ARG002
        if self.connection is None:
            self.connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        got = False
        try:
            got = bool(self.connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}))
        finally:
            if not got:
                self.release()
        return got

    def renew(self, now: datetime) -> None:  # noqa: ARG002
        """Raises NotLeading when the connection, and with it the lock, is gone."""
        if self.connection is None:
            raise NotLeading
        try:
            self.connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise NotLeading("the connection that held the post is gone") from error

    def vouch(self, session: Session, now: datetime) -> None:
        """The lock lives and dies with its connection; nothing to check in the write."""

    def release(self) -> None:
        if self.connection is not None:
            self.connection.invalidate()
            self.connection.close()
            self.connection = None


class LeaseRow:
    """SQLite's post: a row that says who until when. A moment further off than two leases last is a clock's mistake and
    holds nobody off; processes' clocks may be a little apart.
    """

    def __init__(self, session: Session, holder: str) -> None:
        self.session = session
        self.holder = holder
        self.fence = 0

    def acquire(self, now: datetime) -> bool:
        return in_transaction(self.session, lambda: self.take(now))

    def take(self, now: datetime) -> bool:
        row = self.session.get(Lease, NAME)
        if row is None:
            row = Lease(name=NAME, holder="", fence=0, until=now)
            self.session.add(row)
        if row.holder != self.holder and now < row.until <= now + timedelta(seconds=2 * LEASE_S):
            return False
        if row.holder != self.holder:
            row.holder, row.fence = self.holder, row.fence + 1
        self.fence, row.until = row.fence, now + timedelta(seconds=LEASE_S)
        return True

    def renew(self, now: datetime) -> None:
        """Raises NotLeading when the lease ran out and somebody else took it."""
        if not self.acquire(now):
            raise NotLeading

    def vouch(self, session: Session, now: datetime) -> None:  # noqa: ARG002 - the fence decides, not the time
        """Raises NotLeading inside a write whose fence is outdated; the write is rolled back."""
        fence = session.scalar(select(Lease.fence).where(Lease.name == NAME))
        if fence != self.fence:
            raise NotLeading

    def release(self) -> None:
        def give_up() -> None:
            row = self.session.get(Lease, NAME)
            if row is not None and row.fence == self.fence:
                row.holder, row.until = "", row.until - timedelta(seconds=LEASE_S)

        in_transaction(self.session, give_up)


def leader_for(session: Session, engine: Engine, holder: str) -> Leader:
    """The back end's own way."""
    return AdvisoryLock(engine) if engine.dialect.name == "postgresql" else LeaseRow(session, holder)
