"""python -m solver curtois: a Curtois & Qu instance."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..formats.curtois import instance
from .files import Unusable, expect_place, read, write
from .verb import DONE, Verbs, add_verb, expect_limits

if TYPE_CHECKING:
    from ..columns.search import Found

_TAIL_S = 1.5  # starting, judging, writing and leaving; less for a few seconds
_LONG_DIVE = 0.3  # of the time: here whole rosters often cost no more than the bound, so a dive is worth it


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "curtois", _curtois, "find a roster for a Curtois & Qu instance")
    one.add_argument("instance", type=Path)
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--out", type=Path, required=True)


def _curtois(asked: argparse.Namespace) -> int:
    started = time.monotonic()
    expect_limits(asked.seconds, asked.workers, asked.seed)
    case = read(asked.instance, instance.loads)
    expect_place(asked.out)
    from ..columns.response import NoRoster  # the engine is loaded only for this verb
    from ..columns.search import Ask, search
    from ..formats.curtois import judge, rosters

    seconds = asked.seconds - (time.monotonic() - started) - min(_TAIL_S, 0.5 + asked.seconds / 60)
    try:
        ask = Ask(seconds, asked.workers, asked.seed, long=_LONG_DIVE, on_better=_print_progress)
        found = search(rosters.team(case), ask)
    except NoRoster as error:
        raise Unusable(
            f"{asked.instance}: employee {list(case.employees)[error.args[0]]!r} has no legal roster"
        ) from error
    worked = rosters.worked(case, found.rosters)
    assert not judge.broken(case, worked), judge.broken(case, worked)
    assert judge.cost(case, worked) == round(found.cost), (judge.cost(case, worked), found.cost)
    write(asked.out, rosters.dumps(case, found.rosters))
    spent = round(time.monotonic() - started, 2)
    bound = round(max(found.bound, 0.0))  # no cost is below 0
    print(json.dumps({"cost": round(found.cost), "bound": bound, "proved": found.proved, "seconds": spent}))
    return DONE


def _print_progress(found: Found) -> None:
    print(f"{found.seconds:6.1f} s  cost {found.cost:g}  bound {found.bound:g}", file=sys.stderr, flush=True)
