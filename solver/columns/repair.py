"""Neighbourhood search: open a part, find its linear optimum, dive, keep what isn't worse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from .dive import CAREFUL, QUICK, dive
from .generation import Aim, End, Generation
from .limits import Limits
from .neighbourhoods import Neighbourhoods
from .part import Part
from .team import Roster, Rosters, Team

_EQUAL = 0.4  # share of the turns that also take rosters of equal cost
_GROW, _SHRINK = 1.08, 0.93  # after a part that was proved to be at its best, and one that took too long
_CAREFUL_SIZE = 1800  # person-days


@dataclass(frozen=True, slots=True)
class Repair:
    """`rosters` of the part's people, None if nothing of use was found; `growth` of the next part of this kind."""

    rosters: Rosters | None
    gain: float
    growth: float


def repair(part: Part, columns: Iterable[tuple[int, Roster]], *, equal: bool, limits: Limits) -> Repair:
    """The best rosters that a dive finds in the part, if they cost less than now (or as much, if `equal`).

    Starts from the part's rosters and `columns`.
    """
    now, grain = part.now(), part.team.grain
    goal = now if equal else now - grain
    generation = Generation(part, columns)
    end = generation.run(Aim(goal=goal, gap=0.3 * grain), limits)
    if end is End.HOPELESS:
        return Repair(None, 0.0, _GROW)
    style = CAREFUL if part.size <= _CAREFUL_SIZE else QUICK
    rosters, cost = dive(generation, style, goal, limits)
    gain = max(0.0, now - cost) if rosters is not None else 0.0
    return Repair(rosters, gain, _SHRINK if end is not End.OPTIMAL or limits.is_over() else 1.0)


@dataclass(eq=False)
class Improver:
    """Improves `rosters` turn by turn; `on_turn` hears of every turn and may replace the rosters."""

    team: Team
    rosters: Rosters
    rng: np.random.Generator
    turn_s: float

    def __post_init__(self) -> None:
        self.neighbourhoods = Neighbourhoods(self.team, self.rng)
        self.turns = 0

    def run(self, limits: Limits, *, turns: int | None, on_turn: Callable[[float], None]) -> None:
        """`on_turn(gain)` after every turn; it may write to `rosters`."""
        while not limits.is_over() and (turns is None or self.turns < turns):
            on_turn(self._turn(limits))
            self.turns += 1

    def _turn(self, limits: Limits) -> float:
        started = time.process_time()
        kind, part, columns = self.neighbourhoods.draw(self.rosters)
        found = repair(part, columns, equal=bool(self.rng.random() < _EQUAL), limits=limits.at_most(self.turn_s))
        if found.rosters is not None:
            self.rosters[part.people] = found.rosters
        spent = time.process_time() - started if limits.seconds is not None else 1.0
        kind.note(found.gain, spent, growth=found.growth)
        return found.gain
