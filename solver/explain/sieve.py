"""Whom the rules about one person and one shift stop, for many people at once. Refuses to know plans and other seats.

The same rules in the same order as `pairs.pair_reason`; what holds for many shifts alike (who has these tags, who is
free at these hours) is asked once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from ..eligibility import Numbers
from ..pairs import merged
from ..problem import DAY_MIN, PersonId, Problem, Shift

Flags = npt.NDArray[np.bool_]

_NEVER = 1_000_000_000


class Sieve:
    """A problem's people as arrays; a person is meant by his index."""

    def __init__(self, problem: Problem) -> None:
        people = self._people = problem.people
        self._person = {person.id: index for index, person in enumerate(people)}
        self._barred: dict[str, set[int]] = {}
        for bar in problem.bars:
            self._barred.setdefault(bar.shift, set()).add(self._person[bar.person])
        limits = [person.limits for person in people]
        self._earliest = _amounts((one.earliest_min for one in limits), -_NEVER)
        self._latest = _amounts((one.latest_min for one in limits), _NEVER)
        self._effort = _amounts((one.effort for one in limits), _NEVER)
        spans = [(index, one) for index, person in enumerate(people) for one in merged(person.windows)]
        self._whose = np.array([index for index, _ in spans], dtype=np.int64)
        self._begins = np.array([one.starts_min for _, one in spans], dtype=np.int64)
        self._closes = np.array([one.ends_min for _, one in spans], dtype=np.int64)
        self._holders: dict[str, Flags] = {}
        for index, person in enumerate(people):
            for tag in person.tags:
                self._holders.setdefault(tag, np.zeros(len(people), dtype=np.bool_))[index] = True
        self._dated = [(index, one) for index, person in enumerate(people) for one in person.dated_tags]
        self._holding, self._free = cache(self._who_holds), cache(self._who_is_free)

    def sift(self, shift: Shift, on: Collection[PersonId]) -> tuple[dict[str, int], list[int]]:
        """Rule -> how many people it stops first, and who is left of those who aren't `on` the shift."""
        crew = {self._person[one] for one in on}
        barred = self._barred.get(shift.id, set()) - crew
        away = np.array(sorted(crew | barred), dtype=np.int64)
        skilled = self._holding(shift.requires, None)
        left = skilled[~np.isin(skilled, away)]
        stopped = {"barred_seat": len(barred), "skill": len(self._people) - len(away) - len(left)}
        for rule, fits in self._tests(shift):
            before, left = len(left), left[fits[left]]
            stopped[rule] = before - len(left)
        return {rule: count for rule, count in stopped.items() if count}, left.tolist()

    def _tests(self, shift: Shift) -> Iterator[tuple[str, Flags]]:
        midnight = shift.day * DAY_MIN
        if self._dated:
            yield "lapsed", self._flags(self._holding(shift.requires, shift.day))
        if shift.bars:
            has_any = (self._flags(self._holding(frozenset({tag}), shift.day)) for tag in shift.bars)
            yield "tag_barred", ~np.logical_or.reduce(list(has_any))
        yield (
            "daytime",
            (self._earliest + midnight <= shift.starts_min) & (self._latest + midnight >= shift.ends_min),
        )
        yield "effort", self._effort >= shift.effort
        yield "available", self._free(shift.starts_min, shift.ends_min)

    def _who_holds(self, tags: frozenset[str], day: int | None) -> Numbers:
        """Who has all of the tags on the day; None: on some day each."""
        fits = np.ones(len(self._people), dtype=np.bool_)
        for tag in tags:
            holders = self._holders.get(tag, np.zeros(len(self._people), dtype=np.bool_)).copy()
            named = (one for one in self._dated if one[1].tag == tag)
            holders[[index for index, dated in named if day is None or dated.holds_on(day)]] = True
            fits &= holders
        return np.flatnonzero(fits)

    def _who_is_free(self, starts_min: int, ends_min: int) -> Flags:
        return self._flags(self._whose[(self._begins <= starts_min) & (self._closes >= ends_min)])

    def _flags(self, people: Numbers) -> Flags:
        found = np.zeros(len(self._people), dtype=np.bool_)
        found[people] = True
        return found


def _amounts(values: Iterator[int | None], otherwise: int) -> Numbers:
    return np.array([otherwise if one is None else one for one in values], dtype=np.int64)
