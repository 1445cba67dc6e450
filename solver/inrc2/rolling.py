"""Week by week: each week is decided by itself and for good, before the next one's wants and wishes are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ..formats.inrc2.case import Case, Cells, History, Scenario, Week
from ..formats.inrc2.standing import history_after

Decide = Callable[[History, tuple[Week, ...]], Cells]


def roll(scenario: Scenario, history: History, weeks: Iterable[Week], decide: Decide) -> Cells:
    """`roster[nurse, day]` of all weeks; each week is taken from `weeks` only when the ones before are decided.
    `decide(history, seen)` gives the roster of the last week seen."""
    seen: list[Week] = []
    decided: list[Cells] = []
    for week in weeks:
        seen.append(week)
        decided.append(decide(history, tuple(seen)))
        history = history_after(Case(scenario, history, (week,)), decided[-1])
    return np.concatenate(decided, axis=1)
