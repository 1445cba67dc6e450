"""The competition's rules as a specification: what a roster breaks and what it costs. Works on any assignments, also
on ones that no solver would make. Knows no solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from .case import DAYS, OFF, Assignment, Case, Cells, Nurse, Span, Standing

# Weights of the soft rules S1 to S7. Source: arXiv:1501.04177, section 2.3.
WANTED_COVER, SHIFT_RUN, WORK_RUN, OFF_RUN, WISH, WHOLE_WEEKEND, ASSIGNMENTS, WEEKENDS = 30, 15, 30, 30, 10, 30, 20, 30


@dataclass(frozen=True)
class Broken:
    """Hard rules, how often each is broken."""

    least_cover: int = 0  # nurses missing below the minimum (H2)
    skill: int = 0  # assignments without the skill (H4)
    succession: int = 0  # forbidden shift types on two days in a row (H3)
    one_a_day: int = 0  # further assignments of a nurse on a day (H1)

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Cost:
    """Soft rules, each one's penalty in the components of the official validator."""

    assignments: int = 0  # S6, only at the scenario's end
    work_runs: int = 0  # S2, shift types and worked days
    off_runs: int = 0  # S3
    wishes: int = 0  # S4
    weekends: int = 0  # S7, only at the scenario's end
    whole_weekends: int = 0  # S5
    wanted_cover: int = 0  # S1

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))


def judge(case: Case, assignments: Iterable[Assignment]) -> tuple[Broken, Cost]:
    """Days of the assignments count from the first day of the case. When a nurse has several on a day, the last counts
    for the runs and all count for cover."""
    found = list(assignments)
    days = _worked_shifts(case, found)
    cover = Counter((one.day, one.shift, one.skill) for one in found)
    below_least, below_wanted = _missing(case, cover)
    broken = Broken(
        least_cover=below_least,
        skill=sum(one.skill not in case.scenario.nurses[one.nurse].skills for one in found),
        succession=sum(_forbidden_steps(case, nurse, row) for nurse, row in enumerate(days)),
        one_a_day=len(found) - len({(one.nurse, one.day) for one in found}),
    )
    own = [nurse_cost(case, nurse, row) for nurse, row in enumerate(days)]
    summed = {field.name: sum(getattr(one, field.name) for one in own) for field in fields(Cost)}
    return broken, Cost(**{**summed, "wanted_cover": WANTED_COVER * below_wanted})


def assignments_of(case: Case, roster: Cells) -> Iterator[Assignment]:
    """`roster[nurse, day]` is shift * skills + skill, or OFF."""
    for nurse, row in enumerate(roster.tolist()):
        for day, code in enumerate(row):
            if code != OFF:
                yield Assignment(nurse, day, *divmod(code, len(case.scenario.skills)))


def nurse_cost(case: Case, nurse: int, shifts: list[int]) -> Cost:
    """What one nurse's row of shift types (OFF on free days) costs, cover aside."""
    person, standing = case.scenario.nurses[nurse], case.history.standings[nurse]
    contract, weekends = person.contract, _weekends(shifts)
    work = [shift != OFF for shift in shifts]
    type_runs = sum(
        _runs_cost([shift == kind for shift in shifts], rule.run, standing.shift_run if standing.shift == kind else 0)
        for kind, rule in enumerate(case.scenario.shifts)
    )
    halves = sum(saturday != sunday for saturday, sunday in weekends)
    wishes = sum((nurse, day % 7, shift) in case.weeks[day // 7].wishes for day, shift in enumerate(shifts))
    return Cost(
        work_runs=SHIFT_RUN * type_runs + WORK_RUN * _runs_cost(work, contract.work_run, standing.work_run),
        off_runs=OFF_RUN * _runs_cost([not one for one in work], contract.off_run, standing.off_run),
        wishes=WISH * wishes,
        whole_weekends=WHOLE_WEEKEND * halves if contract.whole_weekends else 0,
        **(_totals_cost(person, standing, sum(work), sum(map(any, weekends))) if case.is_last else {}),
    )


def _totals_cost(person: Nurse, standing: Standing, worked: int, weekends: int) -> dict[str, int]:
    contract = person.contract
    assignments, weekends = standing.assignments + worked, standing.weekends + weekends
    outside = max(contract.assignments.least - assignments, assignments - contract.assignments.most, 0)
    return {
        "assignments": ASSIGNMENTS * outside,
        "weekends": WEEKENDS * max(weekends - contract.most_weekends, 0),
    }


def _runs_cost(row: list[bool], span: Span, before: int) -> int:
    """Days missing in runs that end inside `row` and days too many in it; `before` is the length of the run that is
    going on at its start. A run that touches the end isn't too short yet."""
    cost, run = 0, before
    for is_in in row:
        if is_in:
            run += 1
            cost += run > span.most
        else:
            cost += max(span.least - run, 0) if run else 0
            run = 0
    return cost


def _weekends(shifts: list[int]) -> list[tuple[bool, bool]]:
    """(Saturday worked, Sunday worked) week by week."""
    return [(shifts[day - 1] != OFF, shifts[day] != OFF) for day in range(len(DAYS) - 1, len(shifts), len(DAYS))]


def _worked_shifts(case: Case, assignments: Iterable[Assignment]) -> list[list[int]]:
    days = [[OFF] * case.days for _ in case.scenario.nurses]
    for one in assignments:
        days[one.nurse][one.day] = one.shift
    return days


def _forbidden_steps(case: Case, nurse: int, shifts: list[int]) -> int:
    row = [case.history.standings[nurse].shift, *shifts]
    return sum(step in case.scenario.forbidden for step in pairwise(row))


def _missing(case: Case, cover: Counter[tuple[int, int, int]]) -> tuple[int, int]:
    """Nurses missing below the minimum, and below the wanted number where the minimum is there: the official validator
    doesn't count the second where the first is broken."""
    below_least = below_wanted = 0
    for week, data in enumerate(case.weeks):
        for (day, shift, skill), wanted in np.ndenumerate(data.wanted):
            have = cover[week * len(DAYS) + day, shift, skill]
            short = max(int(data.least[day, shift, skill]) - have, 0)
            below_least += short
            below_wanted += 0 if short else max(int(wanted) - have, 0)
    return below_least, below_wanted
