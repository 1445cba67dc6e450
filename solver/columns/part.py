"""A part of a team's rosters that may change: some people, a span of days, everything else kept as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .cover import FloatArray, IntArray
from .team import Pricer, Rosters, Team


@dataclass(eq=False)
class Part:
    """`people` on the days [first, last), but for the person-days `kept[index, day - first]`, if there are any.

    Costs of a part leave out what it can't change, but for own costs.
    """

    team: Team
    rosters: Rosters
    people: Sequence[int]
    first: int
    last: int
    kept: npt.NDArray[np.bool_] | None = None

    @cached_property
    def pricers(self) -> list[Pricer]:
        whole = self.first == 0 and self.last == self.team.days
        return [
            self.team.kernels[person].pricer(self.first, self.last, None if whole else self.rosters[person])
            for person in self.people
        ]

    @property
    def size(self) -> int:
        """Person-days that may change."""
        return len(self.people) * (self.last - self.first) - (0 if self.kept is None else int(self.kept.sum()))

    @cached_property
    def closed(self) -> npt.NDArray[np.bool_]:
        """`closed[index, day - first, 1 + code]`: what the kept person-days are not."""
        closed = np.zeros((len(self.people), self.last - self.first, self.team.codes + 1), dtype=np.bool_)
        if self.kept is not None:
            closed[self.kept] = True
            index, day = np.nonzero(self.kept)
            closed[index, day, self.rosters[list(self.people)][index, self.first + day] + 1] = False
        return closed

    @cached_property
    def heads(self) -> IntArray:
        """`heads[day - first, code]` of everybody else."""
        others = np.ones(self.team.people, dtype=np.bool_)
        others[list(self.people)] = False
        return self.team.cover.heads(self.rosters[others])[self.first : self.last]

    @cached_property
    def steps(self) -> tuple[FloatArray, FloatArray, float]:
        """(`slope[cell, segment]`, `length[cell, segment]`, constant): what the part's heads cost in each cell.

        Segments have rising slopes; missing ones have length 0.
        """
        most = len(self.people)
        reach = self.heads[:, :, None] + np.arange(most + 1)
        cost = np.take_along_axis(self.team.cover.cost[self.first : self.last], reach, axis=2)
        constant = float(cost[:, :, 0].sum())
        slopes = np.diff(cost, axis=2).reshape(-1, most)
        number = np.cumsum(np.diff(slopes, axis=1, prepend=slopes[:, :1]) > 1e-9, axis=1)
        slope, length = (
            np.zeros((len(slopes), number.max(initial=0) + 1)),
            np.zeros((len(slopes), number.max(initial=0) + 1)),
        )
        cell = np.broadcast_to(np.arange(len(slopes))[:, None], number.shape)
        slope[cell, number] = slopes
        np.add.at(length, (cell, number), 1.0)
        return slope, length, constant

    def heads_at(self, worth: FloatArray) -> float:
        """The least that heads in all cells can cost when each costs its `worth[day - first, code]` besides."""
        slope, length, constant = self.steps
        return float((length * np.minimum(slope + worth.reshape(-1, 1), 0.0)).sum()) + constant

    def keeping(self, rosters: Rosters, kept: npt.NDArray[np.bool_]) -> Part:
        """This part of the whole horizon with other `rosters`, of which it keeps some person-days."""
        part = Part(self.team, rosters, self.people, self.first, self.last, kept)
        part.pricers = self.pricers
        return part

    def now(self) -> float:
        """What the part costs with the rosters as they are."""
        return self.cost(self.rosters[list(self.people)])

    def cost(self, rosters: Rosters) -> float:
        """Own costs of the people's whole `rosters[i, day]` and cover inside the span."""
        cover, span = self.team.cover, slice(self.first, self.last)
        own = sum(
            self.team.kernels[person].own_cost(roster) for person, roster in zip(self.people, rosters, strict=True)
        )
        heads = self.heads + cover.heads(rosters)[span]
        return own + float(np.take_along_axis(cover.cost[span], heads[:, :, None], axis=2).sum())
