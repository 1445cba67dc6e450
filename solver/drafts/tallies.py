"""What each person carries so far: turns and minutes by day, week and horizon. Refuses to know seats and crews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .. import score
from ..eligibility import Numbers
from ..pairs import tasks
from ..problem import Problem
from ..turns import grouped

_MANY = 1_000_000_000

_LIMITS = (("day", "shifts_per_day", "minutes_per_day"), ("week", "shifts_per_week", "minutes_per_week"))


class Tallies:
    """One row a person. `load` is in minutes x percent, the past included; held turns count in their days and weeks.

    Parts of one task are one turn: who has one of them needs room only for the minutes of the others.
    """

    def __init__(self, problem: Problem) -> None:
        self._spans = [_Span(problem, *names) for names in _LIMITS]
        self._minutes = [shift.minutes for shift in problem.shifts]
        self._loads = [shift.load_pct_min for shift in problem.shifts]
        self._task = [(shift.day, shift.task) if shift.task else None for shift in problem.shifts]
        self._parts = Counter(
            (index, turn.day, turn.task)
            for index, person in enumerate(problem.people)
            for turn in person.held
            if turn.task
        )
        self._most_turns, self._most_minutes = _limits(problem, "shifts"), _limits(problem, "minutes")
        self._turns, self._spent = np.zeros_like(self._most_turns), np.zeros_like(self._most_turns)
        self.share = np.array([person.share * 100 for person in problem.people], dtype=np.int64)
        self.load = np.array([person.past_load * 100 for person in problem.people], dtype=np.int64)

    def add(self, person: int, shift: int, times: int) -> None:
        """One turn more (`times` 1) or less (-1)."""
        turns = times if self._is_turn(person, shift, times) else 0
        for span in self._spans:
            span.add(person, span.column[shift], turns, times * self._minutes[shift])
        self._turns[person] += turns
        self._spent[person] += times * self._minutes[shift]
        self.load[person] += times * self._loads[shift]

    def _is_turn(self, person: int, shift: int, times: int) -> bool:
        """The first part of a task that comes, or the last that goes, or no part of any; notes the part."""
        task = self._task[shift]
        if task is None:
            return True
        key = (person, *task)
        self._parts[key] += times
        return self._parts[key] == (1 if times > 0 else 0)

    def has_room(self, people: Numbers, shift: int) -> npt.NDArray[np.bool_]:
        """Whose limits of number and minutes leave room for one more such turn."""
        minutes, begun = self._minutes[shift], self._have_begun(people, shift)
        fits = (begun | (self._turns[people] < self._most_turns[people])) & (
            self._spent[people] + minutes <= self._most_minutes[people]
        )
        for span in self._spans:
            fits &= span.has_room(people, span.column[shift], minutes, begun)
        return fits

    def _have_begun(self, people: Numbers, shift: int) -> npt.NDArray[np.bool_]:
        """Who has a part of the shift's task already."""
        task = self._task[shift]
        if task is None:
            return np.zeros(len(people), dtype=bool)
        return np.array([self._parts[one, *task] > 0 for one in people.tolist()], dtype=bool)

    def levels_with(self, people: Numbers, shift: int) -> Numbers:
        """Load over share in per mille, rounded up, with one more such turn; 0 without a share."""
        share = self.share[people]
        after = (self.load[people] + self._loads[shift]) * score.PER_MILLE
        return np.where(share > 0, -(-after // np.maximum(1, share)), 0)

    def level(self, person: int) -> int:
        """Load over share in per mille, rounded up; 0 without a share."""
        share = int(self.share[person])
        return -(-int(self.load[person]) * score.PER_MILLE // share) if share else 0

    def levels(self) -> Numbers:
        """Load over share in per mille, rounded up, of everyone; 0 without a share."""
        return np.where(self.share > 0, -(-self.load * score.PER_MILLE // np.maximum(1, self.share)), 0)


class _Span:
    """Days or weeks: `column[shift]` is the shift's column in the tables of turns and minutes."""

    def __init__(self, problem: Problem, name: str, turns_name: str, minutes_name: str) -> None:
        keys = sorted({getattr(shift, name) for shift in problem.shifts})
        at = {key: column for column, key in enumerate(keys)}
        self.column = [at[getattr(shift, name)] for shift in problem.shifts]
        self._most_turns, self._most_minutes = _limits(problem, turns_name), _limits(problem, minutes_name)
        self._turns = np.zeros((len(problem.people), len(keys)), dtype=np.int32)
        self._spent = np.zeros((len(problem.people), len(keys)), dtype=np.int32)
        for index, person in enumerate(problem.people):
            for key, held in grouped(person.held, name).items():
                if key in at:
                    self.add(index, at[key], tasks(held), sum(turn.minutes for turn in held))

    def add(self, person: int, column: int, turns: int, minutes: int) -> None:
        self._turns[person, column] += turns
        self._spent[person, column] += minutes

    def has_room(
        self, people: Numbers, column: int, minutes: int, begun: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """`begun`: who has a part of the task already."""
        room: npt.NDArray[np.bool_] = (begun | (self._turns[people, column] < self._most_turns[people])) & (
            self._spent[people, column] + minutes <= self._most_minutes[people]
        )
        return room


def _limits(problem: Problem, name: str) -> Numbers:
    limits: Iterable[int | None] = (getattr(person.limits, name) for person in problem.people)
    return np.array([_MANY if one is None else one for one in limits], dtype=np.int64)
