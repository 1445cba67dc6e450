"""From a problem to a result: goals in their order, each fixed before the next. Refuses to know who asks."""

from __future__ import annotations

from collections.abc import Callable

from .plan import Plan, Progress, Result
from .problem import Problem


def solve(
    problem: Problem,
    *,
    seconds: float,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Plan | None = None,
) -> Result:
    """A plan that breaks no hard rule, as good as `seconds` allow, goal by goal with bounds.

    `on_progress` is called from the solving thread on each better plan or bound; `should_stop` is asked at least
    once a second and ends the solve with the best plan so far. `start` is a plan to begin from (broken seats are
    left out). The same problem, seed and one worker give the same plan as long as no stage runs out of time.
    """
    raise NotImplementedError
