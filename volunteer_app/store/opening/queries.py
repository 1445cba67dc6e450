"""The store's rhythm and its exceptions. Reads only."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.store.opening.models import ClosedDay, Opening


def openings(session: Session) -> list[Opening]:
    """The store's rhythm."""
    return list(session.scalars(select(Opening).order_by(Opening.month_day.is_not(None), Opening.weekday, Opening.id)))


def closed_dates(session: Session, from_on: date) -> set[date]:
    """The days themselves, as the rules want them."""
    return {one.on for one in closed_days(session, from_on)}


def closed_days(session: Session, from_on: date) -> list[ClosedDay]:
    """Days from then on that stay closed, in order."""
    return list(session.scalars(select(ClosedDay).where(ClosedDay.on >= from_on).order_by(ClosedDay.on)))
