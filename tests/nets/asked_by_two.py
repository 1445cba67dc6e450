"""What people ask of the books beside earning and spending: gifts, corrections by two people, closed periods, and the
proposals that a second person approves. Requests like those in asked.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tests.nets.asked import Asked
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import corrections, periods, proposals
from volunteer_app.ledger.models import PERIODS, PROPOSALS, TXNS


def newest(session: Session, of: ColumnElement[int], *where: ColumnElement[bool]) -> int:
    """The highest id under the conditions; NotFound when there is none."""
    found = session.execute(select(of).where(*where).order_by(of.desc()).limit(1)).scalar()
    if found is None:
        raise NotFound
    return int(found)


@dataclass(frozen=True)
class Give(Asked):
    source: str
    target: str
    points: int
    checker_id: int | None = None

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return corrections.give(
            session,
            source=self.source,
            target=self.target,
            points=self.points,
            cause=self.cause,
            reason="送人",
            checker_id=self.checker_id,
            actor=actor,
            now=now,
        )


@dataclass(frozen=True)
class Adjust(Asked):
    """Adds points, or takes them away when negative."""

    owner: str
    points: int
    expires_at: datetime | None
    checker_id: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return corrections.adjust(
            session,
            owner=self.owner,
            points=self.points,
            expires_at=self.expires_at,
            cause=self.cause,
            reason="更正",
            checker_id=self.checker_id,
            actor=actor,
            now=now,
        )


@dataclass(frozen=True)
class Reinstate(Asked):
    """Brings back what the transaction with the cause `of` has let run out."""

    of: str
    expires_at: datetime | None
    checker_id: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return corrections.reinstate(
            session,
            self.txn_id(session, actor),
            expires_at=self.expires_at,
            cause=self.cause,
            reason="恢复",
            checker_id=self.checker_id,
            actor=actor,
            now=now,
        )

    def txn_id(self, session: Session, actor: Actor) -> int:
        return newest(session, TXNS.c.id, TXNS.c.community_id == actor.community_id, TXNS.c.cause == self.of)


@dataclass(frozen=True)
class Close(Asked):
    """Closes the period [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return periods.close(session, self.starts_at, self.ends_at, actor=actor, now=now)


@dataclass(frozen=True)
class Reopen(Asked):
    """Opens the newest period that begins then, as `checker_id` has asked for."""

    starts_at: datetime
    checker_id: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        found = self.period_id(session, actor)
        return periods.reopen(session, found, asked_by=self.checker_id, actor=actor, now=now)

    def period_id(self, session: Session, actor: Actor) -> int:
        where = (PERIODS.c.community_id == actor.community_id, PERIODS.c.starts_at == self.starts_at)
        return newest(session, PERIODS.c.id, *where)


Wish = Give | Adjust | Reinstate | Reopen


def wished(wish: Wish, session: Session, actor: Actor) -> tuple[str, dict[str, object]]:
    """Kind and content of a proposal that asks for it."""
    if isinstance(wish, Give):
        return "give", {"source": wish.source, "target": wish.target, "points": wish.points}
    if isinstance(wish, Adjust):
        return "adjust", {"owner": wish.owner, "points": wish.points, "expires_at": told(wish.expires_at)}
    if isinstance(wish, Reinstate):
        return "reinstate", {"txn_id": wish.txn_id(session, actor), "expires_at": told(wish.expires_at)}
    return "reopen", {"period_id": wish.period_id(session, actor)}


@dataclass(frozen=True)
class Propose(Asked):
    """Person `by` asks for something; the proposal's reason is this request's cause."""

    by: int
    wish: Wish

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        asks = replace(actor, person_id=self.by)
        kind, asked = wished(self.wish, session, asks)
        return proposals.propose(session, kind, asked, reason=self.cause, actor=asks, now=now)


@dataclass(frozen=True)
class Approve(Asked):
    """Person `by` agrees to the newest proposal that the request `of` has made."""

    of: str
    by: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        agrees = replace(actor, person_id=self.by)
        return proposals.approve(session, proposal_id(session, actor, self.of), actor=agrees, now=now)


@dataclass(frozen=True)
class Drop(Asked):
    """Person `by` puts it aside."""

    of: str
    by: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        drops = replace(actor, person_id=self.by)
        return proposals.drop(session, proposal_id(session, actor, self.of), actor=drops, now=now)


def proposal_id(session: Session, actor: Actor, cause: str) -> int:
    mine = PROPOSALS.c.community_id == actor.community_id
    return newest(session, PROPOSALS.c.id, mine, PROPOSALS.c.reason == cause)


def told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
