"""Reads of the calendar. The session's scope says whose; `community_id` does in a session without one."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.workdays.models import CalendarDay
from volunteer_app.workdays.rules import is_rest, plain_type

LONGEST_REST_DAYS = 60


def day_types(session: Session, from_on: date, to_on: date, *, community_id: int | None = None) -> dict[date, str]:
    """workday, rest, statutory_holiday, holiday_rest or makeup_workday for each day, both ends included."""
    days = [from_on + timedelta(days=step) for step in range((to_on - from_on).days + 1)]
    types = {day: plain_type(day) for day in days}
    return types | {row.day: row.kind for row in special_days(session, from_on, to_on, community_id=community_id)}


def day_type(session: Session, day: date, *, community_id: int | None = None) -> str:
    """The type of one day."""
    return day_types(session, day, day, community_id=community_id)[day]


def add_working_days(session: Session, day: date, n: int, *, community_id: int | None = None) -> date:
    """The n-th working day after `day`, counted from the next day on; make-up workdays count, holidays don't.

    n must be at least 1. Test vectors: domain dossier §2.11.
    """
    if n < 1:
        raise ValueError("count at least one working day")
    last = day + timedelta(days=3 * n + LONGEST_REST_DAYS)
    types = day_types(session, day + timedelta(days=1), last, community_id=community_id)
    return [later for later, kind in types.items() if not is_rest(kind)][n - 1]


def special_days(session: Session, from_on: date, to_on: date, *, community_id: int | None = None) -> list[CalendarDay]:
    """The calendar's rows from one day to another, in order."""
    wanted = select(CalendarDay).where(CalendarDay.day.between(from_on, to_on)).order_by(CalendarDay.day)
    if community_id is not None:
        wanted = wanted.where(CalendarDay.community_id == community_id)
    return list(session.scalars(wanted))
