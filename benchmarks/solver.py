"""Measures the solver on the scenarios and on invented communities: python -m benchmarks.solver [seconds a case]."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Callable

from solver.check import check
from solver.generate import generate
from solver.problem import Problem
from solver.solve import solve
from tests.solver.scenarios import october, wardens

CASES: dict[str, Callable[[], Problem]] = {
    "october (B)": october,
    "wardens (A)": wardens,
    "wardens, 10 checkpoints": lambda: wardens(checkpoints=10, limits_turns=True),
    "generated 1,000 x 28": lambda: generate(people=1000, days=28, seats=2500, seed=1),
}


def main() -> None:
    """Each case in a process of its own, so that its peak memory is its own."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    print("| case | seats | broken | goals (value/bound, seconds) | highest load | seconds | MB |")
    print("|---|---|---|---|---|---|---|")
    for name in CASES:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(name, seconds))
        process.start()
        process.join()


def measure(name: str, seconds: float) -> None:
    """Prints one row of the table."""
    problem = CASES[name]()
    result = solve(problem, seconds=seconds)
    goals = "; ".join(
        f"{goal.name} {goal.state} {goal.value:g}/{goal.bound:g} {goal.seconds:.1f}" for goal in result.goals
    )
    seats = f"{result.seats_filled}/{result.seats_wanted}"
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    highest = f"{100 * result.fairness.highest:.1f} %"
    broken = len(check(problem, result.plan))
    print(f"| {name} | {seats} | {broken} | {goals} | {highest} | {result.seconds:.1f} | {megabytes:.0f} |", flush=True)


if __name__ == "__main__":
    main()
