"""The two published scenarios: figures from their description, proved where a proof is claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver import check
from solver.plan import Plan, Progress, Result
from solver.problem import Bar, Problem, Shift
from solver.replan import replan
from solver.solve import solve

from .scenarios import october, wardens


def solved_until(problem: Problem, *, stage: str, workers: int = 1) -> Result:
    """Stops once `stage` begins: what comes after it isn't looked at."""
    reached: list[str] = []

    def note(step: Progress) -> None:
        reached.append(step.goal)

    def is_there() -> bool:
        return stage in reached

    return solve(problem, seconds=120, workers=workers, on_progress=note, should_stop=is_there)


@pytest.fixture(scope="module")
def october_problem() -> Problem:
    return october()


@pytest.fixture(scope="module")
def october_result(october_problem: Problem) -> Result:
    return solved_until(october_problem, stage="continuity")


def test_october_fills_every_seat_fairly(october_problem: Problem, october_result: Result) -> None:
    """754 seats. 58.8 % (26 of 44.3 h) isn't possible beside one reviewer per grid: one aged 75-79 serves 10.5 h."""
    assert not check.check(october_problem, october_result.plan)
    assert (october_result.seats_filled, october_result.gaps) == (754, ())
    states = {name: october_result.goal(name).state for name in ("must_cover", "target_cover", "safety", "fairness")}
    assert set(states.values()) == {"proved"}
    assert october_result.goal("fairness").value == 0.593


def test_wheelchair_call_changes_four_seats(october_problem: Problem, october_result: Result) -> None:
    """Mon 12 October 08:05: four carriers 08:45-09:30 and again 11:30-12:15; at most 8 seats, nobody else moves."""
    day = 11 * 1440
    urgent = tuple(
        Shift(name, "urgent", "G1", 11, 2, day + start, day + start + 45, 4, 4, 4, bars=frozenset({"minor", "75+"}))
        for name, start in (("out", 525), ("back", 690))
    )
    changed = replace(october_problem, shifts=(*october_problem.shifts, *urgent))
    repair = replan(changed, october_result.plan, seconds=120, now_min=day + 485)
    assert not repair.gaps
    assert repair.diff.removed == ()
    assert {shift for _, shift in repair.diff.added} == {"out", "back"}
    people = next(step for step in repair.steps if step.name == "people")
    assert (people.value, people.proved) == (4, True), "the same four carry both ways"


def test_rain_cancels_the_river_and_moves_nobody(october_problem: Problem, october_result: Result) -> None:
    river = next(one for one in october_problem.shifts if one.kind == "river_patrol" and one.day == 21)
    fewer = replace(october_problem, shifts=tuple(one for one in october_problem.shifts if one.id != river.id))
    repair = replan(fewer, october_result.plan, seconds=30, now_min=20 * 1440)
    assert repair.diff.added == ()
    assert {shift for _, shift in repair.diff.removed} == {river.id}


def test_sick_volunteer_is_covered_by_others_alone(october_problem: Problem, october_result: Result) -> None:
    """Away Tue 13 to Fri 16: the busiest of those days; all of his turns there find somebody, nobody else loses one."""
    sick_days = range(12, 16)
    turns = {
        person.id: [
            one for one in october_result.plan.of_person[person.id] if october_problem.shift[one].day in sick_days
        ]
        for person in october_problem.people
    }
    sick = max(turns, key=lambda one: len(turns[one]))
    bars = tuple(Bar(sick, shift.id, "sick") for shift in october_problem.shifts if shift.day in sick_days)
    repair = replan(replace(october_problem, bars=bars), october_result.plan, seconds=120, now_min=12 * 1440)
    assert not repair.gaps
    assert {shift for _, shift in repair.diff.added} >= set(turns[sick])
    people = next(step for step in repair.steps if step.name == "people")
    assert people.value <= len(turns[sick])


def test_wardens_have_no_gap_and_equal_full_time_hours() -> None:
    """342 seats, 2,616 hours: 60 full-timers at 32 hours, proved the lowest equal load, leave 696 for the others."""
    problem = wardens()
    levels: list[str] = []
    result = solve(
        problem,
        seconds=120,
        workers=1,
        on_progress=lambda step: levels.append(step.level),
        should_stop=lambda: "equal_0_load" in levels,
    )
    assert not check.check(problem, result.plan)
    assert (result.seats_filled, result.gaps) == (342, ())
    assert {load.minutes for load in result.load if load.person in problem.equal[0]} == {32 * 60}
    equal = [level for level in result.goal("fairness").levels if level.name.startswith("equal")]
    assert [(level.value, level.proved) for level in equal] == [(0, True), (32 * 60 * 100, True)]


def test_ten_checkpoints_report_the_shortage() -> None:
    """468 seats against 60 x 5 + 30 x 3 = 390 turns: at least 78 stay empty, each with the rules that stop people."""
    problem = wardens(checkpoints=10, limits_turns=True)
    result = solved_until(replace(problem, equal=()), stage="target_cover", workers=2)
    assert not check.check(problem, result.plan)
    goal = result.goal("must_cover")
    assert (goal.value, goal.bound, goal.state) == (78, 78, "proved")
    assert sum(gap.missing for gap in result.gaps) == 78
    assert all(gap.reasons for gap in result.gaps)


def test_plan_of_nobody_is_all_gaps() -> None:
    problem = wardens()
    assert check.score(problem, Plan()).must_cover == (342,)
