"""The best rosters and the best bound so far, shared by worker processes. Refuses to know how they were found.

Every worker writes to a place of its own, so there is no lock that a worker ended from outside could keep.
"""

from __future__ import annotations

import copy
import multiprocessing
from multiprocessing.context import SpawnContext
from typing import Any

import numpy as np
import numpy.typing as npt

from .team import NEVER, Rosters, Team

_COST, _BOUND = 0, 1
_READS = 100  # of rosters that are being written meanwhile


class Incumbent:
    """May be handed to a process at its start, which writes to place number `own`."""

    def __init__(self, team: Team, workers: int) -> None:
        spawn: SpawnContext = multiprocessing.get_context("spawn")
        self._shape = workers, team.people, team.days
        self._rosters: Any = spawn.RawArray("h", max(1, workers * team.people * team.days))
        self._figures: Any = spawn.RawArray("d", [NEVER, -NEVER] * workers)
        self._writes: Any = spawn.RawArray("q", workers)  # odd while a worker writes
        self._over: Any = spawn.RawValue("b", 0)
        self._own = 0

    def of(self, own: int) -> Incumbent:
        """The same, for the worker of this number."""
        other = copy.copy(self)
        other._own = own
        return other

    @property
    def cost(self) -> float:
        whole = (one for one in self._places() if self._writes[one] % 2 == 0)
        return min((float(self._figures[2 * one + _COST]) for one in whole), default=NEVER)

    @property
    def bound(self) -> float:
        """No more than the best cost is ever claimed."""
        return min(float(max(self._figures[_BOUND::2])), self.cost)

    @property
    def is_proved(self) -> bool:
        return self.bound >= self.cost - 1e-6

    @property
    def is_over(self) -> bool:
        return bool(self._over.value) or self.is_proved

    def end(self) -> None:
        """Tells everybody to stop."""
        self._over.value = 1

    def offer(self, rosters: Rosters, cost: float) -> bool:
        """Kept if cheaper than the best so far."""
        if cost > self.cost - 1e-6:
            return False
        self._writes[self._own] += 1
        self._all()[self._own] = rosters
        self._figures[2 * self._own + _COST] = cost
        self._writes[self._own] += 1
        return True

    def raise_bound(self, bound: float) -> None:
        """`bound` is one that costs can take (Team.rounded_up)."""
        at = 2 * self._own + _BOUND
        self._figures[at] = max(self._figures[at], bound)

    def best(self) -> tuple[Rosters, float]:
        """The cheapest that is written whole: a worker that is ended in mid-writing leaves its place unused."""
        for number in sorted(self._places(), key=lambda one: float(self._figures[2 * one + _COST])):
            for _ in range(_READS):
                before = self._writes[number]
                rosters, cost = self._all()[number].copy(), float(self._figures[2 * number + _COST])
                if before % 2 == 0 and before == self._writes[number]:
                    return rosters, cost
        return self._all()[self._own].copy(), float(self._figures[2 * self._own + _COST])

    def _places(self) -> range:
        return range(self._shape[0])

    def _all(self) -> npt.NDArray[np.int16]:
        workers, people, days = self._shape
        return np.frombuffer(self._rosters, dtype=np.int16)[: workers * people * days].reshape(self._shape)
