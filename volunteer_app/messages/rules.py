"""When somebody may be told something. Knows no database."""

from datetime import datetime, timedelta

from volunteer_app.core.clock import local_date, local_minute, local_moment

# No message between 21:00 and 7:00 except in an emergency. Source: domain dossier §2.11.
QUIET_FROM_MINUTE = 21 * 60
QUIET_TO_MINUTE = 7 * 60


def due_after(now: datetime, zone: str, *, is_emergency: bool = False) -> datetime:
    """The first moment from `now` on at which people may be disturbed."""
    minute = local_minute(now, zone)
    if is_emergency or QUIET_TO_MINUTE <= minute < QUIET_FROM_MINUTE:
        return now
    day = local_date(now, zone) + timedelta(days=1 if minute >= QUIET_FROM_MINUTE else 0)
    return local_moment(day, QUIET_TO_MINUTE, zone)
