"""The single exceptions that would fill an empty seat, each tried on the problem changed by it. Knows no solver.

An exception counts only if somebody then takes the seat, no rule of the changed problem breaks, and nobody else moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import check
from ..eligibility import merged, pair_reasons
from ..plan import Plan
from ..problem import Held, LabelLimit, Limits, Person, PersonId, Problem, Shift, ShiftId, Window
from .candidates import blocking_rules, relative_with

KINDS = (
    "one_turn_more",
    "time_longer",
    "minutes_more",
    "moved",
    "shorter_gap",
    "free_then",
    "one_less",
    "mix",
    "skill",
)
"""Exceptions from the cheapest to the dearest."""

MOVES_MIN = (30, -30, 60, -60)
"""How far a shift is moved at most, the smallest moves first."""

LONGER_MIN = 60
"""Free time that is at most so much too short is asked to be longer; beyond that the person isn't free then."""


@dataclass(frozen=True, slots=True)
class Way:
    """One exception. `person` is asked for it, empty where the shift itself changes.

    `amount` by kind: one_turn_more: his turns in the day, week or horizon with this one; minutes_more: his minutes with
    it; time_longer and moved: minutes (moved may be below 0); shorter_gap: minutes that remain between two turns;
    one_less: seats that remain. `tags`: what is no longer asked for. `fills`: who then takes the missing seats (nobody
    with one_less). `relative`: highest load / share among them, with this turn.
    """

    kind: str
    person: PersonId
    amount: int
    tags: tuple[str, ...]
    fills: tuple[PersonId, ...]
    relative: float


def ways(problem: Problem, plan: Plan, shift: ShiftId) -> tuple[Way, ...]:
    """Every single exception that fills a seat, the cheapest first."""
    found = [*_by_people(problem, plan, problem.shift[shift]), *_by_shift(problem, plan, problem.shift[shift])]
    found.sort(
        key=lambda way: (KINDS.index(way.kind), abs(way.amount) * (way.kind == "moved"), way.relative, way.person)
    )
    return tuple(found)


def _by_people(problem: Problem, plan: Plan, shift: Shift) -> Iterator[Way]:
    """One person goes beyond the one rule that keeps him away."""
    on = plan.on_shift.get(shift.id, ())
    for person in problem.people:
        if person.id in on or set(pair_reasons(problem, person.id, shift.id)) - {"available"}:
            continue
        broken = check.verdict(problem, plan, person.id, shift.id)
        if len({one.rule for one in broken}) != 1:
            continue
        asked = _exception(problem, plan, person, shift, max(broken, key=lambda one: one.found - one.allowed))
        if asked is None:
            continue
        kind, amount, changed = asked
        people = tuple(changed if one.id == person.id else one for one in problem.people)
        if not check.verdict(replace(problem, people=people), plan, person.id, shift.id):
            relative = relative_with(problem, plan, person.id, shift.id)
            yield Way(kind, person.id, amount, (), (person.id,), relative)


def _exception(
    problem: Problem, plan: Plan, person: Person, shift: Shift, broken: check.Violation
) -> tuple[str, int, Person] | None:
    """Kind, amount and the person with that one rule widened just enough; None for a rule that stays as it is."""
    limits, found = person.limits, broken.found
    if broken.rule == "available":
        return _freer(person, shift)
    if broken.rule in _TURNS:
        return "one_turn_more", found, _limited(person, _TURNS[broken.rule], found)
    if broken.rule in _MINUTES:
        return "minutes_more", found, _limited(person, _MINUTES[broken.rule], found)
    if broken.rule == "week_labels":
        rows = tuple(LabelLimit(row.label, max(row.most, found)) for row in limits.labels_per_week)
        return "one_turn_more", found, replace(person, limits=replace(limits, labels_per_week=rows))
    if broken.rule == "gap":
        left = _between(problem, plan, person, shift)
        return "shorter_gap", left, _limited(person, "gap_min", left)
    return None


_TURNS = {"day_shifts": "shifts_per_day", "week_shifts": "shifts_per_week", "horizon_shifts": "shifts"}
_MINUTES = {"day_minutes": "minutes_per_day", "week_minutes": "minutes_per_week", "horizon_minutes": "minutes"}


def _limited(person: Person, name: str, most: int) -> Person:
    limits: Limits = replace(person.limits, **{name: most})  # type: ignore[arg-type]  # names of whole-number limits
    return replace(person, limits=limits)


def _freer(person: Person, shift: Shift) -> tuple[str, int, Person]:
    """Free for the whole of the shift too; `time_longer` where his own free time only ends or begins a little off."""
    freer = replace(person, windows=(*person.windows, Window(shift.starts_min, shift.ends_min)))
    met = [one for one in merged(person.windows) if one.starts_min < shift.ends_min and shift.starts_min < one.ends_min]
    lacking = shift.minutes - sum(
        min(one.ends_min, shift.ends_min) - max(one.starts_min, shift.starts_min) for one in met
    )
    if len(met) == 1 and lacking <= LONGER_MIN:
        return "time_longer", lacking, freer
    return "free_then", lacking, freer


def _between(problem: Problem, plan: Plan, person: Person, shift: Shift) -> int:
    """Minutes from or to the nearest of his other turns."""
    own: list[Held | Shift] = [*person.held, *(problem.shift[one] for one in plan.of_person.get(person.id, ()))]
    return min(max(one.starts_min - shift.ends_min, shift.starts_min - one.ends_min) for one in own)


def _by_shift(problem: Problem, plan: Plan, shift: Shift) -> Iterator[Way]:
    """The shift itself asks for less, or for another time."""
    for kind, amount, tags, changed in _changed(shift, len(plan.on_shift.get(shift.id, ()))):
        asked = replace(problem, shifts=tuple(changed if one.id == shift.id else one for one in problem.shifts))
        if _breaks_more(problem, asked, plan, shift.id):
            continue
        fills = _who_comes(asked, plan, changed)
        if fills or kind == "one_less":
            relative = max((relative_with(problem, plan, person, shift.id) for person in fills), default=0.0)
            yield Way(kind, "", amount, tags, fills, relative)


def _changed(shift: Shift, on: int) -> Iterator[tuple[str, int, tuple[str, ...], Shift]]:
    """Kind, amount, tags and the changed shift."""
    day_ends = (shift.day + 1) * 1440
    for minutes in MOVES_MIN:
        starts, ends = shift.starts_min + minutes, shift.ends_min + minutes
        if starts >= day_ends - 1440 and ends <= day_ends:
            yield "moved", minutes, (), replace(shift, starts_min=starts, ends_min=ends)
    seats = shift.target - 1
    if seats == on and seats and all(mix.at_least <= seats for mix in shift.mixes):
        yield "one_less", seats, (), replace(shift, least=min(shift.least, seats), target=seats)
    for mix in shift.mixes:
        if mix.at_least:
            yield (
                "mix",
                0,
                tuple(sorted(mix.tags)),
                replace(shift, mixes=tuple(one for one in shift.mixes if one != mix)),
            )
    for tag in sorted(shift.requires):
        yield "skill", 0, (tag,), replace(shift, requires=shift.requires - {tag})


def _breaks_more(problem: Problem, asked: Problem, plan: Plan, shift: ShiftId) -> bool:
    """Those who are on the shift can't stay on it as it would be."""
    scope = check.Scope(plan.on_shift.get(shift, ()), (shift,))
    before, after = (
        {(one.rule, one.person, one.shift) for rule in check.RULES for one in rule(which, plan, scope)}
        for which in (problem, asked)
    )
    return not after <= before


def _who_comes(problem: Problem, plan: Plan, shift: Shift) -> tuple[PersonId, ...]:
    """Those with the lowest load who may take the missing seats, one after the other."""
    on = plan.on_shift.get(shift.id, ())
    waiting = [one.id for one in problem.people if one.id not in on and not pair_reasons(problem, one.id, shift.id)]
    waiting.sort(key=lambda person: (relative_with(problem, plan, person, shift.id), person))
    fills: list[PersonId] = []
    for person in waiting:
        if len(on) + len(fills) < shift.target and not blocking_rules(problem, plan, person, shift.id):
            plan = plan.with_seat(person, shift.id)
            fills.append(person)
    return tuple(fills)
