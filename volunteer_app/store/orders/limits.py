"""What a person may still use of the month and has had of a product. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, Integer, Table, bindparam, case, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.database import Moment, table_of
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.places.queries import zone_of
from volunteer_app.store.orders.models import WAITING, AwayOrder, Order, OrderLine, StoreRule
from volunteer_app.store.orders.rules import period_start
from volunteer_app.store.shelf.models import Price, Product


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


def rule_on(session: Session, community_id: int, day: date) -> StoreRule:
    """The limits in force on a day; those of UNLESS_DECIDED until the community decides."""
    dated = select(StoreRule).where(StoreRule.community_id == community_id, StoreRule.from_on <= day)
    found = session.scalars(dated.order_by(StoreRule.from_on.desc()).limit(1)).first()
    most, keep_days, voucher_days = UNLESS_DECIDED
    limits = {"month_points": most, "keep_days": keep_days, "voucher_days": voucher_days}
    return found or StoreRule(community_id=community_id, from_on=date.min, **limits)


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
    return of | {"month": period_start(today, 1), "year": period_start(today, 12)}


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
