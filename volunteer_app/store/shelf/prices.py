"""Prices from a date on."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.places.queries import zone_of
from volunteer_app.store.shelf import queries
from volunteer_app.store.shelf.models import Price
from volunteer_app.store.shelf.rules import FreeService, PriceInPast


def set_price(session: Session, code: str, points: int, *, from_on: date, actor: Actor, now: datetime) -> Price:
    """A product's price from a date on; written again for the same date it replaces that one. 0 points are for goods
    that leave the shelf for nothing. Refuses PriceInPast, and FreeService for 0 points of what isn't counted.
    """
    product = queries.product(session, actor.community_id, code)
    if from_on < local_date(now, zone_of(session, actor.community_id)):
        raise PriceInPast
    if not points and not product.is_counted:
        raise FreeService
    same = select(Price).where(Price.product_id == product.id, Price.from_on == from_on)
    price = session.scalars(same.with_for_update()).first()
    if price is None:
        price = Price(community_id=actor.community_id, product_id=product.id, from_on=from_on, points=points)
        session.add(price)
    price.points = points
    session.flush()
    audit.record(session, "set_price", f"store_price:{price.id}", actor=actor, now=now, note=f"{code} {points}")
    return price
