"""python -m solver check: judge a roster."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from .. import check
from ..formats import native
from .files import expect_known, read
from .verb import BROKEN, DONE, Verbs, add_verb


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "check", _check, "judge a roster: broken rules and what it's worth")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)


def _check(asked: argparse.Namespace) -> int:
    problem, plan = read(asked.problem, native.loads_problem), read(asked.roster, native.loads_plan)
    expect_known(
        problem,
        shifts=[shift for _, shift in plan.assignments],
        people=[person for person, _ in plan.assignments],
    )
    broken = check.check(problem, plan)
    worth = asdict(check.score(problem, plan))
    print(json.dumps({"broken": [asdict(one) for one in broken], "score": worth}, ensure_ascii=False))
    return BROKEN if broken else DONE
