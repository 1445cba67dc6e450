"""What volunteers do: say yes, say no, sign up for an open turn. Saying no costs nothing.

An answer is for all legs of a task that are to come, and so is a sign-up: it stands on the first of them.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters import judging, planning, queries
from volunteer_app.rosters.legs import legs_to_come, lock_task, seats_of_task, turns_known
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, SignUp
from volunteer_app.rosters.rules import (
    AlreadySignedUp,
    NotYours,
    ShiftCancelled,
    ShiftFull,
    SignUpAnswered,
    TurnBegan,
    takes_answer,
)
from volunteer_app.rosters.words import turn_words


def accept(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """The holder comes; also takes back an earlier no as long as nobody covers the seat. Repeating changes nothing."""
    seats = own_seats(session, assignment_id, actor=actor, now=now)
    for seat in seats:
        if seat.state != "accepted":
            seat.state, seat.reply_at, seat.reason = "accepted", now, ""
            audit.record(
                session, "accept", f"assignment:{seat.id}", actor=actor, now=now, acting_for=acting_for(seat, actor)
            )
    return seats[0]


def decline(session: Session, assignment_id: int, *, reason: str = "", actor: Actor, now: datetime) -> Assignment:
    """The holder can't come: the seat becomes an open turn and stays his until it's covered. Repeating changes nothing.

    Refuses TurnBegan once the turn has begun.
    """
    seats = own_seats(session, assignment_id, actor=actor, now=now)
    staying = [seat for seat in seats if seat.state != "seeking"]
    for seat in staying:
        seek(seat, reason=reason, now=now)
        audit.record(
            session, "decline", f"assignment:{seat.id}", actor=actor, now=now, acting_for=acting_for(seat, actor)
        )
    if staying:
        offer(session, turns_known(staying)[0], now=now)
    return seats[0]


def offer(session: Session, seat: Assignment, *, now: datetime) -> None:
    """Tells the community that somebody is wanted for the turn."""
    community = session.get_one(Community, seat.community_id)
    messages.put(
        session,
        community_id=seat.community_id,
        person_id=None,
        kind="open_turn",
        text=Text(
            N_("%(turn)s还缺1人，能去的请报名，或者打电话给%(contact)s %(phone)s。"),
            {
                "turn": turn_words(seat.shift, community.zone),
                "contact": community.contact_name,
                "phone": community.contact_phone,
            },
        ),
        cause=f"seeking:{seat.id}:{now.isoformat()}",
        now=now,
    )


def seek(seat: Assignment, *, reason: str, now: datetime) -> None:
    """The holder can't come; the seat stays his until somebody covers it."""
    seat.state, seat.reply_at, seat.reason, seat.pinned = "seeking", now, reason, False


def own_seats(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> list[Assignment]:
    """The seat and those on its other legs, locked, if they're the actor's own or the actor is staff.

    Refuses TurnBegan and NotYours.
    """
    lock_task(session, assignment_id)
    seat = queries.assignment(session, assignment_id)
    if seat.person_id != actor.person_id and not actor.has("coordinator"):
        raise NotFound
    if seat.state == "proposed":
        raise NotFound if not actor.has("coordinator") else NotYours
    if now >= seat.shift.starts_at:
        raise TurnBegan(contact=session.get_one(Community, seat.community_id).contact_name)
    if not takes_answer(seat, now=now):
        raise NotYours
    return [one for one in seats_of_task(session, seat, now=now) if takes_answer(one, now=now)]


def acting_for(seat: Assignment, actor: Actor) -> int | None:
    """The person for whom staff answered, None when he answered himself."""
    return seat.person_id if seat.person_id != actor.person_id else None


def sign_up(session: Session, shift_id: int, *, person_id: int | None = None, actor: Actor, now: datetime) -> SignUp:
    """Asks for a free seat of a published shift; it counts once the community confirms.

    Staff may do it for a person. Refuses TurnBegan, ShiftCancelled, ShiftFull, AlreadyThere, AlreadySignedUp, WeekFull
    and, with the rule's own sentence, BreaksRule.
    """
    wanted = person_id if person_id is not None and actor.has("coordinator") else actor.person_id
    shift, *others = free_legs(session, shift_id, now=now)
    assert wanted is not None, "the system itself signs nobody up"
    if {leg.id for leg in (shift, *others)} & queries.own_sign_ups(session, wanted).keys():
        raise AlreadySignedUp
    judging.may_join(session, shift, wanted, now=now)
    made = SignUp(community_id=actor.community_id, shift_id=shift.id, person_id=wanted, at=now)
    session.add(made)
    session.flush()
    acts_for = wanted if wanted != actor.person_id else None
    audit.record(session, "sign_up", f"sign_up:{made.id}", actor=actor, now=now, acting_for=acts_for)
    return made


def free_legs(session: Session, shift_id: int, *, now: datetime) -> list[Shift]:
    """The shift with its other legs to come, in time order, under the roster's lock, if a seat of each is free."""
    shift = queries.open_shift(session, shift_id)
    if shift.state != "open":
        raise ShiftCancelled
    if now >= shift.starts_at:
        raise TurnBegan(contact=session.get_one(Community, shift.community_id).contact_name)
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    if roster is None or roster.version == 0:
        raise NotFound
    planning.locked(session, roster.id)
    legs = legs_to_come(shift, now=now)
    there = queries.coming(session, [leg.id for leg in legs])
    if any(there.get(leg.id, 0) >= leg.target for leg in legs):
        raise ShiftFull
    return legs


def withdraw_sign_up(session: Session, sign_up_id: int, *, actor: Actor, now: datetime) -> SignUp:
    """The volunteer takes the sign-up back before it's answered."""
    row = waiting_sign_up(session, sign_up_id)
    if row.person_id != actor.person_id and not actor.has("coordinator"):
        raise NotFound
    row.state, row.answered_at = "withdrawn", now
    audit.record(session, "withdraw_sign_up", f"sign_up:{row.id}", actor=actor, now=now)
    return row


def confirm_sign_up(session: Session, sign_up_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Gives the seat: an accepted assignment in a new version of the roster, and whoever couldn't come is let go."""
    row = waiting_sign_up(session, sign_up_id)
    legs = free_legs(session, row.shift_id, now=now)
    shift = row.shift
    judging.may_join(session, shift, row.person_id, now=now)
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    assert roster is not None, "a free shift has a roster"
    seats = {leg.id: given_seat(session, roster.id, row, leg, now=now) for leg in legs}
    row.state, row.answered_at, row.answered_by_id = "confirmed", now, actor.person_id
    session.flush()
    gone = planning.close_covered(session, [*seats])
    planning.next_version(session, roster, added=[*seats.values()], removed=gone, actor=actor, now=now)
    planning.tell(session, roster, added=[], removed=gone, now=now)
    answer(session, row, N_("报名成了：%(turn)s您来。有事找%(contact)s，电话%(phone)s。"), now=now)
    audit.record(session, "confirm_sign_up", f"sign_up:{row.id}", actor=actor, now=now)
    return seats[shift.id]


def given_seat(session: Session, roster_id: int, row: SignUp, leg: Shift, *, now: datetime) -> Assignment:
    """The sign-up's seat on a leg: one that the person holds already, in the draft or seeking, or a new one."""
    seat = session.scalars(
        select(Assignment).where(
            Assignment.shift_id == leg.id,
            Assignment.person_id == row.person_id,
            Assignment.state.in_(HOLDING_STATES),
        )
    ).first()
    if seat is None:
        seat = Assignment(community_id=row.community_id, roster_id=roster_id, shift_id=leg.id, person_id=row.person_id)
        session.add(seat)
    seat.state, seat.origin, seat.told_at, seat.reply_at, seat.leaving = "accepted", "sign_up", now, now, False
    return seat


def refuse_sign_up(session: Session, sign_up_id: int, *, actor: Actor, now: datetime) -> SignUp:
    """Thanks, not this time; the volunteer is told."""
    row = waiting_sign_up(session, sign_up_id)
    row.state, row.answered_at, row.answered_by_id = "refused", now, actor.person_id
    answer(session, row, N_("%(turn)s已经有人去了，谢谢您报名。有事找%(contact)s，电话%(phone)s。"), now=now)
    audit.record(session, "refuse_sign_up", f"sign_up:{row.id}", actor=actor, now=now)
    return row


def waiting_sign_up(session: Session, sign_up_id: int) -> SignUp:
    """The sign-up under its lock; refuses SignUpAnswered when somebody was faster."""
    session.scalars(select(SignUp.id).where(SignUp.id == sign_up_id).with_for_update()).all()
    row = queries.sign_up(session, sign_up_id)
    if row.state != "waiting":
        raise SignUpAnswered
    return row


def answer(session: Session, row: SignUp, sentence: str, *, now: datetime) -> None:
    community = session.get_one(Community, row.community_id)
    values: dict[str, object] = {
        "turn": turn_words(row.shift, community.zone),
        "contact": community.contact_name,
        "phone": community.contact_phone,
    }
    messages.put(
        session,
        community_id=row.community_id,
        person_id=row.person_id,
        kind="sign_up",
        text=Text(sentence, values),
        cause=f"sign_up:{row.id}",
        now=now,
    )
