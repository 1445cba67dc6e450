"""A legal plan in work: seats given one by one, each passed by the judge, holes closed by moving others on.

Refuses to know engines. Limits of days and weeks are looked up for a whole crew at once; what they let through, the
judge is asked about, so rules that this file has never heard of are kept too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from .. import check
from ..eligibility import Eligibility, Numbers
from ..plan import Plan
from .tallies import Tallies

Stop = Callable[[], bool]


class Draft:
    """`crew[shift]` and `own[person]` are lists of indices; `questions` says how often the judge has been asked."""

    def __init__(self, open_pairs: Eligibility, start: Plan) -> None:
        """`start` is legal; seats of closed pairs aren't expected in it."""
        problem = self.problem = open_pairs.problem
        self._person = {person.id: index for index, person in enumerate(problem.people)}
        self._shift = {shift.id: index for index, shift in enumerate(problem.shifts)}
        order = np.argsort(open_pairs.shift, kind="stable")
        self._open = open_pairs.person[order]
        self._cuts = np.searchsorted(open_pairs.shift[order], np.arange(len(problem.shifts) + 1)).tolist()
        self._open_sets: dict[int, frozenset[int]] = {}
        self.crew: list[list[int]] = [[] for _ in problem.shifts]
        self.own: list[list[int]] = [[] for _ in problem.people]
        self.tallies = Tallies(problem)
        self.questions = 0
        self._journal: list[tuple[int, int, bool]] = []
        self.pinned = {(self._person[pin.person], self._shift[pin.shift]) for pin in problem.pins}
        for person, shift in sorted(start.assignments):
            self.give(self._person[person], self._shift[shift])

    def plan(self) -> Plan:
        """The plan so far."""
        people, shifts = self.problem.people, self.problem.shifts
        return Plan(
            frozenset((people[one].id, shifts[shift].id) for shift, crew in enumerate(self.crew) for one in crew)
        )

    def give(self, person: int, shift: int) -> None:
        self._note(person, shift, is_given=True)

    def take(self, person: int, shift: int) -> None:
        self._note(person, shift, is_given=False)

    def _note(self, person: int, shift: int, *, is_given: bool) -> None:
        self._journal.append((person, shift, is_given))
        self._do(person, shift, is_given=is_given)

    def _do(self, person: int, shift: int, *, is_given: bool) -> None:
        for members, one in ((self.crew[shift], person), (self.own[person], shift)):
            if is_given:
                members.append(one)
            else:
                members.remove(one)
        self.tallies.add(person, shift, 1 if is_given else -1)

    def mark(self) -> int:
        """A moment to which `undo` can go back."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Takes back everything since the mark."""
        while len(self._journal) > mark:
            person, shift, is_given = self._journal.pop()
            self._do(person, shift, is_given=not is_given)

    def changed(self, mark: int) -> tuple[list[int], list[int]]:
        """People and shifts touched since the mark."""
        since = self._journal[mark:]
        return sorted({person for person, _, _ in since}), sorted({shift for _, shift, _ in since})

    def room(self, shift: int, layer: str = "target") -> int:
        """Empty seats up to the target or the least."""
        return max(0, int(getattr(self.problem.shifts[shift], layer)) - len(self.crew[shift]))

    def open_to(self, shift: int) -> Numbers:
        """People who may take the shift, seen alone."""
        return self._open[self._cuts[shift] : self._cuts[shift + 1]]

    def is_open(self, person: int, shift: int) -> bool:
        """The person may take the shift, seen alone."""
        if shift not in self._open_sets:
            self._open_sets[shift] = frozenset(self.open_to(shift).tolist())
        return person in self._open_sets[shift]

    def waiting(self, shift: int) -> list[int]:
        """People whose counts leave room for the shift, those first whom it would load least."""
        people = self.open_to(shift)
        free = people[self.tallies.has_room(people, shift)]
        levels = self.tallies.levels_with(free, shift)
        on = set(self.crew[shift])
        return [one for one in free[np.argsort(levels, kind="stable")].tolist() if one not in on]

    def fits(self, person: int, shift: int) -> bool:
        """Giving the seat breaks no rule that isn't broken already."""
        one, turn = self.problem.people[person], self.problem.shifts[shift]
        if person in self.crew[shift] or any(self._meet(own, shift) for own in self.own[person]):
            return False
        self.questions += 1
        return not check.verdict(self.problem, self._near([person], [shift]), one.id, turn.id)

    def _meet(self, one: int, other: int) -> bool:
        """They overlap: no need to ask the judge."""
        first, second = self.problem.shifts[one], self.problem.shifts[other]
        return first.starts_min < second.ends_min and second.starts_min < first.ends_min

    def is_legal(self, people: Sequence[int], shifts: Sequence[int]) -> bool:
        """No rule is broken around these people and shifts."""
        plan = self._near(people, shifts)
        names = tuple(self.problem.people[one].id for one in people)
        scope = check.Scope(names, tuple(self.problem.shifts[one].id for one in shifts))
        return next(check.broken(self.problem, plan, scope), None) is None

    def _near(self, people: Iterable[int], shifts: Iterable[int]) -> Plan:
        """The plan as far as a judge of these people and shifts looks at it."""
        names, turns = self.problem.people, self.problem.shifts
        plan = Plan()
        around = {self._shift[other] for shift in shifts for other in self.problem.judged_with(turns[shift].id)}
        plan.__dict__["on_shift"] = {
            turns[one].id: tuple(sorted(names[person].id for person in self.crew[one]))
            for one in around
            if self.crew[one]
        }
        plan.__dict__["of_person"] = {
            names[one].id: tuple(sorted(turns[shift].id for shift in self.own[one])) for one in people if self.own[one]
        }
        return plan

    def prefer(self, plan: Plan, should_stop: Stop) -> None:
        """Gives the seats of a plan as far as they're open, legal and empty."""
        for name, turn in sorted(plan.assignments):
            person, shift = self._person[name], self._shift[turn]
            if should_stop():
                return
            if self.room(shift) and self.fits(person, shift):
                self.give(person, shift)

    def fill(self, should_stop: Stop) -> None:
        """Fills empty seats directly: least before target, urgent before others, scarce before plentiful."""
        for layer in ("least", "target"):
            for shift in self._order():
                if should_stop():
                    return
                self.fill_shift(shift, layer)

    def _order(self) -> list[int]:
        shifts = self.problem.shifts
        choice = [(len(self.open_to(index)) + 1) / max(1, shift.target) for index, shift in enumerate(shifts)]
        return sorted(range(len(shifts)), key=lambda one: (shifts[one].priority, choice[one], one))

    def fill_shift(self, shift: int, layer: str = "target") -> None:
        room = self.room(shift, layer)
        for person in self.waiting(shift) if room else ():
            if self.fits(person, shift):
                self.give(person, shift)
                room -= 1
                if not room:
                    return
