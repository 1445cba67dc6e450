"""python -m solver.columns: compiles the programs of both kernels, so that no search has to wait for them."""

from __future__ import annotations

import numpy as np

from .cover import hinges
from .run_states import Run, RunRules, Stand
from .runs import Person, RunKernel
from .search import Ask, search
from .stints import StintKernel, StintRules
from .team import Kernel, Team

_DAYS = 14


def main() -> None:
    for kernels in ([_stint_kernel() for _ in range(3)], [_run_kernel() for _ in range(3)]):
        _solve(kernels)
    _run_kernel().ahead(0, np.zeros((_DAYS, 2)))


def _solve(kernels: list[StintKernel] | list[RunKernel]) -> None:
    everybody: list[Kernel] = [*kernels]
    wanted = np.ones((_DAYS, 1), dtype=np.int64)
    cover = hinges(len(everybody), [(wanted, np.full(wanted.shape, 10.0))], [])
    search(Team(everybody, cover), Ask(workers=1, turns=2))


def _stint_kernel() -> StintKernel:
    rules = StintRules(
        minutes=np.array([480], dtype=np.int64),
        follows=np.ones((1, 1), dtype=np.bool_),
        most_of=np.array([3], dtype=np.int64),
        least_minutes=0,
        most_minutes=7 * 480,
        most_run=5,
        least_run=2,
        least_off=2,
        most_weekends=1,
    )
    return StintKernel(rules, np.zeros((_DAYS, 2)))


def _run_kernel() -> RunKernel:
    run = Run(1, 5, 10.0)
    rules = RunRules(kinds=(run,), work=run, off=run, forbidden=frozenset())
    person = Person(
        runs=rules,
        before=Stand(-1, 0, 0, 1),
        kind_of=np.zeros(1, dtype=np.int64),
        wishes=np.zeros((_DAYS, 1)),
        worked=np.zeros(_DAYS + 1),
        weekends=np.zeros(3),
        half=0.0,
    )
    return RunKernel(person)


if __name__ == "__main__":
    main()
