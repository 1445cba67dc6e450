"""Week by week: histories carry over, and nothing is known before its week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace

import numpy as np
import pytest

from solver.columns.limits import Limits
from solver.columns.search import Ask, search
from solver.columns.team import Team
from solver.formats.inrc2.case import OFF, Case, Cells, Contract, History, Span, Standing, Week
from solver.formats.inrc2.judge import assignments_of, judge
from solver.formats.inrc2.standing import history_after
from solver.inrc2.forecast import drawn_week
from solver.inrc2.foresight import Foresight
from solver.inrc2.rolling import roll
from solver.inrc2.team import with_minima

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

    def decide(history: History, seen: tuple[Week, ...]) -> Cells:
        events.append(f"week {history.week} decided after {len(seen)}")
        return np.full((2, 7), OFF)

    roster = roll(scenario, case.history, weeks(), decide)
    assert roster.shape == (2, 21)
    assert events == [
        "week 0 seen",
        "week 0 decided after 1",
        "week 1 seen",
        "week 1 decided after 2",
        "week 2 seen",
        "week 2 decided after 3",
    ]


def test_a_drawn_week_wants_what_weeks_want_on_other_days() -> None:
    case, rng = ward(), np.random.default_rng(0)
    wanted = np.arange(1, 8)[:, None, None] + np.array([[0, 10], [20, 30]])  # tells day, shift and skill
    quiet = Week(wanted - 1, wanted, frozenset())
    busy = Week(wanted + 99, wanted + 100, frozenset())
    drawn = [drawn_week(case.scenario, [quiet, busy] * 500, rng) for _ in range(50)]  # so many that no skill changes
    for week in drawn:
        assert (week.wanted - week.least == 1).all()
        cells = week.wanted % 100 - np.array([[0, 10], [20, 30]])
        assert (np.sort(cells[:5], axis=0) == np.arange(1, 6)[:, None, None]).all()
        assert (np.sort(cells[5:], axis=0) == np.arange(6, 8)[:, None, None]).all()
        assert (week.wanted // 100 == week.wanted[:1] // 100).all()  # a shift and skill is all of one week
    assert len({week.wanted.tobytes() for week in drawn}) == 50


def test_after_one_week_the_next_wants_other_skills_on_its_shifts() -> None:
    """63 heads, nine pairs that may change skills; what shifts want, and what is wanted of skills, is independent."""
    case, rng = ward(), np.random.default_rng(0)
    wanted = np.tile(np.array([[4, 2], [2, 1]]), (7, 1, 1))
    seen = Week(wanted - 1, wanted, frozenset())
    drawn = [drawn_week(case.scenario, [seen], rng) for _ in range(300)]
    assert all((week.least <= week.wanted).all() and (week.least >= 0).all() for week in drawn)
    assert {week.least.sum() for week in drawn} == {seen.least.sum()}
    for axes in ((0, 1), (0, 2)):  # of each skill, of each shift, in all
        assert all((week.wanted.sum(axis=axes) == wanted.sum(axis=axes)).all() for week in drawn)
    cells = np.array([week.wanted.sum(axis=0) for week in drawn])
    assert cells.mean(axis=0) == pytest.approx(wanted.sum(axis=0), abs=0.3)
    # A pair that differs in shift and skill moves each cell by one, up or down with equal chances:
    # 2 * 28 * 7 / 63**2 + 2 * 14 * 14 / 63**2 = 0.2 of nine pairs: a deviation of sqrt(1.8), a bit less as it goes on.
    assert cells.std(axis=0) == pytest.approx(np.full((2, 2), 1.25), abs=0.2)


def test_wishes_are_drawn_as_often_as_nurses_have_them() -> None:
    case, rng = ward(), np.random.default_rng(0)
    wishful = replace(case.weeks[0], wishes=frozenset((0, day, shift) for day in range(7) for shift in range(2)))
    drawn = [drawn_week(case.scenario, [wishful] * 4, rng) for _ in range(200)]
    # 7 whole days a week in four weeks, and 0.6 in the four of the test bed: 3.8 a week, each of two shifts.
    assert sum(len(week.wishes) for week in drawn) / 200 == pytest.approx(7.6, abs=0.6)
    assert {nurse for week in drawn for nurse, _, _ in week.wishes} == {0, 1}


def _contracted(days: int) -> Foresight:
    """Two nurses with so many days to work in two weeks and no other rule, and a week that wants nobody."""
    case = ward()
    free = Span(0, 20)
    contract = Contract("C", Span(days, days), free, free, most_weekends=2, whole_weekends=False)
    scenario = replace(
        case.scenario,
        weeks=2,
        shifts=tuple(replace(shift, run=free) for shift in case.scenario.shifts),
        forbidden=frozenset(),
        nurses=tuple(replace(nurse, contract=contract) for nurse in case.scenario.nurses),
    )
    nothing = np.zeros_like(case.weeks[0].wanted)
    foresight = Foresight(scenario, case.history, (Week(nothing, nothing, frozenset()),), np.random.default_rng(0))
    foresight.draw(Limits(0.0))
    return foresight


def test_a_week_knows_what_it_leaves_to_the_next() -> None:
    idle, busy = np.full((2, 7), OFF), np.full((2, 7), 1)
    foresight = _contracted(14)
    # Each of 14 days that two idle nurses leave out is one that they won't work: 20.
    assert foresight.judge(idle, Limits(), step=0.0) == pytest.approx(280, abs=15)
    assert foresight.team().cost(idle.astype(np.int16)) - foresight.team().cost(busy.astype(np.int16)) >= 200
    # With 7 days in two weeks it is no matter which ones.
    relaxed = _contracted(7)
    assert relaxed.judge(idle, Limits(), step=0.0) == pytest.approx(0, abs=15)


@needs_data
def test_a_week_is_decided_without_any_time() -> None:
    case = competition_case("n030w4_1_6-2-9-1")
    foresight = Foresight(case.scenario, case.history, case.weeks[:1], np.random.default_rng(0))

    def solve(team: Team, _seconds: float) -> Cells:
        return with_minima(team, search(team, Ask(0.0, workers=1)).rosters).astype(int)

    roster = foresight.decide(solve, Limits(0.0))
    week = Case(case.scenario, case.history, case.weeks[:1])
    assert judge(week, assignments_of(week, roster))[0].total == 0
