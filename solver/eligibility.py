"""Who may take what, seen alone: one person, one shift, no other seats. Refuses to know plans and solvers.

The open pairs of a whole problem are found sparsely (bitsets by tag, sorted windows by time), so ten thousand people
and four thousand shifts never meet pair by pair; the reason why one pair is closed is worked out when it's asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .pairs import has_tags, merged, own_reasons
from .problem import DAY_MIN, Limits, Pair, Person, PersonId, Problem, ShiftId

Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The open pairs of a problem: pair k is `people[person[k]]` on `shifts[shift[k]]`, sorted by person, then shift.

    `person` and `shift` are indices into the problem's tuples.
    """

    problem: Problem
    person: Numbers
    shift: Numbers

    @cached_property
    def people_for(self) -> dict[ShiftId, tuple[PersonId, ...]]:
        """shift id -> people who may take it, in the problem's order"""
        names = [person.id for person in self.problem.people]
        order = np.argsort(self.shift, kind="stable")
        cuts = np.searchsorted(self.shift[order], np.arange(len(self.problem.shifts) + 1))
        rows = self.person[order].tolist()
        return {
            shift.id: tuple([names[row] for row in rows[cuts[index] : cuts[index + 1]]])
            for index, shift in enumerate(self.problem.shifts)
        }

    @cached_property
    def shifts_for(self) -> dict[PersonId, tuple[ShiftId, ...]]:
        """person id -> shifts that he may take, in the problem's order"""
        names = [shift.id for shift in self.problem.shifts]
        cuts = np.searchsorted(self.person, np.arange(len(self.problem.people) + 1))
        rows = self.shift.tolist()
        return {
            person.id: tuple([names[row] for row in rows[cuts[index] : cuts[index + 1]]])
            for index, person in enumerate(self.problem.people)
        }


def eligibility(problem: Problem) -> Eligibility:
    """Every open pair of the problem: those for which `pair_reason` is None."""
    spans = _Spans(problem)
    banned: dict[PersonId, set[int]] = {}
    number = {shift.id: index for index, shift in enumerate(problem.shifts)}
    for bar in problem.bars:
        banned.setdefault(bar.person, set()).add(number[bar.shift])
    found = [
        spans.open_for(person, np.sort(shifts), banned.get(person.id))
        for person, shifts in zip(problem.people, _by_tags(problem), strict=True)
    ]
    counts = [len(one) for one in found]
    shift = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    return Eligibility(problem, np.repeat(np.arange(len(found), dtype=np.int64), counts), shift)


def of_pairs(problem: Problem, pairs: Iterable[Pair]) -> Eligibility:
    """Only these pairs are open; they're trusted to be legal."""
    person = {one.id: index for index, one in enumerate(problem.people)}
    shift = {one.id: index for index, one in enumerate(problem.shifts)}
    rows = sorted((person[one], shift[other]) for one, other in pairs)
    both = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Eligibility(problem, both[:, 0], both[:, 1])


def _by_tags(problem: Problem) -> list[Numbers]:
    """For each person the shifts whose required and barred tags suit him (every kind of shift asked once).

    Tags that hold on some days only are given the benefit of the doubt.
    """
    kinds: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for index, shift in enumerate(problem.shifts):
        kinds.setdefault((shift.requires, shift.bars), []).append(index)
    holders: dict[str, npt.NDArray[np.bool_]] = {}
    at_times: dict[str, npt.NDArray[np.bool_]] = {}
    for index, person in enumerate(problem.people):
        for tag in person.tags:
            holders.setdefault(tag, np.zeros(len(problem.people), dtype=np.bool_))[index] = True
        for dated in person.dated_tags:
            at_times.setdefault(dated.tag, np.zeros(len(problem.people), dtype=np.bool_))[index] = True
    nobody = np.zeros(len(problem.people), dtype=np.bool_)
    suited: list[list[Numbers]] = [[] for _ in problem.people]
    for (requires, bars), members in kinds.items():
        shifts = np.array(members, dtype=np.int64)
        fits = ~nobody
        for tag in requires:
            fits = fits & (holders.get(tag, nobody) | at_times.get(tag, nobody))
        for tag in bars:
            fits = fits & ~holders.get(tag, nobody)
        for one in np.flatnonzero(fits).tolist():
            suited[one].append(shifts)
    return [np.concatenate(one) if one else np.empty(0, dtype=np.int64) for one in suited]


class _Spans:
    """The problem's shifts as arrays, to be held against one person's windows and limits at once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._shifts = problem.shifts
        self._midnights = np.array([shift.day * DAY_MIN for shift in problem.shifts], dtype=np.int64)
        self._efforts = np.array([shift.effort for shift in problem.shifts], dtype=np.int64)
        self._starts = np.array([shift.starts_min for shift in problem.shifts], dtype=np.int64)
        self._ends = np.array([shift.ends_min for shift in problem.shifts], dtype=np.int64)

    def open_for(self, person: Person, shifts: Numbers, banned: set[int] | None) -> Numbers:
        """Those of `shifts` (indices) that the person may take."""
        if not len(shifts) or not person.windows:
            return shifts[:0]
        free = merged(person.windows)
        begins = np.array([window.starts_min for window in free], dtype=np.int64)
        closes = np.array([window.ends_min for window in free], dtype=np.int64)
        window = np.searchsorted(begins, self._starts[shifts], "right") - 1
        fits = (window >= 0) & (closes[window] >= self._ends[shifts])
        fits &= self._ends[shifts] - self._starts[shifts] <= _longest_turn(person.limits)
        found = self._suited(person, shifts[fits])
        if banned:
            found = found[[one not in banned for one in found.tolist()]]
        if person.held or _rules_turns_out(person.limits):
            alone = (
                next(iter(own_reasons(self._problem, person, self._shifts[one])), None) is None
                for one in found.tolist()
            )
            found = found[np.fromiter(alone, dtype=np.bool_, count=len(found))]
        return found

    def _suited(self, person: Person, shifts: Numbers) -> Numbers:
        """Those at hours, of an effort, and on days that suit the person."""
        limits = person.limits
        if limits.earliest_min is not None:
            shifts = shifts[self._starts[shifts] >= self._midnights[shifts] + limits.earliest_min]
        if limits.latest_min is not None:
            shifts = shifts[self._ends[shifts] <= self._midnights[shifts] + limits.latest_min]
        if limits.effort is not None:
            shifts = shifts[self._efforts[shifts] <= limits.effort]
        if person.dated_tags:
            fits = [has_tags(person, self._shifts[one]) for one in shifts.tolist()]
            shifts = shifts[np.array(fits, dtype=np.bool_)]
        return shifts


def _longest_turn(limits: Limits) -> float:
    """No single turn may be longer, in minutes."""
    known = (limits.minutes_per_day, limits.minutes_per_week, limits.minutes)
    return min((one for one in known if one is not None), default=float("inf"))


def _rules_turns_out(limits: Limits) -> bool:
    """Some limit allows no turn at all, of any or of one sort."""
    known = (
        limits.shifts_per_day,
        limits.shifts_per_week,
        limits.shifts,
        *(one.most for one in limits.labels_per_week),
    )
    return 0 in known
