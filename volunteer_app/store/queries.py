"""What is on the shelf, what a person may still take, whose order is waiting. Reads only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
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
    """The limits in force on a day; 400 points a month and 7 days unless the community decided otherwise."""
    dated = select(StoreRule).where(StoreRule.community_id == community_id, StoreRule.from_on <= day)
    found = session.scalars(dated.order_by(StoreRule.from_on.desc()).limit(1)).first()
    return found or StoreRule(community_id=community_id, from_on=date.min, month_points=400, keep_days=7)


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


def counting(now: datetime) -> ColumnElement[bool]:
    """Orders that count for limits: waiting ones that haven't lapsed, and collected ones."""
    return or_(Order.state == "picked_up", and_(Order.state.in_(WAITING), Order.expires_at > now))


def taken(
    session: Session, person_id: int, product_ids: Iterable[int], *, from_on: date, now: datetime
) -> Counter[int]:
    """Product id -> pieces that the person has reserved or collected since `from_on`, returned ones left out."""
    pieces = func.sum(OrderLine.quantity - OrderLine.returned)
    statement = select(OrderLine.product_id, pieces).join(Order, Order.id == OrderLine.order_id)
    statement = statement.where(Order.person_id == person_id, Order.made_on >= from_on, counting(now))
    statement = statement.where(OrderLine.product_id.in_(list(product_ids))).group_by(OrderLine.product_id)
    return Counter({product_id: int(total) for product_id, total in session.execute(statement)})


def allowance(session: Session, person: Person, *, now: datetime) -> Allowance:
    """Points of the calendar month: the limit and what is used or held of it. Goods with a limit for the year (a rice
    cooker costs three months' points) stand outside of it.
    """
    today = local_date(now, zone_of(session, person.community_id))
    points = func.sum((OrderLine.quantity - OrderLine.returned) * OrderLine.points_each)
    statement = select(func.coalesce(points, 0)).join(Order, Order.id == OrderLine.order_id)
    statement = statement.join(Product, Product.id == OrderLine.product_id).where(Product.limit_months == 1)
    start = rules.period_start(today, 1)
    used = session.scalar(statement.where(Order.person_id == person.id, Order.made_on >= start, counting(now)))
    return Allowance(
        rule_on(session, person.community_id, today).month_points,
        int(used or 0) + elsewhere(session, person, start, now),
    )


def elsewhere(session: Session, person: Person, start: date, now: datetime) -> int:
    """Points since `start` that other communities' stores hold or have collected."""
    counts = or_(AwayOrder.state == "picked_up", and_(AwayOrder.state.in_(WAITING), AwayOrder.expires_at > now))
    statement = select(func.coalesce(func.sum(AwayOrder.points), 0))
    return int(
        session.scalar(statement.where(AwayOrder.person_id == person.id, AwayOrder.made_on >= start, counts)) or 0
    )


def community_names(session: Session) -> dict[int, str]:
    """Community id -> name."""
    return {row.id: row.name for row in session.execute(select(Community.id, Community.name))}


def offers(session: Session, person: Person, *, now: datetime) -> list[Offer]:
    """The price list with a verdict for this person; what can be taken now stands first."""
    today = local_date(now, zone_of(session, person.community_id))
    listed, prices = products(session), prices_on(session, today)
    shelf = free_pieces(session, person.community_id, today, now=now)
    free = books.balance(session, person.community_id, owner_of(person.id), now=now).available
    month = allowance(session, person, now=now)
    had = {
        months: taken(
            session,
            person.id,
            [one.id for one in listed if one.limit_months == months],
            from_on=rules.period_start(today, months),
            now=now,
        )
        for months in {one.limit_months for one in listed}
    }
    found = []
    for one in listed:
        if one.id not in prices:
            continue
        left = shelf.get(one.unit, 0) if one.is_counted else None
        mine = had[one.limit_months][one.id]
        verdict, short = judge(one, prices[one.id], left=left, taken=mine, free=free, month=month)
        found.append(Offer(one, prices[one.id], left, mine, verdict, short))
    return sorted(found, key=lambda offer: offer.verdict != "ok")


def free_pieces(session: Session, community_id: int, today: date, *, now: datetime) -> dict[str, int]:
    """Ledger unit -> pieces that may be reserved today: free ones that are good for as long as an order is kept."""
    shelf = books.amounts(session, community_id, owner=SHELF, kind="on_hand", now=now)
    until = today + timedelta(days=rule_on(session, community_id, today).keep_days)
    over = batches.over(session, until)
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
