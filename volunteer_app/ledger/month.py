"""The month sheet: opening + issued - redeemed - expired + reversed + corrected = closing, and the stock beside it.

Points are counted wherever members have them: free, held, or owed (which counts against). So a hold changes nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, TXNS
from volunteer_app.ledger.periods import closed
from volunteer_app.ledger.queries import POSTED, chain_head

SHELF_KINDS = ("on_hand", "on_hold")


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """Points of all members in [from_at, to_at); `reversed` is negative when credits were taken back.

    `redeemed` is what was collected less what was returned; `corrected` what two people adjusted or brought back.
    `stock` is one line per unit. `head` is the chain's end. `closed_at` is None while the period is open.
    """

    opening: int
    issued: int
    redeemed: int
    expired: int
    reversed: int
    corrected: int
    closing: int
    stock: list["StockMonth"]
    entries: int
    head: tuple[int, str]
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StockMonth:
    """Pieces of one unit on the shelf, held ones included: opening + came_in - went_out = closing."""

    unit: str
    opening: int
    came_in: int
    went_out: int
    closing: int


def month_sheet(session: Session, community_id: int, *, from_at: datetime, to_at: datetime) -> MonthSheet:
    """The sheet of the community; closing figures are summed on their own, so that the equation is a real check."""
    members = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS))
    moved = moved_by_kind(session, members, from_at, to_at)
    entries = select(func.count()).where(
        TXNS.c.community_id == community_id, TXNS.c.recorded_at >= from_at, TXNS.c.recorded_at < to_at
    )
    return MonthSheet(
        opening=stood(session, members, from_at),
        issued=moved["issue"],
        redeemed=-moved["collect"] - moved["refund"],
        expired=-moved["expire"],
        reversed=moved["reverse"],
        corrected=moved["adjust"] + moved["reinstate"],
        closing=stood(session, members, to_at),
        stock=stock_months(session, community_id, from_at, to_at),
        entries=session.execute(entries).scalar_one(),
        head=chain_head(session, community_id),
        closed_at=closed_at(session, community_id, from_at),
    )


def closed_at(session: Session, community_id: int, from_at: datetime) -> datetime | None:
    """When the period that begins then was closed."""
    found = closed(session, community_id, from_at)
    return found.closed_at if found else None


def moved_by_kind(
    session: Session, members: tuple[ColumnElement[bool], ...], from_at: datetime, to_at: datetime
) -> Counter[str]:
    """Kind of transaction -> what it changed on members' accounts in the month."""
    statement = select(TXNS.c.kind, func.sum(POSTINGS.c.amount)).select_from(POSTED)
    statement = statement.where(*members, TXNS.c.recorded_at >= from_at, TXNS.c.recorded_at < to_at)
    return Counter({kind: int(total) for kind, total in session.execute(statement.group_by(TXNS.c.kind))})


def stood(session: Session, members: tuple[ColumnElement[bool], ...], at: datetime) -> int:
    statement = select(func.coalesce(func.sum(POSTINGS.c.amount), 0)).select_from(POSTED)
    return int(session.execute(statement.where(*members, TXNS.c.recorded_at < at)).scalar_one())


def stock_months(session: Session, community_id: int, from_at: datetime, to_at: datetime) -> list[StockMonth]:
    shelf = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.kind.in_(SHELF_KINDS), TXNS.c.recorded_at < to_at)
    # holding and releasing move pieces within the shelf: a transaction counts with what it changed in all
    per_txn = select(ACCOUNTS.c.unit, TXNS.c.recorded_at.label("at"), func.sum(POSTINGS.c.amount).label("amount"))
    per_txn = per_txn.select_from(POSTED).where(*shelf).group_by(ACCOUNTS.c.unit, TXNS.c.seq, TXNS.c.recorded_at)
    moved = per_txn.subquery()
    in_month = moved.c.at >= from_at

    def total(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, moved.c.amount), else_=0))

    statement = select(
        moved.c.unit,
        total(~in_month),
        total(in_month & (moved.c.amount > 0)),
        -total(in_month & (moved.c.amount < 0)),
        func.sum(moved.c.amount),
    )
    rows = session.execute(statement.group_by(moved.c.unit).order_by(moved.c.unit))
    return [StockMonth(unit, *(int(number) for number in numbers)) for unit, *numbers in rows]
