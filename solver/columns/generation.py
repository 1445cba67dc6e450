"""Column generation: the linear optimum of a part and a bound that no rosters beat, under days closed by a dive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from .auction import Auction
from .limits import Limits
from .master import Master
from .part import Part
from .team import NEVER, FloatArray, Roster

_SMOOTHING = 0.6
_LESS = 0.3  # smoothing lost by a round that found no column
_TINY = 1e-6
_NEAR, _MET = 0.3, 1e-4  # in grains


class End(Enum):
    """Why a run stopped: linear optimum, nothing better than asked for exists, the simplex gave up, or out of time."""

    OPTIMAL = "optimal"
    HOPELESS = "hopeless"
    STUCK = "stuck"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Aim:
    """`goal`: rosters that cost more are of no use. `gap`: how close value and bound must come. `rounds`: at most."""

    goal: float = NEVER
    gap: float = 0.3
    rounds: int = 1000


class Generation:
    """`bound` holds for the part as it was at the start, with nothing closed but what it keeps."""

    def __init__(self, part: Part, columns: Iterable[tuple[int, Roster]] = ()) -> None:
        """`columns`, as (index, roster), must equal the part's rosters wherever those are kept."""
        self.part, self.master, self.closed = part, Master(part), part.closed
        self.bound = -NEVER
        self._centre: FloatArray | None = None
        for index, person in enumerate(part.people):
            self.master.add(index, part.rosters[person])
        for index, roster in columns:
            self.master.add(index, roster)
        self.master.solve()

    @property
    def value(self) -> float:
        return self.master.value

    @property
    def worth(self) -> FloatArray:
        """`worth[day - first, code]` of one more head at the best bound; without one, in the master's last solution."""
        return self.master.worth if self._centre is None else self._centre

    def warm_up(self, rounds: int, rng: np.random.Generator, limits: Limits) -> None:
        """Columns, prices and a first bound from an auction, which spare the simplex most of its rounds."""
        worth = Auction(self.part, rng).run(rounds, limits, self.master.add)
        if worth is not None:
            _, total, complete = self._price(worth, worth, self.master.due, limits)
            if complete:
                self._note_bound(worth, total)
        self.master.solve(limits.left())

    def run(self, aim: Aim, limits: Limits) -> End:
        """Prices everybody round by round until value and bound meet. Nothing may be closed but what it keeps."""
        smoothing = _SMOOTHING
        for _ in range(aim.rounds):
            if self.part.team.rounded_up(self.bound) > aim.goal + _TINY:
                return End.HOPELESS
            if self.value - self.bound < aim.gap:
                return End.OPTIMAL
            if limits.is_over():
                return End.TIME
            worth, due = self.master.worth, self.master.due
            asked = worth if self._centre is None else smoothing * self._centre + (1 - smoothing) * worth
            added, total, complete = self._price(asked, worth, due, limits)
            if complete:
                self._note_bound(asked, total)
            if added and not self.master.solve(limits.left()):
                return End.TIME if limits.is_over() else End.STUCK
            if not added and (asked is worth or smoothing <= 0):
                return End.OPTIMAL if complete else End.TIME
            smoothing = _SMOOTHING if added else smoothing - _LESS
        return End.TIME

    def run_whole(self, limits: Limits) -> End:
        """Until value and bound are near; and until they meet, where what rosters can cost lies in between."""
        team = self.part.team
        end = self.run(Aim(gap=_NEAR * team.grain), limits)
        if end is End.OPTIMAL and team.rounded_up(self.bound) < team.rounded_up(self.value):
            self.run(Aim(gap=_MET * team.grain), limits)
        return end

    def run_closed(self, rounds: int, limits: Limits) -> bool:
        """A few rounds under the days closed so far; the bound stays. True if the value afterwards is the optimum under
        them, else it is an estimate.
        """
        for _ in range(rounds):
            worth, due = self.master.worth, self.master.due
            added, _, complete = self._price(worth, worth, due, limits)
            if not added:
                return complete and self.master.is_solved
            if limits.is_over() or not self.master.solve(limits.left()):
                return False
        return False

    def reopen(self, closed: npt.NDArray[np.bool_], limits: Limits) -> bool:
        """Closes exactly `closed[index, day, 1 + code]`; False, with nothing solved and `closed` as it was, if somebody
        has no roster left."""
        touched = np.flatnonzero((closed & ~self.closed).any(axis=(1, 2)))
        before, self.closed = self.closed, closed
        days, of = self.master.days, np.array(self.master.of)
        barred = closed[of[:, None], np.arange(self.master.span), days + 1].any(axis=1)
        self.master.keep_open(~barred)
        having = np.bincount(of[~barred], minlength=len(closed)) > 0
        for index in touched.tolist():
            if having[index] and limits.is_over():
                continue
            found = self.best(index, self.master.worth)
            if found is None:
                self.closed = before
                return False
            self.master.add(index, found[1])
        self.master.solve(limits.left(), bounds_changed=True)
        return True

    def best(self, index: int, worth: FloatArray) -> tuple[float, Roster] | None:
        """This person's cheapest roster when each head in a cell is worth `worth[day - first, code]`."""
        price = np.zeros(self.closed.shape[1:])
        price[:, 1:] = -worth
        price[self.closed[index]] = NEVER
        return self.part.pricers[index].best(price)

    def _price(self, asked: FloatArray, worth: FloatArray, due: FloatArray, limits: Limits) -> tuple[int, float, bool]:
        """(columns added, sum of everybody's least, whether everybody was asked)."""
        added, total, span = 0, 0.0, slice(self.part.first, self.part.last)
        for index, person in enumerate(self.part.people):
            if limits.is_over():
                return added, total, False
            found = self.best(index, asked)
            if found is None:
                return added, total, False
            total += found[0]
            days = found[1][span]
            work = np.flatnonzero(days >= 0)
            cost = self.part.team.kernels[person].own_cost(found[1])
            if cost - worth[work, days[work]].sum() - due[index] < -_TINY:
                added += self.master.add(index, found[1])
        return added, total, True

    def _note_bound(self, worth: FloatArray, total: float) -> None:
        """Lagrange: everybody's least at these prices, plus the least that heads can cost at them."""
        bound = total + self.part.heads_at(worth)
        if bound > self.bound:
            self.bound, self._centre = bound, worth
