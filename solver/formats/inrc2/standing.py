"""Where nurses stand after weeks that are decided."""

from __future__ import annotations

from .case import DAYS, OFF, Case, Cells, History, Standing


def history_after(case: Case, roster: Cells) -> History:
    """The history for the week after the case; `roster[nurse, day]` is shift * skills + skill, or OFF."""
    skills = len(case.scenario.skills)
    standings = []
    for standing, row in zip(case.history.standings, roster.tolist(), strict=True):
        for day, code in enumerate(row):
            standing = _next_morning(standing, OFF if code == OFF else code // skills, day)
        standings.append(standing)
    return History(case.history.week + len(case.weeks), tuple(standings))


def _next_morning(standing: Standing, shift: int, day: int) -> Standing:
    weekends = standing.weekends
    if day % len(DAYS) == len(DAYS) - 1:
        weekends += shift != OFF or standing.shift != OFF
    if shift == OFF:
        return Standing(standing.assignments, weekends, OFF, 0, 0, standing.off_run + 1)
    shift_run = standing.shift_run + 1 if shift == standing.shift else 1
    return Standing(standing.assignments + 1, weekends, shift, shift_run, standing.work_run + 1, 0)
