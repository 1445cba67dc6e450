"""Things that are lent (wheelchair, tools, umbrella): by when they come back, who is late, and how they came back."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.store import actions, queries, rules, write_offs
from volunteer_app.store.models import OrderLine
from volunteer_app.store.shelf_models import BatchUse, Loan

LATE_DAYS = (1, 7, 21)
"""Days after the due day on which a reminder goes out; the first one goes on the day before it."""

BRING_BACK = N_("您借的%(name)s请在%(month)d月%(day)d日以前还回来。还要用的话，告诉管理员一声。")
IS_LATE = N_("您借的%(name)s过了归还的日子%(days)d天了，方便的时候还回来。还要用的话，告诉管理员一声。")


def loans_out(session: Session) -> list[Loan]:
    """What is out, what is due first at the top."""
    loaded = (selectinload(Loan.product), selectinload(Loan.person))
    return list(
        session.scalars(select(Loan).options(*loaded).where(Loan.state == "out").order_by(Loan.due_on, Loan.id))
    )


def loans_of(session: Session, person_id: int) -> list[Loan]:
    """What somebody has borrowed and not brought back."""
    mine = select(Loan).options(selectinload(Loan.product)).where(Loan.person_id == person_id, Loan.state == "out")
    return list(session.scalars(mine.order_by(Loan.due_on, Loan.id)))


def bring_back(session: Session, loan_id: int, *, state: str, note: str, actor: Actor, now: datetime) -> Loan:
    """It came back: `state` back, damaged or lost. What isn't good is set aside for two people to decide on.

    Refuses LoanClosed, OwnOrder.
    """
    assert state in ("back", "damaged", "lost")
    found = open_loan(session, loan_id, actor)
    line = session.get_one(OrderLine, found.line_id)
    reason = note or state
    actions.take_back(session, line.order_id, line.id, found.pieces, reason=reason, actor=actor, now=now)
    if state != "back":
        for delivery_id, pieces in batches_of(session, line.id).items():
            write_offs.set_aside(session, delivery_id, pieces, reason=reason, actor=actor, now=now)
    found.state, found.note = state, note
    audit.record(session, state, f"store_loan:{found.id}", actor=actor, now=now, acting_for=found.person_id, note=note)
    return found


def batches_of(session: Session, line_id: int) -> dict[int, int]:
    """Delivery id -> pieces that went out with the line."""
    uses = select(BatchUse.delivery_id, BatchUse.pieces).where(BatchUse.line_id == line_id)
    return {row.delivery_id: row.pieces for row in session.execute(uses)}


def open_loan(session: Session, loan_id: int, actor: Actor) -> Loan:
    named = select(Loan).where(Loan.community_id == actor.community_id, Loan.id == loan_id).with_for_update()
    found = session.scalars(named.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if found.state != "out":
        raise rules.LoanClosed
    return found


def extend(session: Session, loan_id: int, *, actor: Actor, now: datetime) -> Loan:
    """Some more days, counted from today, once. Refuses LoanClosed, AlreadyExtended."""
    found = open_loan(session, loan_id, actor)
    if found.is_extended:
        raise rules.AlreadyExtended
    today = local_date(now, queries.zone_of(session, found.community_id))
    found.due_on = max(found.due_on, today + timedelta(days=found.product.lend_days))
    found.is_extended = True
    audit.record(session, "extend", f"store_loan:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def remind(session: Session, community_id: int, *, now: datetime) -> int:
    """Tells people on the day before something is due, and now and then when it is late; each once. Safe to repeat.

    Returns how many loans are in one of these spans.
    """
    today = local_date(now, queries.zone_of(session, community_id))
    told = 0
    for loan in loans_out(session):
        mark = reminder_due(loan, today)
        if loan.community_id != community_id or mark is None:
            continue
        messages.put(
            session,
            community_id=community_id,
            person_id=loan.person_id,
            kind="loan",
            text=reminder(loan, today),
            cause=f"loan:{loan.id}:{loan.due_on}:{mark}",
            now=now,
        )
        told += 1
    return told


def reminder_due(loan: Loan, today: date) -> int | None:
    """Which reminder is the latest that should have gone out: 0 before the due day, else days late; None for none."""
    late = loan.days_late(today)
    if late:
        return max((days for days in LATE_DAYS if days <= late), default=None)
    return 0 if loan.due_on - today <= timedelta(days=1) else None


def reminder(loan: Loan, today: date) -> Text:
    late = loan.days_late(today)
    if late:
        return Text(IS_LATE, {"name": loan.product.called, "days": late})
    return Text(BRING_BACK, {"name": loan.product.called, "month": loan.due_on.month, "day": loan.due_on.day})
