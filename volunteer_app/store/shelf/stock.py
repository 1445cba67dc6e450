"""Pieces on the shelf: what there is, what came in, what a count finds. A difference is booked by two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import Key, NotEnoughStock, SecondPersonNeeded
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.shelf import batches, queries, rules
from volunteer_app.store.shelf.models import Delivery, Product, StockCount

CAME_IN = N_("入库：%(name)s%(pieces)d%(measure)s")
CAME_TOGETHER = N_("入库：一共%(kinds)d样")
COUNTED = N_("盘点：%(name)s差%(pieces)d%(measure)s")


@dataclass(frozen=True, slots=True)
class StockLine:
    """Pieces of a product: not kept for anybody, kept for orders, lent out; `over`: past their best-before day."""

    product: Product
    points: int | None
    on_hand: int
    on_hold: int
    lent: int
    over: int

    @property
    def free(self) -> int:
        """What may still be had."""
        return max(0, self.on_hand - self.over)

    @property
    def on_shelf(self) -> int:
        """What a count should find."""
        return self.on_hand + self.on_hold


@dataclass(frozen=True, slots=True)
class Incoming:
    """Pieces of one product that come in together, bought or donated."""

    product: Product
    pieces: int
    source: str
    donor: str = ""
    batch: str = ""
    best_before: date | None = None
    names_donor: bool = False


def receive(
    session: Session,
    code: str,
    pieces: int,
    *,
    source: str,
    actor: Actor,
    now: datetime,
    donor: str = "",
    batch: str = "",
    best_before: date | None = None,
    names_donor: bool = False,
) -> Delivery:
    """Puts pieces that were bought or donated on the shelf. Refuses what receive_all refuses."""
    product = queries.product(session, actor.community_id, code)
    incoming = Incoming(product, pieces, source, donor, batch, best_before, names_donor)
    return receive_all(session, [incoming], actor=actor, now=now)[0]


def receive_all(session: Session, goods: Sequence[Incoming], *, actor: Actor, now: datetime) -> list[Delivery]:
    """Puts everything that came together on the shelf, as one entry of the books.

    BadInput beside `best_before` when that day has passed.
    """
    today = local_date(now, zone_of(session, actor.community_id))
    if any(one.best_before is not None and one.best_before < today for one in goods):
        raise BadInput({"best_before": [Text(N_("这批已经过期了"))]})
    made = [
        Delivery(
            community_id=actor.community_id,
            product_id=one.product.id,
            pieces=one.pieces,
            pieces_left=one.pieces,
            source=one.source,
            donor=one.donor,
            names_donor=bool(one.donor) and one.names_donor,
            batch=one.batch,
            best_before=one.best_before,
            came_at=now,
            recorded_by_id=actor.person_id,
            txn_id=0,
        )
        for one in goods
    ]
    session.add_all(made)
    session.flush()
    moved = [
        (Key("supplier", one.source, one.product.unit), Key(SHELF, "on_hand", one.product.unit), one.pieces)
        for one in goods
    ]
    reason = (
        sentence(CAME_IN, goods[0].product, goods[0].pieces)
        if len(goods) == 1
        else Text(CAME_TOGETHER, {"kinds": len(goods)})
    )
    txn = ledger.move(session, "stock_in", moved, cause=f"delivery:{made[0].id}", reason=reason, actor=actor, now=now)
    for delivery in made:
        delivery.txn_id = txn.id
        audit.record(session, "receive", f"store_delivery:{delivery.id}", actor=actor, now=now)
    return made


def count(session: Session, code: str, counted: int, *, actor: Actor, now: datetime, reason: str = "") -> StockCount:
    """Writes down what lies on the shelf. A difference waits for a second person, or is booked at once when it is the
    one that waits for him. Any other count takes the place of the one that waits.

    Pieces that spoiled or broke are counted like this too, with the reason.
    """
    product = queries.product(session, actor.community_id, code)
    session.refresh(product, with_for_update={"key_share": True})
    earlier = waiting_of(session, product)
    booked = on_shelf(session, actor.community_id, product, now=now)
    assert actor.person_id is not None
    for one in earlier:
        if one.counted - one.booked == counted - booked and one.counted_by_id != actor.person_id:
            return confirm_count(session, one.id, actor=actor, now=now)
        drop(session, one, actor=actor, now=now)
    found = StockCount(
        community_id=actor.community_id,
        product_id=product.id,
        counted=counted,
        booked=booked,
        reason=reason,
        state="matches" if counted == booked else "waiting",
        counted_at=now,
        counted_by_id=actor.person_id,
    )
    session.add(found)
    session.flush()
    audit.record(session, "count", f"store_count:{found.id}", actor=actor, now=now)
    return found


def waiting_of(session: Session, product: Product) -> Sequence[StockCount]:
    """The product's counts with a difference that nobody has confirmed, locked: one, since the next takes its place."""
    waiting = select(StockCount).where(StockCount.product_id == product.id, StockCount.state == "waiting")
    return session.scalars(waiting.order_by(StockCount.id).with_for_update()).all()


def confirm_count(session: Session, count_id: int, *, actor: Actor, now: datetime) -> StockCount:
    """A second person has counted too: the difference is booked. Refuses SecondPersonNeeded, CountSettled, and
    KeptForOrders when what is missing is kept for somebody.
    """
    found = waiting_count(session, count_id, actor)
    if actor.person_id == found.counted_by_id:
        raise SecondPersonNeeded
    more = found.counted - found.booked
    shelf = Key(SHELF, "on_hand", found.product.unit)
    gone = Key("written_off", "count", found.product.unit)
    moved = [(gone, shelf, more)] if more > 0 else [(shelf, gone, -more)]
    try:
        txn = ledger.move(
            session,
            "stock_count",
            moved,
            cause=f"count:{found.id}",
            reason=sentence(COUNTED, found.product, more),
            actor=actor,
            now=now,
            checker_id=found.counted_by_id,
        )
    except NotEnoughStock as error:
        raise rules.KeptForOrders from error
    if more > 0:
        batches.find(session, found.product, more)
    else:
        batches.lose(session, found.product, -more)
    found.state, found.txn_id = "booked", txn.id
    found.checked_by_id, found.checked_at = actor.person_id, now
    audit.record(session, "confirm_count", f"store_count:{found.id}", actor=actor, now=now)
    return found


def drop_count(session: Session, count_id: int, *, actor: Actor, now: datetime) -> StockCount:
    """The count was wrong: it is put aside and nothing is booked."""
    found = waiting_count(session, count_id, actor)
    drop(session, found, actor=actor, now=now)
    return found


def drop(session: Session, found: StockCount, *, actor: Actor, now: datetime) -> None:
    found.state, found.checked_at = "dropped", now
    audit.record(session, "drop_count", f"store_count:{found.id}", actor=actor, now=now)


def waiting_count(session: Session, count_id: int, actor: Actor) -> StockCount:
    named = select(StockCount).where(StockCount.community_id == actor.community_id, StockCount.id == count_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.state != "waiting":
        raise rules.CountSettled
    return found


def sentence(template: str, product: Product, pieces: int) -> Text:
    return Text(template, {"name": product.called, "pieces": pieces, "measure": Text(product.measure)})


def on_shelf(session: Session, community_id: int, product: Product, *, now: datetime) -> int:
    """Pieces that lie there, kept ones included."""
    kinds = ("on_hand", "on_hold")
    return sum(
        books.amounts(session, community_id, owner=SHELF, kind=kind, now=now).get(product.unit, 0) for kind in kinds
    )


def stock(session: Session, community_id: int, *, now: datetime) -> list[StockLine]:
    """Every counted product with its pieces."""
    today = local_date(now, zone_of(session, community_id))
    prices, over = queries.prices_on(session, today), batches.over(session, community_id, today)
    pieces = {
        kind: books.amounts(session, community_id, owner=SHELF, kind=kind, now=now) for kind in ("on_hand", "on_hold")
    }
    lent = books.amounts(session, community_id, owner=SHELF, kind="on_loan", now=now)
    return [
        StockLine(
            one,
            prices.get(one.id),
            pieces["on_hand"].get(one.unit, 0),
            pieces["on_hold"].get(one.unit, 0),
            lent.get(one.unit, 0),
            over.get(one.id, 0),
        )
        for one in queries.all_products(session)
        if one.is_counted
    ]


def deliveries(session: Session, *, limit: int = 20) -> list[Delivery]:
    """What came in, newest first."""
    return list(session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(limit)))


def counts_to_check(session: Session) -> list[StockCount]:
    """Counts with a difference that a second person hasn't looked at yet."""
    waiting = select(StockCount).options(selectinload(StockCount.product)).where(StockCount.state == "waiting")
    return list(session.scalars(waiting.order_by(StockCount.id)))


def last_counts(session: Session) -> dict[int, StockCount]:
    """Product id -> its last count that is settled."""
    settled = select(StockCount).where(StockCount.state.in_(("matches", "booked"))).order_by(StockCount.id)
    return {one.product_id: one for one in session.scalars(settled)}
