"""Who competes for the same people: these shifts want more seats than the people who could take them have turns.

The plan is read as a flow from people through their weeks to shifts. From the empty seat a search goes back: who could
take it, which full week or day keeps him, which turns fill it, who could take those. If it never meets anybody with a
turn to spare, what it has seen is a cut, and the cut is the reason. Refuses to know solvers, rest over midnight, mixes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from ..judging import minutes_of
from ..pairs import further_parts, pair_reason, tasks
from ..plan import Plan
from ..problem import Limits, Person, PersonId, Problem, Shift, ShiftId
from ..turns import held_in_horizon

_MANY = 1_000_000_000


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
    """Why the empty seat can't be filled beside the others; None where turns are to spare but a rule is in the way.

    Other empty seats that want the same people and nobody else belong to it, so it tells the whole shortage.
    """
    search = _Search(problem, plan)
    if not search.is_closed(shift):
        return None
    search.add_others()
    return search.witness()


class _Search:
    """What has been seen on the way back from an empty seat."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._plan = plan
        self._shifts: set[ShiftId] = set()
        self._people: set[PersonId] = set()
        self._full: set[tuple[PersonId, str, int]] = set()
        self._rooms: dict[tuple[PersonId, str, int], float] = {}

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

    def add_others(self) -> None:
        """Other empty seats that nobody but these people could take, as far as they're closed too."""
        for other in self._problem.shifts:
            is_empty = len(self._plan.on_shift.get(other.id, ())) < other.target
            if is_empty and other.id not in self._shifts and self._is_theirs(other):
                shifts, people = set(self._shifts), set(self._people)
                if not self.is_closed(other.id) or self._people != people:
                    self._shifts, self._people = shifts, people

    def _is_theirs(self, shift: Shift) -> bool:
        others = (one.id for one in self._problem.people if one.id not in self._people)
        return all(pair_reason(self._problem, one, shift.id) is not None for one in others)

    def witness(self) -> Witness:
        order = self._problem.shifts
        seen = [one for one in order if one.id in self._shifts]
        given = sum(len(self._plan.on_shift.get(one.id, ())) for one in seen)
        people = tuple(one.id for one in self._problem.people if one.id in self._people)
        return Witness(tuple(one.id for one in seen), sum(one.target for one in seen), people, given)

    def _may(self, shift: Shift) -> Iterable[PersonId]:
        return [one.id for one in self._problem.people if pair_reason(self._problem, one.id, shift.id) is None]

    def _full_limit(self, person: PersonId, wanted: Shift) -> tuple[PersonId, str, int] | None:
        """The widest of his spans that leaves no turn: all, the week, the day."""
        for span, index in (("horizon", 0), ("week", wanted.week), ("day", wanted.day)):
            full = (person, span, index)
            if len(self._turns_under(full)) >= self._room(full):
                return full
        return None

    def _turns_under(self, full: tuple[PersonId, str, int]) -> list[ShiftId]:
        person, span, index = full
        own = self._plan.of_person.get(person, ())
        return [one for one in own if span == "horizon" or getattr(self._problem.shift[one], span) == index]

    def _room(self, full: tuple[PersonId, str, int]) -> float:
        """No plan gives the person more turns in the span: by number, by minutes, and on a day by the hours."""
        if full not in self._rooms:
            one = self._problem.person[full[0]]
            turns, minutes = self._left(one, full[1], full[2])
            rooms = [turns + self._further_parts(full)]
            if minutes < _MANY or full[1] == "day":
                could = self._open_under(full)
                rooms.append(sum(spent <= minutes for spent in accumulate(sorted(turn.minutes for turn in could))))
                rooms += [_apart(one.limits, could)] if full[1] == "day" else []
            self._rooms[full] = min(rooms)
        return self._rooms[full]

    def _further_parts(self, full: tuple[PersonId, str, int]) -> int:
        """Turns of the span that cost him no turn, as parts of a task beside the first."""
        if not any(one.task for one in self._problem.shifts):
            return 0
        return further_parts(self._open_under(full), self._problem.person[full[0]].held)

    def _left(self, person: Person, span: str, index: int) -> tuple[float, float]:
        """Turns and minutes that the limits leave beside what is held."""
        limits = person.limits
        if span == "horizon":
            held, past = held_in_horizon(self._problem, person), person.past
            spent = past.shifts + tasks(held), past.minutes + minutes_of(held)
            most = limits.shifts, limits.minutes
        else:
            held = [turn for turn in person.held if getattr(turn, span) == index]
            spent = tasks(held), minutes_of(held)
            most = getattr(limits, f"shifts_per_{span}"), getattr(limits, f"minutes_per_{span}")
        turns, minutes = (_MANY if one is None else one - used for one, used in zip(most, spent, strict=True))
        return turns, minutes

    def _open_under(self, full: tuple[PersonId, str, int]) -> list[Shift]:
        """Shifts of the span that the person may take, seen alone."""
        person, span, index = full
        return [
            one
            for one in self._problem.shifts
            if (span == "horizon" or getattr(one, span) == index) and pair_reason(self._problem, person, one.id) is None
        ]


def _apart(limits: Limits, shifts: list[Shift]) -> int:
    """As many of a day's shifts as one person can take one after the other (the earliest end first)."""
    are_long = all(one.minutes >= limits.long_min for one in shifts)
    between = max(limits.gap_min, limits.rest_min if are_long else 0)
    count, free = 0, -_MANY
    for one in sorted(shifts, key=lambda one: one.ends_min):
        if one.starts_min >= free:
            count, free = count + 1, one.ends_min + between
    return count
