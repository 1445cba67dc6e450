"""A waiting order: kept longer, given back, or lapsed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import last_day, local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.places.queries import zone_of
from volunteer_app.store.orders import limits, reserving
from volunteer_app.store.orders.models import WAITING, Order
from volunteer_app.store.orders.rules import check_waiting, kept_until
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.rules import AlreadyExtended

CANCELLED = N_("取消预约：%(goods)s")
EXTENDED = N_("多留几天：%(goods)s")


def extend(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """Keeps an order for as many days again, once: its points come back to their lots and are held anew.

    The owner and keepers may. Refuses AlreadyExtended, NothingFresh, OwnOrder, and what a closed order refuses.
    """
    order = locked_order(session, order_id, actor=actor, now=now)
    check_may(session, order, actor)
    if order.is_extended:
        raise AlreadyExtended
    zone = zone_of(session, order.community_id)
    rule = limits.rule_on(session, order.community_id, local_date(now, zone))
    days = rule.voucher_days if order.partner_id else rule.keep_days
    order.expires_at = kept_until(order.expires_at - timedelta(days=1), days, zone)
    order.is_extended = True
    reason = Text(EXTENDED, {"goods": goods_of(order)})
    assert order.hold_id is not None
    holds.release(session, order.hold_id, reason=reason, actor=actor, now=now)
    rows = [(line, line.product) for line in order.lines]
    reserving.hold_lines(session, order, rows, cause=f"order:{order.id}:again", reason=reason, actor=actor, now=now)
    reserving.check_fresh(session, rows, last_day(order.expires_at, zone), now=now)
    audit.record(session, "extend", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


def cancel(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """Points and goods go back. The owner and keepers may; a second time changes nothing. Refuses OwnOrder, and what
    a closed order refuses.
    """
    order = locked_order(session, order_id, actor=actor, now=now, may_be=("cancelled",))
    check_may(session, order, actor)
    if order.state == "cancelled":
        return order
    assert order.hold_id is not None
    holds.release(session, order.hold_id, reason=Text(CANCELLED, {"goods": goods_of(order)}), actor=actor, now=now)
    order.state, order.closed_at = "cancelled", now
    audit.record(session, "cancel", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


def check_may(session: Session, order: Order, actor: Actor) -> None:
    """Refuses whoever is neither the owner nor a keeper, and OwnOrder to a keeper of the same household."""
    if actor.person_id == order.person_id:
        return
    if not actor.has("keeper"):
        raise NotFound
    reserving.refuse_own_household(session, order.person, actor)


def expire_due(session: Session, community_id: int, *, now: datetime, limit: int = 200) -> int:
    """Writes down which orders nobody came for; returns how many. Balances are right without it. Safe to repeat."""
    due = select(Order).where(Order.community_id == community_id, Order.state.in_(WAITING), Order.expires_at <= now)
    lapsed = session.scalars(due.order_by(Order.id).limit(limit).with_for_update(skip_locked=True)).all()
    actor = Actor(community_id, None, "job")
    holds.settle_holds(session, [order.hold_id for order in lapsed if order.hold_id], actor=actor, now=now)
    for order in lapsed:
        order.state, order.closed_at = "expired", now
        audit.record(session, "expire", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return len(lapsed)


def locked_order(
    session: Session, order_id: int, *, actor: Actor, now: datetime, may_be: tuple[str, ...] = ()
) -> Order:
    """The order, locked and read anew; refuses one that isn't waiting any more, unless its state is in `may_be`."""
    statement = select(Order).where(Order.community_id == actor.community_id, Order.id == order_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if found.state_at(now) not in may_be:
        check_waiting(found, now, zone_of(session, found.community_id))
    return found
