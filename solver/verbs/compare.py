"""python -m solver compare: two rosters of one problem, goal by goal."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from ..compare import compare
from ..formats import native
from .files import expect_known, read
from .verb import DONE, Verbs, add_verb


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "compare", _compare, "two rosters goal by goal, and who gains or loses what")
    one.add_argument("problem", type=Path)
    one.add_argument("roster", type=Path)
    one.add_argument("other", type=Path)


def _compare(asked: argparse.Namespace) -> int:
    problem = read(asked.problem, native.loads_problem)
    first, second = read(asked.roster, native.loads_plan), read(asked.other, native.loads_plan)
    for plan in (first, second):
        pairs = plan.assignments
        expect_known(problem, shifts=[shift for _, shift in pairs], people=[person for person, _ in pairs])
    found = compare(problem, first, second)
    print(json.dumps({"worse": found.worse, **asdict(found)}, ensure_ascii=False))
    return DONE
