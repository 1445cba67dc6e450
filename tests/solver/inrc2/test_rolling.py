"""Week by week: histories carry over, and nothing is known before its week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace

import numpy as np

from solver.columns.team import Team
from solver.formats.inrc2.case import DAYS, OFF, Case, Cells, Standing, Week
from solver.formats.inrc2.judge import assignments_of, judge
from solver.formats.inrc2.standing import history_after
from solver.inrc2.rolling import roll, team_with_forecast
from solver.inrc2.team import team_of

from .competition import competition_case, needs_data, ward


def test_standings_after_a_week() -> None:
    case = ward()
    roster = np.full((2, 7), OFF)
    roster[0] = [2, 1, 1, OFF, 2, 3, 3]  # night, early, early, off, night, night, night
    after = history_after(case, roster)
    assert after.week == 1
    assert after.standings == (Standing(6, 1, 1, 3, 3, 0), Standing(0, 0, OFF, 0, 0, 8))
    roster[1, 5] = 1  # a Saturday alone is a worked weekend too
    assert history_after(case, roster).standings[1] == Standing(1, 1, OFF, 0, 0, 1)


@needs_data
def test_weeks_judged_one_by_one_cost_what_they_cost_together() -> None:
    case, rng = competition_case("n030w4_1_6-2-9-1"), np.random.default_rng(3)
    codes = len(case.scenario.shifts) * len(case.scenario.skills)
    roster = np.where(rng.random((30, case.days)) < 0.5, OFF, rng.integers(0, codes, (30, case.days)))
    whole = judge(case, assignments_of(case, roster))
    parts, history = [], case.history
    for number, week in enumerate(case.weeks):
        part, days = Case(case.scenario, history, (week,)), slice(7 * number, 7 * number + 7)
        parts.append(judge(part, assignments_of(part, roster[:, days])))
        history = history_after(part, roster[:, days])
    summed = [np.sum([astuple(one) for one in kind], axis=0).tolist() for kind in zip(*parts, strict=True)]
    assert summed == [[*astuple(one)] for one in whole]


def test_a_week_is_decided_before_the_next_is_taken() -> None:
    case = ward()
    scenario, events = replace(case.scenario, weeks=3), list[str]()

    def weeks() -> Iterator[Week]:
        for number in range(3):
            events.append(f"week {number} seen")
            yield case.weeks[0]

    def solve(team: Team) -> Cells:
        events.append(f"{team.days} days solved")
        return np.full((2, team.days), OFF)

    roster = roll(scenario, case.history, weeks(), solve)
    assert roster.shape == (2, 21)
    assert events == [
        "week 0 seen",
        "21 days solved",
        "week 1 seen",
        "14 days solved",
        "week 2 seen",
        "7 days solved",
    ]


def test_the_future_is_the_mean_of_the_weeks_seen() -> None:
    case = ward()
    scenario, busy = replace(case.scenario, weeks=3), case.weeks[0]
    quiet = Week(np.zeros_like(busy.least), np.zeros_like(busy.wanted), frozenset())
    history = replace(case.history, week=1)
    cover = team_with_forecast(scenario, history, [busy, quiet]).cover
    monday, code = len(DAYS), 1  # early nurse, of whom the busy week wants 1 to 2
    assert cover.cost[: len(DAYS)].sum() == 0
    # Nobody there: two short of the wanted number at 30, one of them below the minimum at 120; half of the weeks.
    assert cover.cost[monday, code].tolist() == [90.0, 15.0, 0.0]


def test_the_last_week_is_solved_as_it_is() -> None:
    case = ward()
    alone, known = team_with_forecast(case.scenario, case.history, list(case.weeks)), team_of(case)
    assert (alone.cover.cost == known.cover.cost).all()
    rosters = np.array([[2, 3, OFF, OFF, 1, 1, 1], [OFF, 1, 1, OFF, OFF, OFF, 3]], dtype=np.int16)
    assert alone.cost(rosters) == known.cost(rosters)
