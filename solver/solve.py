"""From a problem to a result: pins, parts, an engine for each, one answer. Refuses to know who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import current_process, get_context

from . import check, score
from .clock import Clock
from .eligibility import eligibility
from .explain import gaps
from .part import Answer, Opening, Order, Teller, filled_seats
from .parts.engine import answer
from .parts.joint import is_short_of, joined, worst_wish
from .parts.split import split
from .parts.spread import Task, solve_here, solve_there
from .pins import kept_pins
from .plan import Plan, Progress, RefusedPin, Result
from .problem import Pair, Problem

_POOL_PAIRS = 40_000
"""Open pairs from which processes of their own are worth their start."""

_TELLING_S, _TELLING_S_PER_PAIR, _TELLING_PART = 0.3, 2.5e-6, 0.4
"""Seconds that the last judgement and the reasons take, and for each open pair; the most of the time kept for them."""

_PAUSE_S, _PAUSE_TIMES = 0.5, 20
"""Between two words about how many parts are solved, and at least so many times as long as such a word takes."""


def solve(
    problem: Problem,
    *,
    seconds: float,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Plan | None = None,
    executor: Executor | None = None,
) -> Result:
    """A plan that breaks no hard rule, as good as `seconds` allow, goal by goal with bounds.

    `on_progress` is called from a solving thread on each better plan or bound; `should_stop` is asked several times a
    second and ends the solve with the best plan so far. `start` is a plan to begin from (seats that break a rule are
    left out). Parts that have nothing to do with each other are solved by `executor`, or by processes where that pays.
    The same problem, seed and one worker give the same plan as long as no step runs out of time.
    """
    clock = Clock(seconds, should_stop)
    kept = kept_pins(problem)
    asked = replace(problem, pins=kept.pins)
    open_pairs = eligibility(asked)
    telling_s = min(seconds * _TELLING_PART, _TELLING_S + len(open_pairs.person) * _TELLING_S_PER_PAIR)
    work = clock.ending_earlier(telling_s)
    order, opening = Order(work, workers, on_progress), Opening(kept.plan, start or Plan())
    parts = split(open_pairs)
    if len(parts) == 1:
        found = answer(asked, opening, order, open_pairs)
    else:
        with _executor(executor, workers, len(open_pairs.person)) as pool:
            found = _in_parts(asked, parts, opening, order, pool)
    return _result(problem, found, kept.refused, clock, telling_s)


def _in_parts(
    problem: Problem, parts: list[Problem], opening: Opening, order: Order, executor: Executor | None
) -> Answer:
    """Every part, and once more those whose wishes were held to less than others lose anyway."""
    tasks = [_task(part, opening) for part in parts]
    found = _solved(problem, tasks, order, executor)
    worst = worst_wish(found)
    again = [index for index, one in enumerate(found) if is_short_of(one, worst)]
    if again and not order.clock.is_over():
        more = [_again(tasks[index], found[index].plan, worst) for index in again]
        for index, one in zip(again, _solved(problem, more, order, executor), strict=True):
            found[index] = one
    return joined(problem, found)


def _task(part: Problem, opening: Opening) -> Task:
    own = Opening(_within(part, opening.kept), _within(part, opening.wished))
    return Task(part, own, 1 + len(part.people) * len(part.shifts))


def _again(task: Task, found: Plan, worst_wish: int) -> Task:
    return replace(task, opening=replace(task.opening, wished=found), worst_wish=worst_wish)


def _within(part: Problem, plan: Plan) -> Plan:
    own = ((person, shift) for person in part.person for shift in plan.of_person.get(person, ()))
    return Plan(frozenset(pair for pair in own if pair[1] in part.shift))


def _solved(problem: Problem, tasks: list[Task], order: Order, executor: Executor | None) -> list[Answer]:
    gathered = _Gathered(problem, order)
    if executor is None:
        return solve_here(tasks, order.clock, gathered.add)
    return solve_there(tasks, order.clock, executor, workers=order.workers, done=gathered.add)


class _Gathered:
    """The parts' plans so far, told as one plan, but no more often than somebody can look: parts may be thousands."""

    def __init__(self, problem: Problem, order: Order) -> None:
        self._problem = problem
        self._clock = order.clock
        self._teller = Teller(problem, order)
        self._found: set[Pair] = set()
        self._next_s = 0.0

    def add(self, _: int, one: Answer) -> None:
        """One more part is solved."""
        if not self._teller.is_heard:
            return
        self._found.update(one.plan.assignments)
        began = self._clock.spent()
        if began >= self._next_s:
            plan = Plan(frozenset(self._found))
            missing = self._problem.seats_wanted - filled_seats(self._problem, plan)
            self._teller.tell(plan, goal="target_cover", level="parts", value=missing, bound=0)
            ended = self._clock.spent()
            self._next_s = ended + max(_PAUSE_S, (ended - began) * _PAUSE_TIMES)


@contextmanager
def _executor(given: Executor | None, workers: int, pairs: int) -> Iterator[Executor | None]:
    """The executor that was given; own processes for much work, where this process may have children; or none."""
    if given is not None or workers == 1 or pairs < _POOL_PAIRS or current_process().daemon:
        yield given
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _result(problem: Problem, found: Answer, refused: tuple[RefusedPin, ...], clock: Clock, telling_s: float) -> Result:
    telling = Clock(max(telling_s, clock.left()))
    broken = [one for one in check.check(problem, found.plan) if one.rule != "pin"]
    if broken:
        raise AssertionError(f"the answer breaks {broken[0]}")
    loads = score.loads(problem, found.plan)
    stopped = "asked" if clock.asked else ("done" if all(goal.proved for goal in found.goals) else "time")
    return Result(
        plan=found.plan,
        goals=found.goals,
        gaps=gaps(problem, found.plan, telling.is_over),
        load=loads,
        fairness=score.fairness_figures(loads),
        seconds=clock.spent(),
        stopped=stopped,
        seats_filled=filled_seats(problem, found.plan),
        seats_wanted=problem.seats_wanted,
        refused_pins=refused,
    )
