"""After publishing: somebody can't come, a need is new: asks for the smallest change, and accepts what was proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from solver.plan import Plan
from volunteer_app.availability import actions as availability
from volunteer_app.availability.queries import aways
from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import queries
from volunteer_app.rosters.locks import lock_roster, lock_seats
from volunteer_app.rosters.models import RosterRun, RosterVersion
from volunteer_app.rosters.rules import (
    AlreadySolving,
    DraftOpen,
    NothingToFill,
    NotPublished,
    ProposalOld,
    takes_answer,
)
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.turns.replies import seek
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.versions import queries as versions

LONGEST_DAYS = 366
LIMIT_S = 30
"""A repair takes a second; this is for the day when it doesn't."""


@dataclass(frozen=True, slots=True)
class Absence:
    """This person can't come from `from_on` to `to_on`, both included."""

    person_id: int
    from_on: date
    to_on: date


def ask_for_repair(
    session: Session, roster_id: int, *, absences: Iterable[Absence] = (), actor: Actor, now: datetime
) -> RosterRun:
    """Notes who can't come, and queues the search for the smallest change of the published roster.

    Refuses NotPublished, DraftOpen, NothingToFill when nobody is missing, and AlreadySolving.
    """
    roster = lock_roster(session, roster_id)
    if roster.version == 0:
        raise NotPublished
    if runs.open_run(session, roster.id) is not None:
        raise AlreadySolving
    if versions.has_changes(session, roster.id):
        raise DraftOpen
    lock_seats(session, roster.id)
    for absence in absences:
        note_absence(session, roster_id, absence, actor=actor, now=now)
    if not queries.lacking(session, roster, now=now):
        raise NothingToFill
    run = RosterRun(
        community_id=actor.community_id,
        roster_id=roster.id,
        kind="repair",
        asked_by_id=actor.person_id,
        asked_at=now,
        limit_s=LIMIT_S,
    )
    session.add(run)
    session.flush()
    audit.record(session, "ask_for_repair", f"roster:{roster.id}", actor=actor, now=now)
    return run


def note_absence(session: Session, roster_id: int, absence: Absence, *, actor: Actor, now: datetime) -> None:
    """The days are noted as days away; turns on them seek somebody and stay his until they're covered."""
    person_id = absence.person_id
    for from_on, to_on in spans_at_home(session, absence):
        availability.add_away(session, person_id, from_on, to_on, actor=actor, now=now)
    for seat in queries.draft_seats(session, roster_id):
        is_his = seat.person_id == person_id and absence.from_on <= seat.shift.starts_on <= absence.to_on
        if is_his and seat.state != "seeking" and takes_answer(seat, now=now):
            seek(session, seat, reason="", now=now)
            audit.record(session, "decline", f"assignment:{seat.id}", actor=actor, now=now, acting_for=person_id)
    session.flush()


def spans_at_home(session: Session, absence: Absence) -> list[tuple[date, date]]:
    """The days of the absence that aren't noted as days away yet, as spans with both ends included."""
    person_id, first, last = absence.person_id, absence.from_on, absence.to_on
    if (last - first).days > LONGEST_DAYS:
        return [(first, last)]  # which is refused as a whole, with its own sentence
    noted = aways(session, [person_id], first, last)[person_id]
    found: list[tuple[date, date]] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        if any(one.from_on <= day <= one.to_on for one in noted):
            continue
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def accept_repair(session: Session, run_id: int, *, actor: Actor, now: datetime) -> RosterVersion:
    """The proposal becomes the next version, and those whom it touches are told. Refuses ProposalOld."""
    run = runs.roster_run(session, run_id)
    if run.kind != "repair":
        raise NotFound
    roster = lock_roster(session, run.roster_id)
    lock_seats(session, roster.id)
    if run.state != "finished" or run.accepted_at is not None or claims.changes_since(session, run, roster):
        raise ProposalOld
    plan = proposed(run)
    claims.apply(session, roster, claims.question(run), plan)
    added, removed = versions.changed_seats(session, roster.id)
    if any(seat.shift.starts_at <= now for seat in (*added, *removed)):
        raise ProposalOld
    run.accepted_at = now
    return publishing.publish(session, roster.id, actor=actor, now=now)


def proposed(run: RosterRun) -> Plan:
    """The plan of a finished repair."""
    assert run.result is not None, "a finished run has a result"
    return Plan(frozenset((person, shift) for person, shift in run.result["plan"]))
