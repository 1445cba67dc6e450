"""What is no good any more: one person sets it aside, so that nobody gets it; a second one writes it off or puts it
back.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.rules import Key, NotEnoughStock, SecondPersonNeeded
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.shelf import batches, rules
from volunteer_app.store.shelf.batch_models import WriteOff
from volunteer_app.store.shelf.models import Delivery, Product

SET_ASIDE = N_("放到一边：%(name)s%(pieces)d%(measure)s")
PUT_BACK = N_("放回货架：%(name)s%(pieces)d%(measure)s")
WRITTEN_OFF = N_("报废：%(name)s%(pieces)d%(measure)s")


def set_aside(session: Session, delivery_id: int, pieces: int, *, reason: str, actor: Actor, now: datetime) -> WriteOff:
    """Takes free pieces of a batch off the shelf at once. Refuses KeptForOrders when they are kept for somebody,
    KeptFresh when only what runs out would be left for these, and BatchEmpty when the batch hasn't got as many.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.community_id != actor.community_id:
        raise NotFound
    product = session.get_one(Product, delivery.product_id)
    assert actor.person_id is not None
    made = WriteOff(
        community_id=actor.community_id,
        product_id=product.id,
        delivery_id=delivery.id,
        pieces=pieces,
        reason=reason,
        set_aside_at=now,
        set_aside_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    try:
        move(session, made, product, "set_aside", actor=actor, now=now)
    except NotEnoughStock as error:
        if delivery.pieces_left >= pieces:
            raise rules.KeptForOrders from error
        raise rules.BatchEmpty(left=delivery.pieces_left) from error
    session.refresh(delivery)
    if delivery.pieces_left < pieces:
        raise rules.BatchEmpty(left=delivery.pieces_left)
    delivery.pieces_left -= pieces
    session.flush()
    batches.check_left(session, product, gone=delivery, now=now)
    audit.record(session, "set_aside", f"store_write_off:{made.id}", actor=actor, now=now, note=reason)
    return made


def move(
    session: Session,
    found: WriteOff,
    product: Product,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    checker_id: int | None = None,
) -> int:
    """Books one of the three steps; returns the entry's id."""
    shelf, aside = Key(SHELF, "on_hand", product.unit), Key(SHELF, "set_aside", product.unit)
    source, target, template = {
        "set_aside": (shelf, aside, SET_ASIDE),
        "put_back": (aside, shelf, PUT_BACK),
        "write_off": (aside, Key("written_off", "write_off", product.unit), WRITTEN_OFF),
    }[kind]
    values = {"name": product.called, "pieces": found.pieces, "measure": Text(product.measure)}
    return ledger.move(
        session,
        kind,
        [(source, target, found.pieces)],
        cause=f"{kind}:{found.id}",
        reason=Text(template, values),
        actor=actor,
        now=now,
        checker_id=checker_id,
    ).id


def confirm(session: Session, write_off_id: int, *, actor: Actor, now: datetime) -> WriteOff:
    """The second person agrees: written off. Refuses SecondPersonNeeded, CountSettled."""
    found = waiting(session, write_off_id, actor)
    made_by = found.set_aside_by_id
    found.txn_id = move(session, found, found.product, "write_off", actor=actor, now=now, checker_id=made_by)
    settle(session, found, "booked", actor=actor, now=now)
    return found


def put_back(session: Session, write_off_id: int, *, actor: Actor, now: datetime) -> WriteOff:
    """The second person finds it good (or mended): back on the shelf. Refuses SecondPersonNeeded, CountSettled."""
    found = waiting(session, write_off_id, actor)
    move(session, found, found.product, "put_back", actor=actor, now=now)
    session.get_one(Delivery, found.delivery_id, populate_existing=True).pieces_left += found.pieces
    settle(session, found, "dropped", actor=actor, now=now)
    return found


def waiting(session: Session, write_off_id: int, actor: Actor) -> WriteOff:
    named = select(WriteOff).where(WriteOff.community_id == actor.community_id, WriteOff.id == write_off_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.state != "waiting":
        raise rules.CountSettled
    if found.set_aside_by_id == actor.person_id:
        raise SecondPersonNeeded
    return found


def settle(session: Session, found: WriteOff, state: str, *, actor: Actor, now: datetime) -> None:
    found.state, found.checked_by_id, found.checked_at = state, actor.person_id, now
    session.flush()
    audit.record(session, state, f"store_write_off:{found.id}", actor=actor, now=now)


def to_check(session: Session) -> Sequence[WriteOff]:
    """What waits for a second person."""
    loaded = (selectinload(WriteOff.product), selectinload(WriteOff.delivery))
    return session.scalars(
        select(WriteOff).options(*loaded).where(WriteOff.state == "waiting").order_by(WriteOff.id)
    ).all()
