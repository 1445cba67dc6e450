"""What is locked before seats change: the roster's row, then its seats in id order. Legs: `legs.lock_task`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.errors import NotFound
from volunteer_app.rosters.models import Assignment, Roster


def lock_roster(session: Session, roster_id: int) -> Roster:
    """The roster with its row lock taken; every change of its seats starts here."""
    found = session.scalars(select(Roster).where(Roster.id == roster_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def lock_seats(session: Session, roster_id: int) -> None:
    """Row locks on all seats of the roster, in id order: a reply can't slip in between reading and writing."""
    session.scalars(
        select(Assignment.id).where(Assignment.roster_id == roster_id).order_by(Assignment.id).with_for_update()
    ).all()
