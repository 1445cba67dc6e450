"""What is on the shelf, what a person may still take, whose order is waiting. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, Integer, Table, bindparam, case, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.database import Moment, table_of
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.store import batches, rules
from volunteer_app.store.clearing_models import AwayOrder
from volunteer_app.store.models import (
    SHELF,
    WAITING,
    Delivery,
    Opening,
    Order,
    OrderLine,
    Price,
    Product,
    StoreRule,
)
from volunteer_app.store.shelf_models import ClosedDay


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person may still use this month, points held by waiting orders counted as used."""

    most: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules of a day leave to a person: points of the month; days that an order or a voucher is kept."""

    month: Allowance
    keep_days: int
    voucher_days: int


UNLESS_DECIDED = (400, 7, 30)
"""Points a month, days that an order is kept, days for a voucher."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as one person sees it. `verdict`: ok, short (by `short` points), limit, month or gone."""

    product: Product
    points: int
    left: int | None
    taken: int
    verdict: str
    short: int = 0


def owner_of(person_id: int) -> str:
    """The word that names a person in the ledger."""
    return f"person:{person_id}"


def zone_of(session: Session, community_id: int) -> str:
    """IANA zone of the community."""
    return session.get_one(Community, community_id).zone


def rule_on(session: Session, community_id: int, day: date) -> StoreRule:
    """The limits in force on a day; those of UNLESS_DECIDED until the community decides."""
    dated = select(StoreRule).where(StoreRule.community_id == community_id, StoreRule.from_on <= day)
    found = session.scalars(dated.order_by(StoreRule.from_on.desc()).limit(1)).first()
    most, keep_days, voucher_days = UNLESS_DECIDED
    limits = {"month_points": most, "keep_days": keep_days, "voucher_days": voucher_days}
    return found or StoreRule(community_id=community_id, from_on=date.min, **limits)


def openings(session: Session) -> list[Opening]:
    """The store's rhythm."""
    return list(session.scalars(select(Opening).order_by(Opening.month_day.is_not(None), Opening.weekday, Opening.id)))


def named_donors(session: Session, product_ids: Iterable[int]) -> dict[int, list[str]]:
    """Product id -> donors of what is on the shelf who agreed to be named, each once."""
    statement = select(Delivery.product_id, Delivery.donor).where(
        Delivery.product_id.in_(list(product_ids)), Delivery.names_donor, Delivery.pieces_left > 0, Delivery.donor != ""
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(statement.distinct().order_by(Delivery.donor)):
        found.setdefault(row.product_id, []).append(row.donor)
    return found


def closed_days(session: Session, from_on: date) -> set[date]:
    """Days from then on that stay closed."""
    return set(session.scalars(select(ClosedDay.on).where(ClosedDay.on >= from_on)))


def products(session: Session) -> list[Product]:
    """Everything on the price list, by code."""
    return list(session.scalars(select(Product).where(Product.is_offered).order_by(Product.code)))


def all_products(session: Session) -> list[Product]:
    """The price list with what is no longer offered."""
    return list(session.scalars(select(Product).order_by(Product.code)))


def product(session: Session, community_id: int, code: str) -> Product:
    """The community's product with this code; NotFound."""
    named = select(Product).where(Product.community_id == community_id, Product.code == code)
    found = session.scalars(named).first()
    if found is None:
        raise NotFound
    return found


def prices_on(session: Session, day: date) -> dict[int, int]:
    """Product id -> points on that day; a product whose first price is still to come is missing."""
    dated = select(Price.product_id, Price.points).where(Price.from_on <= day).order_by(Price.from_on)
    return {row.product_id: row.points for row in session.execute(dated)}


def coming_prices(session: Session, day: date) -> dict[int, list[Price]]:
    """Product id -> prices that begin after the day, in order."""
    found: dict[int, list[Price]] = {}
    for price in session.scalars(select(Price).where(Price.from_on > day).order_by(Price.from_on)):
        found.setdefault(price.product_id, []).append(price)
    return found


RULES, ORDERS, LINES, PRODUCTS, PRICES, AWAY, HOME = map(
    table_of, (StoreRule, Order, OrderLine, Product, Price, AwayOrder, Community)
)
HERE, WHO, NOW = bindparam("here", type_=Integer), bindparam("person", type_=Integer), bindparam("now", type_=Moment)
TODAY, MONTH, YEAR = (bindparam(name, type_=Date) for name in ("today", "month", "year"))


def counting(table: Table) -> tuple[ColumnElement[bool], ...]:
    """The person's orders that count for limits: waiting ones that haven't lapsed, and collected ones."""
    counts = (table.c.state == "picked_up") | (table.c.state.in_(WAITING) & (table.c.expires_at > NOW))
    return table.c.community_id == HERE, table.c.person_id == WHO, counts


PIECES = LINES.c.quantity - LINES.c.returned
TAKEN = LINES.join(ORDERS, ORDERS.c.id == LINES.c.order_id)
MONTHLY = TAKEN.join(PRODUCTS, (PRODUCTS.c.id == LINES.c.product_id) & (PRODUCTS.c.limit_months == 1))
USED = (
    select(func.coalesce(func.sum(PIECES * LINES.c.points_each), 0))
    .select_from(MONTHLY)
    .where(*counting(ORDERS), ORDERS.c.made_on >= MONTH)
)
ELSEWHERE = select(func.coalesce(func.sum(AWAY.c.points), 0)).where(*counting(AWAY), AWAY.c.made_on >= MONTH)
DATED = RULES.alias()
NEWEST = select(func.max(DATED.c.from_on)).where(DATED.c.community_id == HERE, DATED.c.from_on <= TODAY)
IN_FORCE = (RULES.c.community_id == HOME.c.id) & (RULES.c.from_on == NEWEST.scalar_subquery())
TERMS = (
    select(RULES.c.month_points, RULES.c.keep_days, RULES.c.voucher_days)
    .add_columns(USED.scalar_subquery(), ELSEWHERE.scalar_subquery())
    .select_from(HOME.outerjoin(RULES, IN_FORCE))
    .where(HOME.c.id == HERE)
)
"""The rule of the day, and what somebody has used of the month: points of goods with a monthly limit (a rice cooker
costs three months' points), here and in other communities' stores, held ones included. Made once, as what follows.
"""
POINTS = select(PRICES.c.points).where(PRICES.c.product_id == Product.id, PRICES.c.from_on <= TODAY)
SINCE = case((Product.limit_months == 1, MONTH), else_=YEAR)
HAD = select(func.coalesce(func.sum(PIECES), 0)).select_from(TAKEN)
HAD = HAD.where(*counting(ORDERS), LINES.c.product_id == Product.id, ORDERS.c.made_on >= SINCE)
PRICED = select(
    Product, POINTS.order_by(PRICES.c.from_on.desc()).limit(1).scalar_subquery(), HAD.scalar_subquery()
).where(Product.community_id == HERE)
OFFERED = PRICED.where(Product.is_offered).order_by(Product.code)
NAMED = PRICED.where(Product.code.in_(bindparam("codes", expanding=True)))
"""Products with the price of the day (None: its first is still to come) and the pieces that somebody has reserved or
collected in the product's own period, returned ones left out.
"""


def asked(person: Person, today: date, now: datetime) -> dict[str, object]:
    """What the statements above want to know."""
    of = {"here": person.community_id, "person": person.id, "today": today, "now": now}
    return of | {"month": rules.period_start(today, 1), "year": rules.period_start(today, 12)}


def terms(session: Session, person: Person, today: date, *, now: datetime) -> Terms:
    """What the store's rules leave to the person on that day."""
    most, keep_days, voucher_days, used, elsewhere = session.execute(TERMS, asked(person, today, now)).one()
    found = UNLESS_DECIDED if most is None else (most, keep_days, voucher_days)
    return Terms(Allowance(found[0], int(used) + int(elsewhere)), *found[1:])


def allowance(session: Session, person: Person, *, now: datetime) -> Allowance:
    """Points of the calendar month: the limit and what is used or held of it."""
    return terms(session, person, local_date(now, zone_of(session, person.community_id)), now=now).month


def named(
    session: Session, person: Person, codes: Iterable[str], today: date, *, now: datetime
) -> dict[str, tuple[Product, int | None, int]]:
    """Code -> (product, points, pieces that the person has had); unknown codes are missing."""
    rows = session.execute(NAMED, asked(person, today, now) | {"codes": list(codes)})
    return {product.code: (product, points, int(had)) for product, points, had in rows}


def community_names(session: Session) -> dict[int, str]:
    """Community id -> name."""
    return {row.id: row.name for row in session.execute(select(Community.id, Community.name))}


def offers(session: Session, person: Person, *, now: datetime) -> list[Offer]:
    """The price list with a verdict for this person; what can be taken now stands first."""
    today = local_date(now, zone_of(session, person.community_id))
    until = terms(session, person, today, now=now)
    shelf = free_pieces(session, person.community_id, today + timedelta(days=until.keep_days), now=now)
    free = books.balance(session, person.community_id, owner_of(person.id), now=now).available
    found = []
    for one, points, had in session.execute(OFFERED, asked(person, today, now)):
        if points is not None:
            left = shelf.get(one.unit, 0) if one.is_counted else None
            verdict, short = judge(one, points, left=left, taken=int(had), free=free, month=until.month)
            found.append(Offer(one, points, left, int(had), verdict, short))
    return sorted(found, key=lambda offer: offer.verdict != "ok")


def free_pieces(session: Session, community_id: int, until: date, *, now: datetime) -> dict[str, int]:
    """Ledger unit -> pieces that may be reserved: free ones that are good on the day until which an order is kept."""
    shelf = books.amounts(session, community_id, owner=SHELF, kind="on_hand", now=now)
    over = batches.over(session, community_id, until)
    units = {row.unit: row.id for row in session.scalars(select(Product).where(Product.id.in_(over)))} if over else {}
    return {unit: max(0, pieces - over.get(units.get(unit, 0), 0)) for unit, pieces in shelf.items()}


def judge(one: Product, points: int, *, left: int | None, taken: int, free: int, month: Allowance) -> tuple[str, int]:
    """The verdict on one more piece, and by how many points it fails."""
    if one.most_each is not None and taken >= one.most_each:
        return "limit", 0
    if left is not None and left < 1:
        return "gone", 0
    if points > free:
        return "short", points - free
    if one.limit_months == 1 and points > month.left:
        return "month", 0
    return "ok", 0


def offer(session: Session, person: Person, code: str, *, now: datetime) -> Offer:
    """One product as the person sees it; NotFound when it isn't offered."""
    found = next((one for one in offers(session, person, now=now) if one.product.code == code), None)
    if found is None:
        raise NotFound
    return found
