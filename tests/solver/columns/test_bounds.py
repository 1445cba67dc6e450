"""The linear master's bound and the dive's rosters against the best of all rosters of small teams."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from solver.columns.auction import BOLD, Auction
from solver.columns.bound import bound_at, bound_of
from solver.columns.cover import hinges
from solver.columns.dive import CAREFUL, dive
from solver.columns.generation import Aim, End, Generation
from solver.columns.limits import Limits
from solver.columns.part import Part
from solver.columns.stints import StintKernel
from solver.columns.team import NEVER, OFF, Team
from solver.columns.tree import Tree

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
        assert bound_of(team, start, 60) == team.rounded_up(generation.value) <= cheapest + 1e-6
        part = Part(team, start, range(PEOPLE), 0, DAYS)
        worth = Auction(part, rng).run(20, Limits(), lambda *_: None, first=BOLD)
        assert worth is not None
        assert bound_at(part, worth, Limits()) <= cheapest + 1e-6
        assert bound_at(generation.part, generation.master.worth, Limits()) >= generation.value - 1e-4
        met = [team.cost(start)]
        tree = Tree(generation, lambda: met[-1], lambda rosters: met.append(team.cost(rosters)))  # noqa: B023 - at once
        assert tree.run(NEVER, Limits())
        assert met[-1] == pytest.approx(cheapest)
        met = [team.cost(start)]
        below = Tree(generation, lambda: met[-1], lambda rosters: met.append(team.cost(rosters)))  # noqa: B023
        assert below.run(cheapest - team.grain, Limits())
        assert below.nodes <= tree.nodes
        generation.reopen(np.zeros_like(generation.closed), Limits())
        rosters, cost = dive(generation, CAREFUL, NEVER, Limits())
        assert rosters is not None
        assert cheapest - 1e-6 <= cost == team.cost(rosters)


class Counted(Limits):
    """A clock that goes on by a second whenever it is asked."""

    def spent(self) -> float:
        self.asked = getattr(self, "asked", 0) + 1
        return float(self.asked)


def _crowded(people: int) -> Generation:
    """A linear optimum that is far from whole, because less is there than is wanted."""
    generation = _crowd(people, np.random.default_rng(5))
    generation.run(Aim(gap=1e-6), Limits())
    return generation


def _crowd(people: int, rng: np.random.Generator, grain: float = 0.5) -> Generation:
    days = 14
    drawn = [random_kernel(rng, days, CODES) for _ in range(4 * people)]
    found = [(kernel, kernel.pricer(0, days).best(np.zeros((days, CODES + 1)))) for kernel in drawn]
    able = [(kernel, best[1]) for kernel, best in found if best is not None][:people]
    wanted = rng.integers(1, max(2, people // 2), (days, CODES))
    cover = hinges(people, [(wanted, np.full((days, CODES), 7.0))], [])
    team = Team([kernel for kernel, _ in able], cover, grain=grain)
    return Generation(Part(team, np.stack([roster for _, roster in able]), range(people), 0, days))


def test_the_bound_is_the_least_whole_cost_above_the_linear_optimum() -> None:
    """Near isn't enough where a cost that rosters can have lies between bound and value."""
    rng = np.random.default_rng(7)
    for _ in range(12):
        generation = _crowd(8, rng, grain=20.0)  # so coarse that near is far from met
        assert generation.run_whole(Limits()) is End.OPTIMAL
        team = generation.part.team
        assert team.rounded_up(generation.bound) == team.rounded_up(generation.value)


def test_a_dive_in_a_hurry_still_ends_with_whole_rosters() -> None:
    calm = Counted(100_000)
    assert dive(_crowded(6), CAREFUL, NEVER, calm)[0] is not None
    generation = _crowded(6)
    dive(generation, CAREFUL, NEVER, Counted(calm.asked // 2))
    weight = generation.master.weight[generation.master.heaviest()]
    assert weight.min() > 1 - 1e-5  # a dive that didn't look at the clock would be cut off half-way


def test_days_that_leave_somebody_no_roster_are_not_closed() -> None:
    generation = _crowded(3)
    nobody = np.ones_like(generation.closed)
    assert not generation.reopen(nobody, Limits())
    assert not generation.closed.any()
    assert generation.reopen(np.zeros_like(nobody), Limits())


def test_a_simplex_that_gives_up_is_no_optimum() -> None:
    """One person has only a single roster; with that taken away nothing fits, and no new column can mend it."""
    rng, days = np.random.default_rng(5), 7
    free = random_kernel(rng, days, CODES, least=0)
    idle = StintKernel(replace(free.rules, most_of=np.zeros(CODES, dtype=np.int64)), free.own)
    team = Team([free, idle], hinges(2, [(np.ones((days, CODES), dtype=np.int64), np.full((days, CODES), 7.0))], []))
    nobody = np.full((2, days), OFF, dtype=np.int16)
    generation = Generation(Part(team, nobody, range(2), 0, days))
    generation.master.keep_open(np.zeros(2, dtype=np.bool_))
    assert generation.run(Aim(gap=1e-6), Limits()) is End.STUCK
