"""Whether anything is cheaper, decided: person-days that a linear optimum halves are taken both ways, one by one.

For small teams whose bound is near. Nothing is looked at below a node whose linear optimum costs too much; the half
that is taken is gone down first, so that cheaper rosters are met on the way. The most halved person-day comes first: so
1056 of Curtois & Qu's seventh instance was met after 317 nodes; with the surest first nothing below 1662 after 1,348.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .generation import Generation
from .limits import Limits
from .team import Rosters

_ROUNDS = 1000  # of pricing in a node
_SOME = 1e-5
_TINY = 1e-4

Closed = npt.NDArray[np.bool_]


class Tree:
    """`cost()` of the best rosters known, by whomever; `on_better(rosters)` is told of cheaper ones."""

    def __init__(self, generation: Generation, cost: Callable[[], float], on_better: Callable[[Rosters], None]) -> None:
        self._generation, self._cost, self._on_better = generation, cost, on_better
        self._grain = generation.part.team.grain
        self.nodes = 0

    def run(self, most: float, limits: Limits) -> bool:
        """True if whatever costs at most `most` is known by now, or nothing does; False if there wasn't the time.

        Leaves days closed.
        """
        generation, is_known = self._generation, True
        stack: list[Closed] = [np.zeros_like(generation.closed)]
        while stack and not limits.is_over():
            self.nodes += 1
            closed = stack.pop()
            if not generation.reopen(closed, limits):
                continue
            if not generation.run_closed(_ROUNDS, limits):
                is_known = False
                continue
            if generation.value > min(most, self._cost() - self._grain) + _TINY:
                continue
            self._note()
            stack += self._halves(closed)
        return is_known and not stack

    def _note(self) -> None:
        """Everybody's heaviest roster, if that is cheaper."""
        master = self._generation.master
        rosters = np.stack([master.roster(column) for column in master.heaviest().tolist()])
        if self._generation.part.cost(rosters) < self._cost() - self._grain + _TINY:
            self._on_better(rosters)

    def _halves(self, closed: Closed) -> list[Closed]:
        """Without the person-day's most halved code, and with that alone; none where the optimum is whole."""
        weight = self._generation.master.summed()
        half = np.where((weight > _SOME) & (weight < 1 - _SOME), np.abs(weight - 0.5), 1.0)
        index, day, code = np.unravel_index(int(half.argmin()), half.shape)
        if half[index, day, code] >= 0.5:
            return []
        without, alone = closed.copy(), closed.copy()
        without[index, day, code] = True
        alone[index, day] = True
        alone[index, day, code] = False
        return [without, alone]
