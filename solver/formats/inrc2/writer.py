"""Writes the competition's solution text, one file a week."""

from __future__ import annotations

from .case import DAYS, OFF, Case, Cells


def dumps_weeks(case: Case, roster: Cells) -> list[str]:
    """One text per week of the case; `roster[nurse, day]` is shift * skills + skill, or OFF."""
    return [_dumped(case, roster, week) for week in range(len(case.weeks))]


def _dumped(case: Case, roster: Cells, week: int) -> str:
    scenario, rows = case.scenario, []
    for nurse, person in enumerate(scenario.nurses):
        for day, word in enumerate(DAYS):
            code = int(roster[nurse, week * len(DAYS) + day])
            if code != OFF:
                shift, skill = divmod(code, len(scenario.skills))
                rows.append(f"{person.name} {word} {scenario.shifts[shift].name} {scenario.skills[skill]}")
    head = ["SOLUTION", f"{case.history.week + week} {scenario.name}", "", f"ASSIGNMENTS = {len(rows)}"]
    return "\n".join([*head, *rows]) + "\n"
