"""Changes of single seats by hand: replace, fill, take away, pin, leader; and what attendance tells us of a seat.

Legs of one task change together: what is done to one seat is done to its holder's seats on all legs to come.

A hand change pins itself. Before the first publication it simply changes the draft; afterwards it reaches volunteers
with the next version: the old holder keeps the seat, marked `leaving`, until then.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.language import Text
from volunteer_app.needs.models import Shift
from volunteer_app.rosters import queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.legs import legs_to_come, lock_task, seats_of_task
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster
from volunteer_app.rosters.rules import NotYours, ShiftCancelled, TurnOver
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.versions import queries as versions


@dataclass(frozen=True, slots=True)
class Change:
    """The seat after a hand change, and the wishes that it goes against."""

    seat: Assignment
    notices: list[Text] = field(default_factory=list)


def replace(session: Session, assignment_id: int, *, person_id: int, actor: Actor, now: datetime) -> Change:
    """Gives the seat to somebody else and pins it.

    Refuses BreaksRule (a hard rule, in words), AlreadyThere, NotServing, TurnOver.
    """
    old, *others = changeable(session, assignment_id, now=now)
    roster = lock_roster(session, old.roster_id)
    case = judging.case_of(session, roster, now=now)
    judging.judge(case, person_id, old.shift_id, without=old.person_id)
    notices = judging.notices(case, person_id, old.shift_id)
    shift, note = old.shift, f"person {old.person_id} -> {person_id}"
    for seat in (old, *others):
        take_away(session, roster, seat)
    made = give_task(session, roster, shift, person_id=person_id, now=now)
    audit.record(session, "replace", f"assignment:{made.id}", actor=actor, now=now, note=note)
    return Change(made, notices)


def fill(session: Session, shift_id: int, *, person_id: int, actor: Actor, now: datetime) -> Change:
    """Seats somebody on a shift with a free seat and pins it; refuses as `replace` does."""
    shift = queries.open_shift(session, shift_id)
    if shift.state != "open":
        raise ShiftCancelled
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    if roster is None or now >= shift.starts_at:
        raise TurnOver
    lock_roster(session, roster.id)
    case = judging.case_of(session, roster, now=now)
    judging.judge(case, person_id, shift_id)
    notices = judging.notices(case, person_id, shift_id)
    made = give_task(session, roster, shift, person_id=person_id, now=now)
    audit.record(session, "fill", f"assignment:{made.id}", actor=actor, now=now)
    return Change(made, notices)


def unseat(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> None:
    """Takes the person off the shift and leaves a gap; refuses TurnOver."""
    seats = changeable(session, assignment_id, now=now)
    roster = lock_roster(session, seats[0].roster_id)
    for seat in seats:
        audit.record(session, "unseat", f"assignment:{seat.id}", actor=actor, now=now)
        take_away(session, roster, seat)


def pin(session: Session, assignment_id: int, *, pinned: bool = True, actor: Actor, now: datetime) -> Assignment:
    """A solve keeps the seat from now on; with `pinned` False it may move it again."""
    seats = changeable(session, assignment_id, now=now)
    for seat in seats:
        if seat.pinned != pinned:
            seat.pinned = pinned
            audit.record(session, "pin" if pinned else "unpin", f"assignment:{seat.id}", actor=actor, now=now)
    return seats[0]


def unpin(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """The reverse of `pin`."""
    return pin(session, assignment_id, pinned=False, actor=actor, now=now)


def lead(session: Session, assignment_id: int, *, leads: bool = True, actor: Actor, now: datetime) -> Assignment:
    """Makes the person the shift's on-site leader; a shift has at most one."""
    seats = changeable(session, assignment_id, now=now)
    shift_ids = [seat.shift_id for seat in seats]
    for other in session.scalars(
        select(Assignment).where(Assignment.shift_id.in_(shift_ids), Assignment.leads.is_(True))
    ):
        other.leads = False
    for seat in seats:
        seat.leads = leads
        audit.record(session, "lead" if leads else "unlead", f"assignment:{seat.id}", actor=actor, now=now)
    return seats[0]


def changeable(session: Session, assignment_id: int, *, now: datetime) -> list[Assignment]:
    """A seat whose turn hasn't begun and those on its other legs, locked; refuses TurnOver, NotYours if given up."""
    lock_task(session, assignment_id)
    seat = queries.assignment(session, assignment_id)
    if seat.state not in HOLDING_STATES or seat.leaving:
        raise NotYours
    if now >= seat.shift.starts_at:
        raise TurnOver
    return seats_of_task(session, seat, now=now)


def take_away(session: Session, roster: Roster, seat: Assignment) -> None:
    """A draft seat is dropped; a published one leaves with the next version."""
    touch(session, roster)
    if seat.state == "proposed":
        session.delete(seat)
        session.flush()
    else:
        seat.leaving, seat.pinned, seat.leads = True, False, False


def give_task(session: Session, roster: Roster, shift: Shift, *, person_id: int, now: datetime) -> Assignment:
    """Pinned seats on the shift and its other legs to come; returns the one on the shift."""
    made = {leg.id: give(session, roster, leg.id, person_id=person_id) for leg in legs_to_come(shift, now=now)}
    return made[shift.id]


def give(session: Session, roster: Roster, shift_id: int, *, person_id: int) -> Assignment:
    """A pinned seat: the person's own that was about to leave, or a new proposed one.

    The former seat of somebody who has said that he can't come ends, so that the next version asks him again.
    """
    touch(session, roster)
    own = select(Assignment).where(
        Assignment.shift_id == shift_id,
        Assignment.person_id == person_id,
        Assignment.state.in_(HOLDING_STATES),
    )
    found = session.scalars(own.with_for_update().execution_options(populate_existing=True)).first()
    if found is not None and found.state != "seeking":
        found.leaving, found.pinned = False, True
        return found
    if found is not None:
        publishing.leave(session, found)
        session.flush()
    made = Assignment(
        community_id=roster.community_id,
        roster_id=roster.id,
        shift_id=shift_id,
        person_id=person_id,
        state="proposed",
        pinned=True,
        origin="hand",
    )
    session.add(made)
    session.flush()
    return made


def touch(session: Session, roster: Roster) -> None:
    """The first hand change after a publication opens a new draft."""
    if roster.draft <= roster.version and not versions.has_changes(session, roster.id):
        roster.draft = roster.version + 1
