"""A part from the linear optimum of the whole team: the person-days where it doubts the rosters most may change.

Danna, Rothberg and Le Pape's relaxation induced neighbourhood search, on person-days and their summed weights.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .generation import Generation
from .part import Part
from .team import Roster, Rosters

_NOISE = 1.0  # on weights, at most
_MOST_COLUMNS = 20  # per person, to start from


class Doubts:
    """Keeps what it needs of a generation over everybody and all days that is at its linear optimum."""

    def __init__(self, generation: Generation) -> None:
        master, self._whole = generation.master, generation.part
        self._weight = master.summed()
        self._of, self._days = np.array(master.of), master.days.copy()
        self._reduced = master.reduced()

    def part(self, rosters: Rosters, share: float, rng: np.random.Generator) -> Part:
        """With about that `share` of the person-days open."""
        sure = np.take_along_axis(self._weight, rosters.astype(np.int64)[:, :, None] + 1, axis=2)[:, :, 0]
        sure += _NOISE * rng.random() * rng.random(sure.shape)
        kept = np.ones(sure.size, dtype=np.bool_)
        kept[np.argsort(sure, axis=None)[: round(share * sure.size)]] = False
        return self._whole.keeping(rosters, kept.reshape(sure.shape))

    def columns(self, part: Part) -> Iterator[tuple[int, Roster]]:
        """Everybody's columns of the optimum that keep what the part keeps, the most promising ones."""
        assert part.kept is not None
        fits = np.flatnonzero(((self._days == part.rosters[self._of]) | ~part.kept[self._of]).all(axis=1))
        seen = np.zeros(len(self._weight), dtype=np.int64)
        for column in fits[np.argsort(self._reduced[fits], kind="stable")].tolist():
            index = int(self._of[column])
            seen[index] += 1
            if seen[index] <= _MOST_COLUMNS:
                yield index, self._days[column]
