"""Orders from reserving to handing over. Points and pieces move together in the ledger, in the same transaction."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import next_id, table_of
from volunteer_app.core.errors import Forbidden, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.ledger.holds import Line
from volunteer_app.ledger.rules import HoldLapsed, Key, NotEnoughStock
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.store import batches, orders, queries, rules
from volunteer_app.store.models import SHELF, WAITING, CodeAttempt, Order, OrderLine, Product
from volunteer_app.store.queries import Allowance, owner_of
from volunteer_app.store.shelf_models import Loan

INCOME = Key(SHELF, "income")
RESERVED = N_("预约：%(goods)s")
COLLECTED = N_("换了%(goods)s")
CANCELLED = N_("取消预约：%(goods)s")
PIECES = N_("%(name)s%(pieces)d%(measure)s")
AND_MORE = N_("%(first)s、%(rest)s")
RETURNED = N_("退回%(goods)s")
RETURNED_LATE = N_("退回%(goods)s，过了期的积分还能用到%(month)d月%(day)d日")
EXTENDED = N_("多留几天：%(goods)s")
Rows = list[tuple[OrderLine, Product]]
ORDERS = table_of(Order)
GRACE = timedelta(days=30)
"""How long returned points stay good whose own date passed while the goods were out."""


def reserve(
    session: Session,
    person_id: int,
    wanted: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: rules.Codes,
    at_once: bool = False,
) -> Order:
    """Keeps goods and their points for a person; `wanted` is product code -> pieces.

    Held together or not at all. Refuses NotOffered, SoldOut, ProductLimit, YearLimit, MonthLimit, NotEnoughPoints, and
    OnePlace for things that aren't given out in the same place, NothingFresh for what would be over by the last day,
    StillBorrowed. Services of a partner shop become a voucher. `at_once`: it is handed over in the same transaction.
    Staff may reserve for somebody else, never for their own household.
    """
    person, zone = locked_person(session, person_id, actor)
    today = local_date(now, zone)
    terms = queries.terms(session, person, today, now=now)
    lines = priced(session, person, wanted, terms.month, today=today, now=now)
    partner_id = place_of(lines)
    order = Order(
        id=next_id(session, ORDERS),
        community_id=actor.community_id,
        person_id=person_id,
        state="reserved",
        made_on=today,
        made_at=now,
        expires_at=rules.kept_until(now, terms.voucher_days if partner_id else terms.keep_days, zone),
        code_turn=0,
        partner_id=partner_id,
        recorded_by_id=None if actor.person_id == person_id else actor.person_id,
    )
    give_code(session, order, codes)
    rows = keep(session, order, lines, actor=actor, now=now)
    check_fresh(session, rows, today if at_once else rules.last_day(order.expires_at, zone), now=now)
    audit.record(session, "reserve", f"store_order:{order.id}", actor=actor, now=now, acting_for=person_id)
    write(session, order, person, rows)
    return order


def write(session: Session, order: Order, person: Person, rows: Rows) -> None:
    """The order and its lines, complete: nothing of them is written twice or read again."""
    session.add(order)
    session.flush()
    session.add_all([row for row, _ in rows])
    session.flush()
    for row, product in rows:
        set_committed_value(row, "product", product)
    set_committed_value(order, "lines", [row for row, _ in rows])
    set_committed_value(order, "person", person)


def locked_person(session: Session, person_id: int, actor: Actor) -> tuple[Person, str]:
    """The person, locked so that two orders at once can't both pass the monthly limits, and the community's zone."""
    found = session.execute(LOCKED_PERSON, {"id": person_id, "here": actor.community_id}).first()
    if found is None:
        raise NotFound
    person, zone = found
    if actor.person_id is not None and actor.person_id != person_id:
        if not actor.has("keeper", "coordinator"):
            raise Forbidden
        refuse_own_household(session, person, actor)
    return person, zone


LOCKED_PERSON = (
    select(Person, Community.zone)
    .join(Community, Community.id == Person.community_id)
    .where(Person.id == bindparam("id"), Person.community_id == bindparam("here"))
    .with_for_update(key_share=True, of=Person)
)


def refuse_two_hats(actor: Actor) -> None:
    """Whoever issues points or audits the books doesn't hand out goods."""
    if actor.has("coordinator", "auditor"):
        raise rules.TwoHats


def refuse_own_household(session: Session, person: Person, actor: Actor) -> None:
    """Nobody serves himself or his household."""
    if actor.person_id is None:
        return
    keeper = session.get_one(Person, actor.person_id)
    if keeper.id == person.id or (person.household_id is not None and person.household_id == keeper.household_id):
        raise rules.OwnOrder


def priced(
    session: Session, person: Person, wanted: Mapping[str, int], month: Allowance, *, today: date, now: datetime
) -> list[tuple[Product, int, int]]:
    """(product, pieces, points each), once every limit of the person has been checked."""
    found = queries.named(session, person, wanted, today, now=now)
    lines: list[tuple[Product, int, int]] = []
    for code, pieces in sorted(wanted.items()):
        if code not in found:
            raise NotFound
        product, points, had = found[code]
        if not product.is_offered or points is None:
            raise rules.NotOffered(name=product.called)
        rules.check_product_limit(product, pieces, had)
        lines.append((product, pieces, points))
    if not lines or any(pieces < 1 for _, pieces, _ in lines):
        raise rules.NothingChosen
    if any(product.kind == "lending" for product, _, _ in lines):
        check_nothing_late(session, person, today)
    monthly = sum(pieces * points for product, pieces, points in lines if product.limit_months == 1)
    rules.check_month_points(monthly, month.used, month.most)
    return lines


def check_nothing_late(session: Session, person: Person, today: date) -> None:
    """Refuses to lend more to somebody who is late with something."""
    late = select(Loan).where(Loan.person_id == person.id, Loan.state == "out", Loan.due_on < today)
    found = session.scalars(late.order_by(Loan.due_on).limit(1)).first()
    if found is not None:
        raise rules.StillBorrowed(name=found.product.called)


def check_fresh(session: Session, rows: Rows, until: date, *, now: datetime) -> None:
    """Refuses when pieces that are kept would be past their best-before day on the last day of the order."""
    kept = [product for row, product in rows if row.stock_line is not None]
    batches.check_kept(session, kept, until=until, now=now)


def place_of(lines: list[tuple[Product, int, int]]) -> int | None:
    """Id of the partner shop that gives all of it; None: the store's own counter."""
    places = {product.partner_id for product, _, _ in lines}
    if len(places) > 1:
        raise rules.OnePlace
    return places.pop()


HAS_CODE = select(ORDERS.c.id).where(
    ORDERS.c.community_id == bindparam("here"), ORDERS.c.code_hash == bindparam("hash"), ORDERS.c.state.in_(WAITING)
)


def give_code(session: Session, order: Order, codes: rules.Codes) -> None:
    """The first code of the order's own row of codes that no waiting order has."""
    while True:
        order.code_hash = codes.hash(order.community_id, codes.code(order.community_id, order.id, order.code_turn))
        asked = {"here": order.community_id, "hash": order.code_hash}
        if session.execute(HAS_CODE, asked).first() is None:
            return
        order.code_turn += 1


def keep(session: Session, order: Order, lines: list[tuple[Product, int, int]], *, actor: Actor, now: datetime) -> Rows:
    """Holds the points and the pieces of every line in one ledger transaction; the lines with their products."""
    rows = []
    for product, pieces, points in lines:
        row = OrderLine(
            community_id=order.community_id,
            order_id=order.id,
            product_id=product.id,
            quantity=pieces,
            points_each=points,
        )
        rows.append((row, product))
    reason = Text(RESERVED, {"goods": listed(lines)})
    hold_lines(session, order, rows, cause=f"order:{order.id}", reason=reason, actor=actor, now=now)
    return rows


def hold_lines(
    session: Session,
    order: Order,
    rows: Rows,
    *,
    cause: str,
    reason: Text,
    actor: Actor,
    now: datetime,
) -> None:
    """Holds everything and notes in each row which lines of the hold are its own."""
    income = Key(f"partner:{order.partner_id}", "claim") if order.partner_id else INCOME
    asked: list[Line] = []
    for row, product in rows:
        if row.points_each:
            asked.append(Line(Key(owner_of(order.person_id), "points"), income, row.points))
            row.points_line = len(asked)
        if product.is_counted:
            gone = "on_loan" if product.kind == "lending" else "handed_over"
            shelf = Key(SHELF, "on_hand", product.unit)
            asked.append(Line(shelf, Key(SHELF, gone, product.unit), row.quantity))
            row.stock_line = len(asked)
    try:
        held = holds.hold(session, asked, cause=cause, reason=reason, expires_at=order.expires_at, actor=actor, now=now)
    except NotEnoughStock as error:
        raise rules.SoldOut from error
    order.hold_id = held.hold_id


def listed(lines: list[tuple[Product, int, int]]) -> Text:
    """香皂2块、食盐1袋: the goods of an order in a sentence, translatable."""
    first, *rest = lines
    product, pieces, _ = first
    said = Text(PIECES, {"name": product.called, "pieces": pieces, "measure": Text(product.measure)})
    return Text(AND_MORE, {"first": said, "rest": listed(rest)}) if rest else said


def goods_of(order: Order) -> Text:
    """The goods of an order in a sentence; once some are back on the shelf, those that aren't."""
    kept = [line for line in order.lines if line.kept] or order.lines
    return listed([(line.product, line.kept or line.quantity, line.points_each) for line in kept])


def extend(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """Keeps an order for as many days again, once: its points come back to their lots and are held anew.

    The owner and keepers may. Refuses AlreadyExtended, NothingFresh, and what a closed order refuses.
    """
    order = locked_order(session, order_id, actor=actor, now=now)
    if actor.person_id != order.person_id and not actor.has("keeper"):
        raise NotFound
    if order.is_extended:
        raise rules.AlreadyExtended
    zone = queries.zone_of(session, order.community_id)
    rule = queries.rule_on(session, order.community_id, local_date(now, zone))
    days = rule.voucher_days if order.partner_id else rule.keep_days
    order.expires_at = rules.kept_until(order.expires_at - timedelta(days=1), days, zone)
    order.is_extended = True
    reason = Text(EXTENDED, {"goods": goods_of(order)})
    assert order.hold_id is not None
    holds.release(session, order.hold_id, reason=reason, actor=actor, now=now)
    rows = [(line, line.product) for line in order.lines]
    hold_lines(session, order, rows, cause=f"order:{order.id}:again", reason=reason, actor=actor, now=now)
    check_fresh(session, rows, rules.last_day(order.expires_at, zone), now=now)
    audit.record(session, "extend", f"store_order:{order.id}", actor=actor, now=now, acting_for=order.person_id)
    return order


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
    code_hash: str = "",
    leaves_rest: bool = False,
) -> Order:
    """Gives the goods out and spends the points. `ticked` is the ids of the order lines put on the counter; with
    `leaves_rest` the others stay on the shelf and their points come back. A proxy gives a name and brings the code,
    whose `code_hash` is compared.

    Refuses AlreadyCollected, OrderExpired, OrderCancelled, NotTicked, NameNotChecked, FridaysOnly, OwnOrder,
    ProxyNeedsCode, TwoHats, and VoucherElsewhere for a partner shop's voucher.
    """
    order = locked_order(session, order_id, actor=actor, now=now)
    orders.check_place(order, None)
    refuse_two_hats(actor)
    refuse_own_household(session, order.person, actor)
    taken = [line for line in order.lines if line.id in set(ticked)]
    if (missing := len(order.lines) - len(taken)) and not (leaves_rest and taken):
        raise rules.NotTicked(missing=missing)
    if not name_checked and not proxy_name.strip():
        raise rules.NameNotChecked
    if proxy_name.strip() and code_hash != order.code_hash:
        raise rules.ProxyNeedsCode
    today = local_date(now, queries.zone_of(session, actor.community_id))
    for line in taken:
        rules.check_day(line.product, today)
    for line in order.lines:
        line.returned = 0 if line in taken else line.quantity
    settle_collected(session, order, actor=actor, now=now, proxy_name=proxy_name.strip())
    for line in taken:
        hand_out(session, order, line, today)
    return order


def hand_out(session: Session, order: Order, line: OrderLine, today: date) -> None:
    """The pieces leave their batches; what is lent gets a day by which it comes back."""
    if line.stock_line is not None:
        batches.take(session, line.product, line.quantity, on=today, line_id=line.id)
    if line.product.kind == "lending":
        loan = Loan(community_id=order.community_id, line_id=line.id, product_id=line.product_id, lent_on=today)
        loan.person_id, loan.pieces = order.person_id, line.quantity
        loan.due_on = today + timedelta(days=line.product.lend_days)
        session.add(loan)


def settle_collected(session: Session, order: Order, *, actor: Actor, now: datetime, proxy_name: str) -> Order:
    assert order.hold_id is not None
    reason = Text(COLLECTED, {"goods": goods_of(order)})
    lines = [(line.points_line, line.kept * line.points_each) for line in order.lines]
    lines += [(line.stock_line, line.kept) for line in order.lines]
    collected = {number: amount for number, amount in lines if number is not None}
    try:
        holds.collect(session, order.hold_id, reason=reason, actor=actor, now=now, collected=collected)
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
    order = reserve(session, person_id, wanted, actor=actor, now=now, codes=codes, at_once=True)
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
    Points whose date has passed meanwhile stay good for thirty days more.

    Refuses NotCollected, OwnOrder, and VoucherUsed: a service can't be brought back.
    """
    order = locked_order(session, order_id, actor=actor, now=now, may_be=("picked_up",))
    if order.partner_id:
        raise rules.VoucherUsed
    line = next((one for one in order.lines if one.id == line_id), None)
    if line is None:
        raise NotFound
    refuse_two_hats(actor)
    refuse_own_household(session, order.person, actor)
    if order.state != "picked_up" or not 1 <= pieces <= line.quantity - line.returned:
        raise rules.NotCollected
    assert order.hold_id is not None
    back = {line.points_line: pieces * line.points_each, line.stock_line: pieces}
    goods = listed([(line.product, pieces, line.points_each)])
    until = rules.last_day(now + GRACE, queries.zone_of(session, order.community_id))
    late = Text(RETURNED_LATE, {"goods": goods, "month": until.month, "day": until.day})
    holds.refund(
        session,
        order.hold_id,
        {number: amount for number, amount in back.items() if number is not None},
        cause=f"return:{line.id}:{line.returned + pieces}",
        reason=Text(RETURNED, {"goods": goods}),
        actor=actor,
        now=now,
        grace=holds.Grace(now + GRACE, late),
    )
    line.returned += pieces
    batches.give_back(session, line.id, pieces)
    close_loan(session, line, actor=actor, now=now)
    subject = f"store_order:{order.id}"
    audit.record(session, "take_back", subject, actor=actor, now=now, acting_for=order.person_id, note=reason)
    return order


def close_loan(session: Session, line: OrderLine, *, actor: Actor, now: datetime) -> None:
    """What was lent and is all back is no longer out."""
    if line.product.kind == "lending" and not line.kept:
        out = select(Loan).where(Loan.line_id == line.id, Loan.state == "out").with_for_update()
        for loan in session.scalars(out):
            loan.state, loan.closed_at, loan.taken_by_id = "back", now, actor.person_id


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
