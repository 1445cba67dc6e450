"""Both halves of an order across communities, and how one transaction writes in both communities' books.

Whoever acts, both halves are locked in one order (the order's own half first, then books by community id), so that two
communities that redeem at each other never wait for each other in a circle.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger.rules import Key
from volunteer_app.store.orders.models import AwayOrder, GuestLine, GuestOrder

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


def close(session: Session, both: Halves, state: str, now: datetime) -> None:
    for half in (both.away, both.guest):
        with books_of(session, half.community_id):
            half.state, half.closed_at = state, now
