"""A bound that no rosters of a team beat, without a search for rosters."""

from __future__ import annotations

import numpy as np

from .auction import ENOUGH_ROUNDS
from .generation import Aim, Generation
from .limits import Limits
from .part import Part
from .team import NEVER, FloatArray, Rosters, Team


def bound_of(team: Team, rosters: Rosters, seconds: float) -> float:
    """What the linear optimum proves, or as much as `seconds` allow; any legal `rosters` will do to start from."""
    return team.rounded_up(linear_optimum(team, rosters, seconds).bound)


def linear_optimum(team: Team, rosters: Rosters, seconds: float, *, gap: float | None = None) -> Generation:
    """To `gap`, or as near as `seconds` allow; without a gap as near as the bound of whole rosters needs."""
    generation, limits = Generation(Part(team, rosters, range(team.people), 0, team.days)), Limits(seconds)
    generation.warm_up(ENOUGH_ROUNDS, np.random.default_rng(0), limits.at_most(seconds / 2))
    if gap is None:
        generation.run_whole(limits)
    else:
        generation.run(Aim(gap=gap), limits)
    return generation


def bound_at(part: Part, worth: FloatArray, limits: Limits) -> float:
    """Lagrange: everybody's least when a head in a cell is worth `worth[day - first, code]`, plus the least that heads
    can cost then. Holds for any worths; -NEVER where there isn't the time to ask everybody."""
    price = np.zeros((part.last - part.first, part.team.codes + 1))
    price[:, 1:] = -worth
    total = part.heads_at(worth)
    for pricer in part.pricers:
        if limits.is_over():
            return -NEVER
        total += pricer.least(price)
    return total
