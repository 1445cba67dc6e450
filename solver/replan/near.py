"""The part of a problem that a repair can see: who may change, what they hold, and who stands beside them.

People who stand beside them never change, so their own limits don't matter; every rule that meets inside a shift sees
everybody on it. Refuses to know solvers.
"""

from __future__ import annotations

from dataclasses import replace

from ..limits import NO_LIMITS
from ..plan import Plan
from ..problem import Pair, Person, Problem, ShiftId


def around(problem: Problem, kept: Plan, pairs: set[Pair]) -> Problem:
    """People and shifts of `pairs`, all turns that these people hold, and everybody who holds a seat on one of them."""
    moving = {person for person, _ in pairs}
    shifts = {shift for _, shift in pairs} | {one for person in moving for one in kept.of_person.get(person, ())}
    shifts |= _judged_with(problem, shifts)
    people = moving | {person for shift in shifts for person in kept.on_shift.get(shift, ())}
    people |= {both.companion for both in problem.together if both.person in moving}
    return replace(
        problem,
        people=tuple(_seen(one, moves=one.id in moving) for one in problem.people if one.id in people),
        shifts=tuple(one for one in problem.shifts if one.id in shifts),
        pins=tuple(one for one in problem.pins if (one.person, one.shift) in kept.assignments and one.shift in shifts),
        bars=(),
        apart=tuple(one for one in problem.apart if {one.person, one.other} <= people),
        together=tuple(one for one in problem.together if {one.person, one.companion} <= people),
        cross_mixes=tuple(one for one in problem.cross_mixes if one.shifts <= shifts),
        same_team=tuple(one for one in problem.same_team if one <= shifts),
        equal=(),
        familiar=frozenset(),
        previous=None,
    )


def _seen(person: Person, *, moves: bool) -> Person:
    """Without wishes, which a repair doesn't ask for; and without limits if none of his turns can change."""
    seen = replace(person, wanted=frozenset(), unwanted=frozenset(), partners=frozenset())
    return seen if moves else replace(seen, limits=NO_LIMITS, held=())


def _judged_with(problem: Problem, shifts: set[ShiftId]) -> set[ShiftId]:
    """Further shifts that one rule judges together with these: cross mixes and teams, as far as they hang together."""
    groups = [*(one.shifts for one in problem.cross_mixes), *problem.same_team]
    found = set(shifts)
    while True:
        more = {shift for group in groups if not found.isdisjoint(group) for shift in group} - found
        if not more:
            return found - shifts
        found |= more
