"""Columns for a master to start from: everybody is asked in turn, and heads get cheaper where many have come.

An incremental subgradient method: worths move after every person, not after everybody, so that people with the same
wishes don't all come to the same cells at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .cover import IntArray
from .limits import Limits
from .part import Part
from .team import NEVER, FloatArray, Pricer, Roster

ENOUGH_ROUNDS = 20  # leave a linear optimum of all people little to do
CAUTIOUS, BOLD = 0.1, 1.0  # first steps, as shares of what a missing head costs: for good columns, for a good bound
_LAST = 0.001


class Auction:
    """Of one part, from worths of 0, by the part's pricers or others for the same people."""

    def __init__(self, part: Part, rng: np.random.Generator, pricers: Sequence[Pricer] | None = None) -> None:
        self._part, self._rng = part, rng
        self._pricers = part.pricers if pricers is None else pricers
        self._slope, self._length, _ = part.steps
        real = self._length > 0
        self._top = -np.where(real, self._slope, np.inf).min(axis=1)
        self._bottom = -np.where(real, self._slope, -np.inf).max(axis=1)
        self._worth = np.clip(np.zeros(len(self._slope)), self._bottom, self._top)  # of one more head
        self._heads = np.zeros(len(self._slope))
        self._cells: list[IntArray] = [np.zeros(0, dtype=np.int64) for _ in part.people]
        missing = np.where(self._slope < 0, self._slope, -np.inf).max(axis=1)
        self._scale = -float(np.median(missing[np.isfinite(missing)])) if np.isfinite(missing).any() else 1.0

    def run(
        self, rounds: int, limits: Limits, take: Callable[[int, Roster], object], *, first: float = CAUTIOUS
    ) -> FloatArray | None:
        """`take(index, roster)` hears of every roster; the mean worth in the last full round, None without one.

        Steps become smaller with the rounds or, where there is less time than they take, with the time.
        """
        people, shape, mean = len(self._part.people), (self._part.last - self._part.first, self._part.team.codes), None
        left = limits.left()
        for number in range(rounds):
            done = max(number / rounds, 1 - limits.left() / left if 0 < left < NEVER else 0.0)
            step = self._scale * first * (_LAST / first) ** done
            wanted, total = self._wanted() / people, np.zeros(len(self._worth))
            for index in self._rng.permutation(people).tolist():
                if limits.is_over():
                    return mean
                roster = self._ask(index, shape)
                if roster is None:
                    return mean
                take(index, roster)
                self._worth += step * wanted
                self._worth[self._cells[index]] -= step
                np.clip(self._worth, self._bottom, self._top, out=self._worth)
                total += self._worth
            mean = (total / people).reshape(shape)
        return mean

    def _wanted(self) -> FloatArray:
        """Heads that each cell would take at its price, as near as may be to those that it has."""
        slope = self._slope + self._worth[:, None]
        least = np.where(slope < -1e-9, self._length, 0.0).sum(axis=1)
        most = np.where(slope <= 1e-9, self._length, 0.0).sum(axis=1)
        return np.clip(self._heads, least, most)

    def _ask(self, index: int, shape: tuple[int, int]) -> Roster | None:
        price = np.zeros((shape[0], shape[1] + 1))
        price[:, 1:] = -self._worth.reshape(shape)
        found = self._pricers[index].best(price)
        if found is None:
            return None
        days = found[1][self._part.first : self._part.last]
        work = np.flatnonzero(days >= 0)
        self._heads[self._cells[index]] -= 1
        self._cells[index] = work * shape[1] + days[work]
        self._heads[self._cells[index]] += 1
        return found[1]
