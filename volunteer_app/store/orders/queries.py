"""A person's orders, and any order of the community. Reads only."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.errors import NotFound
from volunteer_app.store.orders.models import Order, OrderLine


def orders_of(session: Session, person_id: int, *, limit: int = 20) -> list[Order]:
    """A person's orders, newest first."""
    statement = with_lines().where(Order.person_id == person_id)
    return list(session.scalars(statement.order_by(Order.id.desc()).limit(limit)))


def own_order(session: Session, order_id: int, person_id: int) -> Order:
    """The person's own order; NotFound for anybody else's."""
    found = session.scalars(with_lines().where(Order.id == order_id, Order.person_id == person_id)).first()
    if found is None:
        raise NotFound
    return found


def order(session: Session, order_id: int) -> Order:
    """An order of the community, for the counter."""
    found = session.scalars(with_lines().where(Order.id == order_id)).first()
    if found is None:
        raise NotFound
    return found


def with_lines() -> Select[Order]:
    lines = selectinload(Order.lines).selectinload(OrderLine.product)
    return select(Order).options(lines, selectinload(Order.person), selectinload(Order.partner))
