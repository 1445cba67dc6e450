"""How much one person may be asked for, and what he brings along from before. Refuses to know shifts and plans.

A limit of None is no limit. Minutes are lengths of turns, never weighted, save for parts of a share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

DAY_MIN = 24 * 60


class InvalidProblem(ValueError):
    """The question itself is malformed; `place` says where, as a path such as `people[3].share`."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


def require(holds: bool, place: str, why: str) -> None:
    """Raises InvalidProblem unless it holds."""
    if not holds:
        raise InvalidProblem(place, why)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time `[starts_min, ends_min)`."""

    starts_min: int
    ends_min: int

    def __post_init__(self) -> None:
        require(self.ends_min > self.starts_min, "ends_min", f"{self.ends_min} is not after {self.starts_min}")


@dataclass(frozen=True, slots=True)
class LabelLimit:
    """At most `most` of something that carries `label` (a shift's kind counts as a label), such as 2 nights."""

    label: str
    most: int

    def __post_init__(self) -> None:
        require(bool(self.label), "label", "is empty")
        require(self.most >= 0, "most", f"{self.most} is below 0")


@dataclass(frozen=True, slots=True)
class Succession:
    """No turn labelled `then` after one labelled `first`: none that starts within `within_min` minutes of its end.

    None: none on the next day, whatever the hours (no morning on the day after a late turn).
    """

    first: str
    then: str
    within_min: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.first), "first", "is empty")
        require(bool(self.then), "then", "is empty")
        require(self.within_min is None or self.within_min >= 0, "within_min", f"{self.within_min} is below 0")


_AMOUNTS = (
    "shifts_per_day",
    "minutes_per_day",
    "shifts_per_week",
    "minutes_per_week",
    "shifts",
    "minutes",
    "share_pct",
    "share_pct_per_week",
    "share_pct_per_day",
    "offered_pct",
    "offered_pct_per_week",
    "offered_pct_per_day",
    "gap_min",
    "rest_min",
    "long_min",
    "effort",
    "days_in_row",
)
_LEASTS = ("days_in_row_least", "days_off_least")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person may be asked for.

    Amounts: turns and minutes a day, a week and in the horizon; parts of one task are one turn. `share_pct`: load
    (weighted, the past included) of the horizon at most this part of the own share; `share_pct_per_week` and
    `share_pct_per_day`: load of one week or day, the past not included, at most this part of seven days' or one
    day's share. `offered_pct`: minutes at most this part of the free windows' minutes; `offered_pct_per_week` and
    `offered_pct_per_day`: of one week or day at most this part of that week's or day's (the horizon's own days
    only).
    Labels: at most so many turns a week (`labels_per_week`), in the horizon (`labels`), in so many different weeks
    (`label_weeks`, such as weekends), and on so many days in a row (`labels_in_row`).
    Time: `gap_min` minutes between any two turns; `rest_min` between two turns that both last `long_min` or more;
    turns lie between `earliest_min` and `latest_min`, minutes of their own day (above 1440: after its midnight);
    `successions` name what doesn't follow what. `effort`: the hardest work that suits him (see `Shift.effort`).
    Days: `days_in_row` at most, `days_in_row_least` and `days_off_least` at least, by the day on which a turn starts.
    """

    shifts_per_day: int | None = None
    minutes_per_day: int | None = None
    shifts_per_week: int | None = None
    minutes_per_week: int | None = None
    shifts: int | None = None
    minutes: int | None = None
    share_pct: int | None = None
    share_pct_per_week: int | None = None
    share_pct_per_day: int | None = None
    offered_pct: int | None = None
    offered_pct_per_week: int | None = None
    offered_pct_per_day: int | None = None
    gap_min: int = 0
    rest_min: int = 0
    long_min: int = 480
    earliest_min: int | None = None
    latest_min: int | None = None
    effort: int | None = None
    labels_per_week: tuple[LabelLimit, ...] = ()
    labels: tuple[LabelLimit, ...] = ()
    label_weeks: tuple[LabelLimit, ...] = ()
    labels_in_row: tuple[LabelLimit, ...] = ()
    successions: tuple[Succession, ...] = ()
    days_in_row: int | None = None
    days_in_row_least: int = 1
    days_off_least: int = 1

    def __post_init__(self) -> None:
        for name in _AMOUNTS:
            value = getattr(self, name)
            require(value is None or value >= 0, name, f"{value} is below 0")
        for name in _LEASTS:
            require(getattr(self, name) >= 1, name, f"{getattr(self, name)} is below 1")
        most = self.days_in_row
        is_room = most is None or most == 0 or most >= self.days_in_row_least
        require(is_room, "days_in_row", f"{most} is below days_in_row_least {self.days_in_row_least}")


NO_LIMITS = Limits()


def used_limits(everybody: Iterable[Limits]) -> frozenset[str]:
    """Names of the limits that differ from no limit for somebody."""
    known = fields(Limits)
    columns = zip(*map(attrgetter(*(one.name for one in known)), everybody), strict=True)
    return frozenset(
        one.name for one, column in zip(known, columns, strict=False) if any(value != one.default for value in column)
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A turn that a person already holds outside this problem (last week, another roster, already worked).

    It counts for overlap, gap, way, rest, succession, for days in a row, and for every limit of its day and week; for
    the limits of the horizon it counts on the horizon's own days. It's no load (see `Person.past_load`). `starts_min`
    may be negative; `day` and `week` continue the problem's indices below 0. An empty `place` is near everything.
    `task` as of a shift.
    """

    starts_min: int
    ends_min: int
    day: int
    week: int
    labels: frozenset[str] = frozenset()
    place: str = ""
    task: str = ""

    def __post_init__(self) -> None:
        require(self.ends_min > self.starts_min, "ends_min", f"{self.ends_min} is not after {self.starts_min}")

    @property
    def minutes(self) -> int:
        return self.ends_min - self.starts_min


@dataclass(frozen=True, slots=True)
class LabelCount:
    """Served before the horizon: `turns` that carry the label, in `weeks` different weeks."""

    label: str
    turns: int = 0
    weeks: int = 0

    def __post_init__(self) -> None:
        require(self.turns >= 0, "turns", f"{self.turns} is below 0")
        require(self.weeks >= 0, "weeks", f"{self.weeks} is below 0")


@dataclass(frozen=True, slots=True)
class Past:
    """Served before the horizon in the period (a quarter, a year) over which the horizon's limits are meant.

    Counts for `Limits.shifts`, `minutes`, `labels`, `label_weeks` and for `Person.least_shifts`. A turn before the
    horizon whose time or day still matters (rest, days in a row, this week's limits) is given as `Held` as well.
    """

    shifts: int = 0
    minutes: int = 0
    labels: tuple[LabelCount, ...] = ()

    def __post_init__(self) -> None:
        require(self.shifts >= 0, "shifts", f"{self.shifts} is below 0")
        require(self.minutes >= 0, "minutes", f"{self.minutes} is below 0")

    def of(self, label: str) -> LabelCount:
        """What was served with this label."""
        return next((one for one in self.labels if one.label == label), LabelCount(label))


NO_PAST = Past()
