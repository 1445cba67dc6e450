"""From the linear optimum to whole rosters: fix person-days by summed weights, price again, step back if it hurts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .generation import Generation
from .limits import Limits
from .team import NEVER, FloatArray, Rosters

_WHOLE = 1 - 1e-5
_NOISE = 0.2  # on weights
_LEAST = 4  # at least one in so many of a batch is fixed, however unsure
_SHORTER = 0.3  # a step is taken to last so much of the last one: the fewer days are open the faster
_LATE_SHARE = 0.3  # of the person-days fixed at once where time is short


@dataclass(frozen=True, slots=True)
class Style:
    """`share` of the person-days fixed at once, those of weight `sure` first; `rise` is borne, in grains."""

    share: float
    sure: float
    steps_back: int
    rounds: int
    rise: float = 1.5


CAREFUL = Style(share=0.15, sure=0.8, steps_back=60, rounds=3)
QUICK = Style(share=0.3, sure=0.7, steps_back=4, rounds=2)


class Dive:
    """`best` rosters (of the part's people) met on the way and their `cost`, which starts at the goal."""

    def __init__(
        self, generation: Generation, style: Style, goal: float, limits: Limits, rng: np.random.Generator | None
    ) -> None:
        self._generation, self._style, self._limits, self._rng = generation, style, limits, rng
        self._goal = goal
        self.best: Rosters | None = None
        self.cost = goal + 1e-6
        self._fixed = np.zeros(generation.closed.shape[:2], dtype=np.bool_)
        self._backs = style.steps_back
        self._step_s = 0.0

    def run(self) -> None:
        """Until whole rosters, a dead end, a value above the goal, or out of time."""
        while not self._limits.is_over():
            weight = self._weights()
            if weight is None or self._generation.value > self._goal + 1e-4:
                return
            picks = self._picks(weight)
            if not picks or not self._fix(picks):
                return

    def _weights(self) -> FloatArray | None:
        """`weight[index, day, 1 + code]`; None when the rosters are whole. Notes the heaviest rosters of everybody."""
        master = self._generation.master
        heaviest = master.heaviest()
        self._note(heaviest)
        if (master.weight[heaviest] >= _WHOLE).all():
            return None
        return master.summed()

    def _note(self, columns: npt.NDArray[np.int64]) -> None:
        master = self._generation.master
        rosters = np.stack([master.roster(column) for column in columns.tolist()])
        cost = self._generation.part.cost(rosters)
        if cost < self.cost - 1e-6:
            self.best, self.cost = rosters, cost
            self._goal = min(self._goal, cost - self._generation.part.team.grain)

    def _picks(self, weight: FloatArray) -> list[tuple[int, int, int]]:
        """Person-days not yet fixed, as (index, day, 1 + code), the surest first; at least one."""
        settled = self._fixed | (weight.max(axis=2) >= _WHOLE)
        unsettled = int((~settled).sum())
        late = self._is_late(unsettled)
        value = self._heaviest() if late else weight.argmax(axis=2)
        most = np.take_along_axis(weight, value[:, :, None], axis=2)[:, :, 0]
        if self._rng is not None:
            most += _NOISE * self._rng.random(most.shape)
        most[settled] = -1.0
        batch = max(1, round((_LATE_SHARE if late else self._style.share) * unsettled))
        least = batch if late else max(1, batch // _LEAST)
        order = np.argsort(-most, axis=None, kind="stable")[: min(batch, unsettled)]
        span = most.shape[1]
        return [
            (at // span, at % span, int(value.flat[at]))
            for place, at in enumerate(order.tolist())
            if place < least or most.flat[at] >= self._style.sure
        ]

    def _is_late(self, unsettled: int) -> bool:
        """Whether steps of the style's share would take longer than the time left. Never steps back any more then."""
        steps = np.log(max(unsettled, 1)) / -np.log(1.0 - self._style.share)
        if _SHORTER * self._step_s * steps <= self._limits.left():
            return False
        self._backs = 0
        return True

    def _heaviest(self) -> npt.NDArray[np.int64]:
        """`value[index, day]` of everybody's heaviest roster: however many of them are fixed at once, they fit."""
        master = self._generation.master
        return master.days[master.heaviest()].astype(np.int64) + 1

    def _fix(self, picks: list[tuple[int, int, int]]) -> bool:
        """Fixes the picks, fewer if that costs too much, and forbids the first one if it alone does."""
        generation = self._generation
        before, value = generation.closed, generation.value
        while True:
            closed = before.copy()
            for index, day, code in picks:
                closed[index, day] = True
                closed[index, day, code] = False
            if self._holds(closed, value):
                for index, day, _ in picks:
                    self._fixed[index, day] = True
                return True
            if self._limits.is_over():
                return False
            if len(picks) == 1:
                return self._forbid(before, picks[0], closed)
            picks = picks[: len(picks) // 2]

    def _holds(self, closed: npt.NDArray[np.bool_], value: float) -> bool:
        generation, started = self._generation, self._limits.spent()
        if not generation.reopen(closed, self._limits):
            self._backs -= 1
            return False
        generation.run_closed(self._style.rounds, self._limits)
        self._step_s = self._limits.spent() - started
        if generation.value - value <= self._style.rise * generation.part.team.grain or self._backs <= 0:
            return True
        self._backs -= 1
        return False

    def _forbid(self, before: npt.NDArray[np.bool_], pick: tuple[int, int, int], taken: npt.NDArray[np.bool_]) -> bool:
        """The value alone hurts: forbids it, unless that hurts even more. False if neither is possible."""
        generation, rounds, value = self._generation, self._style.rounds, self._generation.value
        was_possible = (generation.closed == taken).all()
        closed = before.copy()
        closed[pick] = True
        if generation.reopen(closed, self._limits):
            generation.run_closed(rounds, self._limits)
            if not was_possible or generation.value <= value:
                return True
        if not was_possible or not generation.reopen(taken, self._limits):
            return False
        generation.run_closed(rounds, self._limits)
        self._fixed[pick[:2]] = True
        return True


def dive(
    generation: Generation, style: Style, goal: float, limits: Limits, rng: np.random.Generator | None = None
) -> tuple[Rosters | None, float]:
    """(rosters of the part's people that cost at most `goal`, or None; their cost). With `rng` no two are the same."""
    one = Dive(generation, style, goal, limits, rng)
    one.run()
    return one.best, one.cost if one.best is not None else NEVER
