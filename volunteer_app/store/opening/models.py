"""When the store is open, and when it isn't although it would be."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base, InCommunity, key_in_community


class Opening(InCommunity, Base):
    """When the store is open: every `weekday` (0 Monday) or every `month_day`, in local minutes of the day."""

    __tablename__ = "store_opening"
    __table_args__ = (
        key_in_community(),
        CheckConstraint("(weekday IS NULL) <> (month_day IS NULL)", name="one_rhythm"),
    )

    weekday: Mapped[int | None]
    month_day: Mapped[int | None]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    place: Mapped[str] = mapped_column(String(40), default="")


class ClosedDay(InCommunity, Base):
    """A day on which the store stays closed although it would be open."""

    __tablename__ = "store_closed_day"
    __table_args__ = (key_in_community(), UniqueConstraint("community_id", "on"))

    on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(40), default="")
