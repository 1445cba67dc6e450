"""python -m solver solve: find a roster."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from ..formats import native
from ..plan import Progress
from .executor import executor
from .files import expect_place, read, write
from .verb import DONE, Verbs, add_verb, expect_limits


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "solve", _solve, "find a roster")
    one.add_argument("problem", type=Path)
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--seed", type=int)
    one.add_argument("--executor", metavar="processes:N|tcp://HOST:PORT", help="where parts of the problem are solved")
    one.add_argument("--out", type=Path, required=True)


def _solve(asked: argparse.Namespace) -> int:
    from ..solve import solve  # the engine is loaded only for this verb

    expect_limits(asked.seconds, asked.workers, asked.seed or 0)
    problem = read(asked.problem, native.loads_problem)
    expect_place(asked.out)
    if asked.seed is not None:
        problem = replace(problem, seed=asked.seed)
    with executor(asked.executor) as where:
        result = solve(
            problem, seconds=asked.seconds, workers=asked.workers, executor=where, on_progress=_print_progress
        )
    write(asked.out, native.dumps(result))
    figures = {goal.name: {"value": goal.value, "bound": goal.bound, "state": goal.state} for goal in result.goals}
    seats = f"{result.seats_filled}/{result.seats_wanted}"
    told = {"seats": seats, "goals": figures, "seconds": round(result.seconds, 2)}
    if result.refused_pins:
        told["refused_pins"] = [asdict(refused) for refused in result.refused_pins]
    print(json.dumps(told, ensure_ascii=False))
    return DONE


def _print_progress(step: Progress) -> None:
    seats = f"{step.seats_filled}/{step.seats_wanted}"
    figures = f"{step.goal} {step.level} {step.value:g} (bound {step.bound:g})"
    print(f"{step.seconds:6.1f} s  {seats} seats  {figures}", file=sys.stderr)
