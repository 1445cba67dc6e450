"""Reserving: points and pieces are held together in the ledger, in the same transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import last_day, local_date
from volunteer_app.core.database import next_id, table_of
from volunteer_app.core.errors import Forbidden, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.ledger.holds import Line
from volunteer_app.ledger.rules import Key, NotEnoughStock
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.store.accounts import INCOME, SHELF
from volunteer_app.store.lending import actions as lending
from volunteer_app.store.orders import limits, rules
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.limits import Allowance
from volunteer_app.store.orders.models import WAITING, Order, OrderLine
from volunteer_app.store.orders.rules import check_month_points, check_price, check_product_limit, kept_until
from volunteer_app.store.orders.words import listed
from volunteer_app.store.shelf import batches
from volunteer_app.store.shelf.models import Product

RESERVED = N_("预约：%(goods)s")
Rows = list[tuple[OrderLine, Product]]
ORDERS = table_of(Order)


def reserve(
    session: Session,
    person_id: int,
    wanted: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: Codes,
    at_once: bool = False,
    seen: Mapping[str, int] | None = None,
) -> Order:
    """Keeps goods and their points for a person; `wanted` is product code -> pieces, `seen` product code -> points each
    as they were shown.

    Held together or not at all. Refuses NotOffered, SoldOut, ProductLimit, YearLimit, MonthLimit, NotEnoughPoints, and
    OnePlace for things that aren't given out in the same place, NothingFresh for what would be over by the last day,
    StillBorrowed, PriceChanged. Services of a partner shop become a voucher. `at_once`: it is handed over in the same
    transaction. Staff may reserve for somebody else, never for their own household.
    """
    person, zone = locked_person(session, person_id, actor)
    today = local_date(now, zone)
    terms = limits.terms(session, person, today, now=now)
    lines = priced(session, person, wanted, terms.month, today=today, now=now, seen=seen)
    partner_id = place_of(lines)
    order = Order(
        id=next_id(session, ORDERS),
        community_id=actor.community_id,
        person_id=person_id,
        state="reserved",
        made_on=today,
        made_at=now,
        expires_at=kept_until(now, terms.voucher_days if partner_id else terms.keep_days, zone),
        code_turn=0,
        partner_id=partner_id,
        recorded_by_id=None if actor.person_id == person_id else actor.person_id,
    )
    give_code(session, order, codes)
    rows = keep(session, order, lines, actor=actor, now=now)
    check_fresh(session, rows, today if at_once else last_day(order.expires_at, zone), now=now)
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
    .where(Person.id == bindparam("id"), Person.community_id == bindparam("here"), Person.state.in_(PRESENT))
    .with_for_update(key_share=True, of=Person)
)


def refuse_own_household(session: Session, person: Person, actor: Actor) -> None:
    """Nobody serves himself or his household."""
    if actor.person_id is None:
        return
    if is_own_household(person, session.get_one(Person, actor.person_id)):
        raise rules.OwnOrder


def is_own_household(person: Person, keeper: Person) -> bool:
    """The keeper is the person, or lives in the same household."""
    return keeper.id == person.id or (person.household_id is not None and person.household_id == keeper.household_id)


def priced(
    session: Session,
    person: Person,
    wanted: Mapping[str, int],
    month: Allowance,
    *,
    today: date,
    now: datetime,
    seen: Mapping[str, int] | None,
) -> list[tuple[Product, int, int]]:
    """(product, pieces, points each), once every limit of the person has been checked."""
    found = limits.named(session, person, wanted, today, now=now)
    lines: list[tuple[Product, int, int]] = []
    for code, pieces in sorted(wanted.items()):
        if code not in found:
            raise NotFound
        product, points, had = found[code]
        if not product.is_offered or points is None:
            raise rules.NotOffered(name=product.called)
        check_price(product, points, seen)
        check_product_limit(product, pieces, had)
        lines.append((product, pieces, points))
    if not lines or any(pieces < 1 for _, pieces, _ in lines):
        raise rules.NothingChosen
    if any(product.kind == "lending" for product, _, _ in lines):
        lending.check_nothing_late(session, person.id, today)
    monthly = sum(pieces * points for product, pieces, points in lines if product.limit_months == 1)
    check_month_points(monthly, month.used, month.most)
    return lines


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


def give_code(session: Session, order: Order, codes: Codes) -> None:
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
            asked.append(Line(Key(owner_of(order.person_id), "points"), income, row.quantity * row.points_each))
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
