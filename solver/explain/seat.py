"""Why this person has this seat, or why not: facts as figures, and who was next at what cost. Refuses to know words."""

from __future__ import annotations

from dataclasses import dataclass

from .. import score
from ..compare import GoalChange, goal_changes
from ..pairs import tasks
from ..plan import Plan
from ..problem import PersonId, Problem, Shift, ShiftId
from .candidates import Candidate, blocking_rules, candidates, is_familiar, relative_with, with_task, without_task

NEXT = 3
"""So many others are told with their cost."""


@dataclass(frozen=True, slots=True)
class Swap:
    """`gets` has the seat instead of `gives`: what that would cost, goal by goal."""

    gets: PersonId
    gives: PersonId
    goals: tuple[GoalChange, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Facts about one person and one shift.

    `rules`: hard rules that speak against it (empty if he's on it or may be). `turns_week` of `limit_week`,
    `minutes_week` of `limit_minutes_week`: that week with this turn; limits are None where there are none. `relative`
    with this turn against `average` and `rank` (1 = least loaded) among those who may or do. `mixes`: indices of the
    shift's mixes that he helps to keep; `needed_for`: those that would break without him. `swaps`: for one on the
    shift, who was next in his place; for one who may but isn't, in whose place he'd be; the cheapest first.
    """

    person: PersonId
    shift: ShiftId
    is_on: bool
    is_pinned: bool
    rules: tuple[str, ...]
    turns_week: int
    limit_week: int | None
    minutes_week: int
    limit_minutes_week: int | None
    relative: float
    average: float
    rank: int
    others: int
    wish_loss: int
    partners: tuple[PersonId, ...]
    mixes: tuple[int, ...]
    needed_for: tuple[int, ...]
    is_familiar: bool
    swaps: tuple[Swap, ...]


def why_person(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Reasons:
    """Facts about one person on (or not on) one shift; KeyError for an unknown id."""
    one, turn = problem.person[person], problem.shift[shift]
    is_on = (person, shift) in plan.assignments
    with_him, without = with_task(problem, plan, person, shift), without_task(problem, plan, person, shift)
    week = [problem.shift[own] for own in with_him.of_person[person] if problem.shift[own].week == turn.week]
    held = [own for own in one.held if own.week == turn.week]
    rows = candidates(problem, without, shift)
    group = [row for row in rows if row.person == person or row.is_on or not row.rules]
    rules = () if is_on else blocking_rules(problem, plan, person, shift)
    relative = relative_with(problem, plan, person, shift)
    mates = plan.on_shift.get(shift, ())
    return Reasons(
        person=person,
        shift=shift,
        is_on=is_on,
        is_pinned=any((pin.person, pin.shift) == (person, shift) for pin in problem.pins),
        rules=rules,
        turns_week=tasks([*week, *held]),
        limit_week=one.limits.shifts_per_week,
        minutes_week=sum(own.minutes for own in week) + sum(own.minutes for own in held),
        limit_minutes_week=one.limits.minutes_per_week,
        relative=relative,
        average=sum(row.relative for row in group) / len(group) if group else 0.0,
        rank=1 + sum(row.relative < relative for row in group),
        others=len(group) - is_on,
        wish_loss=score.wish_loss(problem, person, shift),
        partners=tuple(mate for mate in mates if mate in one.partners),
        mixes=tuple(index for index, mix in enumerate(turn.mixes) if not mix.tags.isdisjoint(one.tags_on(turn.day))),
        needed_for=_needed_for(problem, without, turn, person) if is_on else (),
        is_familiar=is_familiar(problem, without, person, shift),
        swaps=_next_up(problem, plan, rows, person, shift) if is_on else _in_whose_place(problem, plan, person, shift),
    )


def _next_up(
    problem: Problem, plan: Plan, rows: tuple[Candidate, ...], person: PersonId, shift: ShiftId
) -> tuple[Swap, ...]:
    """The best others for his seat."""
    others = [row.person for row in rows if not row.is_on and not row.rules and row.person != person]
    return _by_cost([_swap(problem, plan, shift, gets=other, gives=person) for other in others[:NEXT]])


def _in_whose_place(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[Swap, ...]:
    """Those on the shift whose seat he could have instead."""
    holders = [
        mate
        for mate in plan.on_shift.get(shift, ())
        if not blocking_rules(problem, without_task(problem, plan, mate, shift), person, shift)
    ]
    return _by_cost([_swap(problem, plan, shift, gets=person, gives=mate) for mate in holders[:NEXT]])


def _swap(problem: Problem, plan: Plan, shift: ShiftId, *, gets: PersonId, gives: PersonId) -> Swap:
    changed = with_task(problem, without_task(problem, plan, gives, shift), gets, shift)
    return Swap(gets, gives, goal_changes(problem, plan, changed))


def _by_cost(swaps: list[Swap]) -> tuple[Swap, ...]:
    """The goals decide in their order: the first one that differs."""
    return tuple(sorted(swaps, key=lambda swap: tuple((one.worse, one.after) for one in swap.goals)))


def _needed_for(problem: Problem, without: Plan, turn: Shift, person: PersonId) -> tuple[int, ...]:
    """Mixes that would have too few people if he left."""
    mates = [problem.person[mate].tags_on(turn.day) for mate in without.on_shift.get(turn.id, ())]
    return tuple(
        index
        for index, mix in enumerate(turn.mixes)
        if not mix.tags.isdisjoint(problem.person[person].tags_on(turn.day))
        and sum(not mix.tags.isdisjoint(tags) for tags in mates) < mix.at_least
    )
