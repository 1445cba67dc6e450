"""What somebody wants to take home: of which community, of which days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.places.models import Community
from volunteer_app.sheets.months import Month, month_with
from volunteer_app.sheets.table import Sheet


@dataclass(frozen=True, slots=True)
class Asked:
    """Both days are included. `notice_id` names the public notice, for the list that hangs as one."""

    session: Session
    community: Community
    today: date
    from_on: date
    to_on: date
    language: str
    notice_id: int | None = None

    @property
    def zone(self) -> str:
        return self.community.zone

    @property
    def month(self) -> Month:
        """The month in which the period begins."""
        return month_with(self.from_on, self.zone)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def period_text(self) -> Text:
        """2026-10-12 到 2026-10-18, or one day alone."""
        values: dict[str, object] = {"first": self.from_on.isoformat(), "last": self.to_on.isoformat()}
        return Text(N_("%(first)s 到 %(last)s") if self.from_on != self.to_on else "%(first)s", values)

    def signed(self) -> list[Text | str]:
        """Lower right of a list that hangs on the wall: who issued it, when, and whom to ring."""
        return [
            self.community.issuer,
            self.today.isoformat(),
            Text(N_("监督电话 %(phone)s"), {"phone": self.community.contact_phone}),
        ]


Build = Callable[[Asked], Sheet]
