"""What the judge's rules are written with: what they find, where they look, whose turns. Refuses to know the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from . import pairs, turns
from .plan import Plan
from .problem import Held, Person, PersonId, Problem, Shift, ShiftId


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken hard rule. `person` or `shift` is empty where the rule isn't about one; `found` against `allowed`.

    `day`: the first one that matters, for rules about days in a row. `label`: the one that a limit counts.
    """

    rule: str
    person: PersonId = ""
    shift: ShiftId = ""
    found: int = 0
    allowed: int = 0
    day: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: these people and these shifts."""

    people: tuple[PersonId, ...]
    shifts: tuple[ShiftId, ...]


Rule: TypeAlias = Callable[[Problem, Plan, Scope], Iterator[Violation]]


def shifts_in(problem: Problem, scope: Scope) -> Iterator[Shift]:
    return (problem.shift[shift] for shift in scope.shifts)


def seats_in(problem: Problem, plan: Plan, scope: Scope) -> Iterator[tuple[Person, Shift]]:
    for person in scope.people:
        for shift in plan.of_person.get(person, ()):
            yield problem.person[person], problem.shift[shift]


def own_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[tuple[Person, list[Shift]]]:
    for person in scope.people:
        if person in plan.of_person:
            yield problem.person[person], [problem.shift[shift] for shift in plan.of_person[person]]


def limited(problem: Problem, plan: Plan, scope: Scope, limit: str) -> Iterator[tuple[Person, list[Shift]]]:
    """Own shifts of those who have any and have this limit: what is held can't break a limit by itself."""
    for person in scope.people:
        one = problem.person[person]
        if getattr(one.limits, limit) not in (None, ()) and person in plan.of_person:
            yield one, [problem.shift[shift] for shift in plan.of_person[person]]


def limited_turns(
    problem: Problem, plan: Plan, scope: Scope, *, limit: str, by: str
) -> Iterator[tuple[Person, list[Shift | Held]]]:
    """Own turns of those with this limit, and held ones of the same days or weeks."""
    for person, shifts in limited(problem, plan, scope, limit):
        met = {getattr(shift, by) for shift in shifts}
        yield person, [*shifts, *(turn for turn in person.held if getattr(turn, by) in met)]


def clashes(problem: Problem, plan: Plan, scope: Scope, *, rule: str) -> Iterator[Violation]:
    for person, shifts in own_shifts(problem, plan, scope):
        if _has_clash_rule(person, rule):
            own: list[turns.Turn] = [*person.held, *shifts]
            for first, second in turns.near(own, turns.reach_min(problem, person)):
                later = second if isinstance(second, Shift) else first
                if isinstance(later, Shift) and pairs.clash(problem, person.limits, first, second) == rule:
                    yield Violation(rule, person.id, later.id)


def _has_clash_rule(person: Person, rule: str) -> bool:
    limits = person.limits
    own = {"gap": limits.gap_min, "rest": limits.rest_min, "succession": len(limits.successions)}
    return own.get(rule, 1) > 0


def over(
    rule: str, person: PersonId, values: Iterable[int], allowed: int | None, label: str = ""
) -> Iterator[Violation]:
    for value in values if allowed is not None else ():
        if allowed is not None and value > allowed:
            yield Violation(rule, person, "", value, allowed, label=label)


def sums_by(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for key, value in rows:
        sums[key] = sums.get(key, 0) + value
    return sums


def minutes_of(own: Iterable[Shift | Held]) -> int:
    return sum(turn.minutes for turn in own)


def with_tags(problem: Problem, shift: Shift, people: Iterable[PersonId], tags: frozenset[str]) -> int:
    return sum(not tags.isdisjoint(problem.person[person].tags_on(shift.day)) for person in people)
