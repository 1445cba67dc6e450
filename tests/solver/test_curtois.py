"""Curtois & Qu instances: the reader's sentences, the judge rule by rule, and the command on whole files."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from solver.__main__ import main
from solver.columns.search import Ask, search
from solver.formats.curtois import instance, judge, rosters
from solver.problem import InvalidProblem

CASE = Path(__file__).parents[1] / "cases" / "curtois_small.txt"
SHARED = Path("../shared/data/curtois")


def small() -> instance.Instance:
    return instance.loads(CASE.read_text(encoding="utf-8"))


def line(employee: str, shifts: str) -> dict[tuple[str, int], str]:
    """`shifts` holds a letter a day, a dot for a day off."""
    return {(employee, day): shift for day, shift in enumerate(shifts) if shift != "."}


LEGAL = line("Ann", ".EE..EE") | line("Bob", "EL...EE") | line("Cem", "LLL....") | line("Dan", "EEEE...")


def test_a_legal_roster_breaks_nothing_and_costs_what_the_text_says() -> None:
    # Requests: Dan isn't on E on day 4 (2), Bob is on L on day 1 (2), Cem is on L on day 2 (1).
    # One head too many on E on days 0, 2, 5, 6 and on L on day 1: 5. Missing: L on day 3, all three on day 4: 4 x 100.
    assert judge.broken(small(), LEGAL) == []
    assert judge.cost(small(), LEGAL) == 5 + 5 + 400


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (line("Bob", "EE...LE"), "Bob works E on day 6 after L"),
        (line("Cem", "LLLL.LL"), "Cem works 2880 minutes, most 1920"),
        (line("Dan", "E......"), "Dan works 480 minutes, least 960"),
        (line("Ann", ".LLL..."), "Ann works L 3 times, most 2"),
        (line("Cem", "...LLLE"), "Cem works E 1 times, most 0"),
        (line("Ann", "EE....."), "Ann works on day 0, a day off"),
        (line("Cem", "...LLL."), "Cem works on 1 weekends, most 0"),
        (line("Ann", ".EEEEE."), "Ann works 5 days in a row from day 1, most 4"),
        (line("Ann", ".E...EE"), "Ann works 1 days in a row from day 1, least 2"),
        (line("Dan", "EE.EE.."), "Dan has 1 days off from day 2, least 2"),
    ],
)
def test_each_rule_is_judged(changed: dict[tuple[str, int], str], sentence: str) -> None:
    (who,) = {employee for employee, _ in changed}
    rest = {key: shift for key, shift in LEGAL.items() if key[0] != who}
    assert sentence in judge.broken(small(), rest | changed)


def test_runs_and_days_off_at_the_edge_may_be_short() -> None:
    rest = {key: shift for key, shift in LEGAL.items() if key[0] != "Dan"}
    assert judge.broken(small(), rest | line("Dan", "E..EE..E"[:7])) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("E,480,\n", "E,long,\n", "line 6: a shift's length is a whole number from 1 to 10080, found 'long'"),
        ("L,480,E", "L,480,X", "the end: shift 'L' names the unknown shift 'X'"),
        ("Ann,E=7|L=2,1920", "Ann,E=7,1920", "line 10: no cap for shift 'L'"),
        ("Bob,3", "Bob,7", "line 17: a day is a whole number from 0 to 6, found '7'"),
        ("Ann,1,E,3", "Eve,1,E,3", "line 20: unknown employee 'Eve'"),
        ("0,E,1,100,1", "0,E,1,100", "line 28: expected 5 fields, found 4"),
        ("0,L,1,100,1", "0,E,1,100,1", "line 29: (0, 'E') is stated twice"),
        ("SECTION_STAFF", "SECTION_CREW", "line 9: expected SECTION_STAFF, found 'SECTION_CREW'"),
        ("SECTION_HORIZON\n7\n", "SECTION_HORIZON\n", "line 5: the horizon is missing"),
    ],
)
def test_a_mistake_has_one_sentence_and_its_place(old: str, new: str, sentence: str) -> None:
    text = CASE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InvalidProblem) as caught:
        instance.loads(text.replace(old, new, 1))
    assert str(caught.value) == sentence


def test_kernels_and_judge_agree_on_every_roster_of_a_person() -> None:
    case = small()
    team = rosters.team(case)
    names = list(case.employees)
    for person, kernel in enumerate(team.kernels):
        for codes in itertools.product(range(-1, 2), repeat=case.days):
            worked = line(names[person], "".join(".EL"[code + 1] for code in codes))
            own = [why for why in judge.broken(case, worked) if why.startswith(names[person])]
            assert kernel.is_legal(np.array(codes, dtype=np.int16)) == (not own)


def test_the_command_writes_worked_days_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "roster.csv"
    assert main(["curtois", str(CASE), "--seconds", "90", "--workers", "1", "--out", str(out)]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    worked = {(row["employee"], int(row["day"])): row["shift"] for row in rows}
    assert judge.broken(small(), worked) == []
    assert answer["cost"] == judge.cost(small(), worked) == answer["bound"]
    assert answer["proved"]


def test_a_malformed_instance_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong, out = tmp_path / "wrong.txt", tmp_path / "roster.csv"
    wrong.write_text("SECTION_HORIZON\nfourteen\n", encoding="utf-8")
    assert main(["curtois", str(wrong), "--seconds", "1", "--out", str(out)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not out.exists()


def test_somebody_without_a_legal_roster_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.txt"
    text = CASE.read_text(encoding="utf-8").replace("Dan,E=7|L=0,1920,960", "Dan,E=1|L=0,1920,960")
    wrong.write_text(text, encoding="utf-8")
    assert main(["curtois", str(wrong), "--seconds", "5", "--workers", "1", "--out", str(tmp_path / "r.csv")]) == 2
    assert "employee 'Dan' has no legal roster" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "turns", "best_known", "at_most"), [(1, 40, 607, 610), (3, 1, 1001, 1001)])
def test_known_optima_are_reached_and_no_bound_lies_above_them(
    number: int, turns: int, best_known: int, at_most: int
) -> None:
    path = SHARED / f"Instance{number}.txt"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    case = instance.loads(path.read_text(encoding="utf-8"))
    found = search(rosters.team(case), Ask(workers=1, seed=1, turns=turns))
    assert judge.broken(case, rosters.worked(case, found.rosters)) == []
    assert best_known <= judge.cost(case, rosters.worked(case, found.rosters)) == found.cost <= at_most
    assert found.bound <= best_known


def test_the_same_seed_gives_the_same_rosters_without_a_clock() -> None:
    one, other = (search(rosters.team(small()), Ask(workers=1, seed=7, turns=5)) for _ in range(2))
    assert (one.rosters == other.rosters).all()
