"""Measures availability-shaped rosters: python -m benchmarks.solver [CASE ...] (all cases without a name).

Each case runs in a process of its own and prints its row when it's done, so a stopped run goes on with the names left.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from benchmarks.plain_models import cp_sat, highs
from solver.check import check
from solver.explain import witness
from solver.generate import generate
from solver.plan import Plan, Progress, Result
from solver.problem import Problem
from solver.score import relative_loads
from solver.solve import solve
from tests.solver.scenarios import district, october, wardens

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """`reach`: seconds within which `goals` (as far as the last one named) should be proved."""

    build: Callable[[], Problem]
    seconds: float
    reach: float
    last: str


CASES = {
    "october": Case(october, 30, 10, "fairness"),
    "wardens": Case(wardens, 60, 30, "fairness"),
    "wardens-10": Case(partial(wardens, checkpoints=10, limits_turns=True), 60, 30, "target_cover"),
    "district": Case(district, 60, 20, "fairness"),
    "district-twice": Case(partial(district, times=2), 120, 44, "fairness"),
    "invented-1000": Case(partial(generate, people=1_000, days=28, seats=2_500, seed=1), 60, 4, "target_cover"),
    "invented-10000": Case(partial(generate, people=10_000, days=28, seats=25_000, seed=1), 240, 60, "target_cover"),
    "invented-50000": Case(partial(generate, people=50_000, days=28, seats=125_000, seed=1), 900, 300, "target_cover"),
}

PEERS = {
    "CP-SAT-2": partial(cp_sat, workers=2),
    "CP-SAT-8": partial(cp_sat, workers=8),
    "HiGHS": highs,
}
PEER_CASES = ("october", "invented-1000", "invented-10000")
PEER_S = 120.0


@dataclass(frozen=True, slots=True)
class Reached:
    """Our plan of a case, and the seconds until no seat and no lower highest load was to come any more."""

    plan: Plan
    seconds: float


def main() -> None:
    """One row a case; peers after the cases that they run on (with --no-peers: none, with --peer: only that one)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solver")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--peer", choices=PEERS, help="only this peer")
    parser.add_argument("--peer-seconds", type=float, default=PEER_S, help="a peer's time, building its model included")
    asked = parser.parse_args()
    if unknown := set(asked.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    print("| case | engine | seats | broken | proved | s to that | in all | highest load | MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in asked.cases or CASES:
        ours = _alone(measure, name)
        if name in PEER_CASES and not asked.no_peers:
            for peer in [asked.peer] if asked.peer else PEERS:
                _alone(measure_peer, name, peer, ours, asked.peer_seconds)


def _alone(work: Callable[..., T], *arguments: object) -> T:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def measure(name: str) -> Reached:
    """Prints one row of the table."""
    case, reached, steps = CASES[name], dict[str, float](), list[Progress]()
    problem = case.build()

    def note(step: Progress) -> None:
        reached[step.goal] = step.seconds
        steps.append(step)

    result = solve(problem, seconds=case.seconds, on_progress=note)
    names = [goal.name for goal in result.goals]
    asked = result.goals[: names.index(case.last) + 1]
    later = [reached[goal.name] for goal in asked if goal.name in reached]
    proved = "all asked" if all(goal.proved for goal in asked) else _gaps(result)
    _row(name, "this", problem, result.plan, proved, max(later, default=0.0), result.seconds)
    if name == "wardens-10":
        _print_witness(problem, result)
    return Reached(result.plan, _first_as_good(problem, steps, result))


def _first_as_good(problem: Problem, steps: list[Progress], result: Result) -> float:
    """Seconds until the first plan from which on all were as good as the last."""
    seconds, quality = result.seconds, _quality(problem, result.plan)
    for step in reversed(steps):
        if step.plan != result.plan and _quality(problem, step.plan) > quality:
            return seconds
        seconds = step.seconds
    return seconds


def _gaps(result: Result) -> str:
    return ", ".join(f"{goal.name} {goal.value:g}/{goal.bound:g}" for goal in result.goals if not goal.proved)


def _print_witness(problem: Problem, result: Result) -> None:
    found = witness(problem, result.plan, result.gaps[0].shift)
    if found:
        needs, people = len(found.shifts), len(found.people)
        print(
            f"these {needs} needs want {found.seats} seats of {people} people who can give {found.can_give}", flush=True
        )


def measure_peer(name: str, peer: str, ours: Reached, seconds: float) -> None:
    """A row with the time until the peer has as many seats and no higher load, and how many times ours that is."""
    problem = CASES[name].build()
    started, equal, quality = time.monotonic(), [float("inf")], _quality(problem, ours.plan)

    def better(plan: Plan) -> None:
        if _quality(problem, plan) <= quality:
            equal[0] = min(equal[0], time.monotonic() - started)

    plan = PEERS[peer](problem, seconds, better)
    better(plan)
    spent = time.monotonic() - started
    told = f"as good after {equal[0] / ours.seconds:.0f} times ours"
    if equal[0] == float("inf"):
        told = f"not as good in {spent / ours.seconds:.0f} times ours ({ours.seconds:.1f} s)"
    _row(name, peer, problem, plan, told, equal[0], spent)


def _quality(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Missing seats and the highest load: less is better."""
    return problem.seats_wanted - len(plan.assignments), max(relative_loads(problem, plan), default=0)


def _row(name: str, engine: str, problem: Problem, plan: Plan, proved: str, reached: float, seconds: float) -> None:
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seats, highest = f"{len(plan.assignments)}/{problem.seats_wanted}", max(relative_loads(problem, plan), default=0)
    broken = len(check(problem, plan))
    print(
        f"| {name} | {engine} | {seats} | {broken} | {proved} | {reached:.1f} | {seconds:.1f} | {highest / 10:.1f} % "
        f"| {max(usage) / 1024:.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
