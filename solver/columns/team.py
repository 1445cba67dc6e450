"""What the engine is asked: who may work how (kernels), what heads in a cell cost (cover), and the grain of costs.

A roster is `roster[day]`, the code worked on that day or OFF; rosters of a team are `rosters[person, day]`.
Refuses to know what a code stands for: a kind of shift, or a shift and a skill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from .cover import Cover

OFF = -1
NEVER = float("inf")

FloatArray = npt.NDArray[np.float64]
Roster = npt.NDArray[np.int16]
Rosters = npt.NDArray[np.int16]


class Pricer(Protocol):
    """One person's exact program over a span of days, made once and asked many times."""

    def best(self, price: FloatArray) -> tuple[float, Roster] | None:
        """The legal roster with the least own cost plus prices, as (bound, whole roster); None if none is legal.

        `price[day - first, 1 + code]`, column 0 for a day off, NEVER for what is forbidden. `bound` is the own cost
        of the whole roster plus the prices inside the span; no legal roster is worth less. It equals the worth of the
        returned roster unless the kernel had to relax a rule to find the bound.
        """
        ...

    def least(self, price: FloatArray) -> float:
        """A bound as that of `best`, perhaps a lower one, in less time; NEVER if no roster is legal."""
        ...


class Kernel(Protocol):
    """One person's hard rules and own soft costs."""

    def own_cost(self, roster: Roster) -> float:
        """All soft costs that depend on this person's roster alone."""
        ...

    def is_legal(self, roster: Roster) -> bool:
        """Whether every hard rule of this person holds."""
        ...

    def pricer(self, first: int, last: int, kept: Roster | None = None) -> Pricer:
        """For rosters that equal `kept` outside the days [first, last); the whole horizon needs no `kept`."""
        ...


@runtime_checkable
class Hurried(Protocol):
    """A kernel that also has a faster pricer."""

    def hurried(self) -> Pricer:
        """For whole rosters: legal ones, but perhaps not the best, and bounds that mean nothing."""
        ...


@dataclass(frozen=True)
class Team:
    """People with one cover to share. Every cost is a multiple of `grain`, so that bounds may be rounded up to it."""

    kernels: Sequence[Kernel]
    cover: Cover
    grain: float = 1.0

    @property
    def people(self) -> int:
        return len(self.kernels)

    @property
    def days(self) -> int:
        return self.cover.days

    @property
    def codes(self) -> int:
        return self.cover.codes

    def cost(self, rosters: Rosters) -> float:
        """Own costs and cover."""
        own = sum(kernel.own_cost(roster) for kernel, roster in zip(self.kernels, rosters, strict=True))
        return own + self.cover.total(self.cover.heads(rosters))

    def rounded_up(self, bound: float) -> float:
        """The least possible cost that isn't below `bound`; a ten-thousandth is forgiven to the arithmetic."""
        return float(np.ceil(bound / self.grain - 1e-4) * self.grain)
