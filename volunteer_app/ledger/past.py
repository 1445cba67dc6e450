"""What somebody had at a past moment, replayed from postings, lot uses and holds: nothing that is stored is trusted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, HOLDS, LOT_USES, LOTS, POSTINGS, TXNS, Txn
from volunteer_app.ledger.queries import POSTED


@dataclass(frozen=True, slots=True)
class Stood:
    """Points that could be spent, were held and were owed at a moment."""

    available: int
    held: int
    debt: int


def stood_at(session: Session, community_id: int, owner: str, *, at: datetime) -> Stood:
    """The owner's points at `at`, that moment's transactions included; what had lapsed by then doesn't count."""
    mine = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.owner == owner)
    live = or_(LOTS.c.expires_at.is_(None), LOTS.c.expires_at > at)
    left = total(session, lots_at(at).where(*mine, live)) - total(session, uses_at(at).where(*mine, live))
    columns = (HOLDS.c.expires_at, HOLDS.c.opened_seq, LOTS.c.id, LOTS.c.expires_at, LOT_USES.c.amount)
    back = session.execute(held_at(at, *columns).where(*mine, HOLDS.c.expires_at <= at))
    debt = -total(session, owed_at(at).where(*mine))
    free, paid = rules.come_back([rules.Return(*part) for part in back], debt, at)
    held = total(session, held_at(at, func.sum(LOT_USES.c.amount)).where(*mine, HOLDS.c.expires_at > at))
    return Stood(left + free, held, debt - paid)


def total(session: Session, statement: Select[Any]) -> int:
    return int(session.execute(statement).scalar_one() or 0)


LOT_OWNERS = LOTS.join(ACCOUNTS, ACCOUNTS.c.id == LOTS.c.account_id)
LOT_TXNS = LOT_OWNERS.join(TXNS, and_(TXNS.c.community_id == LOTS.c.community_id, TXNS.c.seq == LOTS.c.origin_seq))


def lots_at(at: datetime) -> Select[Any]:
    """What had come in by then."""
    return select(func.sum(LOTS.c.amount)).select_from(LOT_TXNS).where(TXNS.c.recorded_at <= at)


def uses_at(at: datetime) -> Select[Any]:
    """What had been taken out of lots by then, less what had come back."""
    uses = LOT_OWNERS.join(LOT_USES, LOT_USES.c.lot_id == LOTS.c.id)
    uses = uses.join(TXNS, and_(TXNS.c.community_id == LOTS.c.community_id, TXNS.c.seq == LOT_USES.c.txn_seq))
    return select(func.sum(LOT_USES.c.amount)).select_from(uses).where(TXNS.c.recorded_at <= at)


def held_at(at: datetime, *columns: ColumnElement[Any]) -> Select[Any]:
    """Of the lot uses of holds that were open then."""
    opened, closed = aliased(Txn), aliased(Txn)
    uses = LOT_OWNERS.join(LOT_USES, LOT_USES.c.lot_id == LOTS.c.id)
    uses = uses.join(HOLDS, and_(HOLDS.c.community_id == LOTS.c.community_id, HOLDS.c.opened_seq == LOT_USES.c.txn_seq))
    found = select(*columns).select_from(uses)
    found = found.join(opened, same(opened, HOLDS.c.opened_seq)).outerjoin(closed, same(closed, HOLDS.c.closed_seq))
    return found.where(opened.recorded_at <= at, or_(closed.seq.is_(None), closed.recorded_at > at))


def same(txn: type[Txn], seq: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(txn.community_id == HOLDS.c.community_id, txn.seq == seq)


def owed_at(at: datetime) -> Select[Any]:
    """Booked on debts by then; negative."""
    owed = select(func.sum(POSTINGS.c.amount)).select_from(POSTED)
    return owed.where(ACCOUNTS.c.kind == "debt", ACCOUNTS.c.unit == rules.POINTS, TXNS.c.recorded_at <= at)
