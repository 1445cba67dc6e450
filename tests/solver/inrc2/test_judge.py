"""The competition's rules: to the point as the official validator, and each rule at its border."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from solver.formats.inrc2.case import OFF, Assignment, Case, Contract, Span, Standing
from solver.formats.inrc2.judge import Broken, Cost, judge, nurse_cost

from .competition import DATA, competition_case, needs_data, solution, ward

OUTPUTS = sorted(
    path.parent.relative_to(DATA / "solutions").as_posix() for path in DATA.glob("solutions/**/validator.txt")
)

# Runs of the validator that belong to other weeks than their folder says: cover without any nurse missing, and the very
# figures of these weeks.
OTHER_WEEKS = dict.fromkeys(("n035w4_2_8-6-7-1", "n035w4_2_9-2-2-6", "n035w4_2_9-9-2-1"), "n035w4_2_8-8-7-5")
# Its output pictures another roster than the one beside it, so that the skills, and with them cover, aren't known.
OTHER_ROSTER = "n035w4_0_1-7-1-8/1370"

WORDS = {
    "assignments": "Total assignment constraints",
    "work_runs": "Consecutive constraints",
    "off_runs": "Non working days constraints",
    "wishes": "Preferences",
    "weekends": "Max working weekend",
    "whole_weekends": "Complete weekends",
    "wanted_cover": "Optimal coverage constraints",
    "least_cover": "Minimal coverage constraints",
    "skill": "Required skill constraints",
    "succession": "Illegal shift type succession constraints",
    "one_a_day": "Single assignment per day",
}


@needs_data
@pytest.mark.parametrize("folder", [name for name in OUTPUTS if name != OTHER_ROSTER])
def test_judge_agrees_with_the_official_validator(folder: str) -> None:
    name, text = folder.split("/")[0], (DATA / "solutions" / folder / "validator.txt").read_text()
    case = competition_case(OTHER_WEEKS.get(name, name))
    broken, cost = judge(case, solution(DATA / "solutions" / folder, case.scenario))
    assert {**vars(cost), **vars(broken)} == _official(text)
    assert cost.total == int(re.findall(r"Total cost: (\d+)", text)[0])


@needs_data
@pytest.mark.parametrize("folder", OUTPUTS)
def test_nurses_cost_what_the_validator_says_for_its_own_picture(folder: str) -> None:
    name, text = folder.split("/")[0], (DATA / "solutions" / folder / "validator.txt").read_text()
    case = competition_case(OTHER_WEEKS.get(name, name))
    costs = [nurse_cost(case, nurse, row) for nurse, row in enumerate(_picture(case, text))]
    official = _official(text)
    for component in set(vars(Cost())) - {"wanted_cover"}:
        assert sum(getattr(cost, component) for cost in costs) == official[component], component


def _official(text: str) -> dict[str, int]:
    found = dict(re.findall(r"^(.+): (\d+)$", text, re.MULTILINE))
    return {name: int(found[word]) for name, word in WORDS.items()}


def _picture(case: Case, text: str) -> list[list[int]]:
    """Rows such as `HN_0  |-|N|N|...|`, shift types by their first letter."""
    letters = {shift.name[0]: index for index, shift in enumerate(case.scenario.shifts)} | {"-": OFF}
    rows = {row.split()[0]: row.split("|", 1)[1] for row in text.splitlines() if "|" in row and row[0] != " "}
    return [[letters[sign] for sign in rows[nurse.name] if sign in letters] for nurse in case.scenario.nurses]


def test_hard_rules_are_counted_one_by_one() -> None:
    case = ward()
    early_nurse, early_head = (0, 1), (0, 0)
    broken, _ = judge(
        case,
        [
            Assignment(0, 0, *early_nurse),  # after Ann's night: forbidden
            Assignment(1, 0, *early_head),  # Bob is no head
            Assignment(1, 0, *early_nurse),  # his second on this day
        ],
    )
    assert broken == Broken(least_cover=0, skill=1, succession=1, one_a_day=1)
    assert judge(case, [])[0] == Broken(least_cover=1)


def test_wanted_cover_is_counted_only_where_the_minimum_is_there() -> None:
    case = ward()
    # The early nurse shift wants 1 to 2 and the night head 0 to 1: nobody: 1 below the minimum, 1 head wanted.
    assert judge(case, [])[1].wanted_cover == 30
    assert judge(case, [Assignment(1, 0, 0, 1)])[1].wanted_cover == 60
    assert judge(case, [Assignment(1, 0, 0, 1), Assignment(0, 0, 1, 0)])[1].wanted_cover == 30


E, N = 0, 1
ANY = Span(0, 99)
CALM = Contract("Calm", assignments=ANY, work_run=ANY, off_run=ANY, most_weekends=9, whole_weekends=False)
FRESH = Standing(0, 0, OFF, 0, 0, 9)


def _cost(row: str, contract: Contract = CALM, standing: Standing = FRESH, *, shift_run: Span = ANY) -> Cost:
    """What a row such as '-EENN--' costs nurse Ann under one rule at a time."""
    case = ward()
    ann, bob = case.scenario.nurses
    shifts = tuple(replace(shift, run=shift_run) for shift in case.scenario.shifts)
    scenario = replace(case.scenario, nurses=(replace(ann, contract=contract), bob), shifts=shifts)
    history = replace(case.history, standings=(standing, case.history.standings[1]))
    return nurse_cost(replace(case, scenario=scenario, history=history), 0, ["-EN".index(sign) - 1 for sign in row])


@pytest.mark.parametrize(
    ("row", "work_run", "days"),
    [
        ("-EE----", Span(3, 9), 1),
        ("-----EE", Span(3, 9), 0),  # goes on beyond the last day
        ("-EEEEE-", Span(0, 3), 2),
        ("EEEEEEE", Span(0, 3), 4),  # what is too much counts at once
        ("-E-E---", Span(2, 9), 2),
    ],
)
def test_worked_days_in_a_row_cost_30_a_day(row: str, work_run: Span, days: int) -> None:
    assert _cost(row, replace(CALM, work_run=work_run)) == Cost(work_runs=30 * days)


@pytest.mark.parametrize(
    ("row", "before", "days"),
    [
        ("-------", 2, 1),  # the run before was too short and ends now
        ("E------", 2, 0),
        ("E------", 4, 1),  # only this day is too much: the ones before were counted in their week
        ("-------", 5, 0),
        ("EE-----", 5, 2),
    ],
)
def test_a_run_from_before_goes_on(row: str, before: int, days: int) -> None:
    standing = Standing(5, 0, E, before, before, 0)
    assert _cost(row, replace(CALM, work_run=Span(3, 4)), standing) == Cost(work_runs=30 * days)
    assert _cost(row, CALM, standing, shift_run=Span(3, 4)) == Cost(work_runs=15 * days)


def test_another_shift_type_ends_the_run_of_the_first() -> None:
    assert _cost("EENNN--", shift_run=Span(3, 9)).work_runs == 15
    assert _cost("N------", standing=Standing(1, 0, E, 1, 1, 0), shift_run=Span(3, 9)) == Cost(work_runs=15 * 4)


def test_free_days_in_a_row_cost_30_a_day() -> None:
    assert _cost("E-E----", replace(CALM, off_run=Span(2, 9))) == Cost(off_runs=30)
    assert _cost("E----EE", replace(CALM, off_run=Span(0, 3))) == Cost(off_runs=30)
    assert _cost("-E-----", replace(CALM, off_run=Span(3, 9)), Standing(0, 0, OFF, 0, 0, 1)) == Cost(off_runs=30)


def test_half_a_weekend_costs_30_under_a_contract_of_whole_ones() -> None:
    whole = replace(CALM, whole_weekends=True)
    assert [_cost(row, whole).whole_weekends for row in ("-----E-", "------E", "-----EE", "-------")] == [30, 30, 0, 0]
    assert _cost("-----E-") == Cost()


def test_a_wish_costs_10() -> None:
    assert _cost("----N--") == Cost(wishes=10)
    assert _cost("----E--") == Cost()
    assert nurse_cost(ward(), 1, [OFF] * 3 + [N] + [OFF] * 3).wishes == 10  # Bob's wish is for any shift


def test_totals_count_history_and_only_at_the_end() -> None:
    narrow = replace(CALM, assignments=Span(4, 5), most_weekends=1)
    assert _cost("EE-----", narrow) == Cost(assignments=40)
    assert _cost("EE-----", narrow, replace(FRESH, assignments=2)) == Cost()
    assert _cost("E----EE", narrow, replace(FRESH, assignments=4, weekends=1)) == Cost(assignments=40, weekends=30)
    case = ward()
    longer = replace(case, scenario=replace(case.scenario, weeks=2))
    assert nurse_cost(longer, 1, [OFF] * 7).assignments == 0
    assert nurse_cost(case, 1, [OFF] * 7).assignments == 60


def test_all_given_outputs_are_compared() -> None:
    if DATA.is_dir():
        assert len(OUTPUTS) == len(list(Path(DATA).rglob("validator.txt"))) == 25
