"""Redeeming in another community: points are held in the books of the person's own community, goods in those of the
other one, all or nothing in one transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import last_day, local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.ledger import holds, periods
from volunteer_app.ledger.holds import Line
from volunteer_app.ledger.rules import Key, NotEnoughStock, dump_text, load_text
from volunteer_app.people.owners import owner_of
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.exchange import halves, offers
from volunteer_app.store.exchange.halves import Halves
from volunteer_app.store.orders import limits, reserving
from volunteer_app.store.orders.actions import CANCELLED
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import WAITING, AwayOrder, GuestLine, GuestOrder
from volunteer_app.store.orders.reserving import RESERVED
from volunteer_app.store.orders.rules import SoldOut, check_month_points, check_waiting, kept_until
from volunteer_app.store.orders.words import listed
from volunteer_app.store.partners import neighbours
from volunteer_app.store.shelf import batches
from volunteer_app.store.shelf.models import Product


def reserve(
    session: Session,
    person_id: int,
    other_id: int,
    wanted: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: Codes,
    seen: Mapping[str, int] | None = None,
) -> AwayOrder:
    """Keeps points here and goods there; `wanted` is the other community's product code -> pieces, `seen` its product
    code -> points each as they were shown.

    Refuses what a reservation at home refuses; NotFound for a community that isn't a neighbour.
    """
    person, zone = reserving.locked_person(session, person_id, actor)
    home_id, today = person.community_id, local_date(now, zone)
    neighbours.neighbour(session, home_id, other_id)
    with halves.books_of(session, other_id):
        lines = offers.priced(session, person_id, other_id, wanted, now=now, seen=seen)
    points = sum(pieces * each for _, pieces, each in lines)
    terms = limits.terms(session, person, today, now=now)
    check_month_points(points, terms.month.used, terms.month.most)
    goods = listed(lines)
    away = AwayOrder(
        community_id=home_id,
        person_id=person_id,
        other_id=other_id,
        points=points,
        goods=dump_text(goods),
        made_on=today,
        made_at=now,
        expires_at=kept_until(now, terms.keep_days, zone),
    )
    session.add(away)
    with halves.books_of(session, other_id):
        guest = add_guest(session, away, lines, codes)
    keep(session, Halves(away, guest), lines, goods=goods, actor=actor, now=now)
    audit.record(session, "reserve_away", f"store_away_order:{away.id}", actor=actor, now=now, acting_for=person_id)
    session.flush()
    return away


def add_guest(session: Session, away: AwayOrder, lines: list[tuple[Product, int, int]], codes: Codes) -> GuestOrder:
    guest = GuestOrder(
        community_id=away.other_id,
        home_id=away.community_id,
        away_id=away.id,
        guest_id=away.person_id,
        points=away.points,
        made_at=away.made_at,
        expires_at=away.expires_at,
    )
    session.add(guest)
    session.flush()
    while guest_with(session, hashed := codes.hash(guest.community_id, code_of(guest, codes))) is not None:
        guest.code_turn += 1
    guest.code_hash = hashed
    for product, pieces, each in lines:
        line = GuestLine(community_id=guest.community_id, order_id=guest.id, product_id=product.id)
        line.quantity, line.points_each = pieces, each
        session.add(line)
    return guest


def code_of(guest: GuestOrder, codes: Codes) -> str:
    """The guest's pick-up code; guest orders are numbered downwards, so that they share none with the store's own."""
    return codes.code(guest.community_id, -guest.id, guest.code_turn)


def guest_with(session: Session, hashed: str) -> int | None:
    return session.scalar(select(GuestOrder.id).where(GuestOrder.code_hash == hashed, GuestOrder.state.in_(WAITING)))


def keep(
    session: Session,
    both: Halves,
    lines: list[tuple[Product, int, int]],
    *,
    goods: Text,
    actor: Actor,
    now: datetime,
) -> None:
    """Holds the points here and the pieces there."""
    away, guest = both.away, both.guest
    paid = Line(Key(owner_of(away.person_id), "points"), halves.clearing_key(away.other_id, "owed"), away.points)
    pieces = [
        Line(Key(SHELF, "on_hand", one.unit), Key(SHELF, "handed_over", one.unit), count) for one, count, _ in lines
    ]
    reason = Text(RESERVED, {"goods": goods})

    def hold(half: AwayOrder | GuestOrder, asked: list[Line], cause: str, who: Actor) -> int:
        held = holds.hold(session, asked, cause=cause, reason=reason, expires_at=away.expires_at, actor=who, now=now)
        half.hold_id = held.hold_id
        return held.hold_id

    def hold_pieces() -> int:
        hold_id = hold(guest, pieces, f"guest:{guest.id}", halves.nobody(guest, actor))
        until = last_day(guest.expires_at, zone_of(session, guest.community_id))
        batches.check_kept(session, [product for product, _, _ in lines], until=until, now=now)
        return hold_id

    try:
        halves.in_both(
            session,
            {
                away.community_id: lambda: hold(away, [paid], f"away:{away.id}", actor),
                guest.community_id: hold_pieces,
            },
        )
    except NotEnoughStock as error:
        raise SoldOut from error


def cancel(session: Session, away_id: int, *, actor: Actor, now: datetime) -> AwayOrder:
    """Points and goods go back, each to its own community. The owner may; a second time changes nothing."""
    both = halves.locked(session, away_id, actor.community_id)
    if both.away.person_id != actor.person_id:
        raise NotFound
    if both.away.state == "cancelled":
        return both.away
    check_waiting(both.away, now, zone_of(session, actor.community_id))
    reason = Text(CANCELLED, {"goods": load_text(both.away.goods)})

    def release(half: AwayOrder | GuestOrder, who: Actor) -> None:
        assert half.hold_id is not None
        holds.release(session, half.hold_id, reason=reason, actor=who, now=now)

    halves.in_both(
        session,
        {
            both.away.community_id: lambda: release(both.away, actor),
            both.guest.community_id: lambda: release(both.guest, halves.nobody(both.guest, actor)),
        },
    )
    halves.close(session, both, "cancelled", now)
    audit.record(session, "cancel_away", f"store_away_order:{away_id}", actor=actor, now=now)
    return both.away


def expire_due(session: Session, community_id: int, *, now: datetime, limit: int = 100) -> int:
    """Writes down which of the community's orders elsewhere nobody came for; returns how many. Safe to repeat.

    What the other community keeps waits while its books are closed.
    """
    lapsed = (AwayOrder.community_id == community_id, AwayOrder.state.in_(WAITING), AwayOrder.expires_at <= now)
    others = session.scalars(select(AwayOrder.other_id).where(*lapsed).distinct()).all()
    open_ones = [one for one in others if not is_closed(session, one, now)]
    due = select(AwayOrder.id).where(*lapsed, AwayOrder.other_id.in_(open_ones)).order_by(AwayOrder.id).limit(limit)
    done = 0
    for away_id in session.scalars(due).all():
        both = halves.locked(session, away_id, community_id)
        if both.away.state in WAITING:
            settle(session, both, now)
            halves.close(session, both, "expired", now)
            done += 1
    return done


def is_closed(session: Session, other_id: int, now: datetime) -> bool:
    with halves.books_of(session, other_id):
        return periods.is_closed(session, other_id, now)


def settle(session: Session, both: Halves, now: datetime) -> None:
    def lapse(half: AwayOrder | GuestOrder) -> None:
        assert half.hold_id is not None
        holds.settle_holds(session, [half.hold_id], actor=Actor(half.community_id, None, "job"), now=now)

    halves.in_both(session, {half.community_id: lambda half=half: lapse(half) for half in (both.away, both.guest)})  # type: ignore[misc]
