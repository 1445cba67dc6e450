"""Asking for a roster and stopping a solve. Solving itself happens in another process."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.rosters import queries
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.rules import (
    DEFAULT_LIMIT_S,
    AlreadySolving,
    NothingToFill,
    NotSolving,
    PeriodsOverlap,
    PeriodTooLong,
)
from volunteer_app.rosters.runs import queries as runs

LONGEST_DAYS = 62


def ask_for_roster(
    session: Session,
    from_on: date,
    to_on: date,
    *,
    limit_s: int = DEFAULT_LIMIT_S,
    actor: Actor,
    now: datetime,
) -> RosterRun:
    """Queues a solve for [from_on, to_on]; a worker takes it up. The period is a roster's own or free of rosters.

    Refuses PeriodsOverlap, PeriodTooLong, NothingToFill and, while one is queued or running, AlreadySolving.
    """
    roster = roster_for(session, from_on, to_on, actor=actor)
    if runs.open_run(session, roster.id) is not None:
        raise AlreadySolving
    left = session.scalar(
        select(func.count())
        .select_from(Shift)
        .where(
            Shift.community_id == actor.community_id,
            Shift.starts_on.between(from_on, to_on),
            Shift.state == "open",
            Shift.starts_at > now,
        )
    )
    if not left:
        raise NothingToFill
    run = RosterRun(
        community_id=actor.community_id,
        roster_id=roster.id,
        asked_by_id=actor.person_id,
        asked_at=now,
        limit_s=limit_s,
    )
    session.add(run)
    session.flush()
    audit.record(session, "ask_for_roster", f"roster:{roster.id}", actor=actor, now=now)
    return run


def roster_for(session: Session, from_on: date, to_on: date, *, actor: Actor) -> Roster:
    """The roster of exactly this period, made if there is none."""
    if (to_on - from_on).days >= LONGEST_DAYS:
        raise PeriodTooLong
    near = queries.rosters_between(session, actor.community_id, from_on=from_on, to_on=to_on)
    for found in near:
        if (found.from_on, found.to_on) == (from_on, to_on):
            return lock_roster(session, found.id)
    if near:
        raise PeriodsOverlap(from_on=near[0].from_on.isoformat(), to_on=near[0].to_on.isoformat())
    made = Roster(community_id=actor.community_id, from_on=from_on, to_on=to_on)
    session.add(made)
    session.flush()
    return made


def stop_run(session: Session, run_id: int, *, discard: bool, actor: Actor, now: datetime) -> RosterRun:
    """Asks the worker to end the solve now, keeping the best roster so far or dropping it; refuses NotSolving."""
    run = session.scalars(select(RosterRun).where(RosterRun.id == run_id).with_for_update()).first()
    if run is None:
        raise NotFound
    if run.state == "queued":
        run.state, run.finished_at = "stopped", now
    elif run.state == "running":
        run.stop_asked = "discard" if discard else "keep"
    else:
        raise NotSolving
    audit.record(session, "stop_run", f"roster_run:{run.id}", actor=actor, now=now, note=run.stop_asked)
    return run
