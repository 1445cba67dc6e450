"""Batches and their best-before dates. The ledger counts pieces; which batch they belong to is kept beside it.

Always called after the ledger has locked the product's shelf in the same transaction, so that nobody else moves the
same pieces. Whatever is handed out comes from the batch that has to go first, and never from one that is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import last_day
from volunteer_app.core.database import table_of
from volunteer_app.core.language import Text
from volunteer_app.ledger import queries as books
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.shelf import rules
from volunteer_app.store.shelf.batch_models import BatchUse
from volunteer_app.store.shelf.models import Delivery, Product

SOON = timedelta(days=30)
"""Batches that run out within this time are on the list of what has to go first."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with pieces on the shelf. `days` until its best-before day, negative when it is over."""

    delivery: Delivery
    product: Product
    days: int | None


def on_shelf(session: Session, product_id: int) -> list[Delivery]:
    """The product's batches with pieces left, what has to go first at the top; those without a date last."""
    left = select(Delivery).where(Delivery.product_id == product_id, Delivery.pieces_left > 0)
    ordered = left.order_by(Delivery.best_before.is_(None), Delivery.best_before, Delivery.id)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def is_good(delivery: Delivery, on: date) -> bool:
    """Its best-before day hasn't passed."""
    return delivery.best_before is None or delivery.best_before >= on


DELIVERIES = table_of(Delivery)
DAYS = (DELIVERIES.c.product_id, DELIVERIES.c.best_before)
OVER = select(*DAYS, func.sum(DELIVERIES.c.pieces_left)).group_by(*DAYS)
OVER = OVER.where(
    DELIVERIES.c.community_id == bindparam("here"),
    DELIVERIES.c.best_before < bindparam("on"),
    DELIVERIES.c.pieces_left > 0,
)
OVER_OF = OVER.where(DELIVERIES.c.product_id.in_(bindparam("products", expanding=True)))


def over(session: Session, community_id: int, on: date, product_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Product id -> pieces on the shelf whose best-before day has passed by then."""
    return {one: sum(days.values()) for one, days in fading(session, community_id, on, product_ids).items()}


def fading(
    session: Session, community_id: int, on: date, product_ids: Iterable[int] | None = None
) -> dict[int, dict[date, int]]:
    """Product id -> best-before day before `on` -> pieces on the shelf."""
    asked = {"here": community_id, "on": on}
    if product_ids is None:
        rows = session.execute(OVER, asked)
    else:
        rows = session.execute(OVER_OF, asked | {"products": list(product_ids)})
    found: dict[int, dict[date, int]] = {}
    for product_id, best_before, pieces in rows:
        found.setdefault(product_id, {})[best_before] = int(pieces)
    return found


def kept_through(session: Session, community_id: int, *, now: datetime) -> dict[str, dict[date, int]]:
    """Ledger unit -> last day on which an order can be collected -> pieces that are kept for such orders."""
    zone = zone_of(session, community_id)
    found: dict[str, dict[date, int]] = {}
    for unit, ends in books.ends_of_holds(session, community_id, owner=SHELF, kind="on_hold", now=now).items():
        for expires_at, pieces in ends.items():
            day = last_day(expires_at, zone)
            found.setdefault(unit, {})[day] = found.get(unit, {}).get(day, 0) + pieces
    return found


def check_kept(session: Session, products: Iterable[Product], *, until: date, now: datetime) -> None:
    """Refuses NothingFresh when somebody would find no good piece any more after a reservation through `until`."""
    kept = {one.id: one for one in products}
    if not kept:
        return
    here = next(iter(kept.values())).community_id
    fade = fading(session, here, until, kept)
    if not fade:
        return
    free = books.amounts(session, here, owner=SHELF, kind="on_hand", now=now)
    orders = kept_through(session, here, now=now)
    for product_id, days in fade.items():
        unit = kept[product_id].unit
        if rules.most_to_keep(days, orders.get(unit, {}), free.get(unit, 0), until) < 0:
            raise rules.NothingFresh(name=kept[product_id].called)


def check_left(session: Session, product: Product, *, gone: Delivery, now: datetime) -> None:
    """Refuses KeptFresh when pieces of the batch that have just gone would be missing on the last day on which somebody
    may collect what he has reserved.
    """
    days = kept_through(session, product.community_id, now=now).get(product.unit)
    if not days:
        return
    last = max(days)
    if not is_good(gone, last):
        return
    try:
        check_kept(session, [product], until=last, now=now)
    except rules.NothingFresh as error:
        raise rules.KeptFresh(name=product.called) from error


def take(
    session: Session, product: Product, pieces: int, *, on: date, line_id: int | None = None, guest: int | None = None
) -> None:
    """Takes pieces for a line of an order (or of a guest's), the oldest good batch first. Refuses NothingFresh."""
    for delivery in (one for one in on_shelf(session, product.id) if is_good(one, on)):
        part = min(delivery.pieces_left, pieces)
        if part == 0:
            break
        delivery.pieces_left -= part
        pieces -= part
        use = BatchUse(community_id=product.community_id, delivery_id=delivery.id, pieces=part)
        use.line_id, use.guest_line_id = line_id, guest
        session.add(use)
    if pieces:
        raise rules.NothingFresh(name=product.called)
    session.flush()


def give_back(session: Session, line_id: int, pieces: int) -> Delivery | None:
    """Puts pieces of a line back into the batches they came from, the last one first; returns the batch of the last
    piece. None for what had no batch.
    """
    uses = select(BatchUse).where(BatchUse.line_id == line_id, BatchUse.returned < BatchUse.pieces)
    found: Delivery | None = None
    for use in session.scalars(uses.order_by(BatchUse.id.desc())).all():
        part = min(pieces, use.pieces - use.returned)
        if part == 0:
            break
        found = session.get_one(Delivery, use.delivery_id, populate_existing=True)
        found.pieces_left += part
        use.returned += part
        pieces -= part
    session.flush()
    return found


def lose(session: Session, product: Product, pieces: int) -> None:
    """A count found fewer: they are missing from what would have gone first, over or not."""
    for delivery in on_shelf(session, product.id):
        part = min(delivery.pieces_left, pieces)
        delivery.pieces_left -= part
        pieces -= part
    session.flush()


def find(session: Session, product: Product, pieces: int) -> None:
    """A count found more: they join the newest batch."""
    newest = select(Delivery).where(Delivery.product_id == product.id).order_by(Delivery.id.desc()).limit(1)
    delivery = session.scalars(newest.execution_options(populate_existing=True)).first()
    assert delivery is not None, "what is on the shelf has come in once"
    delivery.pieces_left += pieces
    session.flush()


def running_out(session: Session, today: date) -> list[Batch]:
    """Batches on the shelf that are over or will be within thirty days, what has to go first at the top."""
    statement = select(Delivery, Product).join(
        Product, (Product.community_id == Delivery.community_id) & (Product.id == Delivery.product_id)
    )
    statement = statement.where(Delivery.pieces_left > 0, Delivery.best_before <= today + SOON)
    rows = session.execute(statement.order_by(Delivery.best_before, Delivery.id))
    return [Batch(one, product, (one.best_before - today).days) for one, product in rows if one.best_before]


def all_on_shelf(session: Session) -> list[tuple[Delivery, Product]]:
    """Every batch with pieces left and its product, by code and then by date."""
    statement = select(Delivery, Product).join(
        Product, (Product.community_id == Delivery.community_id) & (Product.id == Delivery.product_id)
    )
    statement = statement.where(Delivery.pieces_left > 0)
    rows = session.execute(statement.order_by(Product.code, Delivery.best_before.is_(None), Delivery.best_before))
    return [(one, product) for one, product in rows]


def called(delivery: Delivery, product: Product) -> Text:
    """鸡蛋 2026-10-20 B7: a batch in a list."""
    marks = [str(delivery.best_before or ""), delivery.batch]
    return Text("%(name)s %(marks)s", {"name": product.called, "marks": " ".join(filter(None, marks))})
