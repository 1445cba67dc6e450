"""Closing the store for a day, and opening it after all."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.places.queries import zone_of
from volunteer_app.store.opening import rules
from volunteer_app.store.opening.models import ClosedDay


def close_day(session: Session, on: date, *, reason: str, actor: Actor, now: datetime) -> ClosedDay:
    """The store stays closed on that day; written again it only changes the reason. Refuses DayOver."""
    if on < local_date(now, zone_of(session, actor.community_id)):
        raise rules.DayOver
    same = select(ClosedDay).where(ClosedDay.community_id == actor.community_id, ClosedDay.on == on)
    found = session.scalars(same.with_for_update()).first()
    if found is None:
        found = ClosedDay(community_id=actor.community_id, on=on)
        session.add(found)
    found.reason = reason
    session.flush()
    audit.record(session, "close_day", f"store_closed_day:{found.id}", actor=actor, now=now, note=str(on))
    return found


def open_day(session: Session, day_id: int, *, actor: Actor, now: datetime) -> ClosedDay:
    """The store opens after all; returns the day that was closed."""
    named = select(ClosedDay).where(ClosedDay.community_id == actor.community_id, ClosedDay.id == day_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    session.delete(found)
    audit.record(session, "open_day", f"store_closed_day:{day_id}", actor=actor, now=now, note=str(found.on))
    return found
