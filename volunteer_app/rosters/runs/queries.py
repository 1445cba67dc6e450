"""Reads of solver runs."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from volunteer_app.core.errors import NotFound
from volunteer_app.rosters.models import Roster, RosterRun

SHOWN_RUNS = 10


ANSWERED = ("finished", "stale")
"""A stale run has a plan too, though it never became the draft."""


def roster_run(session: Session, run_id: int) -> RosterRun:
    found = session.scalars(select(RosterRun).where(RosterRun.id == run_id)).first()
    if found is None:
        raise NotFound
    return found


def open_run(session: Session, roster_id: int) -> RosterRun | None:
    """The run that is queued or running."""
    return session.scalars(
        select(RosterRun).where(RosterRun.roster_id == roster_id, RosterRun.state.in_(("queued", "running")))
    ).first()


def last_finished_run(session: Session, roster_id: int) -> RosterRun | None:
    return session.scalars(
        select(RosterRun)
        .where(RosterRun.roster_id == roster_id, RosterRun.kind == "solve", RosterRun.state == "finished")
        .order_by(RosterRun.id.desc())
        .limit(1)
    ).first()


def roster_before(session: Session, later: Roster) -> Roster | None:
    """The last roster whose period lies before this one's."""
    return session.scalars(
        select(Roster)
        .where(Roster.community_id == later.community_id, Roster.to_on < later.from_on)
        .order_by(Roster.to_on.desc())
        .limit(1)
    ).first()


def answered_runs(session: Session, roster_id: int) -> list[RosterRun]:
    """Solves that have a plan, the newest first."""
    wanted = select(RosterRun).where(
        RosterRun.roster_id == roster_id, RosterRun.kind == "solve", RosterRun.state.in_(ANSWERED)
    )
    newest = wanted.order_by(RosterRun.id.desc()).limit(SHOWN_RUNS).options(defer(RosterRun.problem))
    return list(session.scalars(newest))
