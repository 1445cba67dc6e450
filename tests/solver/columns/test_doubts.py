"""What the linear optimum doubts may change, and nothing else does."""

from __future__ import annotations

import numpy as np

from solver.columns.cover import hinges
from solver.columns.doubts import Doubts
from solver.columns.generation import Aim, Generation
from solver.columns.limits import Limits
from solver.columns.part import Part
from solver.columns.repair import repair
from solver.columns.team import Kernel, Roster, Rosters, Team

from .test_stints import random_kernel

DAYS, CODES, PEOPLE = 10, 2, 5


def _case(seed: int) -> tuple[Team, Rosters]:
    """People of whom more is wanted than they give, each with the roster that is cheapest for that person alone."""
    rng = np.random.default_rng(seed)
    found: list[tuple[Kernel, Roster]] = []
    while len(found) < PEOPLE:
        kernel = random_kernel(rng, DAYS, CODES)
        best = kernel.pricer(0, DAYS).best(np.zeros((DAYS, CODES + 1)))
        if best is not None:
            found.append((kernel, best[1]))
    wanted = rng.integers(1, PEOPLE // 2, (DAYS, CODES))
    cover = hinges(PEOPLE, [(wanted, np.full((DAYS, CODES), 7.0))], [])
    return Team([kernel for kernel, _ in found], cover, grain=0.5), np.stack([roster for _, roster in found])


def test_only_person_days_in_doubt_change_and_the_rosters_become_cheaper() -> None:
    cheaper = 0
    for seed in range(2):
        team, rosters = _case(seed)
        rng, before = np.random.default_rng(seed), rosters.copy()
        generation = Generation(Part(team, rosters, range(PEOPLE), 0, DAYS))
        generation.run(Aim(gap=1e-6), Limits())
        doubts = Doubts(generation)
        for share in (0.0, 0.3, 0.6):
            part = doubts.part(rosters, share, rng)
            assert part.kept is not None
            assert part.size == round(share * rosters.size)
            columns = list(doubts.columns(part))
            assert all((column == rosters[index])[part.kept[index]].all() for index, column in columns)
            found = repair(part, columns, equal=False, limits=Limits())
            if found.rosters is not None:
                assert (found.rosters == rosters)[part.kept].all()
                assert team.cost(found.rosters) == team.cost(rosters) - found.gain < team.cost(rosters)
                rosters = found.rosters
        cheaper += team.cost(rosters) < team.cost(before)
        assert generation.bound <= team.cost(rosters) + 1e-6
    assert cheaper == 2


def test_days_of_which_the_optimum_is_sure_are_opened_last() -> None:
    """On the mean: there is some chance in it."""
    team, rosters = _case(1)
    generation = Generation(Part(team, rosters, range(PEOPLE), 0, DAYS))
    generation.run(Aim(gap=1e-6), Limits())
    weight = generation.master.summed()
    sure = np.take_along_axis(weight, rosters.astype(np.int64)[:, :, None] + 1, axis=2)[:, :, 0]
    kept = Doubts(generation).part(rosters, 0.3, np.random.default_rng(0)).kept
    assert kept is not None
    assert sure[~kept].mean() < sure[kept].mean()
