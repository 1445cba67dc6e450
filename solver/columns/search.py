"""Rosters for a whole team: first rosters, best response, root bound, dive, neighbourhoods, each with its budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .limits import Limits
from .response import first_rosters, respond
from .team import Rosters, Team


@dataclass(frozen=True, eq=False)
class Found:
    """The best rosters so far; no rosters cost less than `bound`."""

    rosters: Rosters
    cost: float
    bound: float
    seconds: float

    @property
    def proved(self) -> bool:
        return self.bound >= self.cost - 1e-6


@dataclass(frozen=True)
class Ask:
    """How to work. Without `seconds` the counts alone end it, and one worker gives the same rosters everywhere."""

    seconds: float | None = None
    workers: int = 2
    seed: int = 0
    stop: Callable[[], bool] | None = None
    on_better: Callable[[Found], None] | None = None


def search(team: Team, ask: Ask) -> Found:
    """Always legal rosters, however short the time. Raises response.NoRoster if somebody has none."""
    limits, rng = Limits(ask.seconds, ask.stop), np.random.default_rng(ask.seed)
    pricers = [kernel.pricer(0, team.days) for kernel in team.kernels]
    rosters = first_rosters(team, pricers, rng, is_over=limits.is_over)
    respond(team, rosters, pricers, rng, noise=0.01, is_over=limits.is_over)
    return Found(rosters, team.cost(rosters), 0.0, limits.spent())
