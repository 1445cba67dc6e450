"""What somebody has picked and not reserved yet. It keeps nothing: points and goods are held when it is reserved."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.store.orders import reserving, rules
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import BasketLine, Order
from volunteer_app.store.shelf import queries as shelf


def lines_of(session: Session, person_id: int) -> list[BasketLine]:
    """What the person has picked, in the order of picking."""
    mine = select(BasketLine).options(selectinload(BasketLine.product)).where(BasketLine.person_id == person_id)
    return list(session.scalars(mine.order_by(BasketLine.id)))


def put(session: Session, person_id: int, code: str, *, actor: Actor, now: datetime) -> BasketLine:
    """One more piece of a product. NotFound for an unknown one."""
    reserving.locked_person(session, person_id, actor)
    product = shelf.product(session, actor.community_id, code)
    mine = select(BasketLine).where(BasketLine.person_id == person_id, BasketLine.product_id == product.id)
    found = session.scalars(mine).first()
    if found is None:
        found = BasketLine(community_id=actor.community_id, person_id=person_id, product_id=product.id, pieces=0)
        session.add(found)
    found.pieces += 1
    session.flush()
    audit.record(session, "put", f"store_basket_line:{found.id}", actor=actor, now=now, acting_for=person_id)
    return found


def change(session: Session, person_id: int, pieces: Mapping[str, int], *, actor: Actor) -> None:
    """Sets pieces by product code; 0 takes it out. Whoever sends a basket twice at once waits for himself here."""
    reserving.locked_person(session, person_id, actor)
    for line in lines_of(session, person_id):
        wanted = pieces.get(line.product.code, line.pieces)
        if wanted == 0:
            session.delete(line)
        else:
            line.pieces = wanted
    session.flush()


def reserve(
    session: Session,
    person_id: int,
    pieces: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: Codes,
    seen: Mapping[str, int] | None = None,
) -> list[Order]:
    """Reserves everything at once or nothing: an order for the counter, and one for each partner shop's services.
    `seen` is product code -> points each as they were shown.

    Refuses what a reservation refuses; an empty basket NothingChosen.
    """
    change(session, person_id, pieces, actor=actor)
    places: dict[int, dict[str, int]] = {}
    for line in lines_of(session, person_id):
        places.setdefault(line.product.partner_id or 0, {})[line.product.code] = line.pieces
    if not places:
        raise rules.NothingChosen
    made = [
        reserving.reserve(session, person_id, wanted, actor=actor, now=now, codes=codes, seen=seen)
        for _, wanted in sorted(places.items())
    ]
    session.execute(delete(BasketLine).where(BasketLine.person_id == person_id))
    return made
