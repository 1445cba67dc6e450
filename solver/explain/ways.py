"""The single exceptions that would fill an empty seat, each tried on the problem changed by it. Knows no solver.

An exception counts only if somebody then takes the seat, no rule of the changed problem breaks, and nobody else moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from .. import check
from ..pairs import pair_reasons
from ..plan import Plan
from ..problem import PersonId, Problem, Shift, ShiftId
from .candidates import blocking_rules, relative_with, verdict, with_task
from .exceptions import exception

KINDS = (
    "one_turn_more",
    "time_longer",
    "minutes_more",
    "share_more",
    "one_day_more",
    "one_week_more",
    "moved",
    "shorter_gap",
    "shorter_run",
    "shorter_break",
    "free_then",
    "one_less",
    "same_team",
    "mix",
    "mix_most",
    "cross_mix",
    "skill",
)
"""Exceptions from the cheapest to the dearest."""

MOVES_MIN = (30, -30, 60, -60)
"""How far a shift is moved at most, the smallest moves first."""


@dataclass(frozen=True, slots=True)
class Way:
    """One exception. `person` is asked for it, empty where the shift itself changes.

    `amount` by kind: one_turn_more: his turns in the day, week or horizon with this one; minutes_more: his minutes with
    it; share_more: per cent of his share with it; one_day_more, one_week_more: his days in a row, weeks with it;
    shorter_run, shorter_break: days that remain; time_longer and moved: minutes (moved may be below 0); shorter_gap:
    minutes that remain between two turns; one_less: seats that remain. `tags`: what is no longer asked for. `fills`:
    who then takes the missing seats (nobody with one_less). `relative`: highest load / share among them, with the turn.
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
        broken = verdict(problem, plan, person.id, shift.id)
        if len({one.rule for one in broken}) != 1:
            continue
        worst = max(broken, key=_excess)
        part = problem.shift.get(worst.shift, shift)
        others = with_task(problem, plan, person.id, shift.id).without_seat(person.id, part.id)
        asked = exception(problem, others, person, part, worst)
        if asked is None:
            continue
        people = tuple(asked.person if one.id == person.id else one for one in problem.people)
        if not verdict(replace(problem, people=people), plan, person.id, shift.id):
            relative = relative_with(problem, plan, person.id, shift.id)
            yield Way(asked.kind, person.id, asked.amount, (), (person.id,), relative)


def _excess(broken: check.Violation) -> int:
    return abs(broken.found - broken.allowed)


def _by_shift(problem: Problem, plan: Plan, shift: Shift) -> Iterator[Way]:
    """The shift itself, or a rule about it and others, asks for less or for another time."""
    for kind, amount, tags, asked in (*_with_shift(problem, plan, shift), *_without_rule(problem, shift)):
        if _breaks_more(problem, asked, plan, shift.id):
            continue
        fills = _who_comes(asked, plan, asked.shift[shift.id])
        if fills or kind == "one_less":
            relative = max((relative_with(problem, plan, person, shift.id) for person in fills), default=0.0)
            yield Way(kind, "", amount, tags, fills, relative)


Asked: TypeAlias = tuple[str, int, tuple[str, ...], Problem]
"""Kind, amount, tags and the changed problem."""


def _with_shift(problem: Problem, plan: Plan, shift: Shift) -> Iterator[Asked]:
    for kind, amount, tags, changed in _changed(shift, len(plan.on_shift.get(shift.id, ()))):
        shifts = tuple(changed if one.id == shift.id else one for one in problem.shifts)
        yield kind, amount, tags, replace(problem, shifts=shifts)


def _without_rule(problem: Problem, shift: Shift) -> Iterator[Asked]:
    """No seat kept over several shifts; not the same people for all parts of a task."""
    for index in sorted(problem.crosses_of.get(shift.id, ())):
        rows = tuple(one for place, one in enumerate(problem.cross_mixes) if place != index)
        yield "cross_mix", 0, tuple(sorted(problem.cross_mixes[index].tags)), replace(problem, cross_mixes=rows)
    for index in sorted(problem.teams_of.get(shift.id, ())):
        teams = tuple(one for place, one in enumerate(problem.same_team) if place != index)
        yield "same_team", 0, (), replace(problem, same_team=teams)


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
        others, tags = tuple(one for one in shift.mixes if one != mix), tuple(sorted(mix.tags))
        if mix.at_least:
            yield "mix", 0, tags, replace(shift, mixes=others)
        if mix.at_most is not None:
            yield "mix_most", 0, tags, replace(shift, mixes=(*others, replace(mix, at_most=None)))
    for tag in sorted(shift.requires):
        yield "skill", 0, (tag,), replace(shift, requires=shift.requires - {tag})


def _breaks_more(problem: Problem, asked: Problem, plan: Plan, shift: ShiftId) -> bool:
    """Those who are on the shift can't stay on it as it would be."""
    scope = check.Scope(plan.on_shift.get(shift, ()), (shift,))
    before, after = (
        {(one.rule, one.person, one.shift) for one in check.broken(which, plan, scope)} for which in (problem, asked)
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
            plan = with_task(problem, plan, person, shift.id)
            fills.append(person)
    return tuple(fills)
