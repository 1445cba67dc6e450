"""What attendance knows of a published seat."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import PUBLISHED_STATES, Assignment
from volunteer_app.rosters.rules import NotYours

MARKS = ("accepted", "signed_in", "signed_out", "confirmed", "absent_excused", "absent")


def mark(session: Session, assignment_id: int, *, state: str, actor: Actor, now: datetime) -> Assignment:
    """What attendance knows of the seat: signed_in, signed_out, confirmed, absent_excused, absent, or back to accepted.

    Refuses NotYours for a seat that was never published or is given up. Repeating changes nothing.
    """
    assert state in MARKS, state
    session.scalars(select(Assignment.id).where(Assignment.id == assignment_id).with_for_update()).all()
    seat = queries.assignment(session, assignment_id)
    if seat.state not in (*PUBLISHED_STATES, "absent_excused", "absent"):
        raise NotYours
    if seat.state != state:
        seat.state = state
        audit.record(session, "mark", f"assignment:{seat.id}", actor=actor, now=now, note=state)
    return seat
