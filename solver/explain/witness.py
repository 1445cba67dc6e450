"""Who competes for the same people: these shifts want more seats than the people who could take them have turns.

The plan is read as a flow from people through their weeks to shifts. From the empty seat a search goes back: who could
take it, which full week or day keeps him, which turns fill it, who could take those. If it never meets anybody with a
turn to spare, what it has seen is a cut, and the cut is the reason. Refuses to know solvers, rest, mixes and minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..eligibility import pair_reason
from ..plan import Plan
from ..problem import PersonId, Problem, Shift, ShiftId


@dataclass(frozen=True, slots=True)
class Witness:
    """`shifts` want `seats` of `people`, everyone who may take one of them at all; these can give `can_give` at most.

    Both in the problem's order; `can_give` is below `seats`, and no other plan can change that.
    """

    shifts: tuple[ShiftId, ...]
    seats: int
    people: tuple[PersonId, ...]
    can_give: int


def witness(problem: Problem, plan: Plan, shift: ShiftId) -> Witness | None:
    """Why the empty seat can't be filled beside the others; None where turns are to spare but a rule is in the way."""
    search = _Search(problem, plan)
    return search.witness() if search.is_closed(shift) else None


class _Search:
    """What has been seen on the way back from an empty seat."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._plan = plan
        self._shifts: set[ShiftId] = set()
        self._people: set[PersonId] = set()
        self._full: set[tuple[PersonId, str, int]] = set()
        self._given = 0

    def is_closed(self, shift: ShiftId) -> bool:
        """Everybody who could take one of the seats seen is held by a limit that other seats seen have filled."""
        self._shifts.add(shift)
        waiting = [shift]
        while waiting:
            wanted = self._problem.shift[waiting.pop()]
            for person in self._may(wanted):
                self._people.add(person)
                if person in self._plan.on_shift.get(wanted.id, ()):
                    continue
                full = self._full_limit(person, wanted)
                if full is None:
                    return False
                for turn in self._turns_under(full):
                    if turn not in self._shifts:
                        self._shifts.add(turn)
                        waiting.append(turn)
        return True

    def witness(self) -> Witness:
        order = self._problem.shifts
        seen = [one for one in order if one.id in self._shifts]
        given = sum(len(self._plan.on_shift.get(one.id, ())) for one in seen)
        people = tuple(one.id for one in self._problem.people if one.id in self._people)
        return Witness(tuple(one.id for one in seen), sum(one.target for one in seen), people, given)

    def _may(self, shift: Shift) -> Iterable[PersonId]:
        return [one.id for one in self._problem.people if pair_reason(self._problem, one.id, shift.id) is None]

    def _full_limit(self, person: PersonId, wanted: Shift) -> tuple[PersonId, str, int] | None:
        """The widest of his limits that leaves no turn: in all, in the week, on the day."""
        limits = self._problem.person[person].limits
        for span, index, most in (
            ("horizon", 0, limits.shifts),
            ("week", wanted.week, limits.shifts_per_week),
            ("day", wanted.day, limits.shifts_per_day),
        ):
            full = (person, span, index)
            if most is not None and len(self._turns_under(full)) + self._held_under(full) >= most:
                return full
        return None

    def _turns_under(self, full: tuple[PersonId, str, int]) -> list[ShiftId]:
        person, span, index = full
        own = self._plan.of_person.get(person, ())
        return [one for one in own if span == "horizon" or getattr(self._problem.shift[one], span) == index]

    def _held_under(self, full: tuple[PersonId, str, int]) -> int:
        person, span, index = full
        held = self._problem.person[person].held
        return 0 if span == "horizon" else sum(getattr(turn, span) == index for turn in held)
