"""What a competition case says, in plain values. Days count from the first day of the first week given, which is a
Monday; nurses, shift types and skills are indices in the scenario's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OFF = -1

Cells = NDArray[np.int64]


class Span(NamedTuple):
    """Wanted number of things, both ends included."""

    least: int
    most: int


@dataclass(frozen=True)
class ShiftType:
    name: str
    run: Span  # days in a row with this shift type


@dataclass(frozen=True)
class Contract:
    name: str
    assignments: Span  # over all weeks of the scenario
    work_run: Span  # worked days in a row
    off_run: Span  # free days in a row
    most_weekends: int  # worked, over all weeks of the scenario
    whole_weekends: bool


@dataclass(frozen=True)
class Nurse:
    name: str
    contract: Contract
    skills: tuple[int, ...]


@dataclass(frozen=True)
class Scenario:
    name: str
    weeks: int
    skills: tuple[str, ...]
    shifts: tuple[ShiftType, ...]
    forbidden: frozenset[tuple[int, int]]  # (shift type, shift type of the next day)
    nurses: tuple[Nurse, ...]


@dataclass(frozen=True)
class Standing:
    """Where a nurse stands on the morning of the first day; a run that isn't going on is 0."""

    assignments: int
    weekends: int
    shift: int  # of the day before, OFF when that was free
    shift_run: int
    work_run: int
    off_run: int


@dataclass(frozen=True)
class History:
    week: int  # weeks of the scenario that are over
    standings: tuple[Standing, ...]  # one per nurse


@dataclass(frozen=True, eq=False)
class Week:
    least: Cells  # [day, shift, skill]
    wanted: Cells  # [day, shift, skill]
    wishes: frozenset[tuple[int, int, int]]  # (nurse, day, shift) that the nurse would rather not work


@dataclass(frozen=True, eq=False)
class Case:
    """`weeks` are the ones to decide, in order, from `history.week` on."""

    scenario: Scenario
    history: History
    weeks: tuple[Week, ...]

    @property
    def days(self) -> int:
        return len(self.weeks) * len(DAYS)

    @property
    def is_last(self) -> bool:
        """The scenario ends with these weeks, so that totals are judged."""
        return self.history.week + len(self.weeks) == self.scenario.weeks


class Assignment(NamedTuple):
    nurse: int
    day: int
    shift: int
    skill: int
