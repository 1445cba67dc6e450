"""Which pins a plan without broken rules can keep, and which seats of an older plan. Refuses to know solvers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import check
from .check import MENDABLE, Scope, Violation
from .plan import Plan, RefusedPin
from .problem import Pair, Pin, Problem
from .turns import work_days

_TRIES = 400
"""Seats that a search for a mend may try before it gives up."""


@dataclass(frozen=True, slots=True)
class KeptPins:
    """`pins` can all be kept at once: `plan` has them and breaks no rule. `refused` can't, each with its rules.

    The plan may hold seats beside the pins that some of them can't do without (a companion, the other leg of a task).
    """

    pins: tuple[Pin, ...]
    plan: Plan
    refused: tuple[RefusedPin, ...]


def kept_pins(problem: Problem) -> KeptPins:
    """Pins taken one by one in their order; one that can't be kept beside those before it is refused."""
    pinned, whole, refused = Plan(), Plan(), []
    for pin in dict.fromkeys(problem.pins):
        broken = _broken(problem, pinned, pin)
        trial = pinned.with_seat(pin.person, pin.shift)
        mend = None if broken else _mend_beside(problem, whole, trial, pin)
        if mend is None:
            rules = broken or [one.rule for one in _unmended(problem, trial, pin.person)]
            refused.append(RefusedPin(pin, tuple(dict.fromkeys(rules))))
        else:
            pinned, whole = trial, mend
    pins = tuple(Pin(person, shift) for person, shift in sorted(pinned.assignments))
    return KeptPins(pins, whole, tuple(refused))


def _broken(problem: Problem, plan: Plan, pin: Pin) -> list[str]:
    """Rules that the pin breaks and that no further seat can mend."""
    return [one.rule for one in check.verdict(problem, plan, pin.person, pin.shift) if one.rule not in MENDABLE]


def _mend_beside(problem: Problem, whole: Plan, pinned: Plan, pin: Pin) -> Plan | None:
    """A plan with all pins that breaks no rule: the one so far and the new seat, else a search from the pins alone."""
    if (pin.person, pin.shift) in whole.assignments:
        return whole
    if not check.verdict(problem, whole, pin.person, pin.shift):
        return whole.with_seat(pin.person, pin.shift)
    if not _broken(problem, whole, pin):
        found = mended(problem, whole.with_seat(pin.person, pin.shift))
        if found is not None:
            return found
    return mended(problem, pinned)


def mended(problem: Problem, plan: Plan) -> Plan | None:
    """The plan and as few further seats as a short search needs until no rule lacks any; None if none is found."""
    return _mended(problem, plan, iter(range(_TRIES)))


def _mended(problem: Problem, plan: Plan, tries: Iterator[int]) -> Plan | None:
    lacking = next(iter(_lacking(problem, plan)), None)
    if lacking is None:
        return plan
    for person, shift in _mends(problem, plan, lacking):
        if next(tries, None) is None:
            return None
        if not _broken(problem, plan, Pin(person, shift)):
            found = _mended(problem, plan.with_seat(person, shift), tries)
            if found is not None:
                return found
    return None


def _lacking(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Broken rules that further seats could mend."""
    where = Scope(tuple(plan.of_person), tuple(plan.on_shift))
    return (one for rule in check.RULES if rule.__name__ in MENDABLE for one in rule(problem, plan, where))


def _unmended(problem: Problem, plan: Plan, person: str) -> list[Violation]:
    lacking = list(_lacking(problem, plan))
    return [one for one in lacking if one.person == person] or lacking


def _mends(problem: Problem, plan: Plan, lacking: Violation) -> list[Pair]:
    """Seats of which one has to be given before this rule holds."""
    person, on = lacking.person, set(plan.of_person.get(lacking.person, ()))
    if lacking.rule == "together":
        missing = problem.companions[person] - set(plan.on_shift[lacking.shift])
        return [(min(missing), lacking.shift)]
    if lacking.rule == "same_team":
        teams = [problem.same_team[index] for index in sorted(problem.teams_of[lacking.shift])]
        return [(person, shift) for team in teams if team & on for shift in sorted(team - on)][:1]
    days = _days_that_mend(lacking)
    return [(person, shift.id) for shift in problem.shifts if shift.day in days and shift.id not in on]


def _days_that_mend(lacking: Violation) -> set[int]:
    """A run that's too short grows by the day before or after; a break that's too short is worked through."""
    first = lacking.day or 0
    if lacking.rule == "days_in_row_least":
        return {first - 1, first + lacking.found}
    return set(range(first, first + lacking.found))


def with_seats(problem: Problem, plan: Plan, wanted: Iterable[Pair], *, up_to_target: bool = False) -> Plan:
    """The plan and those of `wanted` that break no rule that further seats couldn't mend."""
    for person, shift in wanted:
        has_room = not up_to_target or len(plan.on_shift.get(shift, ())) < problem.shift[shift].target
        if has_room and not _broken(problem, plan, Pin(person, shift)):
            plan = plan.with_seat(person, shift)
    return plan


def without_lacking(problem: Problem, plan: Plan, base: Plan) -> Plan:
    """The plan less seats, none of `base`, that break a rule for want of further seats."""
    while spare := {seat for one in _lacking(problem, plan) for seat in _spare(problem, plan, one, base)}:
        for seat in spare:
            plan = plan.without_seat(*seat)
    return plan


def _spare(problem: Problem, plan: Plan, lacking: Violation, base: Plan) -> set[Pair]:
    """Seats to give up so that this rule holds again: those of the short run or team, after a break or before it."""
    person, own = lacking.person, plan.of_person[lacking.person]
    if lacking.rule == "together":
        return {(person, lacking.shift)} - base.assignments
    if lacking.rule == "same_team":
        teams = [problem.same_team[index] for index in problem.teams_of[lacking.shift]]
        return {(person, shift) for team in teams for shift in team.intersection(own)} - base.assignments
    shifts = [problem.shift[shift] for shift in own]
    runs = list(work_days(problem, problem.person[person], shifts).runs())
    first = lacking.day or 0
    for day in (first, first + lacking.found, first - 1):
        days = {one for run in runs if run.first <= day <= run.last for one in range(run.first, run.last + 1)}
        spare = {(person, shift.id) for shift in shifts if shift.day in days} - base.assignments
        if spare:
            return spare
    return set()
