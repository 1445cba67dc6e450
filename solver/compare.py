"""Two plans of one problem side by side: goal by goal, and who gains or loses what. Refuses to know words."""

from __future__ import annotations

from dataclasses import dataclass, fields

from . import check, score
from .plan import Plan
from .problem import PersonId, Problem, ShiftId


@dataclass(frozen=True, slots=True)
class GoalChange:
    """A goal in both plans by its headline figure, in the units of `GoalResult`; smaller is better.

    `worse`: 1 if the other plan is worse in this goal, -1 if it's better, 0 if it's equal; decided on the whole goal,
    so equal headlines may differ (fairness below the highest load).
    """

    goal: str
    before: float
    after: float
    worse: int


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What one person gains and loses; loads are load / share before and after."""

    person: PersonId
    added: tuple[ShiftId, ...]
    removed: tuple[ShiftId, ...]
    load_before: float
    load_after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Goals in their order, people whose turns differ, and the hard rules that each plan breaks."""

    goals: tuple[GoalChange, ...]
    people: tuple[PersonChange, ...]
    broken_before: tuple[check.Violation, ...]
    broken_after: tuple[check.Violation, ...]

    @property
    def worse(self) -> int:
        """1 if the other plan is worse, -1 if it's better, 0 if they're worth the same: the first goal that differs."""
        return next((one.worse for one in self.goals if one.worse), 0)


def compare(problem: Problem, before: Plan, after: Plan) -> Comparison:
    """The second plan beside the first. KeyError for an unknown person or shift."""
    return Comparison(
        goal_changes(problem, before, after),
        person_changes(problem, before, after),
        check.check(problem, before),
        check.check(problem, after),
    )


def goal_changes(problem: Problem, before: Plan, after: Plan) -> tuple[GoalChange, ...]:
    """Every goal of the score, in its order."""
    first, second = check.score(problem, before), check.score(problem, after)
    return tuple(_change(problem, field.name, first, second) for field in fields(first))


def _change(problem: Problem, goal: str, first: check.Score, second: check.Score) -> GoalChange:
    one, other = getattr(first, goal), getattr(second, goal)
    return GoalChange(
        goal, _headline(problem, goal, one), _headline(problem, goal, other), (other > one) - (other < one)
    )


def _headline(problem: Problem, goal: str, value: int | tuple[int, ...]) -> float:
    """Covers are sums over priorities, fairness is the highest load / share, wishes are the points of all."""
    if isinstance(value, int):
        return value
    if goal == "fairness":
        relative = value[2 * len(problem.equal) :]
        return relative[0] / score.PER_MILLE if relative else 0.0
    return value[-1] if goal == "wishes" else sum(value)


def person_changes(problem: Problem, before: Plan, after: Plan) -> tuple[PersonChange, ...]:
    """Everyone whose turns differ, in the problem's order."""
    differing = {person for person, _ in before.assignments ^ after.assignments}
    return tuple(
        PersonChange(
            one.id,
            _new(before, after, one.id),
            _new(after, before, one.id),
            _relative(problem, before, one.id),
            _relative(problem, after, one.id),
        )
        for one in problem.people
        if one.id in differing
    )


def _new(before: Plan, after: Plan, person: PersonId) -> tuple[ShiftId, ...]:
    return tuple(sorted(set(after.of_person.get(person, ())) - set(before.of_person.get(person, ()))))


def _relative(problem: Problem, plan: Plan, person: PersonId) -> float:
    share = problem.person[person].share
    return score.load_pct_min(problem, plan, person) / (share * 100) if share else 0.0
