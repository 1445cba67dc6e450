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


def test_replan_and_compare_on_the_same_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster, repaired = tmp_path / "roster.json", tmp_path / "repaired.json"
    assert main(["solve", str(CASE), "--seconds", "20", "--workers", "1", "--out", str(roster)]) == 0
    person, shift = min(native.loads_plan(roster.read_text(encoding="utf-8")).assignments)
    other = next(one for one in native.loads_problem(CASE.read_text(encoding="utf-8")).shifts if one.id != shift)
    capsys.readouterr()
    asked = ["replan", str(CASE), str(roster), "--absent", person, "--cancel", other.id, "--out", str(repaired)]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert [person, shift] in told["diff"]["removed"]
    assert person not in {one for one, _ in told["diff"]["added"]}
    assert {one["name"] for one in told["steps"]} >= {"people", "seats"}
    after = native.loads_plan(repaired.read_text(encoding="utf-8"))
    assert other.id not in after.on_shift
    assert main(["compare", str(CASE), str(roster), str(repaired)]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert compared["worse"] == 1
    assert shift in next(one["removed"] for one in compared["people"] if one["person"] == person)


def test_replan_with_an_unclear_absence_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster, out = tmp_path / "roster.json", tmp_path / "out.json"
    roster.write_text('{"format": "youlin-plan", "version": 1, "assignments": []}')
    person = native.loads_problem(CASE.read_text(encoding="utf-8")).people[0].id
    asked = ["replan", str(CASE), str(roster), "--absent", f"{person}:9-3", "--out", str(out)]
    assert main(asked) == 2
    said = f"--absent {person}:9-3: expected PERSON or PERSON:MIN-MIN, the first minute below the last\n"
    assert (capsys.readouterr().err, out.exists()) == (said, False)


def test_contradictory_pins_are_named_and_the_rest_is_solved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, out = json.loads(CASE.read_text(encoding="utf-8")), tmp_path / "out.json"
    shift = min(problem["shifts"], key=lambda one: int(one["most"]))
    problem["pins"] = [{"person": one["id"], "shift": shift["id"]} for one in problem["people"]]
    pinned = tmp_path / "pinned.json"
    pinned.write_text(json.dumps(problem), encoding="utf-8")
    assert main(["solve", str(pinned), "--seconds", "20", "--workers", "1", "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["pin"]["shift"] for one in told["refused_pins"]} == {shift["id"]}
    assert all(one["rules"] for one in told["refused_pins"])
    assert len(native.loads_plan(out.read_text(encoding="utf-8")).on_shift) > 1


def test_solve_hands_parts_to_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "roster.json"
    asked = ["solve", str(CASE), "--seconds", "20", "--workers", "1", "--executor", "processes:1", "--out", str(out)]
    assert main(asked) == 0
    assert {goal["state"] for goal in json.loads(capsys.readouterr().out)["goals"].values()} == {"proved"}


@pytest.mark.parametrize(
    ("executor", "said"),
    [
        ("threads:2", "--executor threads:2: expected processes:N or tcp://HOST:PORT\n"),
        ("processes:0", "--executor processes:0: expected processes:N or tcp://HOST:PORT\n"),
    ],
)
def test_an_unknown_executor_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], executor: str, said: str
) -> None:
    out = tmp_path / "roster.json"
    assert main(["solve", str(CASE), "--seconds", "1", "--executor", executor, "--out", str(out)]) == 2
    assert (capsys.readouterr().err, out.exists()) == (said, False)


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


def test_place_where_nothing_can_be_written_is_said_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none" / "out.json"
    assert main(["solve", str(CASE), "--seconds", "60", "--out", str(out)]) == 2
    assert capsys.readouterr().err == f"{out}: no file can be written there\n"  # and no line of progress
    assert main(["solve", str(CASE), "--seconds", "60", "--out", str(tmp_path)]) == 2


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_time_that_is_no_time_is_one_sentence(seconds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(CASE), f"--seconds={seconds}", "--out", str(tmp_path / "out.json")]) == 2
    assert capsys.readouterr().err == "--seconds and --workers must be above 0, --seed not below 0\n"


def test_endless_line_of_a_malformed_file_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("word " * 10_000, encoding="utf-8")
    asked = ["--scenario", str(bad), "--history", str(bad), "--weeks", str(bad)]
    assert main(["inrc2", *asked, "--seconds", "1", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{bad}: line 1: expected 'SCENARIO = ...', found 'word word")
    assert len(said) < len(str(bad)) + 250
