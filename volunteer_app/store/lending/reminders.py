"""Messages on the day before something is due, and now and then when it is late."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.places.queries import zone_of
from volunteer_app.store.lending import queries
from volunteer_app.store.lending.models import Loan

LATE_DAYS = (1, 7, 21)
"""Days after the due day on which a reminder goes out; the first one goes on the day before it."""
BRING_BACK = N_("您借的%(name)s请在%(month)d月%(day)d日以前还回来。还要用的话，告诉管理员一声。")
IS_LATE = N_("您借的%(name)s过了归还的日子%(days)d天了，方便的时候还回来。还要用的话，告诉管理员一声。")


def remind(session: Session, community_id: int, *, now: datetime) -> int:
    """Tells people on the day before something is due, and now and then when it is late; each once. Safe to repeat.

    Returns how many loans are in one of these spans.
    """
    today = local_date(now, zone_of(session, community_id))
    told = 0
    for loan in queries.loans_out(session):
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
