"""Orders from reserving to handing over. Points and pieces move together in the ledger, in the same transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import Forbidden, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.ledger.holds import Line
from volunteer_app.ledger.rules import HoldLapsed, Key, NotEnoughStock
from volunteer_app.people.models import Person
from volunteer_app.store import orders, queries, rules
from volunteer_app.store.models import WAITING, CodeAttempt, Order, OrderLine, Product
from volunteer_app.store.queries import SHELF, owner_of

INCOME = Key(SHELF, "income")
RESERVED = N_("预约：%(goods)s")
COLLECTED = N_("换了%(goods)s")
CANCELLED = N_("取消预约：%(goods)s")
PIECES = N_("%(name)s%(pieces)d%(measure)s")
AND_MORE = N_("%(first)s、%(rest)s")
RETURNED = N_("退回%(goods)s")


def reserve(
    session: Session,
    person_id: int,
    wanted: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: rules.Codes,
) -> Order:
    """Keeps goods and their points for a person; `wanted` is product code -> pieces.

    Held together or not at all. Refuses NotOffered, SoldOut, ProductLimit, YearLimit, MonthLimit, NotEnoughPoints, and
    OnePlace for things that aren't given out in the same place. Services of a partner shop become a voucher.
    Staff may reserve for somebody else, never for their own household.
    """
    person = locked_person(session, person_id, actor)
    lines = priced(session, person, wanted, now=now)
    made_on = local_date(now, zone := queries.zone_of(session, actor.community_id))
    rule = queries.rule_on(session, actor.community_id, made_on)
    partner_id = place_of(lines)
    keep_days = rule.voucher_days if partner_id else rule.keep_days
    order = Order(
        community_id=actor.community_id,
        person_id=person_id,
        state="reserved",
        made_on=made_on,
        made_at=now,
        expires_at=rules.kept_until(now, keep_days, zone),
        partner_id=partner_id,
        recorded_by_id=None if actor.person_id == person_id else actor.person_id,
    )
    session.add(order)
    session.flush()
    give_code(session, order, codes)
    keep(session, order, lines, actor=actor, now=now)
    audit.record(session, "reserve", f"store_order:{order.id}", actor=actor, now=now, acting_for=person_id)
    session.flush()
    session.refresh(order)
    return order


def locked_person(session: Session, person_id: int, actor: Actor) -> Person:
    """The person, locked so that two orders at once can't both pass the monthly limits."""
    statement = select(Person).where(Person.id == person_id, Person.community_id == actor.community_id)
    person = session.scalars(statement.with_for_update(key_share=True)).first()
    if person is None:
        raise NotFound
    if actor.person_id is not None and actor.person_id != person_id:
        if not actor.has("keeper", "coordinator"):
            raise Forbidden
        refuse_own_household(session, person, actor)
    return person


def refuse_own_household(session: Session, person: Person, actor: Actor) -> None:
    """Nobody serves himself or his household."""
    if actor.person_id is None:
        return
    keeper = session.get_one(Person, actor.person_id)
    if keeper.id == person.id or (person.household_id is not None and person.household_id == keeper.household_id):
        raise rules.OwnOrder


def priced(
    session: Session, person: Person, wanted: Mapping[str, int], *, now: datetime
) -> list[tuple[Product, int, int]]:
    """(product, pieces, points each), once every limit of the person has been checked."""
    today = local_date(now, queries.zone_of(session, person.community_id))
    prices = queries.prices_on(session, today)
    lines: list[tuple[Product, int, int]] = []
    for code, pieces in sorted(wanted.items()):
        product = queries.product(session, person.community_id, code)
        if not product.is_offered or product.id not in prices:
            raise rules.NotOffered(name=product.called)
        start = rules.period_start(today, product.limit_months)
        had = queries.taken(session, person.id, [product.id], from_on=start, now=now)[product.id]
        rules.check_product_limit(product, pieces, had)
        lines.append((product, pieces, prices[product.id]))
    if not lines or any(pieces < 1 for _, pieces, _ in lines):
        raise rules.NothingChosen
    month = queries.allowance(session, person, now=now)
    monthly = sum(pieces * points for product, pieces, points in lines if product.limit_months == 1)
    rules.check_month_points(monthly, month.used, month.most)
    return lines


def place_of(lines: list[tuple[Product, int, int]]) -> int | None:
    """Id of the partner shop that gives all of it; None: the store's own counter."""
    places = {product.partner_id for product, _, _ in lines}
    if len(places) > 1:
        raise rules.OnePlace
    return places.pop()


def give_code(session: Session, order: Order, codes: rules.Codes) -> None:
    """The first code of the order's own row of codes that no waiting order has."""
    while True:
        found = codes.hash(order.community_id, codes.code(order.community_id, order.id, order.code_turn))
        same = select(Order.id).where(Order.code_hash == found, Order.state.in_(WAITING), Order.id != order.id)
        if session.scalars(same).first() is None:
            order.code_hash = found
            return
        order.code_turn += 1


def keep(session: Session, order: Order, lines: list[tuple[Product, int, int]], *, actor: Actor, now: datetime) -> None:
    """Holds the points and the pieces of every line in one ledger transaction."""
    income = Key(f"partner:{order.partner_id}", "claim") if order.partner_id else INCOME
    asked: list[Line] = []
    rows = []
    for product, pieces, points in lines:
        row = OrderLine(
            community_id=order.community_id,
            order_id=order.id,
            product_id=product.id,
            quantity=pieces,
            points_each=points,
        )
        if points:
            asked.append(Line(Key(owner_of(order.person_id), "points"), income, pieces * points))
            row.points_line = len(asked)
        if product.is_counted:
            gone = "on_loan" if product.kind == "lending" else "handed_over"
            shelf = Key(SHELF, "on_hand", product.unit)
            asked.append(Line(shelf, Key(SHELF, gone, product.unit), pieces))
            row.stock_line = len(asked)
        rows.append(row)
    try:
        held = holds.hold(
            session,
            asked,
            cause=f"order:{order.id}",
            reason=Text(RESERVED, {"goods": listed(lines)}),
            expires_at=order.expires_at,
            actor=actor,
            now=now,
        )
    except NotEnoughStock as error:
        raise rules.SoldOut from error
    order.hold_id = held.hold_id
    session.add_all(rows)
    session.flush()


def listed(lines: list[tuple[Product, int, int]]) -> Text:
    """香皂2块、食盐1袋: the goods of an order in a sentence, translatable."""
    first, *rest = lines
    product, pieces, _ = first
    said = Text(PIECES, {"name": product.called, "pieces": pieces, "measure": Text(product.measure)})
    return Text(AND_MORE, {"first": said, "rest": listed(rest)}) if rest else said


def goods_of(order: Order) -> Text:
    """The goods of an order in a sentence."""
    return listed([(line.product, line.quantity, line.points_each) for line in order.lines])


def mark_ready(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """The goods lie packed at the counter. Refuses an order that is no longer waiting."""
    order = locked_order(session, order_id, actor=actor, now=now)
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
) -> Order:
    """Gives the goods out and spends the points. `ticked` is the ids of the order lines put on the counter.

    Refuses AlreadyCollected, OrderExpired, OrderCancelled, NotTicked, NameNotChecked, FridaysOnly, OwnOrder, and
    VoucherElsewhere for a partner shop's voucher.
    """
    order = locked_order(session, order_id, actor=actor, now=now)
    orders.check_place(order, None)
    refuse_own_household(session, order.person, actor)
    if missing := len({line.id for line in order.lines} - set(ticked)):
        raise rules.NotTicked(missing=missing)
    if not name_checked and not proxy_name.strip():
        raise rules.NameNotChecked
    today = local_date(now, queries.zone_of(session, actor.community_id))
    for line in order.lines:
        rules.check_day(line.product, today)
    return settle_collected(session, order, actor=actor, now=now, proxy_name=proxy_name.strip())


def settle_collected(session: Session, order: Order, *, actor: Actor, now: datetime, proxy_name: str) -> Order:
    assert order.hold_id is not None
    reason = Text(COLLECTED, {"goods": goods_of(order)})
    try:
        holds.collect(session, order.hold_id, reason=reason, actor=actor, now=now)
    except HoldLapsed as error:
        raise rules.OrderExpired from error
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
    codes: rules.Codes,
) -> Order:
    """Somebody stands at the counter: reserve and hand over in one transaction. Refusals of both."""
    order = reserve(session, person_id, wanted, actor=actor, now=now, codes=codes)
    ticked = {line.id for line in order.lines}
    return hand_over(session, order.id, ticked=ticked, name_checked=name_checked, actor=actor, now=now)


def cancel(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """Points and goods go back. The owner and keepers may; a second time changes nothing."""
    order = locked_order(session, order_id, actor=actor, now=now, may_be=("cancelled",))
    if actor.person_id != order.person_id and not actor.has("keeper"):
        raise NotFound
    if order.state == "cancelled":
        return order
    assert order.hold_id is not None
    holds.release(session, order.hold_id, reason=Text(CANCELLED, {"goods": goods_of(order)}), actor=actor, now=now)
    order.state, order.closed_at = "cancelled", now
    audit.record(session, "cancel", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


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


def take_back(
    session: Session, order_id: int, line_id: int, pieces: int, *, reason: str, actor: Actor, now: datetime
) -> Order:
    """Something collected comes back (returned goods, lent things): pieces to the shelf, points to their own lots.

    Refuses NotCollected, OwnOrder, and VoucherUsed: a service can't be brought back.
    """
    order = locked_order(session, order_id, actor=actor, now=now, may_be=("picked_up",))
    if order.partner_id:
        raise rules.VoucherUsed
    line = next((one for one in order.lines if one.id == line_id), None)
    if line is None:
        raise NotFound
    refuse_own_household(session, order.person, actor)
    if order.state != "picked_up" or not 1 <= pieces <= line.quantity - line.returned:
        raise rules.NotCollected
    assert order.hold_id is not None
    back = {line.points_line: pieces * line.points_each, line.stock_line: pieces}
    goods = listed([(line.product, pieces, line.points_each)])
    holds.refund(
        session,
        order.hold_id,
        {number: amount for number, amount in back.items() if number is not None},
        cause=f"return:{line.id}:{line.returned + pieces}",
        reason=Text(RETURNED, {"goods": goods}),
        actor=actor,
        now=now,
    )
    line.returned += pieces
    subject = f"store_order:{order.id}"
    audit.record(session, "take_back", subject, actor=actor, now=now, acting_for=order.person_id, note=reason)
    return order


def locked_order(
    session: Session, order_id: int, *, actor: Actor, now: datetime, may_be: tuple[str, ...] = ()
) -> Order:
    """The order, locked and read anew; refuses one that isn't waiting any more, unless its state is in `may_be`."""
    statement = select(Order).where(Order.community_id == actor.community_id, Order.id == order_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if found.state_at(now) not in may_be:
        orders.check_waiting(found, now, queries.zone_of(session, found.community_id))
    return found


def note_unknown_code(session: Session, *, actor: Actor, now: datetime) -> None:
    """Remembers that the keeper looked up a code that doesn't exist."""
    assert actor.person_id is not None
    session.add(CodeAttempt(community_id=actor.community_id, person_id=actor.person_id, at=now))


def forget_attempts(session: Session, *, before: datetime) -> int:
    """Sweeps old look-ups of codes that don't exist; harmless when run twice. Returns how many went."""
    done = session.execute(delete(CodeAttempt).where(CodeAttempt.at < before))
    return int(getattr(done, "rowcount", 0))
