"""Handing over: the goods go out and the points are spent, in one transaction."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.ledger.rules import HoldLapsed
from volunteer_app.places.queries import zone_of
from volunteer_app.store.counter import looking_up, rules
from volunteer_app.store.lending import actions as lending
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order, OrderLine
from volunteer_app.store.orders.rules import OrderExpired
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.shelf import batches
from volunteer_app.store.shelf.rules import check_day

COLLECTED = N_("换了%(goods)s")


def refuse_two_hats(actor: Actor) -> None:
    """Whoever issues points or audits the books doesn't hand out goods."""
    if actor.has("coordinator", "auditor"):
        raise rules.TwoHats


def mark_ready(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """The goods lie packed at the counter. Refuses an order that is no longer waiting."""
    order = orders.locked_order(session, order_id, actor=actor, now=now)
    order.state = "ready"
    audit.record(session, "ready", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


def hand_over(
    session: Session,
    order_id: int,
    *,
    ticked: Collection[int],
    name_checked: bool,
    actor: Actor,
    now: datetime,
    proxy_name: str = "",
    code_hash: str = "",
    leaves_rest: bool = False,
) -> Order:
    """Gives the goods out and spends the points. `ticked` is the ids of the order lines put on the counter; with
    `leaves_rest` the others stay on the shelf and their points come back. A proxy gives a name and brings the code,
    whose `code_hash` is compared.

    Refuses AlreadyCollected, OrderExpired, OrderCancelled, NotTicked, NameNotChecked, FridaysOnly, OwnOrder,
    ProxyNeedsCode, TwoHats, StillBorrowed for what is lent, and VoucherElsewhere for a partner shop's voucher.
    """
    order = orders.locked_order(session, order_id, actor=actor, now=now)
    looking_up.check_place(order, None)
    refuse_two_hats(actor)
    reserving.refuse_own_household(session, order.person, actor)
    taken = ticked_lines(order, ticked, leaves_rest=leaves_rest)
    if not name_checked and not proxy_name.strip():
        raise rules.NameNotChecked
    if proxy_name.strip() and code_hash != order.code_hash:
        raise rules.ProxyNeedsCode
    today = local_date(now, zone_of(session, actor.community_id))
    for line in taken:
        check_day(line.product, today)
    for line in order.lines:
        line.returned = 0 if line in taken else line.quantity
    settle_collected(session, order, actor=actor, now=now, proxy_name=proxy_name.strip())
    for line in taken:
        hand_out(session, order, line, today)
    return order


def ticked_lines(order: Order, ticked: Collection[int], *, leaves_rest: bool) -> list[OrderLine]:
    """The lines put on the counter. Refuses NotTicked when one is missing that isn't left on purpose, or all are."""
    taken = [line for line in order.lines if line.id in set(ticked)]
    if (missing := len(order.lines) - len(taken)) and not (leaves_rest and taken):
        raise rules.NotTicked(missing=missing)
    return taken


def hand_out(session: Session, order: Order, line: OrderLine, today: date) -> None:
    """The pieces leave their batches; what is lent gets a day by which it comes back."""
    if line.stock_line is not None:
        batches.take(session, line.product, line.quantity, on=today, line_id=line.id)
    if line.product.kind == "lending":
        lending.lend(session, line.product, line.quantity, line_id=line.id, person_id=order.person_id, on=today)


def settle_collected(session: Session, order: Order, *, actor: Actor, now: datetime, proxy_name: str) -> Order:
    assert order.hold_id is not None
    reason = Text(COLLECTED, {"goods": goods_of(order)})
    lines = [(line.points_line, line.points) for line in order.lines]
    lines += [(line.stock_line, line.kept) for line in order.lines]
    collected = {number: amount for number, amount in lines if number is not None}
    try:
        holds.collect(session, order.hold_id, reason=reason, actor=actor, now=now, collected=collected)
    except HoldLapsed as error:
        raise OrderExpired from error
    order.state, order.closed_at = "picked_up", now
    order.handed_by_id, order.proxy_name = actor.person_id, proxy_name
    audit.record(session, "hand_over", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


def walk_in(
    session: Session,
    person_id: int,
    wanted: Mapping[str, int],
    *,
    name_checked: bool,
    actor: Actor,
    now: datetime,
    codes: Codes,
    seen: Mapping[str, int] | None = None,
) -> Order:
    """Somebody stands at the counter: reserve and hand over in one transaction. Refusals of both."""
    order = reserving.reserve(session, person_id, wanted, actor=actor, now=now, codes=codes, at_once=True, seen=seen)
    ticked = {line.id for line in order.lines}
    return hand_over(session, order.id, ticked=ticked, name_checked=name_checked, actor=actor, now=now)
