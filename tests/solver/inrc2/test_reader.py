"""The competition's text files: what is read, what is written, and one place and reason for what can't be."""

from __future__ import annotations

import numpy as np
import pytest

from solver.formats.inrc2.case import OFF, Assignment, Contract, Nurse, ShiftType, Span, Standing
from solver.formats.inrc2.reader import loads_history, loads_scenario, loads_solution, loads_week
from solver.formats.inrc2.writer import dumps_weeks
from solver.problem import InvalidProblem

from .competition import DATA, STANDINGS, WARD, WEEK, needs_data, ward


def test_a_ward_is_read() -> None:
    case = ward()
    full = Contract("Full", Span(3, 5), Span(2, 4), Span(2, 3), 0, True)
    assert case.scenario.nurses == (Nurse("Ann", full, (0, 1)), Nurse("Bob", full, (1,)))
    assert case.scenario.shifts == (ShiftType("Early", Span(2, 3)), ShiftType("Night", Span(2, 3)))
    assert case.scenario.forbidden == {(1, 0)}
    assert case.history.standings == (Standing(0, 0, 1, 1, 1, 0), Standing(0, 0, OFF, 0, 0, 1))
    assert np.argwhere(case.weeks[0].least).tolist() == [[0, 0, 1]]
    assert case.weeks[0].wanted[0].tolist() == [[0, 2], [1, 0]]
    assert case.weeks[0].wishes == {(1, 3, 0), (1, 3, 1), (0, 4, 1)}
    assert case.is_last


def test_written_weeks_are_read_again() -> None:
    case = ward()
    roster = np.full((2, 7), OFF)
    roster[0, 2], roster[1, 6] = 2, 1
    (text,) = dumps_weeks(case, roster)
    assert text == "SOLUTION\n0 ward\n\nASSIGNMENTS = 2\nAnn Wed Night Head\nBob Sun Early Nurse\n"
    assert loads_solution(text, case.scenario) == (0, [Assignment(0, 2, 1, 0), Assignment(1, 6, 0, 1)])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("WEEKS = 1", "WEEKS = one", "line 3: expected a whole number, found 'one'"),
        ("WEEKS = 1", "WEEKS 1", "line 3: expected 'WEEKS = ...', found 'WEEKS 1'"),
        ("(2,3)\nNight", "(3,2)\nNight", "line 10: (3,2) has more for least than for most"),
        ("Night 1 Early", "Night 2 Early", "line 15: says 2 names, but 1 follow"),
        ("Night 1 Early", "Night 1 Noon", "line 15: unknown shift type 'Noon'"),
        ("Bob Full 1", "Bob Half 1", "line 22: unknown contract 'Half'"),
        ("Bob", "Ann", "line 22: nurse 'Ann' is given twice"),
        ("NURSES = 2", "NURSES = 3", "line 22: the file ends too early"),
        ("NURSES = 2", "NURSES = 1", "line 22: expected the end of the file, found 'Bob Full 1 Nurse'"),
        ("(2,3) 0 1", "(2,3) 0 yes", "line 18: expected 0 or 1 for complete weekends, found 'yes'"),
    ],
)
def test_a_malformed_scenario_is_named_by_line(old: str, new: str, sentence: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        loads_scenario(WARD.replace(old, new, 1))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0 ward", "0 bed", "line 2: belongs to scenario 'bed', not 'ward'"),
        ("0 ward", "1 ward", "line 2: week 1 isn't before the scenario's end, which has 1 weeks"),
        ("Bob 0 0 None 0 0 1", "Ann 0 0 None 0 0 1", "line 6: nurse 'Ann' is given twice"),
        ("None 0 0 1", "None 2 2 0", "line 6: the last day was free, but a run of worked days goes on"),
        ("Night 1 1 0", "Night 2 1 0", "line 5: the last day was worked, but the runs of days don't fit it"),
        ("Bob 0 0 None 0 0 1", "Bob 0 0 None", "line 6: expected 7 words, found 4"),
    ],
)
def test_a_malformed_history_is_named_by_line(old: str, new: str, sentence: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        loads_history(STANDINGS.replace(old, new), loads_scenario(WARD))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Early Nurse", "Early Cook", "line 5: unknown skill 'Cook'"),
        ("(1,2)", "1,2", "line 5: expected (least,most), found '1,2'"),
        ("Bob Any Thu", "Bob Any Day", "line 9: unknown day 'Day'"),
        ("SHIFT_OFF_REQUESTS = 2", "", "line 9: expected 9 words, found 3"),
        ("Ann Night Fri", "", "line 9: the file ends too early"),
    ],
)
def test_a_malformed_week_is_named_by_line(old: str, new: str, sentence: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        loads_week(WEEK.replace(old, new), loads_scenario(WARD))
    assert str(caught.value) == sentence


@needs_data
def test_every_given_file_is_read() -> None:
    for path in sorted(DATA.glob("n*/Sc-*.txt")):
        scenario = loads_scenario(path.read_text())
        assert len(scenario.nurses) == int(scenario.name[1:4])
        assert scenario.weeks == int(path.parent.name[-1])
        for history in path.parent.glob("H0-*.txt"):
            assert loads_history(history.read_text(), scenario).week == 0
        for week in path.parent.glob("WD-*.txt"):
            assert loads_week(week.read_text(), scenario).wanted.sum() > 0
