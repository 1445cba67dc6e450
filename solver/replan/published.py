"""What of a published plan can stay, and what changes from one plan to another. Refuses to know solvers."""

from __future__ import annotations

from dataclasses import dataclass

from .. import check
from ..pins import with_seats, without_lacking
from ..plan import Plan
from ..problem import Pair, PersonId, Problem, ShiftId


@dataclass(frozen=True, slots=True)
class Diff:
    """Seats that are new and seats that are gone; `people`: everyone whose own turns change, the absent included."""

    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    people: tuple[PersonId, ...]


def difference(before: Plan, after: Plan) -> Diff:
    """What changes from one plan to another."""
    added, removed = after.assignments - before.assignments, before.assignments - after.assignments
    people = {person for person, _ in added | removed}
    return Diff(tuple(sorted(added)), tuple(sorted(removed)), tuple(sorted(people)))


def is_open(problem: Problem, shift: ShiftId, now_min: int) -> bool:
    """The shift hasn't started yet."""
    return problem.shift[shift].starts_min >= now_min


def still_valid(problem: Problem, published: Plan, now_min: int) -> Plan:
    """The published seats that can stay: all of the past, then pins, then the others in order of their start.

    Only people and shifts beside a broken rule are looked at seat by seat: a plan that breaks none stays whole.
    """
    known = Plan(
        frozenset(pair for pair in published.assignments if pair[0] in problem.person and pair[1] in problem.shift)
    )
    doubtful = _doubtful(problem, known, now_min)
    pins = {(pin.person, pin.shift) for pin in problem.pins}
    ordered = sorted(doubtful, key=lambda pair: (pair not in pins, problem.shift[pair[1]].starts_min, pair))
    plan = with_seats(problem, Plan(known.assignments - doubtful), ordered)
    past = Plan(frozenset(pair for pair in known.assignments if not is_open(problem, pair[1], now_min)))
    return without_lacking(problem, plan, past)


def _doubtful(problem: Problem, plan: Plan, now_min: int) -> frozenset[Pair]:
    """Open seats of people, and on shifts, that break a rule."""
    people: set[PersonId] = set()
    shifts: set[ShiftId] = set()
    for broken in check.check(problem, plan):
        if broken.person:
            people.add(broken.person)
        elif broken.rule == "cross_mix":
            shifts |= {one for rule in problem.cross_mixes if broken.shift in rule.shifts for one in rule.shifts}
        else:
            shifts.add(broken.shift)
    return frozenset(
        (person, shift)
        for person, shift in plan.assignments
        if (person in people or shift in shifts) and is_open(problem, shift, now_min)
    )
