"""Sheets of weekly squares with finer times, away dates, partner wishes, likes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key

DAY_CLASSES = ("any", "workday", "rest")
LEVELS = ("prefer", "if_needed")


class AvailabilitySheet(InCommunity, Base):
    """When somebody is usually free in a month; it stays good until a later month has its own.

    `month` is the month's first day. `squares` has bit `weekday * 3 + part` set for a free square (weekday 0 is Monday;
    part 0 morning, 1 afternoon, 2 evening). With `follows_rest_days` a holiday counts as a Sunday and a make-up
    workday as a Friday. `resting` says that the person wants no turns in the month. `turns_week` is how many turns
    a week are wanted at most; None leaves it to the person's limits.
    """

    __tablename__ = "availability_sheet"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("person_id", "month"),
        CheckConstraint("squares >= 0 AND squares < 2097152", name="squares"),
        CheckConstraint("turns_week IS NULL OR turns_week BETWEEN 1 AND 7", name="turns_week"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    month: Mapped[date]
    squares: Mapped[int]
    follows_rest_days: Mapped[bool] = mapped_column(default=False)
    resting: Mapped[bool] = mapped_column(default=False)
    turns_week: Mapped[int | None]
    filled_by_id: Mapped[int | None]
    filled_at: Mapped[datetime]

    finer: Mapped[list["FinerTime"]] = relationship(
        back_populates="sheet", cascade="all, delete-orphan", order_by="FinerTime.id", lazy="selectin"
    )


class FinerTime(InCommunity, Base):
    """An exception within the week: local minutes [starts_minute, ends_minute) free or blocked.

    Holds on days of `day_class` (any, workday, rest) and, if `weekday` is given, on that weekday only. Blocked wins.
    """

    __tablename__ = "finer_time"
    __table_args__ = (
        key_in_community(),
        ForeignKeyConstraint(
            ["community_id", "sheet_id"],
            ["availability_sheet.community_id", "availability_sheet.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("starts_minute >= 0 AND starts_minute < ends_minute AND ends_minute <= 1440", name="minutes"),
        CheckConstraint("day_class IN ('any', 'workday', 'rest')", name="day_class"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", name="weekday"),
    )

    sheet_id: Mapped[int] = mapped_column(index=True)
    day_class: Mapped[str] = mapped_column(String(8), default="any")
    weekday: Mapped[int | None]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    is_free: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(40), default="")

    sheet: Mapped[AvailabilitySheet] = relationship(back_populates="finer")


class Away(InCommunity, Base):
    """Not at home from `from_on` to `to_on`, both included; spans of one person never overlap."""

    __tablename__ = "away"
    __table_args__ = (key_in_community(), person_key(), CheckConstraint("from_on <= to_on", name="order"))

    person_id: Mapped[int] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    filled_by_id: Mapped[int | None]
    filled_at: Mapped[datetime]


class PartnerWish(InCommunity, Base):
    """`person_id` would like to be on turns with `partner_id`; a wish, not a rule."""

    __tablename__ = "partner_wish"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("partner_id"),
        UniqueConstraint("person_id", "partner_id"),
        CheckConstraint("person_id <> partner_id", name="two_people"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    partner_id: Mapped[int]


class Wish(InCommunity, Base):
    """A like: `about` is `kind:<activity code>` or `square:<weekday>-<part>`; `level` prefer or if_needed."""

    __tablename__ = "wish"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("person_id", "about"),
        CheckConstraint("level IN ('prefer', 'if_needed')", name="level"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    about: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(10))
