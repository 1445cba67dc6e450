"""The linear master of a part: choose one roster a person, pay for heads. Refuses to know where rosters come from.

Rows: one per person, one per cell (day, code), where heads = the sum of the segments that pay for them. GLOP keeps its
basis between solves: primal simplex after new columns, dual after changed bounds unless the master is large.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from .part import Part
from .team import NEVER, FloatArray, Roster

_TINY = 1e-7
_DUAL_ROWS = 600  # above, a dual simplex takes four times as long after changed bounds as a primal one


class Master:
    """Columns are `days[column, day - first]`, of person `of[column]` (index into the part).

    `is_solved`: the last solve came to its end. The last one that did left `value`,
    `worth[day - first, code]` of one more head, `due[person]` and `weight[column]`.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.span, self.codes = part.last - part.first, part.team.codes
        self.of: list[int] = []
        self._costs: list[float] = []
        self.value, self.is_solved = float("nan"), False
        self.worth, self.due, self.weight = np.zeros((self.span, self.codes)), np.zeros(len(part.people)), np.zeros(0)
        self._known: set[tuple[int, bytes]] = set()
        self._days = np.empty((256, self.span), dtype=np.int16)
        self._whole = np.empty((256, part.team.days), dtype=np.int16)
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._ask: Any = pywraplp.MPSolverParameters()
        self._ask.SetIntegerParam(self._ask.PRESOLVE, self._ask.PRESOLVE_OFF)
        self._from_scratch: Any = pywraplp.MPSolverParameters()
        self._from_scratch.SetIntegerParam(self._from_scratch.INCREMENTALITY, self._from_scratch.INCREMENTALITY_OFF)
        self._goal: Any = self._solver.Objective()
        self._one: list[Any] = [self._solver.Constraint(1.0, 1.0) for _ in part.people]
        self._cells: list[Any] = [self._solver.Constraint(0.0, 0.0) for _ in range(self.span * self.codes)]
        self._columns: list[Any] = []
        self._open = np.zeros(256, dtype=np.bool_)
        self._pay_for_heads()

    def _pay_for_heads(self) -> None:
        slope, length, constant = self.part.steps
        self._goal.SetOffset(constant)
        for row, slopes, lengths in zip(self._cells, slope.tolist(), length.tolist(), strict=True):
            for one, most in zip(slopes, lengths, strict=True):
                if most > 0:
                    heads = self._solver.NumVar(0.0, most, "")
                    row.SetCoefficient(heads, -1.0)
                    if one:
                        self._goal.SetCoefficient(heads, one)

    def __len__(self) -> int:
        return len(self.of)

    @property
    def days(self) -> npt.NDArray[np.int16]:
        return self._days[: len(self)]

    @property
    def is_open(self) -> npt.NDArray[np.bool_]:
        return self._open[: len(self)]

    def roster(self, column: int) -> Roster:
        whole: Roster = self._whole[column]
        return whole

    def add(self, person: int, roster: Roster) -> bool:
        """False if this column is there already (it is opened if it was closed)."""
        days = roster[self.part.first : self.part.last]
        key = (person, days.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        self._grow()
        column, cost = len(self), self.part.team.kernels[self.part.people[person]].own_cost(roster)
        self._days[column], self._whole[column], self._open[column] = days, roster, True
        self.of.append(person)
        self._costs.append(cost)
        chosen = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._columns.append(chosen)
        self._one[person].SetCoefficient(chosen, 1.0)
        for cell in (np.flatnonzero(days >= 0) * self.codes + days[days >= 0]).tolist():
            self._cells[cell].SetCoefficient(chosen, 1.0)
        if cost:
            self._goal.SetCoefficient(chosen, cost)
        return True

    def _grow(self) -> None:
        if len(self) == len(self._days):
            more = len(self._days)
            self._days = np.concatenate([self._days, np.empty_like(self._days)])
            self._whole = np.concatenate([self._whole, np.empty_like(self._whole)])
            self._open = np.concatenate([self._open, np.zeros(more, dtype=np.bool_)])

    def heaviest(self) -> npt.NDArray[np.int64]:
        """`column[person]` of the greatest weight; columns added since the last solve have none."""
        of, weight = np.array(self.of), np.zeros(len(self))
        weight[: len(self.weight)] = self.weight
        order = np.lexsort((weight, of))
        return order[np.flatnonzero(np.diff(of[order], append=-1))]

    def summed(self) -> FloatArray:
        """`weight[person, day - first, 1 + code]` of the columns that hold this code on this day."""
        used, of = np.flatnonzero(self.weight), np.array(self.of)
        summed = np.zeros((len(self.part.people), self.span, self.codes + 1))
        np.add.at(summed, (of[used, None], np.arange(self.span)[None, :], self.days[used] + 1), self.weight[used, None])
        return summed

    def reduced(self) -> FloatArray:
        """`cost[column]` above what its person is due at the worths of the last solve."""
        worth = np.concatenate([np.zeros((self.span, 1)), self.worth], axis=1)
        paid = worth[np.arange(self.span)[None, :], self.days + 1].sum(axis=1)
        reduced: FloatArray = np.array(self._costs) - paid - self.due[self.of]
        return reduced

    def keep_open(self, wanted: npt.NDArray[np.bool_]) -> None:
        """Opens exactly the columns `wanted[column]`."""
        for column in np.flatnonzero(wanted != self.is_open).tolist():
            self._columns[column].SetBounds(0.0, self._solver.infinity() if wanted[column] else 0.0)
        self._open[: len(self)] = wanted

    def solve(self, left_s: float = NEVER, *, bounds_changed: bool = False) -> bool:
        """False if the simplex gave up (numbers, or `left_s` seconds), which leaves the previous solution standing."""
        dual = bounds_changed and len(self._cells) + len(self._one) <= _DUAL_ROWS
        algorithm = self._ask.DUAL if dual else self._ask.PRIMAL
        self._ask.SetIntegerParam(self._ask.LP_ALGORITHM, algorithm)
        self._solver.SetTimeLimit(0 if left_s == NEVER else max(1, round(1000 * left_s)))
        status = self._solver.Solve(self._ask)
        if status == pywraplp.Solver.ABNORMAL:
            status = self._solver.Solve(self._from_scratch)
        self.is_solved = status == pywraplp.Solver.OPTIMAL
        if not self.is_solved:
            self.weight = np.append(self.weight, np.zeros(len(self) - len(self.weight)))
            return False
        self.value = self._goal.Value()
        self.worth = np.array([row.dual_value() for row in self._cells]).reshape(self.span, self.codes)
        self.due = np.array([row.dual_value() for row in self._one])
        self.weight = np.array([one.solution_value() for one in self._columns])
        self.weight[self.weight < _TINY] = 0.0
        return True
