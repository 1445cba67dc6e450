"""Closed periods: what has been published stays as it was published. Closing needs one person, opening again two."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import rules, witness
from volunteer_app.ledger.book import Book
from volunteer_app.ledger.models import CHAINS, PERIODS

LAST_DAY = timedelta(days=1)


def close(session: Session, starts_at: datetime, ends_at: datetime, *, actor: Actor, now: datetime) -> int:
    """Closes [starts_at, ends_at) on its last day or later; returns the period's id, the same when it was closed
    before. From then on nothing is recorded into it. Refuses PeriodNotOver.
    """
    assert actor.person_id is not None
    if now < ends_at - LAST_DAY:
        raise rules.PeriodNotOver
    end = Book(session, actor, now).end_of_chain()
    if (found := closed(session, actor.community_id, starts_at)) is not None:
        return int(found.id)
    row = {
        "community_id": actor.community_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "closed_at": now,
        "closed_by_id": actor.person_id,
        "last_seq": end.seq,
        "last_hash": end.hash,
    }
    period_id = int(session.execute(insert(PERIODS).values(row).returning(PERIODS.c.id)).scalar_one())
    witness.record(session, "close_period", PERIODS, period_id, actor=actor, now=now)
    return period_id


def reopen(session: Session, period_id: int, *, asked_by: int, actor: Actor, now: datetime) -> None:
    """Opens a closed period again; the one who asked and the one who does it are two people. Safe to repeat.

    Refuses SecondPersonNeeded; NotFound for an unknown period.
    """
    Book(session, actor, now).end_of_chain()
    where = (PERIODS.c.community_id == actor.community_id, PERIODS.c.id == period_id)
    found = session.execute(select(PERIODS).where(*where)).first()
    if found is None:
        raise NotFound
    if found.reopened_at is not None:
        return
    if actor.person_id is None or actor.person_id == asked_by:
        raise rules.SecondPersonNeeded
    opened = {"reopened_at": now, "asked_by_id": asked_by, "reopened_by_id": actor.person_id}
    session.execute(update(PERIODS).where(*where).values(opened))
    witness.record(session, "reopen_period", PERIODS, period_id, actor=actor, now=now)


def closed(session: Session, community_id: int, starts_at: datetime) -> Row[Any] | None:
    """The period that begins then, while it is closed."""
    where = (PERIODS.c.community_id == community_id, PERIODS.c.starts_at == starts_at, PERIODS.c.reopened_at.is_(None))
    return session.execute(select(PERIODS).where(*where)).first()


def is_closed(session: Session, community_id: int, now: datetime) -> bool:
    """What would be recorded now falls into a closed period."""
    last = session.scalar(select(CHAINS.c.at).where(CHAINS.c.community_id == community_id))
    return lies_in_closed(session, community_id, max(now, last) if last else now)


def lies_in_closed(session: Session, community_id: int, at: datetime) -> bool:
    """What was recorded at that moment lies in a period that is closed."""
    spans = select(PERIODS.c.id).where(PERIODS.c.community_id == community_id, PERIODS.c.reopened_at.is_(None))
    return session.scalar(spans.where(PERIODS.c.starts_at <= at, PERIODS.c.ends_at > at).limit(1)) is not None
