"""Activity kinds, needs, series, shifts, imports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, Recipient, person_key
from volunteer_app.places.models import Area, Post

THEMES = ("red", "green", "blue")
LEVELS = ("L1", "L2", "L3")
URGENCIES = ("urgent", "hard", "worry")
SOURCES = ("phone", "wechat", "visit", "patrol", "plan", "hotline", "party", "resident", "import")
EFFORTS = (0, 1, 2)
"""Sitting or standing; much walking, long standing; stairs, carrying, heat."""
STATES = ("draft", "submitted", "verified", "scheduled", "done", "evaluated", "cancelled")


def area_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "grid_id"], ["area.community_id", "area.id"])


def post_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "post_id"], ["post.community_id", "post.id"])


def recipient_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "recipient_id"], ["recipient.community_id", "recipient.id"])


def kind_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "kind_id"], ["activity_kind.community_id", "activity_kind.id"])


def need_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "need_id"], ["need.community_id", "need.id"])


class ActivityKind(InCommunity, Base):
    """What people do together, and who may.

    `least_age` and `most_age` are inclusive. `requires` and `bars` are person tags, all needed and none allowed.
    `mixes` is a list of {"tag", "at_least"}; the tags recipient_gender and each_grid are filled in for each shift.
    `heaviness_pct` is the strain of an hour against an ordinary one. `effort`: how hard it is on the body, one of
    EFFORTS. `risk` is ordinary or high.
    `leaders_at_once`: seats kept for people who can lead (skill leader) over all shifts of the kind at the same hours.
    """

    __tablename__ = "activity_kind"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "code"),
        CheckConstraint("theme IN ('red', 'green', 'blue')", name="theme"),
        CheckConstraint("points_level IN ('L1', 'L2', 'L3')", name="points_level"),
        CheckConstraint("risk IN ('ordinary', 'high')", name="risk"),
        CheckConstraint("effort BETWEEN 0 AND 2", name="effort"),
    )

    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    theme: Mapped[str] = mapped_column(String(6))
    points_level: Mapped[str] = mapped_column(String(2), default="L1")
    risk: Mapped[str] = mapped_column(String(8), default="ordinary")
    least_age: Mapped[int | None]
    most_age: Mapped[int | None]
    needs_insurance: Mapped[bool] = mapped_column(default=False)
    own_grid_only: Mapped[bool] = mapped_column(default=False)
    minors_welcome: Mapped[bool] = mapped_column(default=False)
    does_visit: Mapped[bool] = mapped_column(default=False)
    weather_cancellable: Mapped[bool] = mapped_column(default=False)
    heaviness_pct: Mapped[int] = mapped_column(default=100)
    effort: Mapped[int] = mapped_column(default=0)
    requires: Mapped[list[str]] = mapped_column(JSON, default=list)
    bars: Mapped[list[str]] = mapped_column(JSON, default=list)
    mixes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    leaders_at_once: Mapped[int] = mapped_column(default=0)
    what: Mapped[str] = mapped_column(String(120), default="")
    bring: Mapped[str] = mapped_column(String(120), default="")
    risk_note: Mapped[str] = mapped_column(String(120), default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class NeedImport(InCommunity, Base):
    """A file of needs: read, shown, then taken in or dropped; later it may be undone.

    `good` and `bad` are the rows as read (JSON). `state` is preview, done, undone.
    """

    __tablename__ = "need_import"
    __table_args__ = (
        key_in_community(),
        CheckConstraint("state IN ('preview', 'done', 'undone')", name="state"),
    )

    file_name: Mapped[str] = mapped_column(String(120))
    good: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    bad: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="preview")
    read_at: Mapped[datetime]
    read_by_id: Mapped[int | None]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class Need(InCommunity, Base):
    """One entry of the needs list 问题清单. Local minutes of `wanted_on`; past 1440 they run over midnight.

    `later_legs`: further parts of the day for the same people (to the hospital, and back), [starts, ends] in order.
    A recipient is only ever shown as 3号服务对象. `place` is free text beside grid and post.
    """

    __tablename__ = "need"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "number"),
        kind_key(),
        area_key(),
        post_key(),
        recipient_key(),
        person_key("handler_id"),
        ForeignKeyConstraint(["community_id", "import_id"], ["need_import.community_id", "need_import.id"]),
        Index("ix_need_state", "community_id", "state"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'verified', 'scheduled', 'done', 'evaluated', 'cancelled')", name="state"
        ),
        CheckConstraint("urgency IS NULL OR urgency IN ('urgent', 'hard', 'worry')", name="urgency"),
        CheckConstraint("state <> 'cancelled' OR cancelled_reason <> ''", name="cancelled_reason"),
        CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="stars"),
    )

    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    kind_id: Mapped[int]
    grid_id: Mapped[int | None]
    post_id: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(80), default="")
    recipient_id: Mapped[int | None]
    urgency: Mapped[str | None] = mapped_column(String(6))
    source: Mapped[str] = mapped_column(String(10))
    wanted_on: Mapped[date | None]
    starts_minute: Mapped[int | None]
    ends_minute: Mapped[int | None]
    later_legs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    least: Mapped[int] = mapped_column(default=1)
    target: Mapped[int] = mapped_column(default=1)
    most: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="submitted")
    handler_id: Mapped[int | None]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    stars: Mapped[int | None]
    evaluation: Mapped[str] = mapped_column(Text, default="")
    cancelled_reason: Mapped[str] = mapped_column(String(120), default="")
    import_id: Mapped[int | None]

    kind: Mapped[ActivityKind] = relationship(viewonly=True)
    grid: Mapped[Area | None] = relationship(viewonly=True)
    post: Mapped[Post | None] = relationship(viewonly=True)
    recipient: Mapped[Recipient | None] = relationship(viewonly=True)
    handler: Mapped[Person | None] = relationship(viewonly=True)
    shifts: Mapped[list["Shift"]] = relationship(viewonly=True, order_by="Shift.starts_at")
    series: Mapped[list["Series"]] = relationship(viewonly=True, order_by="Series.id")

    @property
    def label(self) -> str:
        """0411."""
        return f"{self.number:04d}"


class Series(InCommunity, Base):
    """A need that comes again: `rrule` (RFC 5545, dates only) from `starts_on` to `until_on` inclusive.

    `on_makeup` and `on_holiday` say what happens on a make-up workday or a day off of a holiday: keep, skip,
    next_day. Local minutes; past 1440 they run over midnight. `later_legs`: as a need has them, on every date.
    Shifts exist up to `extended_until`.
    """

    __tablename__ = "series"
    __table_args__ = (
        key_in_community(),
        need_key(),
        kind_key(),
        area_key(),
        post_key(),
        recipient_key(),
        CheckConstraint("least >= 0 AND least <= target AND target <= most AND most >= 1", name="seats"),
        CheckConstraint("starts_minute >= 0 AND starts_minute < 1440 AND ends_minute > starts_minute", name="minutes"),
        CheckConstraint("on_makeup IN ('keep', 'skip', 'next_day')", name="on_makeup"),
        CheckConstraint("on_holiday IN ('keep', 'skip', 'next_day')", name="on_holiday"),
    )

    need_id: Mapped[int] = mapped_column(index=True)
    kind_id: Mapped[int]
    rrule: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    until_on: Mapped[date | None]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    later_legs: Mapped[list[Any]] = mapped_column(JSON, default=list)
    grid_id: Mapped[int | None]
    post_id: Mapped[int | None]
    recipient_id: Mapped[int | None]
    least: Mapped[int]
    target: Mapped[int]
    most: Mapped[int]
    priority: Mapped[int] = mapped_column(default=2)
    mixes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    on_makeup: Mapped[str] = mapped_column(String(8), default="keep")
    on_holiday: Mapped[str] = mapped_column(String(8), default="keep")
    extended_until: Mapped[date | None]

    kind: Mapped[ActivityKind] = relationship(viewonly=True)
    need: Mapped[Need] = relationship(viewonly=True)


class Shift(InCommunity, Base):
    """One meeting of people: seats least..most at one place and time. The tasks list 任务清单 shows them.

    `requires`: person tags that everybody needs; `bars`: tags that nobody may have; `mixes`: {"tag", "at_least"}.
    `priority` 1 is filled first. `is_heavy`: harder than its kind is (heat, stairs). `occurs_on` is the series' own
    date even when the shift has been moved to another. `is_leg`: one of several shifts of its need that the same people
    serve, on one of the series' dates; `leg` is its place among them, from 0.
    """

    __tablename__ = "shift"
    __table_args__ = (
        key_in_community(),
        need_key(),
        ForeignKeyConstraint(["community_id", "series_id"], ["series.community_id", "series.id"]),
        kind_key(),
        area_key(),
        post_key(),
        recipient_key(),
        UniqueConstraint("series_id", "occurs_on", "leg"),
        Index("ix_shift_day", "community_id", "starts_on"),
        CheckConstraint("least >= 0 AND least <= target AND target <= most AND most >= 1", name="seats"),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("state IN ('open', 'cancelled')", name="state"),
        CheckConstraint("state <> 'cancelled' OR cancelled_reason <> ''", name="cancelled_reason"),
    )

    need_id: Mapped[int] = mapped_column(index=True)
    series_id: Mapped[int | None]
    occurs_on: Mapped[date | None]
    kind_id: Mapped[int]
    grid_id: Mapped[int | None]
    post_id: Mapped[int | None]
    recipient_id: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    starts_on: Mapped[date]
    least: Mapped[int]
    target: Mapped[int]
    most: Mapped[int]
    priority: Mapped[int] = mapped_column(default=2)
    requires: Mapped[list[str]] = mapped_column(JSON, default=list)
    bars: Mapped[list[str]] = mapped_column(JSON, default=list)
    mixes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="open")
    cancelled_reason: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(120), default="")
    is_heavy: Mapped[bool] = mapped_column(default=False)
    is_leg: Mapped[bool] = mapped_column(default=False)
    leg: Mapped[int] = mapped_column(default=0)

    kind: Mapped[ActivityKind] = relationship(viewonly=True)
    need: Mapped[Need] = relationship(viewonly=True)
    grid: Mapped[Area | None] = relationship(viewonly=True)
    post: Mapped[Post | None] = relationship(viewonly=True)
    recipient: Mapped[Recipient | None] = relationship(viewonly=True)
    series: Mapped[Series | None] = relationship(viewonly=True)
    siblings: Mapped[list["Shift"]] = relationship(
        viewonly=True,
        primaryjoin="(Shift.need_id == foreign(remote(Shift.need_id)))"
        " & Shift.series_id.is_not_distinct_from(remote(Shift.series_id))"
        " & Shift.occurs_on.is_not_distinct_from(remote(Shift.occurs_on))",
        order_by="foreign(remote(Shift.starts_at))",
    )
    """All shifts of the need, or of the series' one date, itself included."""

    @property
    def task(self) -> tuple[str, int, date | None]:
        """What legs have in common: the need, or the date of the series; a shift that stands alone has it with none."""
        if not self.is_leg:
            return "shift", self.id, None
        return ("need", self.need_id, None) if self.series_id is None else ("series", self.series_id, self.occurs_on)

    @property
    def legs(self) -> list["Shift"]:
        """The shifts that the same people serve, in time order, itself included; alone unless it's one of several."""
        if not self.is_leg or self.state != "open":
            return [self]
        return [one for one in self.siblings if one.is_leg and one.state == "open"]

    @property
    def minutes(self) -> int:
        """Planned length."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60
