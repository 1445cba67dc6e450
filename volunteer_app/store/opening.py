"""Days on which the store stays closed, and who donated what."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import NotFound
from volunteer_app.store import partners, queries, rules
from volunteer_app.store.models import Delivery, Product
from volunteer_app.store.shelf_models import ClosedDay


def closed_days(session: Session, from_on: date) -> list[ClosedDay]:
    """Days from then on that stay closed, in order."""
    return list(session.scalars(select(ClosedDay).where(ClosedDay.on >= from_on).order_by(ClosedDay.on)))


def close_day(session: Session, on: date, *, reason: str, actor: Actor, now: datetime) -> ClosedDay:
    """The store stays closed on that day; written again it only changes the reason. Refuses DayOver."""
    if on < local_date(now, queries.zone_of(session, actor.community_id)):
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


def donations(session: Session, community_id: int, month: date) -> list[tuple[Delivery, Product]]:
    """What was donated in a calendar month, in the order in which it came."""
    zone = queries.zone_of(session, community_id)
    from_at, to_at = local_moment(month, 0, zone), local_moment(partners.month_after(month), 0, zone)
    statement = select(Delivery, Product).join(
        Product, (Product.community_id == Delivery.community_id) & (Product.id == Delivery.product_id)
    )
    statement = statement.where(
        Delivery.community_id == community_id,
        Delivery.source == "donated",
        Delivery.came_at >= from_at,
        Delivery.came_at < to_at,
    )
    return [(one, product) for one, product in session.execute(statement.order_by(Delivery.came_at, Delivery.id))]
