"""Requests to be forgotten, and what still has to be finished first. Reads only."""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.core.language import N_, Text
from volunteer_app.erasing.models import Erasure
from volunteer_app.needs.models import Shift
from volunteer_app.rosters.models import HOLDING_STATES, Assignment
from volunteer_app.store.orders.models import WAITING, AwayOrder, Order, OrderLine
from volunteer_app.store.shelf.models import Product

SHOWN = 100


def requests(session: Session) -> list[Erasure]:
    """Those that wait first, then the decided ones, the newest first."""
    wanted = select(Erasure).options(joinedload(Erasure.person))
    ordered = wanted.order_by((Erasure.state != "waiting"), Erasure.id.desc()).limit(SHOWN)
    return list(session.scalars(ordered))


def waiting_of(session: Session, person_id: int) -> Erasure | None:
    return session.scalars(select(Erasure).where(Erasure.person_id == person_id, Erasure.state == "waiting")).first()


def in_the_way(session: Session, person_id: int, *, now: datetime) -> list[Text]:
    """What would be left hanging: orders to collect, here or elsewhere, lent things, turns to come."""
    waiting = sum(waiting_orders(session, kind, person_id, now=now) for kind in (Order, AwayOrder))
    lent = select(func.count()).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
    lent = lent.join(Product, and_(Product.id == OrderLine.product_id, Product.kind == "lending"))
    lent = lent.where(Order.person_id == person_id, Order.state == "picked_up")
    out = session.scalar(lent.where(OrderLine.returned < OrderLine.quantity)) or 0
    turns = select(func.count()).select_from(Assignment).join(Shift, Shift.id == Assignment.shift_id)
    turns = turns.where(Assignment.person_id == person_id, Assignment.state.in_(HOLDING_STATES))
    ahead = session.scalar(turns.where(Shift.state == "open", Shift.ends_at > now)) or 0
    counted = ((waiting, N_("%(n)d份预约没有取")), (out, N_("%(n)d件借的东西没有还")), (ahead, N_("%(n)d个班还没有到")))
    return [Text(words, {"n": n}) for n, words in counted if n]


def waiting_orders(session: Session, kind: type[Order | AwayOrder], person_id: int, *, now: datetime) -> int:
    mine = select(func.count()).select_from(kind).where(kind.person_id == person_id)
    return session.scalar(mine.where(kind.state.in_(WAITING), kind.expires_at > now)) or 0
