"""The price list as one person sees it. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.queries import zone_of
from volunteer_app.store.orders import limits
from volunteer_app.store.orders.limits import OFFERED, Allowance
from volunteer_app.store.shelf import queries as shelf_queries
from volunteer_app.store.shelf.models import Product


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as one person sees it. `verdict`: ok, short (by `short` points), limit, month (of which `month_left`
    points may still be used) or gone.
    """

    product: Product
    points: int
    left: int | None
    taken: int
    verdict: str
    short: int = 0
    month_left: int = 0


def offers(session: Session, person: Person, *, now: datetime) -> list[Offer]:
    """The price list with a verdict for this person; what can be taken now stands first."""
    today = local_date(now, zone_of(session, person.community_id))
    until = limits.terms(session, person, today, now=now)
    shelf = shelf_queries.free_pieces(session, person.community_id, today + timedelta(days=until.keep_days), now=now)
    free = books.balance(session, person.community_id, owner_of(person.id), now=now).available
    found = []
    for one, points, had in session.execute(OFFERED, limits.asked(person, today, now)):
        if points is not None:
            left = shelf.get(one.unit, 0) if one.is_counted else None
            verdict, short = judge(one, points, left=left, taken=int(had), free=free, month=until.month)
            found.append(Offer(one, points, left, int(had), verdict, short, until.month.left))
    return sorted(found, key=lambda offer: offer.verdict != "ok")


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
