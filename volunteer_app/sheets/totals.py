"""The month in a few numbers: points of all members, stock against count, where the chain stood at its end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, TXNS
from volunteer_app.ledger.month import MonthSheet, month_sheet
from volunteer_app.ledger.queries import last_before, stood
from volunteer_app.sheets.months import Month


@dataclass(frozen=True, slots=True)
class Totals:
    """`sheet` is the equation. At the month's end `held` points wait in orders, and `debtors` people owe `debt`.

    `reversals` counts reversed credits. `head` is (number, hash) of the last entry before the month's end.
    """

    sheet: MonthSheet
    reversals: int
    held: int
    debt: int
    debtors: int
    head: tuple[int, str]


def totals(session: Session, community_id: int, month: Month) -> Totals:
    held, debts = standing(session, community_id, month.to_at)
    return Totals(
        sheet=month_sheet(session, community_id, from_at=month.from_at, to_at=month.to_at),
        reversals=reversals(session, community_id, month),
        held=held,
        debt=sum(debts),
        debtors=len(debts),
        head=head_before(session, community_id, month.to_at),
    )


def standing(session: Session, community_id: int, at: datetime) -> tuple[int, list[int]]:
    """Points held just before `at`, and what each debtor owed then."""
    statement = select(ACCOUNTS.c.owner, ACCOUNTS.c.kind, stood(last_before(session, community_id, at)))
    statement = statement.where(
        ACCOUNTS.c.community_id == community_id,
        ACCOUNTS.c.unit == rules.POINTS,
        ACCOUNTS.c.kind.in_(("held", "debt")),
    )
    stands = {(owner, kind): int(n) for owner, kind, n in session.execute(statement)}
    held = sum(amount for (_, kind), amount in stands.items() if kind == "held")
    return held, [-amount for (_, kind), amount in stands.items() if kind == "debt" and amount < 0]


def reversals(session: Session, community_id: int, month: Month) -> int:
    statement = select(func.count()).where(
        TXNS.c.community_id == community_id,
        TXNS.c.kind == "reverse",
        TXNS.c.recorded_at >= month.from_at,
        TXNS.c.recorded_at < month.to_at,
    )
    return session.execute(statement).scalar_one()


def head_before(session: Session, community_id: int, at: datetime) -> tuple[int, str]:
    """Number and hash of the last entry before `at`; (0, noughts) for none."""
    seq = last_before(session, community_id, at)
    row = session.execute(
        select(TXNS.c.seq, TXNS.c.hash).where(TXNS.c.community_id == community_id, TXNS.c.seq == seq)
    ).first()
    return (row.seq, row.hash) if row else (0, rules.GENESIS)


def first_entry_at(session: Session, community_id: int) -> datetime | None:
    """When the books begin."""
    statement = select(TXNS.c.recorded_at).where(TXNS.c.community_id == community_id)
    return session.execute(statement.order_by(TXNS.c.seq).limit(1)).scalar()
