"""python -m solver explain and candidates: why a gap, why (not) a person, and who else."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from .. import explain
from ..formats import native
from ..plan import Plan
from ..problem import Problem
from .files import expect_known, read
from .verb import DONE, Verbs, add_verb


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "explain", _explain, "why a gap, or why (not) a person")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one.add_argument("--shift", required=True)
    one.add_argument("--person")
    one = add_verb(verbs, "candidates", _candidates, "everyone for one seat, best first")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one.add_argument("--shift", required=True)


def _explain(asked: argparse.Namespace) -> int:
    problem, plan = _asked_about(asked)
    expect_known(problem, people=[asked.person] if asked.person else [])
    if asked.person:
        print(json.dumps(asdict(explain.why_person(problem, plan, asked.person, asked.shift)), ensure_ascii=False))
    else:
        print(json.dumps(asdict(explain.why_gap(problem, plan, asked.shift)), ensure_ascii=False))
    return DONE


def _asked_about(asked: argparse.Namespace) -> tuple[Problem, Plan]:
    problem, plan = read(asked.problem, native.loads_problem), read(asked.roster, native.loads_plan)
    expect_known(
        problem,
        shifts=[asked.shift, *(shift for _, shift in plan.assignments)],
        people=[person for person, _ in plan.assignments],
    )
    return problem, plan


def _candidates(asked: argparse.Namespace) -> int:
    problem, plan = _asked_about(asked)
    for row in explain.candidates(problem, plan, asked.shift):
        print(json.dumps(asdict(row), ensure_ascii=False))
    return DONE
