"""python -m solver replan: the smallest change of a published roster."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from .. import incidents
from ..formats import native
from ..problem import PersonId, Problem
from .files import Unusable, expect_known, expect_place, read, write
from .verb import DONE, Verbs, add_verb, expect_limits


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "replan", _replan, "the smallest change of a published roster")
    one.add_argument("problem", type=Path, help="the problem as it is now, new shifts included")
    one.add_argument("roster", type=Path, help="the published roster")
    one.add_argument("--seconds", type=float, default=10.0, help="at most so long (10)")
    one.add_argument("--now", type=int, default=0, metavar="MIN", help="shifts that started before stay as they are")
    one.add_argument("--absent", action="append", default=[], metavar="PERSON[:MIN-MIN]", help="can't come then")
    one.add_argument("--cancel", action="append", default=[], metavar="SHIFT", help="takes place no more")
    one.add_argument("--hole", action="append", metavar="SHIFT", help="cover only these (all that lack somebody)")
    one.add_argument("--out", type=Path, required=True)


def _replan(asked: argparse.Namespace) -> int:
    from ..replan import replan  # the engine is loaded only for this verb

    expect_limits(asked.seconds)
    problem, published = read(asked.problem, native.loads_problem), read(asked.roster, native.loads_plan)
    expect_place(asked.out)
    expect_known(problem, shifts=[*asked.cancel, *(asked.hole or [])])
    for shift in asked.cancel:
        problem = incidents.cancelled(problem, shift)
    for text in asked.absent:
        person, starts_min, ends_min = _absence(problem, text)
        problem = incidents.absent(problem, person, starts_min=starts_min, ends_min=ends_min)
    repair = replan(problem, published, seconds=asked.seconds, now_min=asked.now, holes=asked.hole)
    write(asked.out, native.dumps(repair.plan))
    told = {
        "diff": asdict(repair.diff),
        "steps": [asdict(step) for step in repair.steps],
        "gaps": dict(repair.gaps),
        "seconds": round(repair.seconds, 3),
    }
    print(json.dumps(told, ensure_ascii=False))
    return DONE


def _absence(problem: Problem, text: str) -> tuple[PersonId, int, int]:
    """V012 for the whole horizon, V012:1440-2880 for a span of minutes."""
    person, colon, span = text.rpartition(":") if text not in problem.person else (text, "", "")
    expect_known(problem, people=[person])
    if not colon:
        return person, 0, max((shift.ends_min for shift in problem.shifts), default=1)
    starts, dash, ends = span.partition("-")
    if not (dash and starts.isdigit() and ends.isdigit() and int(starts) < int(ends)):
        raise Unusable(f"--absent {text}: expected PERSON or PERSON:MIN-MIN, the first minute below the last")
    return person, int(starts), int(ends)
