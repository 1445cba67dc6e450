"""The linear master's bound and the dive's rosters against the best of all rosters of small teams."""

from __future__ import annotations

import itertools

import numpy as np

from solver.columns.cover import hinges
from solver.columns.dive import CAREFUL, dive
from solver.columns.generation import Aim, Generation
from solver.columns.limits import Limits
from solver.columns.part import Part
from solver.columns.team import NEVER, Team

from .test_stints import random_kernel

DAYS, CODES, PEOPLE = 5, 2, 3


def test_no_bound_lies_above_the_best_rosters_and_no_dive_below() -> None:
    rng = np.random.default_rng(3)
    every = [np.array(codes, dtype=np.int16) for codes in itertools.product(range(-1, CODES), repeat=DAYS)]
    tried = 0
    while tried < 12:
        kernels = [random_kernel(rng, DAYS, CODES) for _ in range(PEOPLE)]
        legal = [[roster for roster in every if kernel.is_legal(roster)] for kernel in kernels]
        if not all(legal) or np.prod([len(one) for one in legal]) > 20_000:
            continue
        tried += 1
        least, wanted = rng.integers(0, 2, (DAYS, CODES)), rng.integers(1, 3, (DAYS, CODES))
        weight = rng.integers(1, 9, (DAYS, CODES)).astype(float)
        cover = hinges(PEOPLE, [(least, 5 * weight), (wanted, weight)], [(wanted, weight / 2)])
        team = Team(kernels, cover, grain=0.5)
        cheapest = min(team.cost(np.stack(rosters)) for rosters in itertools.product(*legal))
        start = np.stack([one[0] for one in legal])
        generation = Generation(Part(team, start, range(PEOPLE), 0, DAYS))
        if tried % 2:
            generation.warm_up(6, rng, Limits())
        generation.run(Aim(gap=1e-6), Limits())
        assert generation.bound <= cheapest + 1e-6
        assert generation.value - generation.bound < 1e-4
        rosters, cost = dive(generation, CAREFUL, NEVER, Limits())
        assert rosters is not None
        assert cheapest - 1e-6 <= cost == team.cost(rosters)
