"""The best rosters and the best bound so far, shared by worker processes. Refuses to know how they were found."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from .team import NEVER, Rosters, Team


class Incumbent:
    """May be handed to a process at its start. `over` tells everybody to stop."""

    def __init__(self, team: Team) -> None:
        spawn: SpawnContext = multiprocessing.get_context("spawn")
        self._shape = team.people, team.days
        self._grain = team.grain
        self._rosters: Any = spawn.RawArray("h", max(1, team.people * team.days))
        self._figures: Any = spawn.RawArray("d", [NEVER, -NEVER])
        self._over: Any = spawn.RawValue("b", 0)
        self._lock = spawn.Lock()

    @property
    def cost(self) -> float:
        return float(self._figures[0])

    @property
    def bound(self) -> float:
        return float(self._figures[1])

    @property
    def is_proved(self) -> bool:
        return self.bound >= self.cost - 1e-6

    @property
    def is_over(self) -> bool:
        return bool(self._over.value) or self.is_proved

    def end(self) -> None:
        self._over.value = 1

    def offer(self, rosters: Rosters, cost: float) -> bool:
        """Kept if cheaper than the best so far."""
        with self._lock:
            if cost > self.cost - 1e-6:
                return False
            np.frombuffer(self._rosters, dtype=np.int16)[: rosters.size] = rosters.ravel()
            self._figures[0] = cost
            return True

    def raise_bound(self, bound: float) -> None:
        """`bound` is one that costs can take (Team.rounded_up); no more than the best cost is ever claimed."""
        with self._lock:
            self._figures[1] = max(self.bound, min(bound, self.cost))

    def best(self) -> tuple[Rosters, float]:
        with self._lock:
            flat = np.frombuffer(self._rosters, dtype=np.int16)[: self._shape[0] * self._shape[1]]
            return flat.reshape(self._shape).copy(), self.cost

    def end_process(self, process: BaseProcess, patience_s: float) -> None:
        """Waits a moment for a worker to leave, then ends it, but never while it writes."""
        process.join(patience_s)
        if process.is_alive():
            with self._lock:
                process.terminate()
