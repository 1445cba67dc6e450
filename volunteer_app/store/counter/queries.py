"""Who is still to come, who stands at the counter. Reads only."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_moment
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.models import WAITING, Order


def waiting_orders(session: Session, *, now: datetime) -> list[Order]:
    """Orders that may be collected at the counter, those that lapse first at the top."""
    statement = orders.with_lines().where(Order.state.in_(WAITING), Order.expires_at > now, Order.partner_id.is_(None))
    return list(session.scalars(statement.order_by(Order.expires_at, Order.id)))


def handed_over_on(session: Session, day: date, zone: str) -> list[Order]:
    """Orders collected on a local day, newest first."""
    starts, ends = local_moment(day, 0, zone), local_moment(day + timedelta(days=1), 0, zone)
    statement = orders.with_lines().where(Order.state == "picked_up", Order.closed_at >= starts, Order.closed_at < ends)
    statement = statement.where(Order.partner_id.is_(None))
    return list(session.scalars(statement.order_by(Order.closed_at.desc(), Order.id.desc())))


def people_found(session: Session, typed: str) -> list[Person]:
    """People who are here whose number is `typed` or whose name begins with it, at most ten."""
    name = typed.strip()
    if not name:
        return []
    matching = or_(Person.number == name.upper(), Person.name.startswith(name, autoescape=True))
    return list(
        session.scalars(select(Person).where(Person.state.in_(PRESENT), matching).order_by(Person.number).limit(10))
    )
