"""The answers of the parts put together. Refuses to know how they were found.

Sums add up. Sorted loads are best together when they're best apart, so fairness is proved when every part's is.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import score
from ..part import Answer
from ..plan import GOALS, GoalResult, Level, Plan
from ..problem import Problem


def joined(problem: Problem, answers: Sequence[Answer]) -> Answer:
    """One plan and one result a goal for the whole problem."""
    plan = Plan(frozenset().union(*(one.plan.assignments for one in answers)))
    return Answer(plan, tuple(_goal(problem, plan, name, [one.goal(name) for one in answers]) for name in GOALS))


def _goal(problem: Problem, plan: Plan, name: str, found: list[GoalResult]) -> GoalResult:
    value, bound = sum(one.value for one in found), sum(one.bound for one in found)
    if name == "fairness":
        value, bound = max(one.value for one in found), max(one.bound for one in found)
    if name == "fewest_changes":  # seats of the previous plan that nobody may have any more are in no part
        lost = score.fewest_changes(problem, plan) - value
        value, bound = value + lost, bound + lost
    proved = all(one.proved for one in found) and (name != "wishes" or not _may_lose_more(found))
    state = "proved" if proved else ("skipped" if all(one.state == "skipped" for one in found) else "gap")
    levels = _fair_levels(found) if name == "fairness" else _summed(found)
    return GoalResult(name, value, bound, proved, max(one.seconds for one in found), state, levels)


def worst_wish(answers: Sequence[Answer]) -> int:
    """What the least satisfied person of all parts loses."""
    return max((_worst(one.goal("wishes")) for one in answers), default=0)


def is_short_of(answer: Answer, worst: int) -> bool:
    """All people of this part together might lose less if one of them lost as much as somebody elsewhere does."""
    wishes = answer.goal("wishes")
    return wishes.value > 0 and _worst(wishes) < worst


def _may_lose_more(found: list[GoalResult]) -> bool:
    worst = max(_worst(one) for one in found)
    return any(one.value > 0 and _worst(one) < worst for one in found)


def _worst(wishes: GoalResult) -> int:
    return int(next((level.value for level in wishes.levels if level.name == "least_satisfied"), 0))


def _summed(found: list[GoalResult]) -> tuple[Level, ...]:
    """Levels of one name added up, the least satisfied compared; in the order of their first appearance."""
    levels: dict[str, Level] = {}
    for level in (level for one in found for level in one.levels):
        levels[level.name] = _both(levels[level.name], level) if level.name in levels else level
    return tuple(levels.values())


def _both(one: Level, other: Level) -> Level:
    put = max if one.name == "least_satisfied" else _add
    return Level(
        one.name,
        put(one.value, other.value),
        put(one.bound, other.bound),
        one.proved and other.proved,
        one.seconds + other.seconds,
    )


def _add(one: float, other: float) -> float:
    return one + other


def _fair_levels(found: list[GoalResult]) -> tuple[Level, ...]:
    """Equal groups as they are, the highest load of all, and whether the levels below are proved too."""
    equal = [level for one in found for level in one.levels if level.name.startswith("equal")]
    highest = [level for one in found for level in one.levels if level.name == "highest"]
    if not highest:
        return tuple(equal)
    value, bound = max(level.value for level in highest), max(level.bound for level in highest)
    seconds = sum(level.seconds for level in highest)
    top = Level("highest", value, bound, bound >= value, seconds)
    below = Level("below", 0.0, 0.0, all(one.proved for one in found), 0.0)
    return (*equal, top, below)
