"""The command line: python -m solver solve | check | explain | candidates | generate."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from . import check, explain
from .formats import native
from .generate import generate
from .plan import Progress
from .problem import InvalidProblem, Problem

T = TypeVar("T")

_DONE, _BROKEN, _MALFORMED = 0, 1, 2


class _Unusable(Exception):
    """Input that can't be used; the text is the one sentence that the caller sees."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done, 1 `check` found broken rules, 2 malformed input (one sentence on stderr)."""
    asked = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = asked.run
        return run(asked)
    except _Unusable as error:
        print(error, file=sys.stderr)
        return _MALFORMED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description="Fair volunteer rosters.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    one = _verb(verbs, "solve", _solve, "find a roster")
    one.add_argument("problem", type=Path)
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--seed", type=int)
    one.add_argument("--out", type=Path, required=True)
    one = _verb(verbs, "check", _check, "judge a roster: broken rules and what it's worth")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one = _verb(verbs, "explain", _explain, "why a gap, or why (not) a person")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one.add_argument("--shift", required=True)
    one.add_argument("--person")
    one = _verb(verbs, "candidates", _candidates, "everyone for one seat, best first")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one.add_argument("--shift", required=True)
    one = _verb(verbs, "generate", _generate, "invent a problem")
    for name in ("people", "days", "seats", "seed"):
        one.add_argument(f"--{name}", type=int, required=True)
    one.add_argument("--out", type=Path, required=True)
    return parser


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=summary)
    parser.set_defaults(run=run)
    return parser


def _solve(asked: argparse.Namespace) -> int:
    from .solve import solve  # the engine is loaded only for this verb

    problem = _read(asked.problem, native.loads_problem)
    if asked.seed is not None:
        problem = replace(problem, seed=asked.seed)
    if asked.seconds <= 0 or asked.workers < 1:
        raise _Unusable("--seconds and --workers must be above 0")
    result = solve(problem, seconds=asked.seconds, workers=asked.workers, on_progress=_print_progress)
    _write(asked.out, native.dumps(result))
    figures = {goal.name: {"value": goal.value, "bound": goal.bound, "state": goal.state} for goal in result.goals}
    seats = f"{result.seats_filled}/{result.seats_wanted}"
    print(json.dumps({"seats": seats, "goals": figures, "seconds": round(result.seconds, 2)}))
    return _DONE


def _print_progress(step: Progress) -> None:
    seats = f"{step.seats_filled}/{step.seats_wanted}"
    figures = f"{step.goal} {step.level} {step.value:g} (bound {step.bound:g})"
    print(f"{step.seconds:6.1f} s  {seats} seats  {figures}", file=sys.stderr)


def _check(asked: argparse.Namespace) -> int:
    problem, plan = _read(asked.problem, native.loads_problem), _read(asked.roster, native.loads_plan)
    _expect_known(problem, [shift for _, shift in plan.assignments], [person for person, _ in plan.assignments])
    broken = check.check(problem, plan)
    worth = asdict(check.score(problem, plan))
    print(json.dumps({"broken": [asdict(one) for one in broken], "score": worth}, ensure_ascii=False))
    return _BROKEN if broken else _DONE


def _explain(asked: argparse.Namespace) -> int:
    problem, plan = _read(asked.problem, native.loads_problem), _read(asked.roster, native.loads_plan)
    _expect_known(problem, [asked.shift], [asked.person] if asked.person else [])
    if asked.person:
        print(json.dumps(asdict(explain.why_person(problem, plan, asked.person, asked.shift)), ensure_ascii=False))
    else:
        print(json.dumps(asdict(explain.why_gap(problem, plan, asked.shift)), ensure_ascii=False))
    return _DONE


def _candidates(asked: argparse.Namespace) -> int:
    problem, plan = _read(asked.problem, native.loads_problem), _read(asked.roster, native.loads_plan)
    _expect_known(problem, [asked.shift], [])
    for row in explain.candidates(problem, plan, asked.shift):
        print(json.dumps(asdict(row), ensure_ascii=False))
    return _DONE


def _generate(asked: argparse.Namespace) -> int:
    if min(asked.people, asked.days) < 1 or asked.seats < 0:
        raise _Unusable("--people and --days must be above 0, --seats not below 0")
    problem = generate(people=asked.people, days=asked.days, seats=asked.seats, seed=asked.seed)
    _write(asked.out, native.dumps(problem))
    return _DONE


def _read(path: Path, loads: Callable[[str], T]) -> T:
    try:
        return loads(path.read_text(encoding="utf-8-sig"))
    except InvalidProblem as error:
        raise _Unusable(f"{path}: {error}") from error
    except OSError as error:
        raise _Unusable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _Unusable(f"{path}: byte {error.start} is not UTF-8") from error


def _expect_known(problem: Problem, shifts: list[str], people: list[str]) -> None:
    for shift in shifts:
        if shift not in problem.shift:
            raise _Unusable(f"shift {shift!r} is not in the problem")
    for person in people:
        if person not in problem.person:
            raise _Unusable(f"person {person!r} is not in the problem")


def _write(path: Path, text: str) -> None:
    """The whole file or none: written beside it, then renamed."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _Unusable(f"{path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


if __name__ == "__main__":
    sys.exit(main())
