"""The one source of "now". Actions never call it: they are handed `now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """A clock that shows `start` (aware) at this moment and goes on from there; the demo's month uses it."""
    if start.tzinfo is None:
        raise ValueError("a clock starts at an aware moment")
    offset = start.astimezone(UTC) - system_clock()
    return lambda: system_clock() + offset


def local_date(moment: datetime, zone: str) -> date:
    """The calendar date of `moment` in the IANA zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(ends_at: datetime, zone: str) -> date:
    """The last calendar date in the zone of what ends at `ends_at`, whether or not that is midnight."""
    return local_date(ends_at - timedelta(microseconds=1), zone)


def local_moment(day: date, minute: int, zone: str) -> datetime:
    """Aware UTC moment of `minute` minutes after local midnight of `day`; minutes past 1440 run into the next day."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def local_minute(moment: datetime, zone: str) -> int:
    """Minutes since local midnight of the moment's own date, [0, 1440)."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def month_start(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month that follows the day's."""
    return month_start(month_start(month) + timedelta(days=31))
