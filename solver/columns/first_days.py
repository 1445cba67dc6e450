"""The kernel of a horizon's first days alone, where what comes after them is known by its worth."""

from __future__ import annotations

import numpy as np

from .runs import Ahead, RunKernel, RunPricer
from .team import NEVER, OFF, FloatArray, Roster


class FirstDays:
    """See team.Kernel."""

    def __init__(self, kernel: RunKernel, days: int, ahead: Ahead) -> None:
        self.days = days
        self._kernel, self._ahead = kernel, ahead

    def own_cost(self, roster: Roster) -> float:
        cost, worked, weekends, state = self._kernel.walk(roster, 0, self.days)
        return cost + self._ahead.of(state, worked, weekends) if cost < NEVER else NEVER

    def is_legal(self, roster: Roster) -> bool:
        knows = (self._kernel.person.kind_of[roster[roster != OFF]] >= 0).all()
        return bool(knows and self.own_cost(roster) < NEVER)

    def pricer(self, first: int, last: int, kept: Roster | None = None) -> FirstDaysPricer:
        blank = np.full(self._kernel.days, OFF, dtype=np.int16)
        whole = RunPricer(self._kernel, 0, self.days, blank, self._ahead)
        return FirstDaysPricer(whole, first, last, kept)


class FirstDaysPricer:
    """See team.Pricer. The days are few: the program goes over all of them, with those that are kept closed."""

    def __init__(self, whole: RunPricer, first: int, last: int, kept: Roster | None) -> None:
        self._whole, self._span = whole, slice(first, last)
        codes = len(whole.kernel.person.kind_of)
        self._price = np.full((whole.last, 1 + codes), NEVER)
        if kept is not None:
            self._price[np.arange(whole.last), kept + 1] = 0.0

    def best(self, price: FloatArray) -> tuple[float, Roster] | None:
        self._price[self._span] = price
        found = self._whole.best(self._price)
        return None if found is None else (found[0], found[1][: self._whole.last])

    def least(self, price: FloatArray) -> float:
        found = self.best(price)
        return NEVER if found is None else found[0]
