"""Reads for the administrator: what the timetable did last, which processes live, which solves wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core.database import scoped
from volunteer_app.jobs.models import EVERYWHERE, JobRun, ProcessBeat
from volunteer_app.rosters.models import RosterRun

FRESH_S = 60
"""A process that hasn't written for so long counts as dead."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest slot of a job in the community; None where it has never run."""

    job: str
    run: JobRun | None


def last_runs(session: Session, community_id: int, jobs: Iterable[str]) -> list[LastRun]:
    """In the order of `jobs`; read without a scope, because what is about no community has none."""
    newest = (
        select(func.max(JobRun.id))
        .where(JobRun.community_id.in_((community_id, EVERYWHERE)))
        .group_by(JobRun.job)
        .scalar_subquery()
    )
    with scoped(session, None):
        found = {row.job: row for row in session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}
    return [LastRun(job, found.get(job)) for job in jobs]


def beats(session: Session) -> list[ProcessBeat]:
    """Processes of the last day, the freshest first."""
    return list(session.scalars(select(ProcessBeat).order_by(ProcessBeat.at.desc())))


def is_alive(beat: ProcessBeat, *, now: datetime) -> bool:
    """Written within a minute; a sign from the future comes from a clock that was ahead and says nothing of now."""
    return abs(now - beat.at) <= timedelta(seconds=FRESH_S)


def open_runs(session: Session) -> list[RosterRun]:
    """Solves of the community that wait or run."""
    wanted = select(RosterRun).where(RosterRun.state.in_(("queued", "running"))).order_by(RosterRun.asked_at)
    return list(session.scalars(wanted))
