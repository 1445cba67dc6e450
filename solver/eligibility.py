"""Who may take what, seen alone: one person, one shift, no other seats. Refuses to know plans and solvers.

The open pairs of a whole problem are found sparsely (bitsets by tag, sorted windows by time), so ten thousand people
and four thousand shifts never meet pair by pair; the reason why one pair is closed is worked out when it's asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .problem import DAY_MIN, Held, Limits, Pair, Person, PersonId, Problem, Shift, ShiftId, Succession, Window

REASONS = (
    "barred_seat",
    "skill",
    "lapsed",
    "tag_barred",
    "daytime",
    "effort",
    "available",
    "held",
    "limit_zero",
)
"""Reason codes in the order in which they're tried: the first that applies is the reason."""

Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The open pairs of a problem: pair k is `people[person[k]]` on `shifts[shift[k]]`, sorted by person, then shift.

    `person` and `shift` are indices into the problem's tuples.
    """

    problem: Problem
    person: Numbers
    shift: Numbers

    @cached_property
    def people_for(self) -> dict[ShiftId, tuple[PersonId, ...]]:
        """shift id -> people who may take it, in the problem's order"""
        names = [person.id for person in self.problem.people]
        order = np.argsort(self.shift, kind="stable")
        cuts = np.searchsorted(self.shift[order], np.arange(len(self.problem.shifts) + 1))
        rows = self.person[order].tolist()
        return {
            shift.id: tuple([names[row] for row in rows[cuts[index] : cuts[index + 1]]])
            for index, shift in enumerate(self.problem.shifts)
        }

    @cached_property
    def shifts_for(self) -> dict[PersonId, tuple[ShiftId, ...]]:
        """person id -> shifts that he may take, in the problem's order"""
        names = [shift.id for shift in self.problem.shifts]
        cuts = np.searchsorted(self.person, np.arange(len(self.problem.people) + 1))
        rows = self.shift.tolist()
        return {
            person.id: tuple([names[row] for row in rows[cuts[index] : cuts[index + 1]]])
            for index, person in enumerate(self.problem.people)
        }


def eligibility(problem: Problem) -> Eligibility:
    """Every open pair of the problem: those for which `pair_reason` is None."""
    spans = _Spans(problem)
    banned: dict[PersonId, set[int]] = {}
    number = {shift.id: index for index, shift in enumerate(problem.shifts)}
    for bar in problem.bars:
        banned.setdefault(bar.person, set()).add(number[bar.shift])
    found = [
        spans.open_for(person, np.sort(shifts), banned.get(person.id))
        for person, shifts in zip(problem.people, _by_tags(problem), strict=True)
    ]
    counts = [len(one) for one in found]
    shift = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return Eligibility(problem, np.repeat(np.arange(len(found), dtype=np.int64), counts), shift)


def of_pairs(problem: Problem, pairs: Iterable[Pair]) -> Eligibility:
    """Only these pairs are open; they're trusted to be legal."""
    person = {one.id: index for index, one in enumerate(problem.people)}
    shift = {one.id: index for index, one in enumerate(problem.shifts)}
    rows = sorted((person[one], shift[other]) for one, other in pairs)
    both = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Eligibility(problem, both[:, 0], both[:, 1])


def _by_tags(problem: Problem) -> list[Numbers]:
    """For each person the shifts whose required and barred tags suit him (every kind of shift asked once).

    Tags that hold on some days only are given the benefit of the doubt.
    """
    kinds: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for index, shift in enumerate(problem.shifts):
        kinds.setdefault((shift.requires, shift.bars), []).append(index)
    holders: dict[str, npt.NDArray[np.bool_]] = {}
    at_times: dict[str, npt.NDArray[np.bool_]] = {}
    for index, person in enumerate(problem.people):
        for tag in person.tags:
            holders.setdefault(tag, np.zeros(len(problem.people), dtype=np.bool_))[index] = True
        for dated in person.dated_tags:
            at_times.setdefault(dated.tag, np.zeros(len(problem.people), dtype=np.bool_))[index] = True
    nobody = np.zeros(len(problem.people), dtype=np.bool_)
    suited: list[list[Numbers]] = [[] for _ in problem.people]
    for (requires, bars), members in kinds.items():
        shifts = np.array(members, dtype=np.int64)
        fits = ~nobody
        for tag in requires:
            fits = fits & (holders.get(tag, nobody) | at_times.get(tag, nobody))
        for tag in bars:
            fits = fits & ~holders.get(tag, nobody)
        for one in np.flatnonzero(fits).tolist():
            suited[one].append(shifts)
    return [np.concatenate(one) if one else np.empty(0, dtype=np.int64) for one in suited]


class _Spans:
    """The problem's shifts as arrays, to be held against one person's windows and limits at once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._shifts = problem.shifts
        self._midnights = np.array([shift.day * DAY_MIN for shift in problem.shifts], dtype=np.int64)
        self._efforts = np.array([shift.effort for shift in problem.shifts], dtype=np.int64)
        self._starts = np.array([shift.starts_min for shift in problem.shifts], dtype=np.int64)
        self._ends = np.array([shift.ends_min for shift in problem.shifts], dtype=np.int64)

    def open_for(self, person: Person, shifts: Numbers, banned: set[int] | None) -> Numbers:
        """Those of `shifts` (indices) that the person may take."""
        if not len(shifts) or not person.windows:
            return shifts[:0]
        free = merged(person.windows)
        begins = np.array([window.starts_min for window in free], dtype=np.int64)
        closes = np.array([window.ends_min for window in free], dtype=np.int64)
        window = np.searchsorted(begins, self._starts[shifts], "right") - 1
        fits = (window >= 0) & (closes[window] >= self._ends[shifts])
        fits &= self._ends[shifts] - self._starts[shifts] <= _longest_turn(person.limits)
        found = self._suited(person, shifts[fits])
        if banned:
            found = found[[one not in banned for one in found.tolist()]]
        if person.held or _rules_turns_out(person.limits):
            alone = (
                next(iter(_own_reasons(self._problem, person, self._shifts[one])), None) is None
                for one in found.tolist()
            )
            found = found[np.fromiter(alone, dtype=np.bool_, count=len(found))]
        return found

    def _suited(self, person: Person, shifts: Numbers) -> Numbers:
        """Those at hours, of an effort, and on days that suit the person."""
        limits = person.limits
        if limits.earliest_min is not None:
            shifts = shifts[self._starts[shifts] >= self._midnights[shifts] + limits.earliest_min]
        if limits.latest_min is not None:
            shifts = shifts[self._ends[shifts] <= self._midnights[shifts] + limits.latest_min]
        if limits.effort is not None:
            shifts = shifts[self._efforts[shifts] <= limits.effort]
        if person.dated_tags:
            fits = [has_tags(person, self._shifts[one]) for one in shifts.tolist()]
            shifts = shifts[np.array(fits, dtype=np.bool_)]
        return shifts


def _longest_turn(limits: Limits) -> float:
    """No single turn may be longer, in minutes."""
    known = (limits.minutes_per_day, limits.minutes_per_week, limits.minutes)
    return min((one for one in known if one is not None), default=float("inf"))


def _rules_turns_out(limits: Limits) -> bool:
    """Some limit allows no turn at all, of any or of one sort."""
    known = (
        limits.shifts_per_day,
        limits.shifts_per_week,
        limits.shifts,
        *(one.most for one in limits.labels_per_week),
    )
    return 0 in known


def pair_reason(problem: Problem, person: PersonId, shift: ShiftId) -> str | None:
    """The reason why this pair may not, or None."""
    one, turn = problem.person[person], problem.shift[shift]
    if (
        not has_skill(one, turn) and (person, shift) not in problem.barred
    ):  # most pairs end here: windows aren't looked at
        return "skill"
    return _reason(problem, one, turn, merged(one.windows))


def pair_reasons(problem: Problem, person: PersonId, shift: ShiftId) -> tuple[str, ...]:
    """Every reason why this pair may not, in the order of REASONS."""
    one, other = problem.person[person], problem.shift[shift]
    return tuple(_all_reasons(problem, one, other, merged(one.windows)))


def _reason(problem: Problem, person: Person, shift: Shift, free: list[Window]) -> str | None:
    return next(iter(_all_reasons(problem, person, shift, free)), None)


def _all_reasons(problem: Problem, person: Person, shift: Shift, free: list[Window]) -> Iterable[str]:
    if (person.id, shift.id) in problem.barred:
        yield "barred_seat"
    if not has_skill(person, shift):
        yield "skill"
    if is_lapsed(person, shift):
        yield "lapsed"
    if is_tag_barred(person, shift):
        yield "tag_barred"
    if is_outside_daytime(person.limits, shift):
        yield "daytime"
    if is_too_hard(person.limits, shift):
        yield "effort"
    if not is_available(free, shift):
        yield "available"
    yield from _own_reasons(problem, person, shift)


def _own_reasons(problem: Problem, person: Person, shift: Shift) -> Iterable[str]:
    """Reasons that lie in the person's held turns and limits."""
    if any(clash(problem, person.limits, turn, shift) for turn in person.held):
        yield "held"
    if _is_over_alone(person, shift):
        yield "limit_zero"


def suits(person: Person, shift: Shift, free: list[Window]) -> bool:
    """The person may, by what he is and when he's free; `free`: his merged windows."""
    return (
        has_tags(person, shift)
        and not is_outside_daytime(person.limits, shift)
        and not is_too_hard(person.limits, shift)
        and is_available(free, shift)
    )


def has_tags(person: Person, shift: Shift) -> bool:
    """On the shift's day the person has every tag that it requires and none that it bars."""
    return shift.requires <= person.tags_on(shift.day) and not is_tag_barred(person, shift)


def has_skill(person: Person, shift: Shift) -> bool:
    """The person has every tag that the shift requires, on this day or another."""
    return shift.requires <= person.tags_ever


def is_lapsed(person: Person, shift: Shift) -> bool:
    """A tag that the shift requires doesn't hold on its day, though it holds on another."""
    if shift.requires <= person.tags:
        return False
    return bool((shift.requires & person.tags_ever) - person.tags_on(shift.day))


def is_tag_barred(person: Person, shift: Shift) -> bool:
    """The person has, on the day of the shift, a tag that it bars."""
    return not shift.bars.isdisjoint(person.tags_on(shift.day))


def is_outside_daytime(limits: Limits, shift: Shift) -> bool:
    """The shift begins before or ends after the hours of its day that suit the person."""
    midnight = shift.day * DAY_MIN
    if limits.earliest_min is not None and shift.starts_min < midnight + limits.earliest_min:
        return True
    return limits.latest_min is not None and shift.ends_min > midnight + limits.latest_min


def is_too_hard(limits: Limits, shift: Shift) -> bool:
    """The work is harder than what suits the person."""
    return limits.effort is not None and shift.effort > limits.effort


def is_available(free: list[Window], shift: Shift) -> bool:
    """One of the merged free windows holds the whole shift."""
    index = bisect_right(free, shift.starts_min, key=lambda window: window.starts_min) - 1
    return index >= 0 and free[index].ends_min >= shift.ends_min


def merged(windows: tuple[Window, ...]) -> list[Window]:
    """Sorted, with touching and overlapping windows joined."""
    if all(one.ends_min < other.starts_min for one, other in pairwise(windows)):
        return list(windows)
    joined: list[Window] = []
    for window in sorted(windows, key=lambda one: one.starts_min):
        if joined and window.starts_min <= joined[-1].ends_min:
            ends = max(joined[-1].ends_min, window.ends_min)
            joined[-1] = Window(joined[-1].starts_min, ends)
        else:
            joined.append(window)
    return joined


def clash(problem: Problem, limits: Limits, first: Shift | Held, second: Shift | Held) -> str | None:
    """The rule that keeps one person from both turns: "overlap", "gap", "way", "rest", "succession" or None."""
    if (first.starts_min, first.ends_min) > (second.starts_min, second.ends_min):
        first, second = second, first
    between = second.starts_min - first.ends_min
    if between < 0:
        return "overlap"
    if between < limits.gap_min:
        return "gap"
    if problem.ways and between < problem.way_min.get((first.place, second.place), 0):
        return "way"
    if between < limits.rest_min and min(first.minutes, second.minutes) >= limits.long_min:
        return "rest"
    if limits.successions and any(follows(rule, first, second) for rule in limits.successions):
        return "succession"
    return None


def follows(rule: Succession, first: Shift | Held, second: Shift | Held) -> bool:
    """The second turn comes after the first one in the way that the rule rules out."""
    if rule.first not in labels_of(first) or rule.then not in labels_of(second):
        return False
    if rule.within_min is None:
        return second.day == first.day + 1
    return 0 <= second.starts_min - first.ends_min < rule.within_min


def _is_over_alone(person: Person, shift: Shift) -> bool:
    """This shift and what is held already pass a limit by themselves."""
    limits = person.limits
    day = [turn for turn in person.held if turn.day == shift.day]
    week = [turn for turn in person.held if turn.week == shift.week]
    return (
        _over(1 + len(day), limits.shifts_per_day)
        or _over(shift.minutes + sum(turn.minutes for turn in day), limits.minutes_per_day)
        or _over(1 + len(week), limits.shifts_per_week)
        or _over(shift.minutes + sum(turn.minutes for turn in week), limits.minutes_per_week)
        or _over(1, limits.shifts)
        or _over(shift.minutes, limits.minutes)
        or any(
            rule.label in labels_of(shift) and 1 + sum(rule.label in turn.labels for turn in week) > rule.most
            for rule in limits.labels_per_week
        )
    )


def _over(value: int, most: int | None) -> bool:
    return most is not None and value > most


def labels_of(shift: Shift | Held) -> frozenset[str]:
    """What weekly label limits see: the labels and, for a shift, its kind."""
    return shift.labels | {shift.kind} if isinstance(shift, Shift) else shift.labels
