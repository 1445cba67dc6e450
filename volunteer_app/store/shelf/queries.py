"""What is on the price list, at which price, and what is free. Reads only."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_moment, month_after
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.shelf import batches
from volunteer_app.store.shelf.models import Delivery, Price, Product
from volunteer_app.store.shelf.rules import most_to_keep


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


def free_pieces(session: Session, community_id: int, until: date, *, now: datetime) -> dict[str, int]:
    """Ledger unit -> pieces that may be reserved: free ones, as many as leave a good piece to whoever comes by then."""
    shelf = books.amounts(session, community_id, owner=SHELF, kind="on_hand", now=now)
    fading = batches.fading(session, community_id, until)
    if fading:
        kept = batches.kept_through(session, community_id, now=now)
        for one in session.scalars(select(Product).where(Product.id.in_(fading))):
            free = shelf.get(one.unit, 0)
            shelf[one.unit] = max(0, most_to_keep(fading[one.id], kept.get(one.unit, {}), free, until))
    return shelf


def named_donors(session: Session, product_ids: Iterable[int]) -> dict[int, list[str]]:
    """Product id -> donors of what is on the shelf who agreed to be named, each once."""
    statement = select(Delivery.product_id, Delivery.donor).where(
        Delivery.product_id.in_(list(product_ids)), Delivery.names_donor, Delivery.pieces_left > 0, Delivery.donor != ""
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(statement.distinct().order_by(Delivery.donor)):
        found.setdefault(row.product_id, []).append(row.donor)
    return found


def donations(session: Session, community_id: int, month: date) -> list[tuple[Delivery, Product]]:
    """What was donated in a calendar month, in the order in which it came."""
    zone = zone_of(session, community_id)
    from_at, to_at = local_moment(month, 0, zone), local_moment(month_after(month), 0, zone)
    statement = select(Delivery, Product).join(
        Product, (Product.community_id == Delivery.community_id) & (Product.id == Delivery.product_id)
    )
    statement = statement.where(
        Delivery.community_id == community_id,
        Delivery.source == "donated",
        Delivery.came_at >= from_at,
        Delivery.came_at < to_at,
    )
    return [(one, product) for one, product in session.execute(statement.order_by(Delivery.came_at, Delivery.id))]
