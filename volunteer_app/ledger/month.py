"""The month sheet: opening + issued - redeemed - expired + reversed + corrected = closing, and the stock beside it.

Points are counted wherever members have them: free, held, or owed (which counts against). So a hold changes nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core.prepared import plan_anew
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, TXNS
from volunteer_app.ledger.periods import closed
from volunteer_app.ledger.queries import POSTED, Filters, chain_head, last_before, stood

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
    plan_anew(session)
    members = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS))
    seqs = last_before(session, community_id, from_at), last_before(session, community_id, to_at)
    moved = moved_by_kind(session, members, seqs)
    return MonthSheet(
        opening=standing(session, members, seqs[0]),
        issued=moved["issue"],
        redeemed=-moved["collect"] - moved["refund"],
        expired=-moved["expire"],
        reversed=moved["reverse"],
        corrected=moved["adjust"] + moved["reinstate"],
        closing=standing(session, members, seqs[1]),
        stock=stock_months(session, community_id, seqs),
        entries=seqs[1] - seqs[0],
        head=chain_head(session, community_id),
        closed_at=closed_at(session, community_id, from_at),
    )


def closed_at(session: Session, community_id: int, from_at: datetime) -> datetime | None:
    """When the period that begins then was closed."""
    found = closed(session, community_id, from_at)
    return found.closed_at if found else None


def moved_by_kind(session: Session, members: Filters, seqs: tuple[int, int]) -> Counter[str]:
    """Kind of transaction -> what it changed on members' accounts in the transactions (seqs[0], seqs[1]]."""
    statement = select(TXNS.c.kind, func.sum(POSTINGS.c.amount)).select_from(POSTED)
    statement = statement.where(*members, TXNS.c.community_id == ACCOUNTS.c.community_id)
    # both sides of the join are told the span: PostgreSQL carries equations over, but no spans
    for seq in (TXNS.c.seq, POSTINGS.c.txn_seq):
        statement = statement.where(seq > seqs[0], seq <= seqs[1])
    return Counter({kind: int(total) for kind, total in session.execute(statement.group_by(TXNS.c.kind))})


def standing(session: Session, accounts: Filters, seq: int) -> int:
    """What the accounts, which have limits, stood at together after transaction `seq`."""
    each = select(stood(seq).label("stood")).where(*accounts).subquery()
    return int(session.execute(select(func.coalesce(func.sum(each.c.stood), 0))).scalar_one())


def stock_months(session: Session, community_id: int, seqs: tuple[int, int]) -> list[StockMonth]:
    """One line for each unit that was ever on the shelf by then."""
    shelf = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.kind.in_(SHELF_KINDS))
    came, went = shelf_moves(session, shelf, seqs)
    first = select(func.min(POSTINGS.c.txn_seq)).where(POSTINGS.c.account_id == ACCOUNTS.c.id).scalar_subquery()
    each = select(ACCOUNTS.c.unit, stood(seqs[0]).label("before"), stood(seqs[1]).label("after"))
    each_unit = each.where(*shelf, first <= seqs[1]).subquery()
    totals = select(each_unit.c.unit, func.sum(each_unit.c.before), func.sum(each_unit.c.after))
    rows = session.execute(totals.group_by(each_unit.c.unit).order_by(each_unit.c.unit))
    return [StockMonth(unit, int(before), came[unit], went[unit], int(after)) for unit, before, after in rows]


def shelf_moves(session: Session, shelf: Filters, seqs: tuple[int, int]) -> tuple[Counter[str], Counter[str]]:
    """Pieces of each unit that came in and went out. Holding and releasing move pieces within the shelf, so that a
    transaction counts with what it changed in all.
    """
    total = func.sum(POSTINGS.c.amount)
    per_txn = select(ACCOUNTS.c.unit, total).select_from(
        POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)
    )
    per_txn = per_txn.where(*shelf, POSTINGS.c.community_id == ACCOUNTS.c.community_id)
    per_txn = per_txn.where(POSTINGS.c.txn_seq > seqs[0], POSTINGS.c.txn_seq <= seqs[1])
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for unit, amount in session.execute(per_txn.group_by(ACCOUNTS.c.unit, POSTINGS.c.txn_seq)):
        came[unit] += max(int(amount), 0)
        went[unit] += max(-int(amount), 0)
    return came, went
