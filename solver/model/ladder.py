"""Leximin of relative loads by one descent of linear programs. Refuses to know judges and other goals.

Each load that a person may have is a rung, taken only with the rung below it. The people at or above a level are as few
as possible, level by level downwards, each count kept before the next. Fractions allowed, no plan has fewer; so if the
last corner of the descent is whole, it's a plan that proves every level at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ortools.linear_solver import pywraplp

from .board import Board, Terms
from .fairness import Bearer, FairLoads

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Descent:
    """`counts`: (level, people at or above it), downwards, only where a count grows; no plan is lower in this order.

    `values` of the board's variables have these counts.
    """

    counts: tuple[tuple[int, int], ...]
    values: tuple[int, ...]

    def is_kept(self, fair: FairLoads, top: int) -> bool:
        """The values have these counts: a load may also have climbed by halves of two rungs."""
        known, last = dict(self.counts), 0
        for level in fair.levels_below(top):
            last = known.get(level, last)
            if fair.count(level, self.values) > last:
                return False
        return True


class Ladder:
    """The board's rows and everybody's rungs as one linear program that keeps its basis from level to level."""

    def __init__(self, board: Board, fair: FairLoads, top: int) -> None:
        """Levels above `top` are ruled out."""
        self._program: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._goal: Any = self._program.Objective()
        self._how: Any = pywraplp.MPSolverParameters()
        self._how.SetIntegerParam(self._how.PRESOLVE, self._how.PRESOLVE_OFF)
        self._how.SetIntegerParam(self._how.LP_ALGORITHM, self._how.PRIMAL)
        self._seats = [self._program.NumVar(low, high, "") for low, high in zip(board.low, board.high, strict=True)]
        for row in board.rows:
            self._add_row([(self._seats[one], k) for one, k in row.terms.items()], row.low, row.high)
        self._fair = fair
        self._rungs = [self._add_rungs(bearer, top) for bearer in fair.bearers]
        self._levels = fair.levels_below(top)

    def descend(self, left: Callable[[], float]) -> Descent | None:
        """None if no seconds are `left` or the last corner isn't whole."""
        counts, last = [], 0
        for level in self._levels:
            count = self._fewest(level, left())
            if count is None:
                return None
            if count > last:
                counts.append((level, count))
                last = count
            if level != self._levels[-1]:
                self._add_row([(rung, 1) for rung in self._at(level)], None, last - self._fair.standing(level))
        taken = [seat.solution_value() for seat in self._seats] if self._levels else []
        if not taken or any(abs(one - round(one)) > _TINY for one in taken):
            return None
        return Descent(tuple(counts), tuple(map(round, taken)))

    def _fewest(self, level: int, seconds: float) -> int | None:
        """People at or above the level, at least."""
        self._goal.Clear()
        for rung in self._at(level):
            self._goal.SetCoefficient(rung, 1.0)
        self._program.SetTimeLimit(max(1, round(1000 * seconds)))
        is_found = seconds > 0 and self._program.Solve(self._how) == pywraplp.Solver.OPTIMAL
        return self._fair.standing(level) + math.ceil(self._goal.Value() - _TINY) if is_found else None

    def _at(self, level: int) -> list[Any]:
        """The lowest rung at or above the level of everybody who can be below it."""
        below = [rungs for one, rungs in zip(self._fair.bearers, self._rungs, strict=True) if one.can_be_below(level)]
        found = (next((rung for at, rung in rungs if at >= level), None) for rungs in below)
        return [rung for rung in found if rung is not None]

    def _add_rungs(self, bearer: Bearer, top: int) -> list[tuple[int, Any]]:
        """(level, variable) of each load beyond the lowest one, upwards."""
        reach = max(1, sum(level <= top for level in bearer.levels))
        rungs = [self._program.NumVar(0.0, 1.0, "") for _ in range(1, reach)]
        for rung, above in pairwise(rungs):
            self._add_row([(above, 1), (rung, -1)], None, 0)
        loads = bearer.possible[:reach]
        turns = [(self._seats[one], load) for one, load in bearer.terms.items()]
        rises = [(rung, low - high) for rung, (low, high) in zip(rungs, pairwise(loads), strict=True)]
        self._add_row([*turns, *rises], None, loads[0])
        for size in sorted(set(bearer.terms.values())) if loads[0] == 0 else ():
            self._add_row([*_of_size(bearer.terms, self._seats, size), *_reached(loads, rungs, size)], None, 0)
        return list(zip(bearer.levels[1:reach], rungs, strict=True))

    def _add_row(self, terms: list[tuple[Any, int]], low: int | None, high: int | None) -> None:
        open_end = self._program.infinity()
        row = self._program.Constraint(-open_end if low is None else low, open_end if high is None else high)
        for variable, k in terms:
            row.SetCoefficient(variable, k)


def _of_size(terms: Terms, seats: list[Any], size: int) -> Iterator[tuple[Any, int]]:
    """Turns of this load or more."""
    return ((seats[one], 1) for one, load in terms.items() if load >= size)


def _reached(loads: list[int], rungs: list[Any], size: int) -> list[tuple[Any, int]]:
    """Rungs that so many turns of this load take one after the other: n such turns come to n times the load."""
    taken: dict[int, int] = {}
    wanted = size
    for index, load in enumerate(loads[1:]):
        while load >= wanted:
            taken[index] = taken.get(index, 0) - 1
            wanted += size
    return [(rungs[index], k) for index, k in taken.items()]
