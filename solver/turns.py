"""A person's turns in time: neighbours, days in a row, what came before. Refuses to know rules' names and solvers.

A turn is an own shift or a held one. A day is worked if a turn starts on it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

from .pairs import labels_of, merged
from .problem import DAY_MIN, Held, Person, Problem, Shift

Turn: TypeAlias = Shift | Held
T = TypeVar("T", Shift, Shift | Held)


def near(turns: Sequence[T], reach_min: int) -> Iterator[tuple[T, T]]:
    """Pairs of which the later one begins less than `reach_min` minutes after the earlier one's end."""
    ordered = sorted(turns, key=lambda turn: (turn.starts_min, turn.ends_min))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if second.starts_min >= first.ends_min + reach_min:
                break
            yield first, second


def reach_min(problem: Problem, person: Person) -> int:
    """Turns that begin this long after a turn's end can't clash with it."""
    limits = person.limits
    within = (2 * DAY_MIN if rule.within_min is None else rule.within_min for rule in limits.successions)
    return max(limits.gap_min, limits.rest_min, max(problem.way_min.values(), default=0), *within, 0)


def held_in_horizon(problem: Problem, person: Person) -> list[Held]:
    """Held turns on the horizon's own days: they count for its limits."""
    return [turn for turn in person.held if 0 <= turn.day < problem.horizon_days]


def grouped(turns: Iterable[T], by: str) -> dict[int, list[T]]:
    """day or week -> turns"""
    found: dict[int, list[T]] = {}
    for turn in turns:
        found.setdefault(getattr(turn, by), []).append(turn)
    return found


def with_label(turns: Iterable[T], label: str) -> list[T]:
    return [turn for turn in turns if label in labels_of(turn)]


def offered_min(person: Person, days: range) -> int:
    """Free minutes on these days."""
    first, end = days.start * DAY_MIN, days.stop * DAY_MIN
    spans = ((max(first, window.starts_min), min(end, window.ends_min)) for window in merged(person.windows))
    return sum(max(0, ends - starts) for starts, ends in spans)


def days_of_week(problem: Problem, week: int) -> range:
    """The week's days inside the horizon; none where the problem doesn't say its weeks."""
    return range(bisect_left(problem.weeks, week), bisect_right(problem.weeks, week))


def most_of_day_offered(person: Person, day: int) -> int:
    """Minutes that the agreed part of one day's offered time comes to."""
    return offered_min(person, range(day, day + 1)) * (person.limits.offered_pct_per_day or 0) // 100


def most_of_week_offered(problem: Problem, person: Person, week: int) -> int:
    """Minutes that the agreed part of one week's offered time comes to."""
    return offered_min(person, days_of_week(problem, week)) * (person.limits.offered_pct_per_week or 0) // 100


def most_of_week_share(problem: Problem, person: Person) -> int:
    """Load (minutes x percent) that the agreed part of seven days' share comes to."""
    return person.share * 7 * (person.limits.share_pct_per_week or 0) // problem.horizon_days


def most_of_day_share(problem: Problem, person: Person) -> int:
    """Load (minutes x percent) that the agreed part of one day's share comes to."""
    return person.share * (person.limits.share_pct_per_day or 0) // problem.horizon_days


def most_of_offered(problem: Problem, person: Person) -> int | None:
    """Minutes that the agreed part of the offered time comes to; None without such a limit."""
    part = person.limits.offered_pct
    return None if part is None else offered_min(person, range(problem.horizon_days)) * part // 100


def label_weeks(problem: Problem, person: Person, label: str) -> tuple[set[int], int]:
    """Weeks in which another turn with the label costs nothing, and how many weeks are taken before any own turn.

    The weeks of held turns before the horizon are among those that `Past` counts.
    """
    held = with_label(person.held, label)
    before = {turn.week for turn in held if turn.day < 0}
    inside = {turn.week for turn in held if 0 <= turn.day < problem.horizon_days}
    return {turn.week for turn in held}, person.past.of(label).weeks + len(inside - before)


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class WorkDays:
    """Days worked: `held` ones are given, `own` ones are the plan's beside them.

    Nothing is known before `first` and after `last` (the horizon, lengthened by what is held), so a run that touches
    them may go on there.
    """

    held: frozenset[int]
    own: frozenset[int]
    first: int
    last: int

    def runs(self) -> Iterator[Run]:
        """Days worked in a row, where one of them at least is own: what is held can't break a rule by itself."""
        ordered = sorted(self.held | self.own)
        start = None
        for day, after in pairwise([*ordered, None]):
            start = day if start is None else start
            if day is not None and start is not None and after != day + 1:
                if not self.own.isdisjoint(range(start, day + 1)):
                    yield Run(start, day)
                start = None

    def breaks(self) -> Iterator[Run]:
        """Days off between two days worked, of which one at least is own."""
        for before, after in pairwise(sorted(self.held | self.own)):
            if after > before + 1 and (before in self.own or after in self.own):
                yield Run(before + 1, after - 1)

    def is_open(self, run: Run) -> bool:
        """The run may go on where nothing is known."""
        return run.first <= self.first or run.last >= self.last


def work_days(problem: Problem, person: Person, turns: Iterable[Shift], label: str = "") -> WorkDays:
    """Days on which these turns and the held ones start; only those with the label, if one is given."""
    given = with_label(person.held, label) if label else person.held
    held = frozenset(turn.day for turn in given)
    own = frozenset(turn.day for turn in (with_label(turns, label) if label else turns)) - held
    known = [turn.day for turn in person.held]
    return WorkDays(held, own, min([0, *known]), max([problem.horizon_days - 1, *known]))
