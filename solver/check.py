"""The judge: every hard rule and every goal in plain Python, for any plan, hand-made ones too. Refuses to know solvers.

This file (with `score.py` for the goals) is the specification. `constraints.py` and `goals.py` say the same to the
engine, under the same names and in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from . import eligibility
from .plan import Plan
from .problem import CrossMix, Held, Mix, Person, PersonId, Problem, Shift, ShiftId
from .score import Score as Score
from .score import score as score


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken hard rule. `person` or `shift` is empty where the rule isn't about one; `found` against `allowed`."""

    rule: str
    person: PersonId = ""
    shift: ShiftId = ""
    found: int = 0
    allowed: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: these people and these shifts."""

    people: tuple[PersonId, ...]
    shifts: tuple[ShiftId, ...]


Rule: TypeAlias = Callable[[Problem, Plan, Scope], Iterator[Violation]]


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every hard rule that the plan breaks, in the order of RULES. KeyError for an unknown person or shift."""
    for person, shift in plan.assignments:
        _ = problem.person[person], problem.shift[shift]
    everywhere = Scope(tuple(problem.person), tuple(problem.shift))
    return tuple(violation for rule in RULES for violation in rule(problem, plan, everywhere))


def verdict(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[Violation, ...]:
    """The hard rules that giving this seat to this person would newly break; empty means that he may."""
    here = Scope((person,), (shift,))
    after = plan.with_seat(person, shift)
    before = {(one.rule, one.shift) for rule in _ADDING for one in rule(problem, plan, here)}
    return tuple(one for rule in _ADDING for one in rule(problem, after, here) if (one.rule, one.shift) not in before)


def barred_seat(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody gets a seat that was ruled out for him by name."""
    for person, shift in _seats(problem, plan, scope):
        if (person.id, shift.id) in problem.barred:
            yield Violation("barred_seat", person.id, shift.id)


def skill(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Everyone on a shift has every skill or mark that the shift requires."""
    for person, shift in _seats(problem, plan, scope):
        if not eligibility.has_skill(person, shift):
            yield Violation("skill", person.id, shift.id)


def tag_barred(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody on a shift has a mark (minor, 75 or older) that the shift rules out."""
    for person, shift in _seats(problem, plan, scope):
        if eligibility.is_tag_barred(person, shift):
            yield Violation("tag_barred", person.id, shift.id)


def available(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Everyone is free for the whole of the shift."""
    for person, shift in _seats(problem, plan, scope):
        if not eligibility.is_available(eligibility.merged(person.windows), shift):
            yield Violation("available", person.id, shift.id)


def most(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """No shift has more people than it has room for."""
    for shift in _shifts(problem, scope):
        found = len(plan.on_shift.get(shift.id, ()))
        if found > shift.most:
            yield Violation("most", "", shift.id, found, shift.most)


def overlap(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody is in two places at once."""
    yield from _clashes(problem, plan, scope, rule="overlap")


def gap(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between any two turns of a person lie the minutes that he needs to get from one to the other."""
    yield from _clashes(problem, plan, scope, rule="gap")


def rest(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between two long turns of a person lies the full rest."""
    yield from _clashes(problem, plan, scope, rule="rest")


def day_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns on a day than his limit."""
    for person, turns in _turns(problem, plan, scope, by="day"):
        counts = Counter(turn.day for turn in turns)
        yield from _over("day_shifts", person.id, counts.values(), person.limits.shifts_per_day)


def day_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes on a day than his limit."""
    for person, turns in _turns(problem, plan, scope, by="day"):
        sums = _sums((turn.day, turn.minutes) for turn in turns)
        yield from _over("day_minutes", person.id, sums.values(), person.limits.minutes_per_day)


def week_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns in a week than his limit."""
    for person, turns in _turns(problem, plan, scope, by="week"):
        counts = Counter(turn.week for turn in turns)
        yield from _over("week_shifts", person.id, counts.values(), person.limits.shifts_per_week)


def week_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes in a week than his limit."""
    for person, turns in _turns(problem, plan, scope, by="week"):
        sums = _sums((turn.week, turn.minutes) for turn in turns)
        yield from _over("week_minutes", person.id, sums.values(), person.limits.minutes_per_week)


def week_labels(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns of one sort (nights) in a week than his limit for that sort."""
    for person, turns in _turns(problem, plan, scope, by="week"):
        for limit in person.limits.labels_per_week:
            labelled = [turn for turn in turns if limit.label in eligibility.labels_of(turn)]
            own = {turn.week for turn in labelled if isinstance(turn, Shift)}
            counts = Counter(turn.week for turn in labelled if turn.week in own)
            yield from _over("week_labels", person.id, counts.values(), limit.most)


def horizon_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns in the whole horizon than his limit."""
    for person, shifts in _own_shifts(problem, plan, scope):
        yield from _over("horizon_shifts", person.id, [len(shifts)], person.limits.shifts)


def horizon_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes in the whole horizon than his limit."""
    for person, shifts in _own_shifts(problem, plan, scope):
        yield from _over("horizon_minutes", person.id, [sum(one.minutes for one in shifts)], person.limits.minutes)


def mix(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Seats that are kept for certain people (one under 70) aren't taken by others."""
    for shift in _shifts(problem, scope):
        people = plan.on_shift.get(shift.id, ())
        for rule in shift.mixes:
            found = _with_tags(problem, people, rule)
            if found < rule.at_least and len(people) - found > shift.target - rule.at_least:
                yield Violation("mix", "", shift.id, found, rule.at_least)


def mix_most(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """No shift has more of certain people (newcomers) than it can carry."""
    for shift in _shifts(problem, scope):
        for rule in shift.mixes:
            found = _with_tags(problem, plan.on_shift.get(shift.id, ()), rule)
            if rule.at_most is not None and found > rule.at_most:
                yield Violation("mix_most", "", shift.id, found, rule.at_most)


def cross_mix(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Over shifts that stand together (all posts at one hour), seats kept for a leader stay free for one."""
    wanted = set(scope.shifts)
    for rule in problem.cross_mixes:
        touched = wanted & rule.shifts
        if not touched:
            continue
        people = [one for shift in rule.shifts for one in plan.on_shift.get(shift, ())]
        found = _with_tags(problem, people, rule)
        target = sum(problem.shift[shift].target for shift in rule.shifts)
        if found < rule.at_least and len(people) - found > target - rule.at_least:
            yield Violation("cross_mix", "", min(touched), found, rule.at_least)


def apart(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Two who must not meet aren't on the same shift."""
    for shift in _shifts(problem, scope):
        people = set(plan.on_shift.get(shift.id, ()))
        for pair in problem.apart:
            if pair.person in people and pair.other in people:
                yield Violation("apart", pair.person, shift.id)


def together(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """One who serves only with a companion is on no shift without him."""
    for shift in _shifts(problem, scope):
        people = set(plan.on_shift.get(shift.id, ()))
        for pair in problem.together:
            if pair.person in people and pair.companion not in people:
                yield Violation("together", pair.person, shift.id)


def pin(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Every pinned seat is kept."""
    for row in problem.pins:
        if row.person in scope.people and (row.person, row.shift) not in plan.assignments:
            yield Violation("pin", row.person, row.shift)


RULES: tuple[Rule, ...] = (
    barred_seat,
    skill,
    tag_barred,
    available,
    most,
    overlap,
    gap,
    rest,
    day_shifts,
    day_minutes,
    week_shifts,
    week_minutes,
    week_labels,
    horizon_shifts,
    horizon_minutes,
    mix,
    mix_most,
    cross_mix,
    apart,
    together,
    pin,
)
RULE_NAMES = tuple(rule.__name__ for rule in RULES)
_ADDING = RULES[:-1]


def _shifts(problem: Problem, scope: Scope) -> Iterator[Shift]:
    return (problem.shift[shift] for shift in scope.shifts)


def _seats(problem: Problem, plan: Plan, scope: Scope) -> Iterator[tuple[Person, Shift]]:
    for person in scope.people:
        for shift in plan.of_person.get(person, ()):
            yield problem.person[person], problem.shift[shift]


def _own_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[tuple[Person, list[Shift]]]:
    for person in scope.people:
        yield problem.person[person], [problem.shift[shift] for shift in plan.of_person.get(person, ())]


def _turns(problem: Problem, plan: Plan, scope: Scope, *, by: str) -> Iterator[tuple[Person, list[Shift | Held]]]:
    """Own turns, and held ones of the same days or weeks: what is held can't break a limit by itself."""
    for person, shifts in _own_shifts(problem, plan, scope):
        met = {getattr(shift, by) for shift in shifts}
        yield person, [*shifts, *(turn for turn in person.held if getattr(turn, by) in met)]


def _clashes(problem: Problem, plan: Plan, scope: Scope, *, rule: str) -> Iterator[Violation]:
    for person, shifts in _own_shifts(problem, plan, scope):
        for one in shifts:
            if any(eligibility.clash(person.limits, turn, one) == rule for turn in person.held):
                yield Violation(rule, person.id, one.id)
        for one, other in combinations(shifts, 2):
            if eligibility.clash(person.limits, one, other) == rule:
                yield Violation(rule, person.id, max(one, other, key=lambda shift: shift.starts_min).id)


def _over(rule: str, person: PersonId, values: Iterable[int], allowed: int | None) -> Iterator[Violation]:
    if allowed is not None:
        yield from (Violation(rule, person, "", value, allowed) for value in values if value > allowed)


def _sums(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for key, value in rows:
        sums[key] = sums.get(key, 0) + value
    return sums


def _with_tags(problem: Problem, people: Iterable[PersonId], rule: Mix | CrossMix) -> int:
    return sum(not rule.tags.isdisjoint(problem.person[person].tags) for person in people)
