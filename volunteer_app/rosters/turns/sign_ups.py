"""Sign-ups for open turns: asked for by a volunteer, taken back, confirmed or refused by staff."""

from collections.abc import Collection
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
from volunteer_app.rosters import queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.legs import legs_to_come
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster, SignUp
from volunteer_app.rosters.rules import AlreadySignedUp, ShiftCancelled, ShiftFull, SignUpAnswered, TurnBegan
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.words import turn_words

CAME = N_("报名成了：%(turn)s您来。有事找%(contact)s，电话%(phone)s。")
NOT_THIS_TIME = N_("%(turn)s已经有人去了，谢谢您报名。有事找%(contact)s，电话%(phone)s。")


def sign_up(session: Session, shift_id: int, *, person_id: int | None = None, actor: Actor, now: datetime) -> SignUp:
    """Asks for a free seat of a published shift; it counts once the community confirms.

    Staff may do it for a person. Refuses TurnBegan, ShiftCancelled, ShiftFull, NotServing, AlreadyThere,
    AlreadySignedUp, WeekFull and, with the rule's own sentence, BreaksRule.
    """
    wanted = person_id if person_id is not None and actor.has("coordinator") else actor.person_id
    shift, *others = free_legs(session, shift_id, now=now)
    assert wanted is not None, "the system itself signs nobody up"
    if {leg.id for leg in (shift, *others)} & turns.own_sign_ups(session, wanted).keys():
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
    roster = queries.published_on(session, shift.community_id, shift.starts_on)
    if roster is None:
        raise NotFound
    lock_roster(session, roster.id)
    legs = legs_to_come(shift, now=now)
    there = turns.coming(session, [leg.id for leg in legs])
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
    seat = give_free_seat(session, row.shift_id, row.person_id, actor=actor, now=now)
    row.state, row.answered_at, row.answered_by_id = "confirmed", now, actor.person_id
    say(session, row.shift, row.person_id, CAME, cause=f"sign_up:{row.id}", now=now)
    audit.record(session, "confirm_sign_up", f"sign_up:{row.id}", actor=actor, now=now)
    return seat


def give_free_seat(session: Session, shift_id: int, person_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """Seats somebody who says that he comes, on all legs to come, in a new version; refuses as `sign_up` does."""
    legs = free_legs(session, shift_id, now=now)
    shift = queries.open_shift(session, shift_id)
    judging.may_join(session, shift, person_id, now=now)
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    assert roster is not None, "a free shift has a roster"
    seats = {leg.id: given_seat(session, roster, leg.id, person_id, now=now) for leg in legs}
    session.flush()
    gone = publishing.close_covered(session, [*seats])
    publishing.next_version(session, roster, added=[*seats.values()], removed=gone, actor=actor, now=now)
    publishing.tell(session, roster, added=[], removed=gone, now=now)
    return seats[shift.id]


def given_seat(session: Session, roster: Roster, shift_id: int, person_id: int, *, now: datetime) -> Assignment:
    """The seat of somebody who said himself that he comes: one that he holds, in the draft or seeking, or a new one."""
    seat = session.scalars(
        select(Assignment).where(
            Assignment.shift_id == shift_id,
            Assignment.person_id == person_id,
            Assignment.state.in_(HOLDING_STATES),
        )
    ).first()
    if seat is None:
        seat = Assignment(community_id=roster.community_id, roster_id=roster.id, shift_id=shift_id, person_id=person_id)
        session.add(seat)
    elif seat.state == "seeking":
        publishing.void_messages(session, seat)
    seat.state, seat.origin, seat.told_at, seat.reply_at, seat.leaving = "accepted", "sign_up", now, now, False
    return seat


def refuse_sign_up(session: Session, sign_up_id: int, *, actor: Actor, now: datetime) -> SignUp:
    """Thanks, not this time; the volunteer is told."""
    row = waiting_sign_up(session, sign_up_id)
    row.state, row.answered_at, row.answered_by_id = "refused", now, actor.person_id
    say(session, row.shift, row.person_id, NOT_THIS_TIME, cause=f"sign_up:{row.id}", now=now)
    audit.record(session, "refuse_sign_up", f"sign_up:{row.id}", actor=actor, now=now)
    return row


def refuse_all(session: Session, shift_ids: Collection[int], *, actor: Actor, now: datetime) -> list[SignUp]:
    """Refuses all that wait for any of the shifts and returns them; whoever calls tells the people why."""
    waiting = select(SignUp.id).where(SignUp.shift_id.in_(shift_ids), SignUp.state == "waiting")
    session.scalars(waiting.order_by(SignUp.id).with_for_update()).all()
    rows = turns.sign_ups(session, shift_ids=shift_ids)
    for row in rows:
        row.state, row.answered_at, row.answered_by_id = "refused", now, actor.person_id
    return rows


def waiting_sign_up(session: Session, sign_up_id: int) -> SignUp:
    """The sign-up under its lock; refuses SignUpAnswered when somebody was faster."""
    session.scalars(select(SignUp.id).where(SignUp.id == sign_up_id).with_for_update()).all()
    row = turns.sign_up(session, sign_up_id)
    if row.state != "waiting":
        raise SignUpAnswered
    return row


def say(session: Session, shift: Shift, person_id: int, sentence: str, *, cause: str, now: datetime) -> None:
    """A message to the person about the turn."""
    community = session.get_one(Community, shift.community_id)
    values: dict[str, object] = {
        "turn": turn_words(shift, community.zone),
        **community.whom_to_ring,
    }
    messages.put(
        session,
        community_id=shift.community_id,
        person_id=person_id,
        kind="sign_up",
        text=Text(sentence, values),
        cause=cause,
        now=now,
    )
