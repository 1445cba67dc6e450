"""What the solving of one part is told and what it answers. Refuses to know engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .clock import Clock
from .plan import GOALS, GoalResult, Plan, Progress
from .problem import Problem


@dataclass(frozen=True, slots=True)
class Order:
    """How to work. `worst_wish`: what the least satisfied of other parts loses anyway, so one here may lose as much."""

    clock: Clock
    workers: int = 1
    on_progress: Callable[[Progress], None] | None = None
    worst_wish: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a solve begins: `kept` is legal and holds every pin; seats of `wished` are taken if legal."""

    kept: Plan
    wished: Plan


@dataclass(frozen=True, slots=True)
class Answer:
    """A legal plan of one part and what is known goal by goal."""

    plan: Plan
    goals: tuple[GoalResult, ...]

    def goal(self, name: str) -> GoalResult:
        """The result of the named goal."""
        return next(goal for goal in self.goals if goal.name == name)


class Teller:
    """Says how far a part is."""

    def __init__(self, problem: Problem, order: Order) -> None:
        self._problem = problem
        self._order = order

    @property
    def is_heard(self) -> bool:
        return self._order.on_progress is not None

    def tell(self, plan: Plan, *, goal: str, level: str, value: float, bound: float) -> None:
        """Passes on a better plan or bound of the level in work."""
        if self._order.on_progress is None:
            return
        filled, wanted = filled_seats(self._problem, plan), self._problem.seats_wanted
        proved, seconds = bound >= value, self._order.clock.spent()
        stage = GOALS.index(goal)
        self._order.on_progress(Progress(goal, level, stage, value, bound, proved, seconds, filled, wanted, plan))


def filled_seats(problem: Problem, plan: Plan) -> int:
    """Target seats that are taken."""
    return sum(min(shift.target, len(plan.on_shift.get(shift.id, ()))) for shift in problem.shifts)
