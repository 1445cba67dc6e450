"""What the number of people in each cell (day, code) costs, convex in heads. Refuses to know who they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cover:
    """`cost[day, code, head]` for head = 0..people, convex along head."""

    cost: FloatArray

    def __post_init__(self) -> None:
        slopes = np.diff(self.cost, axis=2)
        assert (np.diff(slopes, axis=2) >= -1e-9).all(), "cover must be convex in heads"

    @property
    def days(self) -> int:
        return int(self.cost.shape[0])

    @property
    def codes(self) -> int:
        return int(self.cost.shape[1])

    def heads(self, rosters: npt.NDArray[np.int16]) -> IntArray:
        """`heads[day, code]` of `rosters[person, day]`."""
        flat = rosters + np.arange(self.days) * self.codes
        counts = np.bincount(flat[rosters >= 0].ravel().astype(np.int64), minlength=self.days * self.codes)
        return counts.reshape(self.days, self.codes)

    def total(self, heads: IntArray) -> float:
        return float(np.take_along_axis(self.cost, heads[:, :, None], axis=2).sum())

    def by_day(self, heads: IntArray) -> FloatArray:
        """`paid[day]` above what the best number of heads would cost."""
        paid = np.take_along_axis(self.cost, heads[:, :, None], axis=2)[:, :, 0] - self.cost.min(axis=2)
        by_day: FloatArray = paid.sum(axis=1)
        return by_day

    def one_more(self, heads: IntArray) -> FloatArray:
        """`price[day, code]` of one head more than `heads`; heads must leave room for it."""
        now = np.take_along_axis(self.cost, heads[:, :, None], axis=2)
        return (np.take_along_axis(self.cost, heads[:, :, None] + 1, axis=2) - now)[:, :, 0]


def hinges(people: int, under: list[tuple[IntArray, FloatArray]], over: list[tuple[IntArray, FloatArray]]) -> Cover:
    """Cover as a sum of hinges: each (`wanted[day, code]`, `weight[day, code]`) costs weight for every head below
    (under) or above (over) the number wanted. A hard minimum is an under-hinge with a steep weight."""
    head = np.arange(people + 1)
    short = [weight[:, :, None] * np.maximum(wanted[:, :, None] - head, 0) for wanted, weight in under]
    spare = [weight[:, :, None] * np.maximum(head - wanted[:, :, None], 0) for wanted, weight in over]
    return Cover(np.sum(short + spare, axis=0).astype(np.float64))
