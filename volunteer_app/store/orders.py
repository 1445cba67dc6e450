"""Whose order is waiting, whose code this is, who stands at the counter. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import NotFound
from volunteer_app.people.models import Person
from volunteer_app.store import rules
from volunteer_app.store.models import WAITING, CodeAttempt, Order, OrderLine, Product
from volunteer_app.store.queries import zone_of


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


def order_by_code(
    session: Session,
    code: str,
    *,
    community_id: int,
    keeper_id: int,
    codes: rules.Codes,
    now: datetime,
    partner_id: int | None = None,
) -> Order:
    """The waiting order with this code, or the voucher when a partner shop asks. Refuses UnknownCode, MistypedCode
    (which doesn't count as a try), AlreadyCollected, OrderExpired, OrderCancelled, VoucherElsewhere, NotAVoucher, and
    TooManyCodes when the keeper has typed too many unknown ones (see actions.note_unknown_code).
    """
    check_tries(session, keeper_id, now=now)
    digits = "".join(code.split())
    named = with_lines().where(Order.code_hash == codes.hash(community_id, digits))
    found = session.scalars(named.order_by(Order.state.in_(WAITING).desc(), Order.id.desc()).limit(1)).first()
    if found is None:
        raise rules.MistypedCode if rules.is_mistyped(digits) else rules.UnknownCode
    check_place(found, partner_id)
    check_waiting(found, now, zone_of(session, community_id))
    return found


def check_tries(session: Session, keeper_id: int, *, now: datetime) -> None:
    """Refuses somebody who has typed too many unknown codes lately."""
    since = now - rules.TRIES_WITHIN
    wrong = select(func.count()).select_from(CodeAttempt)
    if (session.scalar(wrong.where(CodeAttempt.person_id == keeper_id, CodeAttempt.at > since)) or 0) >= rules.TRIES:
        raise rules.TooManyCodes


def check_place(found: Order, partner_id: int | None) -> None:
    """Refuses an order that is given out elsewhere: `partner_id` None is the store's own counter."""
    if found.partner_id == partner_id:
        return
    if found.partner is None:
        raise rules.NotAVoucher
    raise rules.VoucherElsewhere(name=found.partner.name)


def check_waiting(found: Order, now: datetime, zone: str) -> None:
    """Refuses an order that can't be collected any more, and says why."""
    check_state(found.state_at(now), found.closed_at, zone)


def check_state(state: str, closed_at: datetime | None, zone: str) -> None:
    """The same for whatever is reserved: what it is now, and when it was closed."""
    if state == "picked_up":
        assert closed_at is not None
        day = local_date(closed_at, zone)
        raise rules.AlreadyCollected(month=day.month, day=day.day)
    if state == "expired":
        raise rules.OrderExpired
    if state == "cancelled":
        raise rules.OrderCancelled


def waiting_orders(session: Session, *, now: datetime) -> list[Order]:
    """Orders that may be collected at the counter, those that lapse first at the top."""
    statement = with_lines().where(Order.state.in_(WAITING), Order.expires_at > now, Order.partner_id.is_(None))
    return list(session.scalars(statement.order_by(Order.expires_at, Order.id)))


def handed_over_on(session: Session, day: date, zone: str) -> list[Order]:
    """Orders collected on a local day, newest first."""
    starts, ends = local_moment(day, 0, zone), local_moment(day + timedelta(days=1), 0, zone)
    statement = with_lines().where(Order.state == "picked_up", Order.closed_at >= starts, Order.closed_at < ends)
    statement = statement.where(Order.partner_id.is_(None))
    return list(session.scalars(statement.order_by(Order.closed_at.desc(), Order.id.desc())))


def people_found(session: Session, typed: str) -> list[Person]:
    """People whose number is `typed` or whose name begins with it, at most ten."""
    name = typed.strip()
    if not name:
        return []
    matching = or_(Person.number == name.upper(), Person.name.startswith(name, autoescape=True))
    return list(
        session.scalars(select(Person).where(Person.state == "active", matching).order_by(Person.number).limit(10))
    )


def lent_orders(session: Session) -> Sequence[Order]:
    """Collected orders with lent things that are still out."""
    out = select(OrderLine.order_id).join(Product, and_(Product.id == OrderLine.product_id, Product.kind == "lending"))
    out = out.where(OrderLine.returned < OrderLine.quantity)
    return session.scalars(with_lines().where(Order.state == "picked_up", Order.id.in_(out)).order_by(Order.id)).all()
