"""Pins that can't be kept are named; pins that need further seats get them; older plans are kept as far as legal."""

from __future__ import annotations

from solver import check
from solver.pins import kept_pins
from solver.problem import Bar, Pin, Problem
from solver.solve import solve

from .builders import HOUR, a_person, a_plan, a_problem, a_shift

DAYS = [a_shift(f"d{day}", day=day) for day in range(5)]
LEGS = (frozenset({"down", "up"}),)


def pinned(*pins: str, **limits: int) -> Problem:
    rows = tuple(Pin(*pin.split()) for pin in pins)
    return a_problem([a_person("ann", **limits)], DAYS, days=5, pins=rows)


def task(*pins: str, **fields: object) -> Problem:
    shifts = [a_shift("down"), a_shift("up", at=12 * HOUR), a_shift("talk", at=12 * HOUR)]
    rows = tuple(Pin(*pin.split()) for pin in pins)
    return a_problem([a_person("ann"), a_person("bo")], shifts, same_team=LEGS, pins=rows, **fields)


def test_pinned_day_gets_the_days_beside_it() -> None:
    """Day 2 of 0..4 alone is too short; three in a row around it are the least."""
    problem = pinned("ann d2", days_in_row_least=3)
    kept = kept_pins(problem)
    assert (kept.pins, kept.refused) == (problem.pins, ())
    assert len(kept.plan.assignments) == 3
    assert check.check(problem, kept.plan) == ()


def test_pin_whose_run_cannot_grow_is_refused() -> None:
    problem = pinned("ann d2", days_in_row_least=2, shifts_per_week=1)
    assert [(one.pin, one.rules) for one in kept_pins(problem).refused] == [(Pin("ann", "d2"), ("days_in_row_least",))]


def test_break_between_pins_is_worked_through() -> None:
    problem = pinned("ann d1", "ann d3", days_off_least=2)
    assert kept_pins(problem).plan == a_plan("ann d1", "ann d2", "ann d3")


def test_pinned_part_brings_the_other_part() -> None:
    assert kept_pins(task("ann down")).plan == a_plan("ann down", "ann up")
    refused = kept_pins(task("ann talk", "ann down")).refused
    assert [(one.pin, one.rules) for one in refused] == [(Pin("ann", "down"), ("same_team",))]


def test_solve_keeps_mended_pins_and_stays_legal() -> None:
    problem = task("ann down", bars=(Bar("bo", "talk"),))
    result = solve(problem, seconds=10, workers=1)
    assert result.plan == a_plan("ann down", "ann up")
    assert [gap.shift for gap in result.gaps] == ["talk"]
