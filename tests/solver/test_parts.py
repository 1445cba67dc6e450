"""Parts that have nothing to do with each other: cut exactly, solved anywhere, nothing lost with a worker."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check
from solver.clock import Clock
from solver.eligibility import eligibility
from solver.generate import generate
from solver.part import Opening, Order
from solver.parts.engine import answer
from solver.parts.split import split
from solver.plan import Plan, Progress
from solver.problem import Apart, Problem, Window
from solver.score import score
from solver.solve import solve

from .builders import DAY, a_person, a_plan, a_problem, a_shift


def side_by_side(problems: list[Problem]) -> Problem:
    """One problem of several that share nothing: names and tags get the number of their problem."""
    people, shifts = [], []
    for number, problem in enumerate(problems):
        town = frozenset({f"town{number}"})
        people += [replace(one, id=f"{number}-{one.id}", tags=one.tags | town) for one in problem.people]
        shifts += [replace(one, id=f"{number}-{one.id}", requires=one.requires | town) for one in problem.shifts]
    return a_problem(people, shifts, days=max(one.horizon_days for one in problems))


def towns(count: int, seed: int = 0) -> Problem:
    return side_by_side([generate(people=5, days=7, seats=7, seed=seed + number) for number in range(count)])


def test_parts_hold_everybody_once_and_nothing_twice() -> None:
    problem = towns(3)
    lonely = replace(problem, people=(*problem.people, a_person("nobody asks", "town9")))
    parts = split(eligibility(lonely))
    assert sorted(one.id for part in parts for one in part.people) == sorted(one.id for one in lonely.people)
    assert sorted(one.id for part in parts for one in part.shifts) == sorted(one.id for one in lonely.shifts)


def test_what_hangs_together_by_a_rule_is_not_cut() -> None:
    """Each of the two could only ever take the own shift, but one rule names both."""
    people = [a_person("ann", "a"), a_person("bo", "b")]
    shifts = [a_shift("s", requires=frozenset("a")), a_shift("t", requires=frozenset("b"))]
    problem = a_problem(people, shifts)
    assert len(split(eligibility(problem))) == 2
    assert len(split(eligibility(replace(problem, apart=(Apart("ann", "bo"),))))) == 1
    assert len(split(eligibility(replace(problem, equal=(frozenset({"ann", "bo"}),))))) == 1


def test_part_of_a_cut_problem_knows_all_days_of_its_weeks() -> None:
    """Ann offers 20 hours of day 0 and of day 6: four hours are a tenth, though her part has a turn on day 0 alone."""
    free = (Window(0, 1200), Window(6 * DAY, 6 * DAY + 1200))
    people = [a_person("ann", "a", windows=free, offered_pct_per_week=10), a_person("bo", "b")]
    shifts = [a_shift("s", minutes=240, requires=frozenset("a")), a_shift("t", day=6, requires=frozenset("b"))]
    problem = a_problem(people, shifts, days=7, weeks=(0,) * 7)
    assert [len(part.shifts) for part in split(eligibility(problem))] == [1, 1]
    assert solve(problem, seconds=10, workers=1).plan == a_plan("ann s", "bo t")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_whole_and_split_give_the_same_values(seed: int) -> None:
    problem = towns(3, seed)
    whole = answer(problem, Opening(Plan(), Plan()), Order(Clock(30)))
    split_up = solve(problem, seconds=30, workers=1)
    assert score(problem, split_up.plan).key() == score(problem, whole.plan).key()
    assert [(goal.name, goal.value, goal.proved) for goal in split_up.goals] == [
        (goal.name, goal.value, goal.proved) for goal in whole.goals
    ]


def test_least_satisfied_of_all_towns_sets_what_the_others_may_lose() -> None:
    """Elsewhere somebody has to lose 4 points (two unwanted turns), so ann's 3 at once cost less than 2 and 2 of two.

    Alone, ann's town would share its turns so that nobody loses more than 2: 4 points in all instead of 3.
    """
    bad = frozenset({"s", "t", "u"})
    people = [
        a_person("cy", "far", share=0, unwanted=frozenset({"x", "y"})),
        a_person("ann", "near", share=0, wanted=frozenset({"z"})),
        a_person("bo", "near", share=0, unwanted=bad),
    ]
    shifts = [a_shift(name, day=day, requires=frozenset({"far"})) for day, name in enumerate("xy")]
    shifts += [a_shift(name, day=day, requires=frozenset({"near"})) for day, name in enumerate("stu")]
    shifts += [a_shift("z", day=8, requires=frozenset({"near"}), seats=0, most=1)]
    problem = a_problem(people, shifts)
    result = solve(problem, seconds=20, workers=1)
    assert score(problem, result.plan).wishes == (4, 4 + 3)
    assert result.goal("wishes").proved


def test_any_executor_gives_the_plan_of_none() -> None:
    problem = towns(6)
    alone = solve(problem, seconds=60, workers=1)
    with ThreadPoolExecutor(2) as pool:
        shared = solve(problem, seconds=60, workers=1, executor=pool)
    assert shared.plan == alone.plan
    assert [goal.value for goal in shared.goals] == [goal.value for goal in alone.goals]


def test_workers_killed_in_mid_run_lose_nothing() -> None:
    """Every process of the pool dies once the first part is back; the rest is solved here, to the same plan."""
    problem = towns(8)
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    seen: list[int] = []

    def kill(step: Progress) -> None:
        if step.level == "parts" and not seen:
            for process in list(pool._processes.values()):
                seen.append(process.pid or 0)
                os.kill(process.pid or 0, signal.SIGKILL)

    result = solve(problem, seconds=120, workers=1, executor=pool, on_progress=kill)
    pool.shutdown(wait=False, cancel_futures=True)
    assert len(seen) == 2
    assert not check.check(problem, result.plan)
    assert result.plan == solve(problem, seconds=120, workers=1).plan


def test_executor_that_is_shut_down_is_done_without() -> None:
    problem = towns(2)
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    assert solve(problem, seconds=60, executor=pool).plan == solve(problem, seconds=60, workers=1).plan
