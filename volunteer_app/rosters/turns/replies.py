"""What volunteers do: say yes, say no, sign up for an open turn. Saying no costs nothing.

An answer is for all legs of a task that are to come, and so is a sign-up: it stands on the first of them.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.legs import lock_task, seats_of_task, turns_known
from volunteer_app.rosters.models import Assignment, CoverAsk
from volunteer_app.rosters.rules import NotYours, TurnBegan, takes_answer
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.words import turn_words


def accept(session: Session, assignment_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """The holder comes; also takes back an earlier no as long as nobody covers the seat. Repeating changes nothing."""
    seats = own_seats(session, assignment_id, actor=actor, now=now)
    for seat in seats:
        if seat.state != "accepted":
            if seat.state == "seeking":
                publishing.void_messages(session, seat)
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
        seek(session, seat, reason=reason, now=now)
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
                **community.whom_to_ring,
            },
        ),
        cause=f"seeking:{seat.id}:{now.isoformat()}",
        now=now,
    )


def seek(session: Session, seat: Assignment, *, reason: str, now: datetime) -> None:
    """The holder can't come; the seat stays his until somebody covers it."""
    publishing.void_messages(session, seat)
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


def acting_for(asked: Assignment | CoverAsk, actor: Actor) -> int | None:
    """The person for whom staff answered, None when he answered himself."""
    return asked.person_id if asked.person_id != actor.person_id else None
