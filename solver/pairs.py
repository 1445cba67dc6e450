"""What keeps one person from one shift, seen alone, and from two turns one after the other. Refuses to know plans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from itertools import pairwise

from .problem import DAY_MIN, Held, Limits, Person, PersonId, Problem, Shift, ShiftId, Succession, Window

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
    yield from own_reasons(problem, person, shift)


def own_reasons(problem: Problem, person: Person, shift: Shift) -> Iterable[str]:
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
        _over(tasks([shift, *day]), limits.shifts_per_day)
        or _over(shift.minutes + sum(turn.minutes for turn in day), limits.minutes_per_day)
        or _over(tasks([shift, *week]), limits.shifts_per_week)
        or _over(shift.minutes + sum(turn.minutes for turn in week), limits.minutes_per_week)
        or _over(1, limits.shifts)
        or _over(shift.minutes, limits.minutes)
        or any(
            rule.label in labels_of(shift) and 1 + sum(rule.label in turn.labels for turn in week) > rule.most
            for rule in limits.labels_per_week
        )
    )


def tasks(turns: Collection[Shift | Held]) -> int:
    """How many turns the limits see: parts of one task on one day are one."""
    return len({(turn.day, turn.task) for turn in turns if turn.task}) + sum(not turn.task for turn in turns)


def new_tasks(own: Collection[Shift], held: Collection[Held]) -> int:
    """How many turns these bring beside the held ones."""
    return tasks([*own, *held]) - tasks(held)


def further_parts(own: Collection[Shift], held: Collection[Held] = ()) -> int:
    """How many of these turns cost no turn if all are taken beside the held ones: they're parts of a task begun."""
    return len(own) - new_tasks(own, held)


def by_task(shifts: Iterable[Shift]) -> list[list[Shift]]:
    """The shifts as the limits count them: parts of one task on one day together, each other one by itself."""
    parts: dict[tuple[int, str], list[Shift]] = {}
    for shift in shifts:
        parts.setdefault((shift.day, shift.task or f"alone {shift.id}"), []).append(shift)
    return list(parts.values())


def _over(value: int, most: int | None) -> bool:
    return most is not None and value > most


def labels_of(shift: Shift | Held) -> frozenset[str]:
    """What weekly label limits see: the labels and, for a shift, its kind."""
    return shift.labels | {shift.kind} if isinstance(shift, Shift) else shift.labels
