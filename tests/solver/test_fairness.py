"""Leximin against every plan there is, on problems small enough to try them all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check
from solver.eligibility import eligibility
from solver.model import climb
from solver.model.board import Board
from solver.model.fairness import FairLoads
from solver.model.ladder import Ladder
from solver.plan import GOALS, Plan
from solver.problem import Problem
from solver.score import fairness_figures, loads, score
from solver.solve import solve

from .builders import a_person, a_plan, a_problem, a_shift

THROUGH_FAIRNESS = GOALS.index("fairness") + 1


def every_plan(problem: Problem) -> Iterator[Plan]:
    names = [person.id for person in problem.people]
    choices = [
        [group for size in range(shift.target + 1) for group in combinations(names, size)] for shift in problem.shifts
    ]
    for crews in product(*choices):
        seats = {(one, shift.id) for shift, crew in zip(problem.shifts, crews, strict=True) for one in crew}
        yield Plan(frozenset(seats))


def best_key(problem: Problem) -> tuple[object, ...]:
    legal = (plan for plan in every_plan(problem) if not check.check(problem, plan))
    return min(score(problem, plan).key()[:THROUGH_FAIRNESS] for plan in legal)


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    people = [
        a_person(
            name,
            *draw(st.sampled_from([(), ("river",)])),
            share=draw(st.sampled_from([0, 240, 300, 600])),
            past_load=draw(st.sampled_from([0, 0, 60])),
            shifts_per_week=draw(st.sampled_from([None, 1, 2])),
            shifts_per_day=draw(st.sampled_from([None, None, 1])),
        )
        for name in ("ann", "bo", "cy")
    ]
    shifts = [
        a_shift(
            f"s{number}",
            day=draw(st.integers(0, 4)),
            at=draw(st.sampled_from([540, 600, 840])),
            minutes=draw(st.sampled_from([60, 90, 120])),
            seats=draw(st.integers(1, 2)),
            heaviness_pct=draw(st.sampled_from([100, 150])),
            requires=draw(st.sampled_from([frozenset(), frozenset({"river"})])),
            task=draw(st.sampled_from(["", "", "there and back"])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    equal = draw(st.sampled_from([(), (frozenset({"ann", "bo"}),)]))
    return a_problem(people, shifts, days=7, equal=equal)


@pytest.mark.parametrize("easy", [climb.EASY, 0], ids=["by linear programs", "by counting"])
@settings(max_examples=100, deadline=None)
@given(problem=small_problems())
def test_solve_finds_and_proves_the_best_of_all_plans(easy: int, problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(climb, "EASY", easy)
        result = solve(problem, seconds=20, workers=1)
    assert not check.check(problem, result.plan)
    assert [goal.state for goal in result.goals] == ["proved"] * len(GOALS)
    assert score(problem, result.plan).key()[:THROUGH_FAIRNESS] == best_key(problem)


@pytest.mark.parametrize("easy", [climb.EASY, 0], ids=["by linear programs", "by counting"])
def test_who_stands_high_by_his_past_is_counted_there_in_every_plan(easy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 minutes bring ann from 60 to 120 of 600, or bo from 0 to 60 of 300: 200 either way. With bo's turn ann's 100
    stands beside it, with ann's turn bo's 0 does.
    """
    monkeypatch.setattr(climb, "EASY", easy)
    people = [a_person("ann", share=600, past_load=60), a_person("bo", share=300)]
    result = solve(a_problem(people, [a_shift("s", minutes=60)]), seconds=10, workers=1)
    assert result.plan.of_person["ann"] == ("s",)
    assert result.goal("fairness").proved


def test_load_counts_against_the_own_share() -> None:
    """240 minutes of share carry twice what 120 do: of three equal turns two go to ann."""
    people = [a_person("ann", share=240), a_person("bo", share=120)]
    result = solve(a_problem(people, [a_shift(f"s{day}", day=day) for day in range(3)]), seconds=10, workers=1)
    assert [len(result.plan.of_person[name]) for name in ("ann", "bo")] == [2, 1]
    assert result.goal("fairness").value == 1.0


def test_there_and_back_bring_one_person_beyond_what_one_shift_can() -> None:
    """One turn a week lets both parts of 60 minutes through: nothing, one, or 120 of 240."""
    parts = [a_shift(name, at=at, minutes=60, task="hospital") for name, at in (("there", 540), ("back", 660))]
    problem = a_problem([a_person("ann", share=240, shifts_per_week=1)], parts)
    fair = FairLoads(Board(problem, eligibility(problem)), missing=0)
    assert fair.candidates(most=1000) == [500]
    assert fair.levels_below(1000) == [500, 250]


def test_linear_programs_count_people_level_by_level() -> None:
    """Of three turns of 60 minutes two bring ann to 120 / 240 and one bo to 60 / 120: both are at 500, nobody above."""
    people = [a_person("ann", share=240), a_person("bo", share=120)]
    problem = a_problem(people, [a_shift(f"s{day}", day=day, minutes=60) for day in range(3)])
    board = Board(problem, eligibility(problem))
    for shift in problem.shifts:
        board.add_row(board.on_shift(shift.id), low=1, name="cover")
    fair = FairLoads(board, missing=0)
    descent = Ladder(board, fair, top=1500).descend(lambda: 10.0)
    assert descent is not None
    assert descent.counts == ((500, 2),)
    assert descent.is_kept(fair, top=1500)
    assert len(board.plan(descent.values).of_person["ann"]) == 2


def test_past_load_is_made_up_for() -> None:
    people = [a_person("ann", past_load=240), a_person("bo")]
    result = solve(a_problem(people, [a_shift(f"s{day}", day=day) for day in range(2)]), seconds=10, workers=1)
    assert result.plan == a_plan("bo s0", "bo s1")


def test_high_past_load_hides_nobody_below() -> None:
    """ann has to take the river turn and is high from the past; bo's 60 rather than 90 minutes still matter.

    cy has no share, so the other turn is his. ann (60 + 60) / 240 = 500; bo 60 / 600 = 100.
    """
    people = [a_person("ann", "river", share=240, past_load=60), a_person("bo"), a_person("cy", share=0)]
    shifts = [
        a_shift("r", minutes=60, requires=frozenset({"river"})),
        a_shift("s", minutes=60),
        a_shift("t", minutes=90),
    ]
    problem = a_problem(people, shifts)
    result = solve(problem, seconds=10, workers=1)
    assert score(problem, result.plan).fairness == (500, 100)


def test_heavy_turns_weigh_more() -> None:
    """One night of 120 minutes at 200 % is worth two ordinary turns of 120 minutes."""
    shifts = [a_shift("night", heaviness_pct=200), a_shift("s1", day=1), a_shift("s2", day=2)]
    result = solve(a_problem([a_person("ann"), a_person("bo")], shifts), seconds=10, workers=1)
    assert sorted(map(len, result.plan.of_person.values())) == [1, 2]


def test_figures_of_a_plan() -> None:
    """Loads 0.4 and 0.2: Jain 0.6^2 / (2 x 0.2) = 0.9; Gini = |0.4 - 0.2| / (2 x 2 x 0.3) x 2 / 2 = 1/6."""
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s", minutes=240), a_shift("t", minutes=120)])
    figures = fairness_figures(loads(problem, a_plan("ann s", "bo t")))
    assert (figures.highest, figures.lowest, figures.worst) == (0.4, 0.2, ("ann", "bo"))
    assert (figures.jain, figures.gini) == (pytest.approx(0.9), pytest.approx(1 / 6))
