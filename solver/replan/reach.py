"""Whom and what a repair may concern: chains of stand-ins that begin at a hole. Refuses to know solvers.

Somebody takes the empty seat, gives up another turn for it, somebody takes that one, and so on. What isn't part of such
a chain can be put back as it was without loss: rules meet only inside a shift (or a cross mix, or a team) and inside a
person's own turns, and fewer turns never break a rule of a person; who has a least of days in a row or off may take any
further turns as well. So a smallest repair of n people lies within n steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from ..limits import NO_LIMITS
from ..pairs import clash, merged, suits
from ..plan import Plan
from ..problem import Limits, Pair, Person, PersonId, Problem, Shift, ShiftId, Window


class Reach:
    """`pairs`: seats that a repair of at most `people` people may give or take; `is_whole`: no longer chain exists."""

    def __init__(
        self, problem: Problem, kept: Plan, holes: Iterable[ShiftId], may_move: Callable[[Pair], bool]
    ) -> None:
        self.pairs: set[Pair] = set()
        self.people = 0
        self._problem = problem
        self._kept = kept
        self._may_move = may_move
        self._free: dict[PersonId, list[Window]] = {}
        self._with_tag = _by_tag(problem)
        self._beside = _cross_mixed(problem)
        self._seen: set[ShiftId] = set()
        self._next: list[ShiftId] = []
        self._meet(holes)

    @property
    def edge(self) -> frozenset[ShiftId]:
        """Shifts that somebody may leave, whose other stand-ins aren't among the pairs yet."""
        return frozenset(self._next)

    @property
    def is_whole(self) -> bool:
        return not self._next

    def grow(self, people: int) -> None:
        """Far enough for `people` people."""
        while self.people < people and self._next:
            self._step()
        self.people = max(self.people, people)

    def _step(self) -> None:
        """One person further: who could take (or leave) a seat on the shifts met last, and what he'd give up."""
        self.people += 1
        met, self._next = self._next, []
        for shift in met:
            for person in self._kept.on_shift.get(shift, ()):
                if self._may_move((person, shift)):
                    self.pairs.add((person, shift))
            for person in self._could_take(self._problem.shift[shift]):
                self.pairs.add((person, shift))
                others = [*self._could_give(person, self._problem.shift[shift]), *self._could_add(person)]
                self.pairs.update((person, one) for one in others)
                self._meet(others)

    def _meet(self, shifts: Iterable[ShiftId]) -> None:
        for shift in shifts:
            for one in self._beside.get(shift, (shift,)):
                if one not in self._seen:
                    self._seen.add(one)
                    self._next.append(one)

    def _could_take(self, shift: Shift) -> Iterable[PersonId]:
        """People who, seen alone, may have the seat and don't."""
        on = self._kept.on_shift.get(shift.id, ())
        for person in self._skilled(shift):
            one = self._problem.person[person]
            if person not in on and self._may_take(one, shift):
                yield person

    def _may_take(self, person: Person, shift: Shift) -> bool:
        return (
            self._may_move((person.id, shift.id))
            and (person.id, shift.id) not in self._problem.barred
            and suits(person, shift, self._windows(person.id))
            and not any(clash(self._problem, person.limits, turn, shift) for turn in person.held)
        )

    def _could_add(self, person: PersonId) -> Iterable[ShiftId]:
        """Further turns without which one may break a least of days in a row or off."""
        one = self._problem.person[person]
        if one.limits.days_in_row_least > 1 or one.limits.days_off_least > 1:
            yield from (shift.id for shift in self._problem.shifts if self._may_take(one, shift))

    def _skilled(self, shift: Shift) -> Iterable[PersonId]:
        """People with the rarest of the required tags: the others needn't be looked at."""
        if not shift.requires:
            return self._problem.person
        return min((self._with_tag[tag] for tag in shift.requires), key=len)

    def _windows(self, person: PersonId) -> list[Window]:
        if person not in self._free:
            self._free[person] = merged(self._problem.person[person].windows)
        return self._free[person]

    def _could_give(self, person: PersonId, taken: Shift) -> Iterable[ShiftId]:
        """Own turns that may have to go if he takes that one."""
        limits = self._problem.person[person].limits
        is_local = _is_weekly(limits)
        for one in self._kept.of_person.get(person, ()):
            turn = self._problem.shift[one]
            is_near = turn.week == taken.week or turn.day == taken.day or clash(self._problem, limits, turn, taken)
            if (is_near or not is_local) and self._may_move((person, one)):
                yield one


@cache
def _is_weekly(limits: Limits) -> bool:
    """No limit reaches beyond a week, except the minutes between two turns."""
    local = replace(
        limits,
        shifts_per_day=None,
        minutes_per_day=None,
        shifts_per_week=None,
        minutes_per_week=None,
        gap_min=0,
        rest_min=0,
        long_min=NO_LIMITS.long_min,
        earliest_min=None,
        latest_min=None,
        effort=None,
        share_pct_per_week=None,
        share_pct_per_day=None,
        offered_pct_per_week=None,
        offered_pct_per_day=None,
        labels_per_week=(),
        successions=(),
    )
    return local == NO_LIMITS


def _by_tag(problem: Problem) -> dict[str, list[PersonId]]:
    found: dict[str, list[PersonId]] = defaultdict(list)
    for person in problem.people:
        for tag in person.tags_ever:
            found[tag].append(person.id)
    return found


def _cross_mixed(problem: Problem) -> dict[ShiftId, set[ShiftId]]:
    """shift -> the shifts that one rule judges together with it, itself included."""
    groups: dict[ShiftId, set[ShiftId]] = {}
    for together in (*(rule.shifts for rule in problem.cross_mixes), *problem.same_team):
        joined = set(together).union(*(groups[one] for one in together if one in groups))
        groups |= dict.fromkeys(joined, joined)
    return groups
