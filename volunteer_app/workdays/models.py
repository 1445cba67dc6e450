"""The days that differ from their weekday."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base, InCommunity, key_in_community

KINDS = ("statutory_holiday", "holiday_rest", "makeup_workday")


class CalendarDay(InCommunity, Base):
    """A day whose type its weekday doesn't tell: holiday by law, other day off of a long holiday, make-up workday."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "day"),
        CheckConstraint("kind IN ('statutory_holiday', 'holiday_rest', 'makeup_workday')", name="kind"),
    )

    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40), default="")
