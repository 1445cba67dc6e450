"""Which days the store is open, without a database."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.store.opening.models import Opening


class DayOver(Refused):
    """A day that is over can't be closed any more."""

    sentence = N_("这一天已经过去了，请写今天或者以后")


def is_open(openings: list[Opening], at: datetime, zone: str, closed: Collection[date] = ()) -> bool:
    """The store is open at this moment; `closed` are days on which it stays closed."""
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return local.date() not in closed and any(
        opening.starts_minute <= minute < opening.ends_minute
        and (opening.weekday == local.weekday() or opening.month_day == local.day)
        for opening in openings
    )


def next_openings(
    openings: list[Opening], from_on: date, until_on: date, closed: Collection[date] = ()
) -> list[tuple[date, Opening]]:
    """Each (local date, opening) in [from_on, until_on], in order: when a waiting order can be collected."""
    days = [from_on + timedelta(days=number) for number in range((until_on - from_on).days + 1)]
    days = [day for day in days if day not in closed]
    found = [(day, one) for day in days for one in openings if one.weekday == day.weekday() or one.month_day == day.day]
    return sorted(found, key=lambda pair: (pair[0], pair[1].starts_minute))
