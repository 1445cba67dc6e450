"""The program over run states against every roster there is, priced by the judge."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from solver.columns import run_loops, run_planes, runs, stint_loops
from solver.columns.first_days import FirstDays
from solver.columns.runs import RunKernel
from solver.columns.team import NEVER, OFF
from solver.formats.inrc2.case import Case, Contract, Nurse, Scenario, ShiftType, Span, Standing, Week
from solver.formats.inrc2.judge import assignments_of, judge, nurse_cost
from solver.inrc2.team import team_of, with_minima

from .competition import competition_case, needs_data, ward

PROGRAMS = {"loops": run_loops.best, "planes": run_planes.best}
AHEAD = {"loops": run_loops.ahead, "planes": run_planes.ahead}
SKILLS = 2


@pytest.fixture(params=PROGRAMS)
def _program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "best", PROGRAMS[request.param])
    monkeypatch.setattr(runs, "program_ahead", AHEAD[request.param])


def _span(rng: random.Random, least: int, most: int) -> Span:
    low = rng.randint(least, most)
    return Span(low, rng.randint(low, most))


def _case(rng: random.Random, weeks: int) -> Case:
    """One nurse with two skills, two shift types and rules at random, in the midst of runs."""
    shifts = tuple(ShiftType(name, _span(rng, 0, 4)) for name in "EN")
    contract = Contract(
        "C", _span(rng, 0, 7), _span(rng, 0, 5), _span(rng, 0, 4), rng.randint(0, weeks), rng.random() < 0.6
    )
    forbidden = frozenset({(1, 0)} if rng.random() < 0.7 else ())
    known = rng.choice([(0,), (1,), (0, 1)])
    scenario = Scenario("s", weeks, ("A", "B"), shifts, forbidden, (Nurse("n", contract, known),))
    kind, run = rng.choice([OFF, 0, 1]), rng.randint(1, 6)
    standing = Standing(rng.randint(0, 3), rng.randint(0, 1), kind, run, run + rng.randint(0, 2), 0)
    if kind == OFF:
        standing = replace(standing, shift_run=0, work_run=0, off_run=run)
    nothing = np.zeros((7, 2, SKILLS), dtype=np.int64)
    wishes = [frozenset((0, rng.randrange(7), rng.randrange(2)) for _ in range(2)) for _ in range(weeks)]
    history = replace(ward().history, standings=(standing,))
    return Case(scenario, history, tuple(Week(nothing, nothing, wish) for wish in wishes))


def _worth(case: Case, codes: tuple[int, ...]) -> float:
    """The judge's cost of the codes day by day, NEVER where a hard rule is broken."""
    days = [OFF if code == OFF else code // SKILLS for code in codes]
    steps = zip([case.history.standings[0].shift, *days], days, strict=False)
    if any(step in case.scenario.forbidden for step in steps):
        return NEVER
    if any(code != OFF and code % SKILLS not in case.scenario.nurses[0].skills for code in codes):
        return NEVER
    return nurse_cost(case, 0, days).total


def _prices(rng: random.Random, days: int) -> np.ndarray:
    """Prices by day and 1 + code; some cells forbidden, but never a day off on all days."""
    price = np.array([[rng.uniform(-60, 20) for _ in range(1 + 2 * SKILLS)] for _ in range(days)])
    price[:, 0] = 0
    for _ in range(3):
        price[rng.randrange(days), rng.randrange(5)] = NEVER
    return price


def _cheapest(case: Case, price: np.ndarray, first: int, kept: list[int]) -> float:
    """By trying every kind of day in the span, each at its cheapest code that the nurse may work."""
    known, least = case.scenario.nurses[0].skills, NEVER
    span = range(len(price))
    for kinds in product(range(OFF, 2), repeat=len(price)):
        codes, paid = [], 0.0
        for day in span:
            options = [OFF] if kinds[day] == OFF else [kinds[day] * SKILLS + skill for skill in known]
            code = min(options, key=lambda one: price[day, 1 + one])
            codes.append(code)
            paid += price[day, 1 + code]
        if paid < least:
            least = min(least, paid + _worth(case, (*kept[:first], *codes, *kept[first + len(price) :])))
    return least


@pytest.mark.usefixtures("_program")
@pytest.mark.parametrize("seed", range(6))
def test_best_is_the_cheapest_of_all_rosters(seed: int) -> None:
    rng = random.Random(seed)
    case = _case(rng, 1)
    price = _prices(rng, 7)
    _expect_best(case, price, 0, [OFF] * 7)


@pytest.mark.usefixtures("_program")
@pytest.mark.parametrize("seed", range(12))
def test_best_in_a_span_keeps_the_rest_and_knows_what_it_costs(seed: int) -> None:
    rng = random.Random(seed)
    case = _case(rng, 2)
    kept = _legal(case, rng, 14)
    first = rng.randint(1, 8)
    _expect_best(case, _prices(rng, 5), first, kept)


@pytest.mark.usefixtures("_program")
@pytest.mark.parametrize("seed", range(6))
def test_the_first_days_with_what_comes_after_are_worth_the_whole(seed: int) -> None:
    rng = random.Random(seed)
    case = _case(rng, 2)
    whole, price = team_of(case).kernels[0], np.concatenate([_prices(rng, 7), _prices(rng, 7)])
    assert isinstance(whole, RunKernel)
    found = whole.pricer(0, 14).best(price)
    assert found is not None
    first = FirstDays(whole, 7, whole.ahead(7, price[7:]))
    alone = first.pricer(0, 7).best(price[:7])
    assert alone is not None
    assert alone[0] == pytest.approx(found[0])
    assert alone[0] == pytest.approx(first.own_cost(alone[1]) + price[np.arange(7), alone[1] + 1].sum())
    assert first.is_legal(alone[1])
    again = first.pricer(2, 5, alone[1]).best(price[2:5])  # the days that are kept have no price
    assert again is not None
    assert again[1].tolist() == alone[1].tolist()
    assert again[0] == pytest.approx(alone[0] - price[[0, 1, 5, 6], alone[1][[0, 1, 5, 6]] + 1].sum())


def _legal(case: Case, rng: random.Random, days: int) -> list[int]:
    kept: list[int] = []
    before = case.history.standings[0].shift
    for _ in range(days):
        shift = rng.choice([one for one in (OFF, 0, 1) if (before, one) not in case.scenario.forbidden])
        kept.append(OFF if shift == OFF else shift * SKILLS + rng.choice(case.scenario.nurses[0].skills))
        before = shift
    return kept


def _expect_best(case: Case, price: np.ndarray, first: int, kept: list[int]) -> None:
    kernel, last = team_of(case).kernels[0], first + len(price)
    whole = last - first == case.days
    found = kernel.pricer(first, last, None if whole else np.array(kept, dtype=np.int16)).best(price)
    expected = _cheapest(case, price, first, kept)
    if found is None:
        assert expected == NEVER
        return
    value, roster = found
    assert value == pytest.approx(expected)
    assert [*roster[:first], *roster[last:]] == [*kept[:first], *kept[last:]]
    assert kernel.is_legal(roster)
    assert kernel.own_cost(roster) == _worth(case, tuple(roster.tolist()))
    paid = price[np.arange(len(price)), roster[first:last] + 1].sum()
    assert value == pytest.approx(kernel.own_cost(roster) + paid)


def test_a_broken_rule_is_not_legal() -> None:
    ann, bob = team_of(ward()).kernels
    day_off = [OFF] * 6
    assert not ann.is_legal(np.array([1, *day_off], dtype=np.int16))  # early after the night before
    assert ann.is_legal(np.array([2, *day_off], dtype=np.int16))
    assert not bob.is_legal(np.array([0, *day_off], dtype=np.int16))  # Bob is no head


@needs_data
def test_minima_that_no_time_was_left_for_are_filled() -> None:
    case = competition_case("n030w4_1_6-2-9-1")
    team = team_of(case)
    idle = np.full((30, case.days), OFF, dtype=np.int16)
    assert judge(case, assignments_of(case, idle))[0].least_cover > 0
    assert judge(case, assignments_of(case, with_minima(team, idle)))[0].total == 0


@needs_data
@pytest.mark.skipif(not stint_loops.COMPILED, reason="numba isn't installed")
@pytest.mark.parametrize("name", ["n035w4_0_1-7-1-8", "n012w8_1_5-6-9-8-1-2-3-4"])
def test_loops_and_planes_give_equal_rosters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = competition_case(name)
    team, rng = team_of(case), np.random.default_rng(7)
    price = np.zeros((case.days, team.codes + 1))
    price[:, 1:] = -60 * rng.random((case.days, team.codes))
    pricers = [kernel.pricer(0, case.days) for kernel in team.kernels[::6]]
    answers = []
    for program in PROGRAMS.values():
        monkeypatch.setattr(runs, "best", program)
        answers.append([pricer.best(price) for pricer in pricers])
    for loops, planes in zip(*answers, strict=True):
        assert loops is not None
        assert planes is not None
        assert loops[0] == planes[0]
        assert loops[1].tolist() == planes[1].tolist()
