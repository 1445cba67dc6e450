"""python -m solver inrc2: a case of the nurse rostering competition, all weeks at once or week by week."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..formats.inrc2 import judge, reader, writer
from ..formats.inrc2.case import Case, Cells, History, Week
from .files import Unusable, read, write_all
from .verb import DONE, Verbs, add_verb, expect_limits

if TYPE_CHECKING:
    from ..columns.search import Found
    from ..columns.team import Team

_TAIL, _MOST_TAIL_S = 0.1, 1.5  # share of the time in which other workers leave, and results are judged and written
_HINDSIGHT, _MOST_HINDSIGHT_S = 0.1, 30.0  # share of the time for the bound of weeks decided one by one
_ROOT, _DIVE = 0.35, 0.15  # shares of the time: neighbourhoods need little, but don't spread the work over the weeks
_DEARER = 1.5  # twice the weeks take so many doublings of the time to solve
_LEAST_S = 1.0  # for the searches, also when starting took all the time
_WORTH_A_WORKER_S = 10.0  # a process that starts takes seconds of its own

Left = Callable[[], float]


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "inrc2", _inrc2, "find rosters for a case of the nurse rostering competition")
    one.add_argument("--scenario", type=Path, required=True)
    one.add_argument("--history", type=Path, required=True)
    one.add_argument("--weeks", type=Path, nargs="+", required=True)
    one.add_argument("--rolling", action="store_true", help="decide each week before the next one is seen")
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--out", type=Path, required=True, help="directory for the solution of each week")


def _inrc2(asked: argparse.Namespace) -> int:
    started = time.monotonic()
    expect_limits(asked.seconds, asked.workers, asked.seed)
    case = _case(asked)
    _make_directory(asked.out)

    ends = started + asked.seconds - min(_TAIL * asked.seconds, _MOST_TAIL_S)

    def left() -> float:
        return float(max(ends - time.monotonic(), 0.0))

    roster, bound = _rolled(case, asked, left) if asked.rolling else _solved(case, asked, left)
    broken, cost = judge.judge(case, judge.assignments_of(case, roster))
    assert broken.total == broken.least_cover, broken
    if broken.least_cover:
        print(f"{broken.least_cover} nurses are missing below the minimum cover", file=sys.stderr)
        bound = 0.0  # of the soft rules alone nothing is known
    texts = writer.dumps_weeks(case, roster)
    write_all({asked.out / f"sol-week{case.history.week + week}.txt": text for week, text in enumerate(texts)})
    figures = {"cost": cost.total, "bound": bound, "proved": not broken.total and bound >= cost.total}
    print(json.dumps({**figures, "seconds": round(time.monotonic() - started, 2)}))
    return DONE


def _case(asked: argparse.Namespace) -> Case:
    scenario = read(asked.scenario, reader.loads_scenario)
    history = read(asked.history, partial(reader.loads_history, scenario=scenario))
    weeks = tuple(read(path, partial(reader.loads_week, scenario=scenario)) for path in asked.weeks)
    if len(weeks) > scenario.weeks - history.week:
        rest = f"{scenario.weeks - history.week} of {scenario.weeks} weeks are left after {asked.history}"
        raise Unusable(f"--weeks: {len(weeks)} files are too many: {rest}")
    return Case(scenario, history, weeks)


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error


def _solved(case: Case, asked: argparse.Namespace, left: Left) -> tuple[Cells, float]:
    from ..inrc2.team import load_programs, team_of  # the engine is loaded only for this verb

    team = team_of(case)
    load_programs(team)  # before the time that is left is taken
    found = _searched(team, asked, max(left(), _LEAST_S))
    return found.rosters.astype(int), max(found.bound, 0.0)


def _rolled(case: Case, asked: argparse.Namespace, left: Left) -> tuple[Cells, float]:
    """The bound is that of all weeks known, found when the last one is decided: whoever saw the future couldn't pay
    less. What lies between it and the cost is the price of not seeing it, and of not searching forever."""
    from ..columns.bound import bound_of
    from ..columns.limits import Limits
    from ..inrc2.foresight import Foresight
    from ..inrc2.rolling import roll
    from ..inrc2.team import load_programs, team_of

    load_programs(team_of(case))  # before the time that is left is shared out
    undecided, rng = len(case.weeks), np.random.default_rng(asked.seed)
    kept_s = min(_HINDSIGHT * left(), _MOST_HINDSIGHT_S)

    def decide(history: History, seen: tuple[Week, ...]) -> Cells:
        nonlocal undecided
        seconds = max(_first_share(undecided) * max(left() - kept_s, 0.0), _LEAST_S / len(case.weeks))
        undecided -= 1
        week = Case(case.scenario, history, seen[-1:])
        if week.is_last:
            return _searched(team_of(week), asked, seconds).rosters.astype(int)
        foresight = Foresight(case.scenario, history, seen, rng)
        return foresight.decide(
            lambda team, seconds: _searched(team, asked, seconds).rosters.astype(int), Limits(seconds)
        )

    roster = roll(case.scenario, case.history, case.weeks, decide)
    return roster, max(bound_of(team_of(case), roster.astype(np.int16), left()), 0.0)


def _first_share(weeks: int) -> float:
    """Of the time for so many weeks, the first one's. The fewer weeks are left, the sooner they are proved."""
    return float(weeks**_DEARER / sum(left**_DEARER for left in range(1, weeks + 1)))


def _searched(team: Team, asked: argparse.Namespace, seconds: float) -> Found:
    from ..columns.search import Ask, search
    from ..inrc2.team import with_minima

    workers = asked.workers if seconds >= _WORTH_A_WORKER_S else 1
    ask = Ask(seconds, workers, asked.seed, root=_ROOT, dive=_DIVE, on_better=_print_progress)
    found = search(team, ask)
    return replace(found, rosters=with_minima(team, found.rosters))


def _print_progress(found: Found) -> None:
    print(f"{found.seconds:6.1f} s  cost {found.cost:g}  bound {found.bound:g}", file=sys.stderr, flush=True)
