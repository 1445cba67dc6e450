"""How many seats can be filled at most: maximum flow over a simpler problem. Refuses to know rest, mixes and minutes.

Kept: who may take what, turns a day, a week and in all. Left out: everything else, so the bound is never too strict.
"""

from __future__ import annotations

from collections.abc import Iterable

from ortools.graph.python import max_flow

from .eligibility import Eligibility
from .problem import Person, Problem, Shift, ShiftId

_MANY = 1_000_000


def most_filled(problem: Problem, open_pairs: Eligibility, seats: dict[ShiftId, int]) -> int:
    """No legal plan fills more than this many of `seats` (shift -> seats that count)."""
    flow = max_flow.SimpleMaxFlow()
    source, sink = 0, 1
    nodes = {shift: number for number, shift in enumerate(seats, start=2)}
    for shift, room in seats.items():
        flow.add_arc_with_capacity(nodes[shift], sink, room)
    free = len(nodes) + 2
    for person in problem.people:
        own = [problem.shift[one] for one in open_pairs.shifts_for[person.id] if one in seats]
        free = _add_person(flow, person, own, nodes, source=source, free=free)
    flow.solve(source, sink)
    return int(flow.optimal_flow())


def _add_person(
    flow: max_flow.SimpleMaxFlow,
    person: Person,
    own: Iterable[Shift],
    nodes: dict[ShiftId, int],
    *,
    source: int,
    free: int,
) -> int:
    """source -> person -> week -> day -> shift; returns the next free node."""
    limits, weeks, days = person.limits, dict[int, int](), dict[tuple[int, int], int]()
    me, free = free, free + 1
    flow.add_arc_with_capacity(source, me, _room(limits.shifts))
    for shift in own:
        if shift.week not in weeks:
            weeks[shift.week], free = free, free + 1
            held = sum(turn.week == shift.week for turn in person.held)
            flow.add_arc_with_capacity(me, weeks[shift.week], _room(limits.shifts_per_week, held))
        at = (shift.week, shift.day)
        if at not in days:
            days[at], free = free, free + 1
            held = sum(turn.day == shift.day for turn in person.held)
            flow.add_arc_with_capacity(weeks[shift.week], days[at], _room(limits.shifts_per_day, held))
        flow.add_arc_with_capacity(days[at], nodes[shift.id], 1)
    return free


def _room(limit: int | None, held: int = 0) -> int:
    return _MANY if limit is None else max(0, limit - held)
