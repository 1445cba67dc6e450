"""A bound that no rosters of a team beat, without a search for rosters."""

from __future__ import annotations

import numpy as np

from .auction import ENOUGH_ROUNDS
from .generation import Aim, Generation
from .limits import Limits
from .part import Part
from .team import Rosters, Team


def bound_of(team: Team, rosters: Rosters, seconds: float) -> float:
    """What the linear optimum proves, or as much as `seconds` allow; any legal `rosters` will do to start from."""
    generation, limits = Generation(Part(team, rosters, range(team.people), 0, team.days)), Limits(seconds)
    generation.warm_up(ENOUGH_ROUNDS, np.random.default_rng(0), limits.at_most(seconds / 2))
    generation.run(Aim(gap=0.3 * team.grain), limits)
    return team.rounded_up(generation.bound)
