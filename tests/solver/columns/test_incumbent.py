"""What workers share when one of them is ended from outside, at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal

import numpy as np
import pytest

from solver.columns.cover import hinges
from solver.columns.incumbent import Incumbent
from solver.columns.search import Ask, Found, search
from solver.columns.team import Team

from .test_stints import random_kernel

DAYS, CODES, PEOPLE = 14, 2, 4


def team(seed: int) -> Team:
    """Nobody must work, so everybody has a roster; wanted heads that nobody can all give keep the search busy."""
    rng = np.random.default_rng(seed)
    kernels = [random_kernel(rng, DAYS, CODES, least=0) for _ in range(PEOPLE)]
    wanted = rng.integers(1, 3, (DAYS, CODES))
    return Team(kernels, hinges(PEOPLE, [(wanted, np.full((DAYS, CODES), 7.0))], []))


def test_a_worker_ended_in_mid_writing_leaves_the_best_of_the_others() -> None:
    first = Incumbent(team(1), 2)
    second, rosters = first.of(1), np.zeros((PEOPLE, DAYS), dtype=np.int16)
    assert first.offer(rosters, 9.0)
    assert second.offer(rosters - 1, 8.0)
    assert first.best()[1] == first.cost == 8.0
    with pytest.raises(ValueError, match="broadcast"):
        second.offer(np.zeros((PEOPLE, DAYS + 1), dtype=np.int16), 5.0)  # half written, and gone
    assert first.cost == 9.0
    assert first.best()[1] == 9.0
    assert (first.best()[0] == rosters).all()
    assert first.offer(rosters + 1, 8.5)
    assert (first.best()[0] == rosters + 1).all()


def test_a_killed_worker_costs_its_help_and_nothing_else() -> None:
    killed: list[int] = []

    def kill(_found: Found) -> None:
        for child in multiprocessing.active_children():
            if child.pid is not None and child.pid not in killed:
                killed.append(child.pid)
                os.kill(child.pid, signal.SIGKILL)

    one = team(1)
    found = search(one, Ask(seconds=2.0, workers=2, on_better=kill))
    assert killed
    assert one.cost(found.rosters) == found.cost
    assert all(kernel.is_legal(roster) for kernel, roster in zip(one.kernels, found.rosters, strict=True))
