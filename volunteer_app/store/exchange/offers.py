"""What the other community's store has for a guest. Reads only."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.queries import zone_of
from volunteer_app.store.orders import limits
from volunteer_app.store.orders import offers as orders
from volunteer_app.store.orders.models import WAITING, GuestLine, GuestOrder
from volunteer_app.store.orders.offers import Offer
from volunteer_app.store.orders.rules import NothingChosen, NotOffered, check_price, check_product_limit, month_began
from volunteer_app.store.partners import neighbours
from volunteer_app.store.shelf import queries as shelf_queries
from volunteer_app.store.shelf.models import Product


def offers(session: Session, person: Person, other_id: int, *, now: datetime) -> list[Offer]:
    """What the other community's store has for a guest, with a verdict; what can be taken now stands first."""
    neighbours.neighbour(session, person.community_id, other_id)
    free = books.balance(session, person.community_id, owner_of(person.id), now=now).available
    month = limits.allowance(session, person, now=now)
    with scoped(session, other_id):
        today = local_date(now, zone_of(session, other_id))
        prices = shelf_queries.prices_on(session, today)
        until = today + timedelta(days=limits.rule_on(session, other_id, today).keep_days)
        shelf = shelf_queries.free_pieces(session, other_id, until, now=now)
        listed = [one for one in shelf_queries.products(session) if for_guests(one, prices)]
        found = []
        for one in listed:
            left, had = shelf.get(one.unit, 0), taken(session, person.id, one, today, now=now)
            verdict, short = orders.judge(one, prices[one.id], left=left, taken=had, free=free, month=month)
            found.append(Offer(one, prices[one.id], left, had, verdict, short, month.left))
    return sorted(found, key=lambda offer: offer.verdict != "ok")


def for_guests(product: Product, prices: Mapping[int, int]) -> bool:
    """Goods off the shelf that cost points and have no limit for the year: those are for the community's own."""
    return (
        product.kind == "goods" and product.is_counted and product.limit_months == 1 and prices.get(product.id, 0) > 0
    )


def taken(session: Session, guest_id: int, product: Product, today: date, *, now: datetime) -> int:
    """Pieces of a product that a guest has reserved or collected this month; the session is in that community."""
    statement = select(func.coalesce(func.sum(GuestLine.quantity), 0)).join(
        GuestOrder, (GuestOrder.community_id == GuestLine.community_id) & (GuestOrder.id == GuestLine.order_id)
    )
    mine = (GuestOrder.guest_id == guest_id, GuestLine.product_id == product.id)
    since = month_began(today, zone_of(session, product.community_id))
    counts = (GuestOrder.state == "picked_up") | (GuestOrder.state.in_(WAITING) & (GuestOrder.expires_at > now))
    return int(session.scalar(statement.where(*mine, GuestOrder.made_at >= since, counts)) or 0)


def priced(
    session: Session,
    guest_id: int,
    other_id: int,
    wanted: Mapping[str, int],
    *,
    now: datetime,
    seen: Mapping[str, int] | None,
) -> list[tuple[Product, int, int]]:
    """(product, pieces, points each) by the other community's list and limits; the session is there."""
    today = local_date(now, zone_of(session, other_id))
    prices = shelf_queries.prices_on(session, today)
    lines = []
    for code, pieces in sorted(wanted.items()):
        product = shelf_queries.product(session, other_id, code)
        if not product.is_offered or not for_guests(product, prices):
            raise NotOffered(name=product.called)
        check_price(product, prices[product.id], seen)
        check_product_limit(product, pieces, taken(session, guest_id, product, today, now=now))
        lines.append((product, pieces, prices[product.id]))
    if not lines or any(pieces < 1 for _, pieces, _ in lines):
        raise NothingChosen
    return lines
