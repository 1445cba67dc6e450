"""Settling between communities: who is a neighbour, what one owes the other for a month, and when it has arrived.

The community that owes writes the month down; the other one confirms. Only then both books clear, together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, local_moment, month_after, month_start
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import Key
from volunteer_app.places.models import Community
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import SETTLED
from volunteer_app.store.exchange import halves, rules
from volunteer_app.store.exchange.models import Clearing
from volunteer_app.store.orders.models import AwayOrder
from volunteer_app.store.partners import neighbours
from volunteer_app.store.partners.models import Neighbour
from volunteer_app.store.rules import AlreadyPaid, MonthNotOver

CLEARED = N_("和%(name)s结清%(month)s")


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with one other community: points that we owe it, that it owes us, and whether it has agreed."""

    other: Community
    agreed: bool
    owed: int
    due: int


def standings(session: Session, community_id: int, *, now: datetime) -> list[Standing]:
    """Every community that this one has named, by id."""
    agreed = {one.id for one in neighbours.neighbours(session, community_id)}
    named = select(Neighbour.other_id).where(Neighbour.community_id == community_id).order_by(Neighbour.other_id)
    others = list(session.scalars(named))
    with scoped(session, None):
        found = {one.id: one for one in session.scalars(select(Community).where(Community.id.in_(others)))}

    def stands(other_id: int, kind: str) -> int:
        owner = halves.clearing_key(other_id, kind).owner
        return books.amounts(session, community_id, owner=owner, kind=kind, now=now).get("points", 0)

    return [Standing(found[one], one in agreed, stands(one, "owed"), -stands(one, "due")) for one in others]


def clearings(session: Session, community_id: int) -> Sequence[Clearing]:
    """Months written down by this community or by others for it, newest first."""
    with scoped(session, None):
        mine = or_(Clearing.community_id == community_id, Clearing.other_id == community_id)
        return session.scalars(select(Clearing).where(mine).order_by(Clearing.month.desc(), Clearing.id)).all()


def months_to_close(session: Session, community_id: int, *, now: datetime) -> list[tuple[int, date]]:
    """(id of the other community, first day of the month) of what was collected elsewhere in months that are over and
    hasn't been written down yet, the oldest first.
    """
    zone = zone_of(session, community_id)
    collected = select(AwayOrder.other_id, AwayOrder.closed_at).where(
        AwayOrder.community_id == community_id,
        AwayOrder.state == "picked_up",
        AwayOrder.closed_at < local_moment(month_start(local_date(now, zone)), 0, zone),
    )
    written = select(Clearing.other_id, Clearing.month).where(Clearing.community_id == community_id)
    done = {(row.other_id, row.month) for row in session.execute(written)}
    found = {(row.other_id, month_start(local_date(row.closed_at, zone))) for row in session.execute(collected)}
    return sorted(found - done, key=lambda one: (one[1], one[0]))


def close_month(session: Session, other_id: int, month: date, *, actor: Actor, now: datetime) -> Clearing:
    """Writes down what this community owes for its members' orders elsewhere; a second time gives the same row.

    Refuses MonthNotOver, NothingToClear.
    """
    home = session.get_one(Community, actor.community_id)
    first = month_start(month)
    same = (Clearing.community_id == home.id, Clearing.other_id == other_id, Clearing.month == first)
    done = session.scalars(select(Clearing).where(*same)).first()
    if done is not None:
        return done
    if local_date(now, home.zone) < month_after(first):
        raise MonthNotOver
    from_at, to_at = (local_moment(day, 0, home.zone) for day in (first, month_after(first)))
    collected = select(func.count(), func.coalesce(func.sum(AwayOrder.points), 0)).where(
        AwayOrder.community_id == home.id,
        AwayOrder.other_id == other_id,
        AwayOrder.state == "picked_up",
        AwayOrder.closed_at >= from_at,
        AwayOrder.closed_at < to_at,
    )
    orders, points = session.execute(collected).one()
    if not orders:
        raise rules.NothingToClear(year=first.year, month=first.month)
    assert actor.person_id is not None
    made = Clearing(
        community_id=home.id,
        other_id=other_id,
        month=first,
        orders=orders,
        points=int(points),
        closed_at=now,
        closed_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, "close_clearing", f"store_clearing:{made.id}", actor=actor, now=now)
    return made


def receive(session: Session, clearing_id: int, *, actor: Actor, now: datetime) -> Clearing:
    """The other community has received it: both books clear in one transaction. Refuses AlreadyPaid; NotFound for
    anybody but that community.
    """
    session.flush()
    with scoped(session, None):
        named = select(Clearing).where(Clearing.id == clearing_id, Clearing.other_id == actor.community_id)
        found = session.scalars(named.with_for_update()).first()
        if found is None:
            raise NotFound
        if found.received_by_id is not None:
            raise AlreadyPaid
    maker = Actor(found.community_id, found.closed_by_id, actor.via)
    owed = [(halves.clearing_key(found.other_id, "owed"), SETTLED, found.points)]
    due = [(SETTLED, halves.clearing_key(found.community_id, "due"), found.points)]

    def clear(who: Actor, moved: list[tuple[Key, Key, int]], other_id: int) -> int:
        name = session.get_one(Community, other_id).name
        reason = Text(CLEARED, {"name": name, "month": f"{found.month:%Y-%m}"})
        cause = f"clearing:{found.id}"
        return ledger.move(session, "settle", moved, cause=cause, reason=reason, actor=who, now=now).id

    booked = halves.in_both(
        session,
        {
            found.community_id: lambda: clear(maker, owed, found.other_id),
            found.other_id: lambda: clear(actor, due, found.community_id),
        },
    )
    with halves.books_of(session, found.community_id):
        found.txn_id, found.received_by_id, found.received_at = booked[found.community_id], actor.person_id, now
    audit.record(session, "receive_clearing", f"store_clearing:{found.id}", actor=actor, now=now)
    return found
