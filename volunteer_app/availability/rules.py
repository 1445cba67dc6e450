"""Squares, finer times and day types as free minutes of a day; the usual patterns. Knows no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from volunteer_app.workdays.rules import is_rest

DAY_PARTS = ("morning", "afternoon", "evening")
PART_MINUTES = ((420, 720), (720, 1080), (1080, 1260))  # 7:00–12:00, 12:00–18:00, 18:00–21:00 local
SQUARES = 21
SUNDAY, FRIDAY = 6, 4
EMPLOYED = ("party_employed", "employed", "student", "student_returnee", "minor")

Span = tuple[int, int]


class Finer(Protocol):
    """A time within the day that is free or blocked; see models.FinerTime."""

    @property
    def day_class(self) -> str: ...
    @property
    def weekday(self) -> int | None: ...
    @property
    def starts_minute(self) -> int: ...
    @property
    def ends_minute(self) -> int: ...
    @property
    def is_free(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class FinerEntry:
    """Local minutes [starts_minute, ends_minute) on days of `day_class`, on one weekday or any."""

    starts_minute: int
    ends_minute: int
    is_free: bool = False
    day_class: str = "any"
    weekday: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A usual pattern of availability."""

    squares: int
    finer: tuple[FinerEntry, ...] = ()
    follows_rest_days: bool = False


def mask(squares: Iterable[tuple[int, int]]) -> int:
    """(weekday, part) pairs as one number, bit weekday * 3 + part."""
    return sum(1 << (weekday * 3 + part) for weekday, part in set(squares))


def chosen(squares: int) -> list[tuple[int, int]]:
    """The (weekday, part) pairs of a number, in order."""
    return [divmod(bit, 3) for bit in range(SQUARES) if squares >> bit & 1]


def every(*parts: int, days: Iterable[int] = range(7)) -> int:
    """The given parts on the given weekdays."""
    return mask((weekday, part) for weekday in days for part in parts)


ALL = every(0, 1, 2)
# The patterns of the October scenario, domain dossier §5.B; rest days are weekends and days off of holidays.
TEMPLATES = {
    "ALL": Template(ALL),
    "AM": Template(every(0)),
    "PM": Template(every(1, 2), (FinerEntry(720, 780),)),
    "ALL_NO_WED_AM": Template(ALL & ~every(0, days=[2])),
    "NO_SCHOOL_RUN": Template(ALL, (FinerEntry(930, 1050, day_class="workday", reason="接孩子"),)),
    "EVE_WE": Template(
        every(2, days=range(5)) | every(0, 1, 2, days=(5, 6)),
        (FinerEntry(1080, 1110, day_class="workday"),),
        follows_rest_days=True,
    ),
    "WEEKEND": Template(every(0, 1, 2, days=(5, 6)), follows_rest_days=True),
}


def counts_as(day: date, day_type: str, *, follows_rest_days: bool) -> int:
    """The weekday whose squares hold: for those who follow rest days a holiday is a Sunday, a make-up day a Friday."""
    if follows_rest_days and day_type in ("statutory_holiday", "holiday_rest"):
        return SUNDAY
    if follows_rest_days and day_type == "makeup_workday":
        return FRIDAY
    return day.weekday()


def free_minutes(
    squares: int, finer: Iterable[Finer], day: date, day_type: str, *, follows_rest_days: bool = False
) -> list[Span]:
    """The free spans of one day in local minutes, merged and in order; a blocked finer time wins over everything."""
    weekday = counts_as(day, day_type, follows_rest_days=follows_rest_days)
    here = [one for one in finer if holds(one, day, day_type)]
    free = [PART_MINUTES[part] for part in range(3) if squares >> (weekday * 3 + part) & 1]
    free += [(one.starts_minute, one.ends_minute) for one in here if one.is_free]
    return without(merged(free), [(one.starts_minute, one.ends_minute) for one in here if not one.is_free])


def holds(finer: Finer, day: date, day_type: str) -> bool:
    """Whether a finer time speaks of this day."""
    wanted = {"any": True, "rest": is_rest(day_type), "workday": not is_rest(day_type)}[finer.day_class]
    return wanted and finer.weekday in (None, day.weekday())


def merged(spans: Iterable[Span]) -> list[Span]:
    """Touching and overlapping spans as one."""
    result: list[Span] = []
    for starts, ends in sorted(spans):
        if result and starts <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends))
        else:
            result.append((starts, ends))
    return result


def without(spans: Sequence[Span], blocked: Iterable[Span]) -> list[Span]:
    """`spans` minus `blocked`."""
    left = list(spans)
    for starts, ends in blocked:
        left = [
            (first, last)
            for span in left
            for first, last in ((span[0], min(span[1], starts)), (max(span[0], ends), span[1]))
            if first < last
        ]
    return left
