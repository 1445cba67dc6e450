"""python -m solver inrc2: whole answers, and one sentence for what can't be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solver.__main__ import main
from solver.formats.inrc2.judge import judge

from .competition import STANDINGS, WARD, WEEK, solution, ward


def _arguments(folder: Path, *more: str, scenario: str = WARD, week: str = WEEK) -> list[str]:
    names = {"scenario": scenario, "history": STANDINGS, "weeks": week}
    arguments = ["inrc2", "--seconds", "30", "--workers", "1", "--out", str(folder / "out"), *more]
    for name, text in names.items():
        path = folder / f"{name}.txt"
        path.write_text(text)
        arguments += [f"--{name}", str(path)]
    return arguments


@pytest.mark.parametrize("more", [[], ["--rolling"]])
def test_a_week_is_solved_and_written(more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_arguments(tmp_path, *more)) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(figures) == {"cost", "bound", "proved", "seconds"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["sol-week0.txt"]
    case = ward()
    broken, cost = judge(case, solution(tmp_path / "out", case.scenario))
    assert broken.total == 0
    assert cost.total == figures["cost"]
    assert figures["bound"] <= figures["cost"]


def test_bound_week_by_week_is_that_of_who_knows_all_weeks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bounds = []
    for more in ([], ["--rolling"]):
        assert main(_arguments(tmp_path, *more)) == 0
        bounds.append(json.loads(capsys.readouterr().out.splitlines()[-1])["bound"])
    assert bounds[0] == bounds[1] > 0


def test_a_minimum_that_nobody_can_reach_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    week = WEEK.replace("Night Head (0,1)", "Night Head (2,2)")
    assert main(_arguments(tmp_path, week=week)) == 0
    output = capsys.readouterr()
    assert "1 nurses are missing below the minimum cover" in output.err
    assert json.loads(output.out.splitlines()[-1])["proved"] is False


@pytest.mark.parametrize(
    ("scenario", "week", "sentence"),
    [
        (WARD.replace("WEEKS = 1", "WEEKS = x"), WEEK, "scenario.txt: line 3: expected a whole number, found 'x'"),
        (WARD, WEEK.replace("Bob Any", "Rob Any"), "weeks.txt: line 9: unknown nurse 'Rob'"),
    ],
)
def test_malformed_input_is_one_sentence_and_no_file(
    scenario: str, week: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_arguments(tmp_path, scenario=scenario, week=week)) == 2
    assert capsys.readouterr().err == f"{tmp_path}/{sentence}\n"
    assert not (tmp_path / "out").exists()


def test_too_many_weeks_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = _arguments(tmp_path)
    assert main([*arguments, arguments[-1]]) == 2
    left = f"1 of 1 weeks are left after {tmp_path / 'history.txt'}"
    assert capsys.readouterr().err == f"--weeks: 2 files are too many: {left}\n"
