"""The competition's files beside the project, and a ward of two nurses that needs none of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from solver.formats.inrc2.case import Assignment, Case, Scenario
from solver.formats.inrc2.reader import loads_history, loads_scenario, loads_solution, loads_week

DATA = Path(__file__).parents[3].parent / "shared/data/inrc2"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/inrc2 isn't here")

WARD = """SCENARIO = ward

WEEKS = 1

SKILLS = 2
Head
Nurse

SHIFT_TYPES = 2
Early (2,3)
Night (2,3)

FORBIDDEN_SHIFT_TYPES_SUCCESSIONS
Early 0
Night 1 Early

CONTRACTS = 1
Full (3,5) (2,4) (2,3) 0 1

NURSES = 2
Ann Full 2 Head Nurse
Bob Full 1 Nurse
"""

STANDINGS = """HISTORY
0 ward

NURSE_HISTORY
Ann 0 0 Night 1 1 0
Bob 0 0 None 0 0 1
"""

WEEK = """WEEK_DATA
ward

REQUIREMENTS
Early Nurse (1,2) (0,0) (0,0) (0,0) (0,0) (0,0) (0,0)
Night Head (0,1) (0,0) (0,0) (0,0) (0,0) (0,0) (0,0)

SHIFT_OFF_REQUESTS = 2
Bob Any Thu
Ann Night Fri
"""


def ward() -> Case:
    scenario = loads_scenario(WARD)
    return Case(scenario, loads_history(STANDINGS, scenario), (loads_week(WEEK, scenario),))


@cache
def competition_case(name: str) -> Case:
    """`name` as in n030w4_1_6-2-9-1: scenario, history, weeks."""
    family, history, weeks = name.split("_")
    files = [DATA / family / f"WD-{family}-{week}.txt" for week in weeks.split("-")]
    scenario = loads_scenario((DATA / family / f"Sc-{family}.txt").read_text())
    standings = loads_history((DATA / family / f"H0-{family}-{history}.txt").read_text(), scenario)
    return Case(scenario, standings, tuple(loads_week(file.read_text(), scenario) for file in files))


def solution(folder: Path, scenario: Scenario) -> list[Assignment]:
    """All weeks' assignments, days counted from the first week's Monday."""
    found: list[Assignment] = []
    for file in sorted(folder.glob("sol-week*.txt")):
        week, rows = loads_solution(file.read_text(), scenario)
        found += [row._replace(day=row.day + 7 * week) for row in rows]
    return found
