"""How many people the holes of a roster need at least, counted without a model. Refuses to know plans and solvers.

Nobody fills more holes than fit beside one another in his own time. So each hole costs at least one person divided by
the most holes that one of its takers could fill, and these parts add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil

from ..pairs import further_parts
from ..problem import Pair, Person, PersonId, Problem, Shift, ShiftId


def least_people(problem: Problem, holes: Mapping[ShiftId, int], pairs: Iterable[Pair], left_empty: int) -> int:
    """At least so many people are needed for the holes (shift -> seats) of which `left_empty` seats stay empty.

    `pairs`: seats that may be given or taken; whoever fills a hole is among them. A hole that nobody could take counts
    neither here nor among those left empty.
    """
    takers: dict[ShiftId, set[PersonId]] = {}
    for person, shift in pairs:
        if shift in holes:
            takers.setdefault(shift, set()).add(person)
    groups = _apart(takers)
    needed = (max(_needed(problem, holes, takers, some) for some in _sorts(problem, group)) for group in groups)
    return max(0, sum(needed) - left_empty)


def _apart(takers: Mapping[ShiftId, set[PersonId]]) -> Iterator[list[ShiftId]]:
    """Holes in groups that have no taker in common."""
    waiting = dict.fromkeys(takers)
    while waiting:
        group = [next(iter(waiting))]
        for one in group:
            waiting.pop(one, None)
            near = [other for other in waiting if not takers[one].isdisjoint(takers[other])]
            group += [other for other in near if other not in group]
        yield group


def _sorts(problem: Problem, group: list[ShiftId]) -> Iterator[list[ShiftId]]:
    """The whole group, the holes of each day, and those of each moment: any of them may need the most people."""
    yield group
    shifts = [problem.shift[one] for one in group]
    for day in {one.day for one in shifts}:
        yield [one.id for one in shifts if one.day == day]
    for at in {one.starts_min for one in shifts}:
        yield [one.id for one in shifts if one.starts_min <= at < one.ends_min]


def _needed(
    problem: Problem, holes: Mapping[ShiftId, int], takers: Mapping[ShiftId, set[PersonId]], some: list[ShiftId]
) -> int:
    most: dict[ShiftId, int] = dict.fromkeys(some, 1)
    for person in set().union(*(takers[one] for one in some)) if len(some) > 1 else ():
        own = [one for one in some if person in takers[one]]
        fitting = _fitting(problem.person[person], [problem.shift[one] for one in own])
        most |= {one: max(most[one], fitting) for one in own}
    return ceil(sum(Fraction(holes[one], most[one]) for one in some))


def _fitting(person: Person, shifts: list[Shift]) -> int:
    """No more of these turns fit into his time: each day by itself, with his gap between turns and his number a day."""
    ordered = sorted(shifts, key=lambda one: one.ends_min)
    days = ([one for one in ordered if one.day == day] for day in {one.day for one in shifts})
    return sum(_on_day(person, own) for own in days)


def _on_day(person: Person, ordered: list[Shift]) -> int:
    """By his gaps, and by his number a day, for which parts of one task are one turn."""
    most, in_line = person.limits.shifts_per_day, _in_line(person, ordered)
    return in_line if most is None else min(in_line, most + further_parts(ordered))


def _in_line(person: Person, ordered: list[Shift]) -> int:
    """The most turns one after the other: always the next one that ends first."""
    turns, free_from = 0, ordered[0].starts_min
    for one in ordered:
        if not turns or one.starts_min >= free_from:
            turns, free_from = turns + 1, one.ends_min + person.limits.gap_min
    return turns
