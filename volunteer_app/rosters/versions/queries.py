"""Reads of published versions, and of what the next one would change."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.needs.models import Shift
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, RosterVersion
from volunteer_app.rosters.queries import seats


def changed_seats(session: Session, roster_id: int) -> tuple[list[Assignment], list[Assignment]]:
    """(added, removed): what the next version changes."""
    mine = seats().where(Assignment.roster_id == roster_id, Assignment.state.in_(HOLDING_STATES))
    added = list(session.scalars(mine.where(Assignment.state == "proposed", Shift.state == "open")))
    removed = list(session.scalars(mine.where(Assignment.leaving.is_(True))))
    return added, removed


def has_changes(session: Session, roster_id: int) -> bool:
    """The draft differs from the last published version."""
    return any(changed_seats(session, roster_id))


def published(session: Session, roster_id: int) -> list[RosterVersion]:
    """Newest first."""
    return list(
        session.scalars(
            select(RosterVersion).where(RosterVersion.roster_id == roster_id).order_by(RosterVersion.version.desc())
        )
    )
