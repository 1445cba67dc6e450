"""The library's own JSON: there and back, and one place and reason for each mistake."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest

from solver.formats import native
from solver.generate import generate
from solver.limits import NO_LIMITS
from solver.plan import Plan, Result
from solver.problem import InvalidProblem, Problem
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
        ("[" * 100_000, "document: is nested too deeply"),
        ('{"seed": 1, "seed": 2}', "seed: appears twice in one object"),
        ('{"seed": NaN}', "document: NaN is not a number of this format"),
        ('{"seed": ' + "9" * 5000 + "}", "document: has a number that is too large"),
        ("{}", "format: is missing: this program reads 'youlin-problem'"),
        ('{"format": "youlin-problem"}', "version: is missing: this program reads 1"),
        (changed(format="roster"), "format: this program reads 'youlin-problem', found \"roster\""),
        (changed(version=2), "version: this program reads 1, found 2"),
        (changed(version=True), "version: this program reads 1, found true"),
        (changed(seed=10**12), "seed: 1000000000000 is more than 1,000,000,000 away from 0"),
        (changed(horizon_days=100_001), "horizon_days: 100001 is above 100,000"),
        (
            changed(people=[{"id": "a"}, {"id": "b", "limits": {"minutes_per_week": -1}}], shifts=[]),
            "people[1].limits.minutes_per_week: -1 is below 0",
        ),
        (
            changed(people=[{"id": "a", "limits": {"minutes_per_weeks": 600}}], shifts=[]),
            "people[0].limits.minutes_per_weeks: is not a field of this format",
        ),
        (
            changed(people=[{"id": "a", "limits": {"days_in_row": 2, "days_in_row_least": 3}}], shifts=[]),
            "people[0].limits.days_in_row: 2 is below days_in_row_least 3",
        ),
        (
            changed(people=[{"id": "a", "windows": [{"starts_min": 60, "ends_min": 60}]}], shifts=[]),
            "people[0].windows[0].ends_min: 60 is not after 60",
        ),
        (
            changed(shifts=[SHIFT | {"least": 3, "target": 2}]),
            "shifts[0].target: seats need 0 <= least <= target <= most",
        ),
        (changed(same_team=[["S00000"]]), "same_team[0]: names fewer than two shifts"),
        (changed(weeks=[0] * 6), "weeks: are of 6 days in a horizon of 7"),
        (changed(weeks=[1, *[0] * 6]), "weeks[1]: 0 comes after 1"),
        (changed(weeks=[5] * 7), "shifts[0].week: 0 isn't its day's week 5"),
        (
            changed(people=[{"id": "a", "limits": {"offered_pct_per_week": 50}}], shifts=[]),
            "people[0].limits.offered_pct_per_week: needs the problem's weeks",
        ),
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


DOCUMENT = Path(__file__).parents[2] / "docs/native-format.md"


def kinds_under(*kinds: type[Any]) -> list[type[Any]]:
    """These dataclasses and those that their fields hold."""
    found: list[type[Any]] = []
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        if is_dataclass(kind):
            if kind not in found:
                found.append(kind)
                waiting += get_type_hints(kind).values()
        else:
            waiting += get_args(kind)
    return found


def documented() -> dict[str, dict[str, list[str]]]:
    """section -> field -> cells of its row"""
    found: dict[str, dict[str, list[str]]] = {}
    for section in DOCUMENT.read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
        found[section.split("\n")[0]] = {row[0].strip("`"): row[1:] for row in rows}
    return found


def default_of(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "required"
    plain = {"limits": "no limits", "past": "nothing"}
    empty = field.default in ((), frozenset())
    return plain.get(field.name) or f"`{'[]' if empty else json.dumps(field.default)}`"


def test_document_names_every_field_with_its_default() -> None:
    said = documented()
    kinds = kinds_under(Problem, Plan, Result)
    assert {kind.__name__ for kind in kinds} == set(said)
    for kind in kinds:
        rows = said[kind.__name__]
        assert list(rows) == [field.name for field in fields(kind)], kind
        assert [row[1] for row in rows.values()] == [default_of(field) for field in fields(kind)], kind
        hints = get_type_hints(kind)
        for name, row in rows.items():
            is_open = isinstance(hints[name], UnionType)
            assert row[0].endswith(" or null") == is_open, (kind, name)
            assert len(row[2]) > 3, (kind, name)


def test_document_example_is_read() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("```json")[1].split("```")[0]
    problem = native.loads_problem(text)
    assert [shift.target for shift in problem.shifts] == [2]
    assert problem.people[0].limits == NO_LIMITS
