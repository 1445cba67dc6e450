"""python -m solver: the verbs on real files, and one sentence for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solver.__main__ import main
from solver.formats import native

CASE = Path(__file__).parents[1] / "cases" / "small_week.json"


def test_solve_check_explain_and_candidates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "roster.json"
    assert main(["solve", str(CASE), "--seconds", "20", "--workers", "1", "--out", str(roster)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert {goal["state"] for goal in summary["goals"].values()} == {"proved"}
    assert main(["check", str(CASE), str(roster)]) == 0
    assert json.loads(capsys.readouterr().out)["broken"] == []
    problem = native.loads_problem(CASE.read_text(encoding="utf-8"))
    shift = problem.shifts[0].id
    assert main(["explain", str(CASE), str(roster), "--shift", shift]) == 0
    assert json.loads(capsys.readouterr().out)["gap"]["shift"] == shift
    assert main(["candidates", str(CASE), str(roster), "--shift", shift]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(problem.people)


def test_check_names_the_broken_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = native.loads_problem(CASE.read_text(encoding="utf-8"))
    crowd = [[person.id, problem.shifts[0].id] for person in problem.people]
    roster = tmp_path / "roster.json"
    roster.write_text(json.dumps({"format": "youlin-plan", "version": 1, "assignments": crowd}), encoding="utf-8")
    assert main(["check", str(CASE), str(roster)]) == 1
    assert "most" in {one["rule"] for one in json.loads(capsys.readouterr().out)["broken"]}


def test_generate_writes_the_same_problem_for_the_same_seed(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.json", "b.json")]
    for path in paths:
        assert (
            main(["generate", "--people", "5", "--days", "7", "--seats", "9", "--seed", "4", "--out", str(path)]) == 0
        )
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert native.loads_problem(paths[0].read_text(encoding="utf-8")).seats_wanted == 9


def test_malformed_problem_is_one_sentence_and_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, out = tmp_path / "bad.json", tmp_path / "out.json"
    bad.write_text('{"format": "youlin-problem", "version": 1, "horizon_days": "x", "people": [], "shifts": []}')
    assert main(["solve", str(bad), "--seconds", "1", "--out", str(out)]) == 2
    assert capsys.readouterr().err == f'{bad}: horizon_days: expected a whole number, found "x"\n'
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]


def test_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    assert main(["check", str(path), str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: No such file or directory\n"


def test_unknown_shift_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "roster.json"
    roster.write_text('{"format": "youlin-plan", "version": 1, "assignments": []}')
    assert main(["explain", str(CASE), str(roster), "--shift", "X"]) == 2
    assert capsys.readouterr().err == "shift 'X' is not in the problem\n"
