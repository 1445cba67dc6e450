"""What is answered: a plan, what it's worth goal by goal, and what it leaves open. Refuses to know how it was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from .problem import Pair, PersonId, Pin, ShiftId

Groups: TypeAlias = dict[str, tuple[str, ...]]

GOALS = ("must_cover", "target_cover", "safety", "participation", "fairness", "wishes", "continuity", "fewest_changes")
"""The goals in their order: an earlier one is never given up for a later one."""


@dataclass(frozen=True)
class Plan:
    """Who has which seat: a set of (person id, shift id)."""

    assignments: frozenset[Pair] = frozenset()

    @cached_property
    def on_shift(self) -> dict[ShiftId, tuple[PersonId, ...]]:
        """shift id -> people on it, sorted; a shift without people is missing."""
        return _grouped((shift, person) for person, shift in self.assignments)

    @cached_property
    def of_person(self) -> dict[PersonId, tuple[ShiftId, ...]]:
        """person id -> own shifts, sorted; a person without shifts is missing."""
        return _grouped(self.assignments)

    def with_seat(self, person: PersonId, shift: ShiftId) -> Plan:
        """This plan and one more seat."""
        return self.exchanged({(person, shift)}, ())

    def without_seat(self, person: PersonId, shift: ShiftId) -> Plan:
        """This plan less one seat."""
        return self.exchanged((), {(person, shift)})

    def exchanged(self, added: Collection[Pair], removed: Collection[Pair]) -> Plan:
        """Another plan that shares the groups of all others (hand editors try every person in turn)."""
        left = self.assignments.difference(removed) if removed else self.assignments
        plan = Plan(left.union(added) if added else left)
        turned = [[(shift, person) for person, shift in pairs] for pairs in (added, removed)]
        plan.__dict__["on_shift"] = _regrouped(self.on_shift, *turned)
        plan.__dict__["of_person"] = _regrouped(self.of_person, added, removed)
        return plan

    def around(self, people: Iterable[PersonId], shifts: Iterable[ShiftId]) -> Plan:
        """Only the turns of these people and the crews of these shifts, for a judge who looks no further."""
        plan = Plan()
        plan.__dict__["on_shift"] = {one: self.on_shift[one] for one in shifts if one in self.on_shift}
        plan.__dict__["of_person"] = {one: self.of_person[one] for one in people if one in self.of_person}
        return plan


def _regrouped(groups: Groups, added: Collection[Pair], removed: Collection[Pair]) -> Groups:
    touched = {key: set(groups.get(key, ())) for pairs in (added, removed) for key, _ in pairs}
    for key, member in removed:
        touched[key].discard(member)
    for key, member in added:
        touched[key].add(member)
    changed = groups | {key: tuple(sorted(members)) for key, members in touched.items()}
    for key, members in touched.items():
        if not members:
            changed.pop(key)
    return changed


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in sorted(rows):
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


@dataclass(frozen=True, slots=True)
class Level:
    """One step inside a goal, with everything before it fixed: `value` reached, nothing below `bound` exists."""

    name: str
    value: float
    bound: float
    proved: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class GoalResult:
    """How one goal came out; smaller is better.

    must_cover and target_cover: missing seats. safety: turns beyond the weekly limit in any 7 days. participation:
    turns missing to people's own least. fairness: highest load / share. wishes: wish points lost. continuity: new
    faces. fewest_changes: seats changed. `value` and `bound` are of the first level; `proved` is said only if every
    level is proved. `state`: "proved", "gap" (a better value may exist), "skipped" (time ran out before; the value is
    that of the kept plan).
    """

    name: str
    value: float
    bound: float
    proved: bool
    seconds: float
    state: str
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """`missing` seats up to the target, `missing_least` of them up to the least.

    `reasons`: step of the funnel -> people who were stopped there.
    """

    shift: ShiftId
    missing: int
    missing_least: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """One person's turns, minutes, weighted load in minutes with the past, and that load / share (0 without one).

    `missing_turns`: turns that he lacks to his own least (see `Person.least_shifts`).
    """

    person: PersonId
    turns: int
    minutes: int
    weighted_min: float
    share: int
    relative: float
    missing_turns: int = 0


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures over the relative loads of everyone with a share. Jain is 1 and Gini 0 when all are equal."""

    highest: float
    lowest: float
    spread: float
    jain: float
    gini: float
    worst: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedPin:
    """A pin that a plan without broken rules can't keep, with the hard rules that it would break."""

    pin: Pin
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a running solve. `stage` counts goals from 0; `value` and `bound` are of the level in work."""

    goal: str
    level: str
    stage: int
    value: float
    bound: float
    proved: bool
    seconds: float
    seats_filled: int
    seats_wanted: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one solve. `stopped`: "done", "time" (out of time) or "asked" (stopped on demand)."""

    plan: Plan
    goals: tuple[GoalResult, ...]
    gaps: tuple[Gap, ...]
    load: tuple[Load, ...]
    fairness: Fairness
    seconds: float
    stopped: str
    seats_filled: int
    seats_wanted: int
    refused_pins: tuple[RefusedPin, ...] = field(default=())

    def goal(self, name: str) -> GoalResult:
        """The result of the named goal."""
        return next(goal for goal in self.goals if goal.name == name)
