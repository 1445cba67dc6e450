"""A calendar month as the community counts it. Knows no tables."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from volunteer_app.core.clock import local_moment

WRITTEN = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Month:
    """`first` to `last` local dates, both included; [from_at, to_at) as moments."""

    first: date
    last: date
    from_at: datetime
    to_at: datetime

    @property
    def code(self) -> str:
        """2026-10."""
        return f"{self.first:%Y-%m}"


def month_with(day: date, zone: str) -> Month:
    """The month in which the local date lies."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(first, following - timedelta(days=1), local_moment(first, 0, zone), local_moment(following, 0, zone))


def read_month(typed: str, zone: str) -> Month | None:
    """The month written as 2026-10; None for anything else."""
    found = WRITTEN.fullmatch(typed.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
        return None
    return month_with(date(int(found[1]), int(found[2]), 1), zone)


def months_between(first: date, last: date) -> list[date]:
    """The first days of all months from one date's to the other's, newest first."""
    found, day = [], last.replace(day=1)
    while day >= first.replace(day=1):
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found
