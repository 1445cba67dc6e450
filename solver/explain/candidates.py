"""Everybody for one seat, best first. Refuses to know words and solvers."""

from __future__ import annotations

from dataclasses import dataclass

from .. import check, score
from ..plan import Plan
from ..problem import PersonId, Problem, ShiftId


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the hand editor: `rules` empty means that he may. `relative` with this turn; `wish_loss` 0 to 2."""

    person: PersonId
    is_on: bool
    rules: tuple[str, ...]
    minutes: int
    relative: float
    wish_loss: int
    is_familiar: bool


def parts_of(problem: Problem, shift: ShiftId) -> tuple[ShiftId, ...]:
    """The shift, then the other parts of a task that the same people serve."""
    teams = (problem.same_team[index] for index in problem.teams_of.get(shift, ()))
    return (shift, *sorted({part for team in teams for part in team} - {shift}))


def with_task(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Plan:
    """The plan with this person on the shift and on the other parts of its task."""
    for part in parts_of(problem, shift):
        plan = plan.with_seat(person, part)
    return plan


def without_task(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Plan:
    """The plan without this person on the shift and on the other parts of its task."""
    for part in parts_of(problem, shift):
        plan = plan.without_seat(person, part)
    return plan


def verdict(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[check.Violation, ...]:
    """The hard rules that giving the seat, and those on the other parts of its task, would break.

    One part is added after the other, so that a limit which the first one passes is seen; that the last is yet to come
    breaks nothing.
    """
    wanted = [part for part in parts_of(problem, shift) if part not in plan.of_person.get(person, ())]
    found: list[check.Violation] = []
    for part in wanted:
        broken = check.verdict(problem, plan, person, part)
        found += [one for one in broken if one.rule != "same_team" or part == wanted[-1]]
        plan = plan.with_seat(person, part)
    return tuple(found)


def exchange(
    problem: Problem, plan: Plan, first: tuple[PersonId, ShiftId], second: tuple[PersonId, ShiftId]
) -> tuple[check.Violation, ...]:
    """The hard rules that two people would break by taking each other's seats, with all parts of both tasks.

    What others on these shifts come off worse by is told too: a companion who leaves, a seat kept for a leader.
    """
    (one, given), (other, taken) = first, second
    after = without_task(problem, without_task(problem, plan, one, given), other, taken)
    after = with_task(problem, with_task(problem, after, one, taken), other, given)
    shifts = (*parts_of(problem, given), *parts_of(problem, taken))
    return check.worsened(problem, plan, after, check.Scope((one, other), shifts))


def candidates(problem: Problem, plan: Plan, shift: ShiftId) -> tuple[Candidate, ...]:
    """Everyone, best first: those on the shift, then those who may (by wish, then load), then fewest rules broken."""
    rows = [_candidate(problem, plan, person.id, shift) for person in problem.people]
    rows.sort(key=lambda row: (not row.is_on, len(row.rules), row.wish_loss, row.relative, not row.is_familiar))
    return tuple(rows)


def _candidate(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Candidate:
    is_on = (person, shift) in plan.assignments
    own = with_task(problem, plan, person, shift).of_person[person]
    return Candidate(
        person,
        is_on,
        () if is_on else blocking_rules(problem, plan, person, shift),
        sum(problem.shift[one].minutes for one in own),
        relative_with(problem, plan, person, shift),
        score.wish_loss(problem, person, shift),
        is_familiar(problem, without_task(problem, plan, person, shift), person, shift),
    )


def blocking_rules(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[str, ...]:
    """Names of the hard rules that giving the seat would break, in the judge's order."""
    return tuple(dict.fromkeys(one.rule for one in verdict(problem, plan, person, shift)))


def relative_with(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> float:
    """Load / share with this turn; 0 without a share."""
    share = problem.person[person].share
    load = score.load_pct_min(problem, with_task(problem, plan, person, shift), person)
    return load / (share * 100) if share else 0.0


def is_familiar(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> bool:
    """Met this series before, or meets it on another turn of the plan."""
    series = problem.shift[shift].series
    own = plan.of_person.get(person, ())
    return bool(series) and (
        (person, series) in problem.familiar or any(problem.shift[one].series == series for one in own)
    )
