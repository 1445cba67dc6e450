"""Redeeming in another community: points are held and collected in the books of the person's own community, goods in
those of the other one, all or nothing in one transaction.

Whoever acts, both halves are locked in one order (the order's own half first, then books by community id), so that two
communities that redeem at each other never wait for each other in a circle.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import holds
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.holds import Line
from volunteer_app.ledger.rules import HoldLapsed, Key, NotEnoughStock, dump_text, load_text
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.store import actions, batches, orders, queries, rules
from volunteer_app.store.clearing_models import AwayOrder, GuestLine, GuestOrder, Neighbour
from volunteer_app.store.models import SHELF, WAITING, Product
from volunteer_app.store.queries import Offer, owner_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Halves:
    """Both halves of an order, locked."""

    away: AwayOrder
    guest: GuestOrder


@contextmanager
def books_of(session: Session, community_id: int) -> Iterator[None]:
    """The session reads and writes another community for a while; what was written before belongs to the former one."""
    session.flush()
    with scoped(session, community_id):
        yield
        session.flush()


def in_both(session: Session, steps: Mapping[int, Callable[[], T]]) -> dict[int, T]:
    """Community id -> what its step gave; always in the order of the ids."""
    done = {}
    for community_id, step in sorted(steps.items()):
        with books_of(session, community_id):
            done[community_id] = step()
    return done


def clearing_key(other_id: int, kind: str) -> Key:
    """The account between two communities: `owed` in the books of whoever issued the points, `due` in the other's."""
    return Key(f"clearing:{other_id}", kind)


def neighbours(session: Session, community_id: int) -> list[Community]:
    """Communities that exchange goods with this one: each has said so of the other."""
    with scoped(session, None):
        rows = session.execute(select(Neighbour.community_id, Neighbour.other_id))
        said = {(row.community_id, row.other_id) for row in rows}
        mutual = [other for one, other in said if one == community_id and (other, one) in said]
        return list(session.scalars(select(Community).where(Community.id.in_(mutual)).order_by(Community.id)))


def neighbour(session: Session, community_id: int, other_id: int) -> Community:
    """One of them; NotFound for any other community."""
    found = next((one for one in neighbours(session, community_id) if one.id == other_id), None)
    if found is None:
        raise NotFound
    return found


def offers(session: Session, person: Person, other_id: int, *, now: datetime) -> list[Offer]:
    """What the other community's store has for a guest, with a verdict; what can be taken now stands first."""
    neighbour(session, person.community_id, other_id)
    free = books.balance(session, person.community_id, owner_of(person.id), now=now).available
    month = queries.allowance(session, person, now=now)
    with scoped(session, other_id):
        today = local_date(now, queries.zone_of(session, other_id))
        prices = queries.prices_on(session, today)
        until = today + timedelta(days=queries.rule_on(session, other_id, today).keep_days)
        shelf = queries.free_pieces(session, other_id, until, now=now)
        listed = [one for one in queries.products(session) if for_guests(one, prices)]
        found = []
        for one in listed:
            left, had = shelf.get(one.unit, 0), taken(session, person.id, one, today, now=now)
            verdict, short = queries.judge(one, prices[one.id], left=left, taken=had, free=free, month=month)
            found.append(Offer(one, prices[one.id], left, had, verdict, short))
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
    since = rules.month_began(today, queries.zone_of(session, product.community_id))
    counts = (GuestOrder.state == "picked_up") | (GuestOrder.state.in_(WAITING) & (GuestOrder.expires_at > now))
    return int(session.scalar(statement.where(*mine, GuestOrder.made_at >= since, counts)) or 0)


def reserve(
    session: Session,
    person_id: int,
    other_id: int,
    wanted: Mapping[str, int],
    *,
    actor: Actor,
    now: datetime,
    codes: rules.Codes,
) -> AwayOrder:
    """Keeps points here and goods there; `wanted` is the other community's product code -> pieces.

    Refuses what a reservation at home refuses; NotFound for a community that isn't a neighbour.
    """
    person, zone = actions.locked_person(session, person_id, actor)
    home_id, today = person.community_id, local_date(now, zone)
    neighbour(session, home_id, other_id)
    with books_of(session, other_id):
        lines = priced(session, person_id, other_id, wanted, now=now)
    points = sum(pieces * each for _, pieces, each in lines)
    terms = queries.terms(session, person, today, now=now)
    rules.check_month_points(points, terms.month.used, terms.month.most)
    goods = actions.listed(lines)
    away = AwayOrder(
        community_id=home_id,
        person_id=person_id,
        other_id=other_id,
        points=points,
        goods=dump_text(goods),
        made_on=today,
        made_at=now,
        expires_at=rules.kept_until(now, terms.keep_days, zone),
    )
    session.add(away)
    with books_of(session, other_id):
        guest = add_guest(session, away, lines, codes)
    keep(session, Halves(away, guest), lines, goods=goods, actor=actor, now=now)
    audit.record(session, "reserve_away", f"store_away_order:{away.id}", actor=actor, now=now, acting_for=person_id)
    session.flush()
    return away


def priced(
    session: Session, guest_id: int, other_id: int, wanted: Mapping[str, int], *, now: datetime
) -> list[tuple[Product, int, int]]:
    """(product, pieces, points each) by the other community's list and limits; the session is there."""
    today = local_date(now, queries.zone_of(session, other_id))
    prices = queries.prices_on(session, today)
    lines = []
    for code, pieces in sorted(wanted.items()):
        product = queries.product(session, other_id, code)
        if not product.is_offered or not for_guests(product, prices):
            raise rules.NotOffered(name=product.called)
        rules.check_product_limit(product, pieces, taken(session, guest_id, product, today, now=now))
        lines.append((product, pieces, prices[product.id]))
    if not lines or any(pieces < 1 for _, pieces, _ in lines):
        raise rules.NothingChosen
    return lines


def add_guest(
    session: Session, away: AwayOrder, lines: list[tuple[Product, int, int]], codes: rules.Codes
) -> GuestOrder:
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


def code_of(guest: GuestOrder, codes: rules.Codes) -> str:
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
    paid = Line(Key(owner_of(away.person_id), "points"), clearing_key(away.other_id, "owed"), away.points)
    pieces = [
        Line(Key(SHELF, "on_hand", one.unit), Key(SHELF, "handed_over", one.unit), count) for one, count, _ in lines
    ]
    reason = Text(actions.RESERVED, {"goods": goods})

    def hold(half: AwayOrder | GuestOrder, asked: list[Line], cause: str, who: Actor) -> int:
        held = holds.hold(session, asked, cause=cause, reason=reason, expires_at=away.expires_at, actor=who, now=now)
        half.hold_id = held.hold_id
        return held.hold_id

    def hold_pieces() -> int:
        hold_id = hold(guest, pieces, f"guest:{guest.id}", nobody(guest, actor))
        until = rules.last_day(guest.expires_at, queries.zone_of(session, guest.community_id))
        batches.check_kept(session, [product for product, _, _ in lines], until=until, now=now)
        return hold_id

    try:
        in_both(
            session,
            {
                away.community_id: lambda: hold(away, [paid], f"away:{away.id}", actor),
                guest.community_id: hold_pieces,
            },
        )
    except NotEnoughStock as error:
        raise rules.SoldOut from error


def nobody(half: AwayOrder | GuestOrder, actor: Actor) -> Actor:
    """The actor in the other community's books: its people aren't known there."""
    return Actor(half.community_id, None, actor.via)


def locked(session: Session, away_id: int, home_id: int) -> Halves:
    """Both halves, locked and read anew, the person's own first."""
    with books_of(session, home_id):
        own = select(AwayOrder).where(AwayOrder.community_id == home_id, AwayOrder.id == away_id).with_for_update()
        away = session.scalars(own.execution_options(populate_existing=True)).first()
    if away is None:
        raise NotFound
    with books_of(session, away.other_id):
        there = select(GuestOrder).options(selectinload(GuestOrder.lines).selectinload(GuestLine.product))
        there = there.where(GuestOrder.home_id == home_id, GuestOrder.away_id == away_id).with_for_update()
        return Halves(away, session.scalars(there.execution_options(populate_existing=True)).one())


def check_waiting(half: AwayOrder | GuestOrder, now: datetime, zone: str) -> None:
    """Refuses an order that can't be collected any more, and says why."""
    orders.check_state(half.state_at(now), half.closed_at, zone)


def hand_over(session: Session, guest_id: int, *, name_checked: bool, actor: Actor, now: datetime) -> GuestOrder:
    """Gives the goods to a guest: his community's books spend the points, ours give out the goods, and each notes what
    one owes the other. Refuses AlreadyCollected, OrderExpired, OrderCancelled, NameNotChecked, FridaysOnly.
    """
    found = session.scalars(
        select(GuestOrder).where(GuestOrder.community_id == actor.community_id, GuestOrder.id == guest_id)
    ).first()
    if found is None:
        raise NotFound
    actions.refuse_two_hats(actor)
    both = locked(session, found.away_id, found.home_id)
    zone = queries.zone_of(session, actor.community_id)
    check_waiting(both.guest, now, zone)
    if not name_checked:
        raise rules.NameNotChecked
    for line in both.guest.lines:
        rules.check_day(line.product, local_date(now, zone))
    collect(session, both, actor=actor, now=now)
    close(session, both, "picked_up", now)
    both.guest.handed_by_id = actor.person_id
    audit.record(session, "hand_over_guest", f"store_guest_order:{found.id}", actor=actor, now=now)
    return both.guest


def collect(session: Session, both: Halves, *, actor: Actor, now: datetime) -> None:
    away, guest = both.away, both.guest
    reason = Text(actions.COLLECTED, {"goods": load_text(away.goods)})

    def spend() -> None:
        assert away.hold_id is not None
        holds.collect(session, away.hold_id, reason=reason, actor=nobody(away, actor), now=now)

    def give() -> None:
        assert guest.hold_id is not None
        holds.collect(session, guest.hold_id, reason=reason, actor=actor, now=now)
        today = local_date(now, queries.zone_of(session, guest.community_id))
        for line in guest.lines:
            batches.take(session, line.product, line.quantity, on=today, guest=line.id)
        due = (clearing_key(guest.home_id, "due"), actions.INCOME, guest.points)
        ledger.move(session, "clear", [due], cause=f"clear:{guest.id}", reason=reason, actor=actor, now=now)

    try:
        in_both(session, {away.community_id: spend, guest.community_id: give})
    except HoldLapsed as error:
        raise rules.OrderExpired from error


def close(session: Session, both: Halves, state: str, now: datetime) -> None:
    for half in (both.away, both.guest):
        with books_of(session, half.community_id):
            half.state, half.closed_at = state, now


def cancel(session: Session, away_id: int, *, actor: Actor, now: datetime) -> AwayOrder:
    """Points and goods go back, each to its own community. The owner may; a second time changes nothing."""
    both = locked(session, away_id, actor.community_id)
    if both.away.person_id != actor.person_id:
        raise NotFound
    if both.away.state == "cancelled":
        return both.away
    check_waiting(both.away, now, queries.zone_of(session, actor.community_id))
    reason = Text(actions.CANCELLED, {"goods": load_text(both.away.goods)})

    def release(half: AwayOrder | GuestOrder, who: Actor) -> None:
        assert half.hold_id is not None
        holds.release(session, half.hold_id, reason=reason, actor=who, now=now)

    in_both(
        session,
        {
            both.away.community_id: lambda: release(both.away, actor),
            both.guest.community_id: lambda: release(both.guest, nobody(both.guest, actor)),
        },
    )
    close(session, both, "cancelled", now)
    audit.record(session, "cancel_away", f"store_away_order:{away_id}", actor=actor, now=now)
    return both.away


def expire_due(session: Session, community_id: int, *, now: datetime, limit: int = 100) -> int:
    """Writes down which of the community's orders elsewhere nobody came for; returns how many. Safe to repeat."""
    due = select(AwayOrder.id).where(AwayOrder.community_id == community_id, AwayOrder.state.in_(WAITING))
    due = due.where(AwayOrder.expires_at <= now).order_by(AwayOrder.id).limit(limit)
    done = 0
    for away_id in session.scalars(due).all():
        both = locked(session, away_id, community_id)
        if both.away.state in WAITING:
            settle(session, both, now)
            close(session, both, "expired", now)
            done += 1
    return done


def settle(session: Session, both: Halves, now: datetime) -> None:
    def lapse(half: AwayOrder | GuestOrder) -> None:
        assert half.hold_id is not None
        holds.settle_holds(session, [half.hold_id], actor=Actor(half.community_id, None, "job"), now=now)

    in_both(session, {half.community_id: lambda half=half: lapse(half) for half in (both.away, both.guest)})  # type: ignore[misc]
