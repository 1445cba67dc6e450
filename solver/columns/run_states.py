"""Where a person stands in the runs of days, as numbered states: how long the run of one kind, of working days or of
days off has lasted. A run that is too short or too long costs by the day. Refuses to know prices and dates.

Lengths beyond the longest that makes a difference are one state, because each further day costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .team import OFF


class Run(NamedTuple):
    """Days in a row that are wanted; each day missing at its end or too many costs `weight`."""

    least: int
    most: int
    weight: float

    def short(self, length: int) -> float:
        return self.weight * max(self.least - length, 0) if length else 0.0

    def long(self, length: int) -> float:
        return self.weight * (length > self.most)

    def capped(self, length: int, longest: int) -> int:
        """The same for the future as `length`, if no run can become longer than `longest`."""
        return min(length, max(1, self.least, self.most if self.most < longest else 0))


class Stand(NamedTuple):
    """The runs that go on: of `kind` and of working days, or of days off (`kind` OFF, `kind_run` 0)."""

    kind: int
    kind_run: int
    work_run: int
    off_run: int


@dataclass(frozen=True)
class RunRules:
    kinds: tuple[Run, ...]
    work: Run
    off: Run
    forbidden: frozenset[tuple[int, int]]  # (kind, kind on the next day)


@dataclass(frozen=True, eq=False)
class RunStates:
    """`to[state, choice]` and `cost[state, choice]` of choice 0, a day off, and 1 + kind; -1 where that is forbidden.
    State 0 is the one before the first day."""

    works: npt.NDArray[np.bool_]
    to: npt.NDArray[np.int64]
    cost: npt.NDArray[np.float64]


@lru_cache(maxsize=1024)
def run_states(rules: RunRules, before: Stand, days: int) -> RunStates:
    """All states that can come up within `days`."""
    stands = [_capped(rules, before, before, days)]
    number = {stands[0]: 0}
    to: list[list[int]] = []
    costs: list[list[float]] = []
    for stand in stands:  # grows while it is walked
        row: list[int] = []
        cost: list[float] = []
        for kind in range(OFF, len(rules.kinds)):
            after = _capped(rules, _after(stand, kind), before, days)
            if (stand.kind, kind) in rules.forbidden:
                row.append(-1)
                cost.append(0.0)
                continue
            if after not in number:
                number[after] = len(stands)
                stands.append(after)
            row.append(number[after])
            cost.append(_cost(rules, stand, kind))
        to.append(row)
        costs.append(cost)
    return RunStates(np.array([stand.kind != OFF for stand in stands]), np.array(to), np.array(costs))


def _after(stand: Stand, kind: int) -> Stand:
    if kind == OFF:
        return Stand(OFF, 0, 0, stand.off_run + 1)
    return Stand(kind, stand.kind_run + 1 if stand.kind == kind else 1, stand.work_run + 1, 0)


def _capped(rules: RunRules, stand: Stand, before: Stand, days: int) -> Stand:
    if stand.kind == OFF:
        return Stand(OFF, 0, 0, rules.off.capped(stand.off_run, days + before.off_run))
    longest = days + (before.kind_run if stand.kind == before.kind else 0)
    kind_run = rules.kinds[stand.kind].capped(stand.kind_run, longest)
    return Stand(stand.kind, kind_run, rules.work.capped(stand.work_run, days + before.work_run), 0)


def _cost(rules: RunRules, stand: Stand, kind: int) -> float:
    """Runs that end before a day of `kind` and runs that it makes too long."""
    after, cost = _after(stand, kind), 0.0
    if kind == OFF:
        cost += rules.off.long(after.off_run) + rules.work.short(stand.work_run)
    else:
        cost += rules.off.short(stand.off_run) + rules.work.long(after.work_run)
        cost += rules.kinds[kind].long(after.kind_run)
    if stand.kind not in (OFF, kind):
        cost += rules.kinds[stand.kind].short(stand.kind_run)
    return cost
