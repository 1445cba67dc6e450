"""A competition case as a team of kernels with one cover; a code is shift * skills + skill."""

from __future__ import annotations

import numpy as np

from ..columns.cover import Cover, hinges
from ..columns.response import respond
from ..columns.run_states import Run, RunRules, Stand
from ..columns.runs import Person, RunKernel
from ..columns.team import FloatArray, Rosters, Team
from ..formats.inrc2 import judge
from ..formats.inrc2.case import DAYS, Case, Contract, Nurse, Span, Standing

GRAIN = 5.0  # every weight is a multiple of it
BELOW_LEAST = 10_000.0  # a nurse missing below the minimum: a hard rule, dearer than any soft ones together

_MENDING_PASSES = 5


def team_of(case: Case) -> Team:
    return Team(kernels_of(case), cover_of(case), GRAIN)


def load_programs(team: Team) -> None:
    """Compiled code is read, or made if it's the first time, before it is needed."""
    price = np.zeros((team.days, 1 + team.codes))
    team.kernels[0].pricer(0, team.days).best(price)
    if isinstance(team.kernels[0], RunKernel):
        team.kernels[0].ahead(0, price)


def with_minima(team: Team, rosters: Rosters) -> Rosters:
    """The same rosters; or, where a search without any time left minima open, nurses' best responses to them."""
    if team.cover.total(team.cover.heads(rosters)) < BELOW_LEAST:
        return rosters
    mended, pricers = rosters.copy(), [kernel.pricer(0, team.days) for kernel in team.kernels]
    respond(team, mended, pricers, np.random.default_rng(0), noise=0.01, is_over=lambda: False, passes=_MENDING_PASSES)
    return mended


def kernels_of(case: Case) -> list[RunKernel]:
    return [RunKernel(_person(case, nurse)) for nurse in range(len(case.scenario.nurses))]


def cover_of(case: Case, *, below_least: float = BELOW_LEAST) -> Cover:
    codes = len(case.scenario.shifts) * len(case.scenario.skills)
    least, wanted = (
        np.concatenate([getattr(week, level).reshape(len(DAYS), codes) for week in case.weeks])
        for level in ("least", "wanted")
    )
    weights = [np.full(least.shape, weight) for weight in (below_least, float(judge.WANTED_COVER))]
    return hinges(len(case.scenario.nurses), list(zip([least, wanted], weights, strict=True)), [])


def _person(case: Case, number: int) -> Person:
    scenario, nurse, standing = case.scenario, case.scenario.nurses[number], case.history.standings[number]
    skills = len(scenario.skills)
    codes = np.arange(len(scenario.shifts) * skills)
    worked, weekends = _totals(case, nurse, standing)
    return Person(
        runs=_runs(case, nurse.contract),
        before=Stand(standing.shift, standing.shift_run, standing.work_run, standing.off_run),
        kind_of=np.where(np.isin(codes % skills, nurse.skills), codes // skills, -1),
        wishes=_wishes(case, number),
        worked=worked,
        weekends=weekends,
        half=float(judge.WHOLE_WEEKEND) if nurse.contract.whole_weekends else 0.0,
    )


def _runs(case: Case, contract: Contract) -> RunRules:
    def run(span: Span, weight: int) -> Run:
        return Run(span.least, span.most, float(weight))

    return RunRules(
        kinds=tuple(run(shift.run, judge.SHIFT_RUN) for shift in case.scenario.shifts),
        work=run(contract.work_run, judge.WORK_RUN),
        off=run(contract.off_run, judge.OFF_RUN),
        forbidden=case.scenario.forbidden,
    )


def _wishes(case: Case, nurse: int) -> FloatArray:
    wishes = np.zeros((case.days, len(case.scenario.shifts)))
    for number, week in enumerate(case.weeks):
        for who, day, shift in week.wishes:
            if who == nurse:
                wishes[number * len(DAYS) + day, shift] = judge.WISH
    return wishes


def _totals(case: Case, nurse: Nurse, standing: Standing) -> tuple[FloatArray, FloatArray]:
    """Cost of so many days and weekends worked in these weeks; nothing before the scenario's last week."""
    worked, weekends = np.arange(case.days + 1), np.arange(len(case.weeks) + 1)
    if not case.is_last:
        return np.zeros(len(worked)), np.zeros(len(weekends))
    contract = nurse.contract
    days = standing.assignments + worked
    outside = np.maximum(contract.assignments.least - days, 0) + np.maximum(days - contract.assignments.most, 0)
    spare = np.maximum(standing.weekends + weekends - contract.most_weekends, 0)
    return float(judge.ASSIGNMENTS) * outside, float(judge.WEEKENDS) * spare
