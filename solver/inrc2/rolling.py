"""Week by week: each week is decided by itself and for good, before the next one's wants and wishes are known.

A week is solved together with those that follow it until the scenario's end, whose wants are taken to be any of the
weeks seen so far: a cell costs the mean of what it would cost on that weekday in them. So totals, weekends and runs
beyond the week's end weigh what they'll weigh, and no share of them has to be guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ..columns.cover import Cover
from ..columns.team import FloatArray, Team
from ..formats.inrc2 import judge
from ..formats.inrc2.case import DAYS, Case, Cells, History, Scenario, Week
from ..formats.inrc2.standing import history_after
from .team import GRAIN, cover_of, kernels_of

# A nurse below the minimum of a week that only may come: it will be found, at the cost of some soft rules.
_LIKELY_SHORT = 4.0 * judge.WANTED_COVER


def roll(scenario: Scenario, history: History, weeks: Iterable[Week], solve: Callable[[Team], Cells]) -> Cells:
    """`roster[nurse, day]` of all weeks; each week is taken from `weeks` only when the ones before are decided."""
    seen: list[Week] = []
    decided: list[Cells] = []
    for week in weeks:
        seen.append(week)
        roster = solve(team_with_forecast(scenario, history, seen))[:, : len(DAYS)]
        decided.append(roster)
        history = history_after(Case(scenario, history, (week,)), roster)
    return np.concatenate(decided, axis=1)


def team_with_forecast(scenario: Scenario, history: History, seen: list[Week]) -> Team:
    """The last week seen and all that follow it, which are like the weeks seen."""
    rest = scenario.weeks - history.week - 1
    blank = Week(seen[-1].least, seen[-1].wanted, frozenset())
    case = Case(scenario, history, (seen[-1], *[blank] * rest))
    known = cover_of(Case(scenario, history, (seen[-1],))).cost
    forecast = np.mean([_likely_cover(scenario, history, week) for week in seen], axis=0)
    return Team(kernels_of(case), Cover(np.concatenate([known, *[forecast] * rest])), GRAIN / len(seen))


def _likely_cover(scenario: Scenario, history: History, week: Week) -> FloatArray:
    return cover_of(Case(scenario, history, (week,)), below_least=_LIKELY_SHORT).cost
