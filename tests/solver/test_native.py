"""The library's own JSON: there and back, and one place and reason for each mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest

from solver.formats import native
from solver.generate import generate
from solver.problem import InvalidProblem
from solver.solve import solve

PROBLEM = generate(people=6, days=7, seats=10, seed=1)


def test_problem_plan_and_result_come_back_equal() -> None:
    result = solve(PROBLEM, seconds=10, workers=1)
    assert native.loads_problem(native.dumps(PROBLEM)) == PROBLEM
    assert native.loads_plan(native.dumps(result.plan)) == result.plan
    assert native.loads_result(native.dumps(result)) == result
    assert native.loads_plan(native.dumps(result)) == result.plan


def changed(**fields: Any) -> str:
    return json.dumps(native.to_plain(PROBLEM) | fields)


SHIFT: dict[str, Any] = native.to_plain(PROBLEM)["shifts"][0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1 column 2: not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "document: is not a JSON object"),
        (changed(format="roster"), "format: expected 'youlin-problem', found 'roster'"),
        (changed(version=2), "version: expected 1, found 2"),
        (changed(horizon_days=0), "horizon_days: 0 is below 1"),
        (changed(horizon_days=True), "horizon_days: expected a whole number, found true"),
        (changed(shifts={}), "shifts: expected a list, found {}"),
        (changed(shifts=[SHIFT, SHIFT]), "shifts[1].id: 'S00000' appears twice"),
        (changed(shifts=[SHIFT | {"day": 99}]), "shifts[0].day: 99 is outside the horizon"),
        (changed(shifts=[SHIFT | {"least": "1"}]), 'shifts[0].least: expected a whole number, found "1"'),
        (changed(shifts=[SHIFT | {"colour": "red"}]), "shifts[0].colour: is not a field of this format"),
        (changed(shifts=[{"id": "s"}]), "shifts[0].kind: is missing"),
        (changed(pins=[{"person": "x", "shift": "S00000"}]), "pins[0].person: 'x' is unknown"),
    ],
)
def test_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InvalidProblem) as error:
        native.loads_problem(text)
    assert str(error.value) == message
