"""What the timetable has done, who leads it, and which processes are alive. Not business data: no community scope."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base

EVERYWHERE = 0
"""`community_id` of a job that isn't about one community."""


class JobRun(Base):
    """One slot of one job in one community, written in the transaction of its effect: the row is the proof.

    `scheduled_for` is the slot's nominal moment, `done_at` when it really happened, `changed` how many rows it moved.
    """

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "scheduled_for", "community_id", name="uq_job_run_slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(30))
    scheduled_for: Mapped[datetime]
    community_id: Mapped[int]
    done_at: Mapped[datetime]
    changed: Mapped[int] = mapped_column(default=0)


class ProcessBeat(Base):
    """A long-lived process says that it lives: `name` is scheduler or worker, `holder` host, process and a random tail.

    `said` is its last word about itself.
    """

    __tablename__ = "process_beat"
    __table_args__ = (UniqueConstraint("name", "holder", name="uq_process_beat_holder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    holder: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    said: Mapped[str] = mapped_column(String(80), default="")


class Lease(Base):
    """Who leads the timetable on a database without advisory locks; every later holder has a higher `fence`."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    fence: Mapped[int]
    until: Mapped[datetime]
