"""A week decided for what it costs by itself and, on the mean, in weeks that may follow it.

Each of several futures is solved as a linear program, which says what a head is worth in it on every day and shift. At
those worths an exact program over a nurse's runs, days and weekends tells what the rest of the scenario costs from
wherever the nurse may stand at the week's end; the mean of that is what the end is worth, and with it the week is
solved by itself. Where its roster leads is solved again in each future: that is what the decision really costs, and
the worths go a step of the way there before the next try. So nobody's days and weekends are used up too early, or
saved for a day on which nobody wants them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..columns.bound import linear_optimum
from ..columns.cover import Cover
from ..columns.first_days import FirstDays
from ..columns.generation import Generation
from ..columns.limits import Limits
from ..columns.runs import Ahead, RunKernel
from ..columns.team import NEVER, OFF, FloatArray, Team
from ..formats.inrc2 import judge
from ..formats.inrc2.case import DAYS, Case, Cells, History, Scenario, Week
from ..formats.inrc2.standing import history_after
from .forecast import drawn_week
from .team import BELOW_LEAST, GRAIN, cover_of, kernels_of

MOST_FUTURES = 20
_WEEK = len(DAYS)
_DRAWING, _WEEK_SHARE = 0.7, 0.15  # of the time: for the futures' first worths; for a week's roster at most
_MOST_WEEK_S = 4.0
_NEAR = 0.02  # of its value: a linear optimum that is no further off tells worths
# A nurse below the minimum of a week that only may come: it will be found, at the cost of some soft rules.
_LIKELY_SHORT = 4.0 * judge.WANTED_COVER

Solve = Callable[[Team, float], Cells]


@dataclass(eq=False)
class Future:
    """Weeks that may follow; `kernels` of the week to be decided and of them, `worth[day, code]` of a head in them."""

    weeks: tuple[Week, ...]
    cover: Cover
    kernels: Sequence[RunKernel]
    worth: FloatArray
    is_known: bool  # there was the time to find the worths


class Foresight:
    """Of the last week seen, which isn't the scenario's last."""

    def __init__(self, scenario: Scenario, history: History, seen: Sequence[Week], rng: np.random.Generator) -> None:
        self._week, self._seen, self._rng = Case(scenario, history, (seen[-1],)), seen, rng
        self._rest = scenario.weeks - history.week - 1
        self.futures: list[Future] = []

    def decide(self, solve: Solve, limits: Limits) -> Cells:
        """`roster[nurse, day]`, the best of as many as there is time to judge; `solve(team, seconds)` is asked for the
        week by itself."""
        seconds, started = limits.left(), limits.spent()
        self.draw(limits.at_most(_DRAWING * seconds))
        if not self.futures[0].is_known:  # so short is the time
            return solve(self.together(self.futures[0]), limits.left())[:, :_WEEK]
        turn_s, week_s = limits.spent() - started, min(_WEEK_SHARE * seconds, _MOST_WEEK_S)
        best, least = solve(self.team(), week_s), NEVER
        roster, turns = best, 1
        while turn_s < limits.left():
            started, turns = limits.spent(), turns + 1
            cost = self.judge(roster, limits, step=1 / turns)
            if cost < least:
                best, least = roster, cost
            roster = solve(self.team(), week_s)
            turn_s = limits.spent() - started
        return best

    def together(self, future: Future) -> Team:
        """The week and a future that is known as if it were sure."""
        cover = np.concatenate([cover_of(self._week).cost, future.cover.cost])
        return Team(future.kernels, Cover(cover), GRAIN)

    def draw(self, limits: Limits) -> None:
        """At least one future, and as many as there is time for."""
        last_s = 0.0
        while len(self.futures) < MOST_FUTURES and (not self.futures or last_s < limits.left()):
            started = limits.spent()
            self.futures.append(self._future(limits.left()))
            last_s = limits.spent() - started

    def _future(self, seconds: float) -> Future:
        scenario = self._week.scenario
        weeks = tuple(drawn_week(scenario, self._seen, self._rng) for _ in range(self._rest))
        case = replace(self._week, weeks=(*self._week.weeks, *weeks))
        kernels, cover = kernels_of(case), cover_of(replace(self._week, weeks=weeks), below_least=_LIKELY_SHORT)
        future = Future(weeks, cover, kernels, np.zeros((0, 0)), is_known=False)
        found = _optimum(self.together(future), seconds)
        future.worth, future.is_known = found.worth[_WEEK:], found.value - found.bound < _NEAR * abs(found.value)
        return future

    def team(self) -> Team:
        """The week by itself, with its end at what it is worth on the mean, to a whole number."""
        kernels = [
            FirstDays(own[0], _WEEK, self._mean_ahead(own))
            for own in zip(*(future.kernels for future in self.futures), strict=True)
        ]
        return Team(kernels, cover_of(self._week))

    def _mean_ahead(self, kernels: Sequence[RunKernel]) -> Ahead:
        """Of one nurse, whose kernels in all futures are given."""
        price = np.zeros((self._rest * _WEEK, 1 + self.futures[0].cover.codes))
        total: FloatArray | float = 0.0
        for kernel, future in zip(kernels, self.futures, strict=True):
            price[:, 1:] = -future.worth
            ahead = kernel.ahead(_WEEK, price)
            total = total + ahead.worth
        return Ahead(np.rint(total / len(self.futures)), ahead.slope)

    def judge(self, roster: Cells, limits: Limits, *, step: float) -> float:
        """What the week costs with this roster and what follows it on the mean; worths go a `step` of the way to where
        it leads."""
        week, cost = self._week, 0.0
        after = history_after(week, roster)
        for number, future in enumerate(self.futures):
            team = Team(kernels_of(Case(week.scenario, after, future.weeks)), future.cover, GRAIN)
            found = _optimum(team, limits.left() / (len(self.futures) - number))
            cost += found.value / len(self.futures)
            future.worth += step * (found.worth - future.worth)
        broken, own = judge.judge(week, judge.assignments_of(week, roster))
        return cost + own.total + BELOW_LEAST * broken.least_cover


def _optimum(team: Team, seconds: float) -> Generation:
    nobody = np.full((team.people, team.days), OFF, dtype=np.int16)
    return linear_optimum(team, nobody, seconds, gap=team.grain)
