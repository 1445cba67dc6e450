"""A voucher is taken in, a month is closed and paid. Points of a voucher stand in the shop's `claim` until two people
have settled the month.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, month_after, month_start
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.rules import Key, SecondPersonNeeded
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SETTLED
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.counter import looking_up
from volunteer_app.store.counter.rules import UnknownCode
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.models import Order
from volunteer_app.store.partners import shops
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.rules import AlreadyPaid, MonthNotOver
from volunteer_app.store.vouchers import queries, rules
from volunteer_app.store.vouchers.models import Settlement

PAID = N_("结给%(name)s：%(month)s的券")


def take_voucher(session: Session, order_id: int, *, code_hash: str, actor: Actor, now: datetime) -> Order:
    """The shop has given the service: the voucher is used up and its points are the shop's claim. The voucher is taken
    by its code, whose `code_hash` is compared.

    Refuses NoPartner, VoucherElsewhere, AlreadyCollected, OrderExpired, OrderCancelled, OwnOrder, UnknownCode for the
    code of another one, and TooManyCodes (see looking_up.note_unknown_code).
    """
    assert actor.person_id is not None
    counter.refuse_two_hats(actor)
    shop = shops.partner_of(session, actor.person_id)
    looking_up.check_tries(session, actor.person_id, now=now)
    order = orders.locked_order(session, order_id, actor=actor, now=now)
    looking_up.check_place(order, shop.id)
    if code_hash != order.code_hash:
        raise UnknownCode
    reserving.refuse_own_household(session, order.person, actor)
    return counter.settle_collected(session, order, actor=actor, now=now, proxy_name="")


def close_month(session: Session, partner_id: int, month: date, *, actor: Actor, now: datetime) -> Settlement:
    """Writes down what the shop is owed for a month that is over; a second time gives the same row.

    Refuses MonthNotOver, NothingToSettle.
    """
    named = select(Partner).where(Partner.community_id == actor.community_id, Partner.id == partner_id)
    shop = session.scalars(named.with_for_update()).first()
    if shop is None:
        raise NotFound
    found = queries.statement(session, shop, month_start(month))
    if found.settlement is not None:
        return found.settlement
    if local_date(now, zone_of(session, shop.community_id)) < month_after(month):
        raise MonthNotOver
    if not found.vouchers:
        raise rules.NothingToSettle
    assert actor.person_id is not None
    made = Settlement(
        community_id=shop.community_id,
        partner_id=shop.id,
        month=found.month,
        vouchers=len(found.vouchers),
        points=found.points,
        amount_fen=found.amount_fen,
        closed_at=now,
        closed_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, "close_month", f"store_settlement:{made.id}", actor=actor, now=now)
    return made


def pay(session: Session, settlement_id: int, *, actor: Actor, now: datetime) -> Settlement:
    """A second person has seen it paid: the claim is booked off. Refuses SecondPersonNeeded, AlreadyPaid."""
    named = select(Settlement).where(Settlement.community_id == actor.community_id, Settlement.id == settlement_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.paid_by_id is not None:
        raise AlreadyPaid
    if actor.person_id == found.closed_by_id:
        raise SecondPersonNeeded
    shop = shops.partner(session, found.partner_id)
    txn = ledger.move(
        session,
        "settle",
        [(Key(shop.owner, "claim"), SETTLED, found.points)],
        cause=f"settlement:{found.id}",
        reason=Text(PAID, {"name": shop.name, "month": f"{found.month:%Y-%m}"}),
        actor=actor,
        now=now,
        checker_id=found.closed_by_id,
    )
    found.txn_id, found.paid_by_id, found.paid_at = txn.id, actor.person_id, now
    audit.record(session, "pay", f"store_settlement:{found.id}", actor=actor, now=now)
    return found
