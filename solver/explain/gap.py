"""Why a seat is empty: how many people are left after each rule, and who is one rule away. Refuses to know words.

A near miss is a person whose seat would break exactly that one rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .. import check
from ..pairs import pair_reason
from ..plan import Gap, Plan
from ..problem import PersonId, Problem, Shift, ShiftId
from .candidates import blocking_rules, parts_of, relative_with, verdict
from .sieve import Sieve
from .ways import Way, ways
from .witness import Witness, witness


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """After this rule `left` people remain; `stopped` are the people whom it stopped first."""

    rule: str
    left: int
    stopped: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Nothing but `rule` keeps `person` from the seat: `found` instead of `allowed` (both 0 where there's no figure).

    `relative` is his load / share with this turn.
    """

    person: PersonId
    rule: str
    found: int
    allowed: int
    relative: float


@dataclass(frozen=True, slots=True)
class GapReasons:
    """`free`: people who could take a missing seat right now (a gap with such people is an unfinished plan).

    `near_misses`: who is one rule away, the cheapest rule first. `witness`: who competes for the same people, None if a
    lack of people isn't the reason. `ways`: single exceptions that fill a seat, each tried, the cheapest first.
    """

    gap: Gap
    funnel: tuple[FunnelStep, ...]
    free: tuple[PersonId, ...]
    near_misses: tuple[NearMiss, ...]
    witness: Witness | None
    ways: tuple[Way, ...]


_COST = ("week_shifts", "week_minutes", "day_shifts", "day_minutes", "gap", "available", "week_labels")
"""Rules that a coordinator can ask an exception from, cheapest first; the others come after, in the judge's order."""


def gaps(problem: Problem, plan: Plan, should_stop: Callable[[], bool] = lambda: False) -> tuple[Gap, ...]:
    """Every shift below its target, the most urgent first, with how many people each rule stopped.

    Of those that are met after `should_stop`, only the rules about the person and the shift alone are told.
    """
    order = sorted(problem.shifts, key=lambda one: (one.priority, one.starts_min, one.id))
    short = [shift for shift in order if len(plan.on_shift.get(shift.id, ())) < shift.target]
    sieve = Sieve(problem) if short else None
    return tuple(_gap(shift, plan, _counts(problem, plan, shift, sieve, should_stop)) for shift in short if sieve)


def _gap(shift: Shift, plan: Plan, reasons: dict[str, int]) -> Gap:
    on = len(plan.on_shift.get(shift.id, ()))
    return Gap(shift.id, shift.target - on, max(0, shift.least - on), tuple(reasons.items()))


def _counts(
    problem: Problem, plan: Plan, shift: Shift, sieve: Sieve, should_stop: Callable[[], bool]
) -> dict[str, int]:
    """Rule -> how many people it stops first, in the judge's order."""
    stopped, left = sieve.sift(shift, plan.on_shift.get(shift.id, ()))
    beside, rules = _beside(problem, shift.id), Counter(stopped)
    for index in left:
        if should_stop():
            return stopped
        person = problem.people[index].id
        rules.update(blocking_rules(problem, plan.around([person], beside), person, shift.id)[:1])
    return {rule: rules[rule] for rule in check.RULE_NAMES if rule in rules}


def funnel(problem: Problem, plan: Plan, shift: ShiftId) -> tuple[FunnelStep, ...]:
    """Everyone who isn't on the shift, rule by rule: who was stopped and how many are left; idle rules are left out.

    Rules about the pair alone come first and are quick to ask.
    """
    stopped: dict[str, list[PersonId]] = {}
    on = plan.on_shift.get(shift, ())
    waiting = [person.id for person in problem.people if person.id not in on]
    beside = _beside(problem, shift)
    for person in waiting:
        rule = pair_reason(problem, person, shift)
        if rule not in check.RULE_NAMES:
            rule = next(iter(blocking_rules(problem, plan.around([person], beside), person, shift)), "")
        stopped.setdefault(rule, []).append(person)
    steps, left = [], len(waiting)
    for rule in check.RULE_NAMES:
        if rule in stopped:
            left -= len(stopped[rule])
            steps.append(FunnelStep(rule, left, tuple(stopped[rule])))
    return tuple(steps)


def _beside(problem: Problem, shift: ShiftId) -> frozenset[ShiftId]:
    """What the judge looks at beside a seat: other parts of the task too."""
    return frozenset().union(*(problem.judged_with(part) for part in parts_of(problem, shift)))


def why_gap(problem: Problem, plan: Plan, shift: ShiftId) -> GapReasons:
    """The funnel of a shift, who is free now, who is only one rule away, who competes, and what would fill it."""
    steps = funnel(problem, plan, shift)
    on = plan.on_shift.get(shift, ())
    stopped = {person for step in steps for person in step.stopped}
    free = tuple(one.id for one in problem.people if one.id not in stopped and one.id not in on)
    misses = [miss for person in sorted(stopped) if (miss := _near_miss(problem, plan, person, shift))]
    misses.sort(key=lambda miss: (_cost(miss.rule), miss.relative, miss.person))
    return GapReasons(
        gap=_gap(problem.shift[shift], plan, {step.rule: len(step.stopped) for step in steps}),
        funnel=steps,
        free=free,
        near_misses=tuple(misses),
        witness=witness(problem, plan, shift),
        ways=() if free else ways(problem, plan, shift),
    )


def _near_miss(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> NearMiss | None:
    broken = verdict(problem, plan, person, shift)
    if len({one.rule for one in broken}) != 1:
        return None
    worst = max(broken, key=lambda one: one.found - one.allowed)
    return NearMiss(person, worst.rule, worst.found, worst.allowed, relative_with(problem, plan, person, shift))


def _cost(rule: str) -> tuple[int, int]:
    known = _COST.index(rule) if rule in _COST else len(_COST)
    return known, check.RULE_NAMES.index(rule)
