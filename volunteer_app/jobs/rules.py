"""When a slot of a job is due. Pure: time in, slot out."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from volunteer_app.core.clock import local_moment


@dataclass(frozen=True, slots=True)
class Every:
    """A slot each `minutes` minutes, counted from midnight UTC."""

    minutes: int

    def slot(self, now: datetime, zone: str) -> datetime:  # noqa: ARG002 - the same everywhere
        """The latest slot that isn't after `now`."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = int((now - midnight).total_seconds() // 60) // self.minutes * self.minutes
        return midnight + timedelta(minutes=passed)


@dataclass(frozen=True, slots=True)
class Daily:
    """A slot each day at `at`, by the community's own clock."""

    at: time

    def slot(self, now: datetime, zone: str) -> datetime:
        """The latest slot that isn't after `now`."""
        minute = self.at.hour * 60 + self.at.minute
        today = now.astimezone(ZoneInfo(zone)).date()
        slot = local_moment(today, minute, zone)
        return slot if slot <= now else local_moment(today - timedelta(days=1), minute, zone)
