"""Who may take what, seen alone: one person, one shift, no other seats. Refuses to know plans and solvers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .problem import Held, Limits, Pair, Person, PersonId, Problem, Shift, ShiftId, Window

REASONS = ("barred_seat", "skill", "tag_barred", "available", "held", "limit_zero")
"""Reason codes in the order in which they're tried: the first that applies is the reason."""


@dataclass(frozen=True)
class Eligibility:
    """`reasons[person, shift]`: the first reason that forbids the pair; pairs that aren't there are open."""

    reasons: dict[Pair, str]
    people_for: dict[ShiftId, tuple[PersonId, ...]]
    shifts_for: dict[PersonId, tuple[ShiftId, ...]]


def eligibility(problem: Problem) -> Eligibility:
    """Every pair of the problem judged once."""
    reasons: dict[Pair, str] = {}
    people_for: dict[ShiftId, list[PersonId]] = {shift.id: [] for shift in problem.shifts}
    shifts_for: dict[PersonId, list[ShiftId]] = {person.id: [] for person in problem.people}
    barred = problem.barred
    for person in problem.people:
        free = merged(person.windows)
        for shift in problem.shifts:
            reason = _reason(person, shift, barred, free)
            if reason:
                reasons[person.id, shift.id] = reason
            else:
                people_for[shift.id].append(person.id)
                shifts_for[person.id].append(shift.id)
    return Eligibility(
        reasons,
        {shift: tuple(people) for shift, people in people_for.items()},
        {person: tuple(shifts) for person, shifts in shifts_for.items()},
    )


def pair_reason(problem: Problem, person: PersonId, shift: ShiftId) -> str | None:
    """The reason why this pair may not, or None."""
    one = problem.person[person]
    return _reason(one, problem.shift[shift], problem.barred, merged(one.windows))


def pair_reasons(problem: Problem, person: PersonId, shift: ShiftId) -> tuple[str, ...]:
    """Every reason why this pair may not, in the order of REASONS."""
    one, other = problem.person[person], problem.shift[shift]
    return tuple(_all_reasons(one, other, problem.barred, merged(one.windows)))


def _reason(person: Person, shift: Shift, barred: frozenset[Pair], free: list[Window]) -> str | None:
    return next(iter(_all_reasons(person, shift, barred, free)), None)


def _all_reasons(person: Person, shift: Shift, barred: frozenset[Pair], free: list[Window]) -> Iterable[str]:
    if (person.id, shift.id) in barred:
        yield "barred_seat"
    if not has_skill(person, shift):
        yield "skill"
    if is_tag_barred(person, shift):
        yield "tag_barred"
    if not is_available(free, shift):
        yield "available"
    if any(clash(person.limits, turn, shift) for turn in person.held):
        yield "held"
    if _is_over_alone(person, shift):
        yield "limit_zero"


def has_skill(person: Person, shift: Shift) -> bool:
    """The person has every tag that the shift requires."""
    return shift.requires <= person.tags


def is_tag_barred(person: Person, shift: Shift) -> bool:
    """The person has a tag that the shift bars."""
    return not shift.bars.isdisjoint(person.tags)


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


def clash(limits: Limits, first: Shift | Held, second: Shift | Held) -> str | None:
    """The rule that keeps one person from both turns: "overlap", "gap", "rest" or None."""
    if first.starts_min > second.starts_min:
        first, second = second, first
    between = second.starts_min - first.ends_min
    if between < 0:
        return "overlap"
    if between < limits.gap_min:
        return "gap"
    if between < limits.rest_min and min(first.minutes, second.minutes) >= limits.long_min:
        return "rest"
    return None


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
