"""The goals of a repair in their order, each proved where it can be. Refuses to know how the published plan was made.

Holes are covered first, then the fewest people are disturbed, then the fewest seats change, the latest ones first, and
stand-ins are those with the lowest load. Everything that started before `now_min` and everything pinned stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .. import check
from ..model.board import Board, Terms, total
from ..model.engines import Ask, Outcome, minimise_sat, race
from ..model.goals import Step
from ..plan import Level, Plan
from ..problem import Pair, Problem, ShiftId
from .least import least_people
from .model import Model
from .published import Diff, difference, is_open, still_valid
from .reach import Reach


@dataclass(frozen=True, slots=True)
class Repair:
    """The repaired plan and what changes.

    `steps`: missing seats by priority, people disturbed beyond those who can't come, seats changed, how soon, load;
    each with bound and proof. `gaps`: shift -> seats still missing to the target. `seconds`: time spent.
    """

    plan: Plan
    diff: Diff
    steps: tuple[Level, ...]
    gaps: tuple[tuple[ShiftId, int], ...]
    seconds: float

    def step(self, name: str) -> Level:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)


def replan(
    problem: Problem,
    published: Plan,
    *,
    seconds: float,
    now_min: int = 0,
    holes: Iterable[ShiftId] | None = None,
    workers: int = 1,
    should_stop: Callable[[], bool] | None = None,
) -> Repair:
    """The least change of `published` that fits `problem` as it is now.

    Say absences by narrower windows or by bars, a cancelled shift by leaving it out of the problem, a new one by adding
    it. Seats of `published` that break a rule now are given up first; they don't count as disturbing their holders.
    `holes`: the shifts to be covered; None for all that lack somebody.
    """
    repairing = _Repairing(problem, published, now_min, Ask(seconds, workers, problem.seed, should_stop=should_stop))
    return repairing.run(holes)


def missing(problem: Problem, plan: Plan, now_min: int) -> dict[ShiftId, int]:
    """Open shift -> seats missing to its target."""
    missing = ((one.id, one.target - len(plan.on_shift.get(one.id, ()))) for one in problem.shifts)
    return {shift: seats for shift, seats in missing if seats > 0 and is_open(problem, shift, now_min)}


class _Repairing:
    """The best plan so far, the people it may concern so far, and the model over them."""

    def __init__(self, problem: Problem, published: Plan, now_min: int, ask: Ask) -> None:
        self._problem = problem
        self._published = published
        self._now_min = now_min
        self._ask = ask
        self._began = time.monotonic()
        self.kept = still_valid(problem, published, now_min)
        self.plan = self.kept
        self._pins = {(pin.person, pin.shift) for pin in problem.pins}
        self._levels: list[Level] = []

    def run(self, holes: Iterable[ShiftId] | None) -> Repair:
        lacking = missing(self._problem, self.kept, self._now_min)
        self._holes = lacking if holes is None else {one: lacking[one] for one in holes if one in lacking}
        self._reach = Reach(self._problem, self.kept, self._holes, self._may_move)
        self._cover()
        self._people()
        self._seats()
        is_exact = self._is_enough(self._disturbed())
        last = (self._model.soon(), self._model.load())
        self._levels += [self._taken(step, is_exact=is_exact, is_last=True) for step in last]
        gaps = tuple(missing(self._problem, self.plan, self._now_min).items())
        return Repair(self.plan, difference(self._published, self.plan), tuple(self._levels), gaps, self._spent())

    def _may_move(self, pair: Pair) -> bool:
        return pair not in self._pins and is_open(self._problem, pair[1], self._now_min)

    def _disturbed(self) -> int:
        return len(difference(self.kept, self.plan).people)

    def _is_enough(self, people: int) -> bool:
        """Nothing that `people` people could do lies outside of the model."""
        return self._reach.is_whole or self._reach.people >= people

    def _grow(self) -> None:
        """The model over everything that a repair of one more person may concern; what was reached stays reached."""
        self._reach.grow(self._reach.people + 1)
        edge = self._reach.edge
        self._model = Model(self._problem, self.kept, set(self._reach.pairs), self._holes, edge)
        self._cover_steps = self._model.cover()

    def _cover(self) -> None:
        """First with those who could simply come; then with longer chains, until no chain could cover more."""
        while True:
            self._grow()
            self._levels = [self._taken(step) for step in self._cover_steps]
            if all(level.proved for level in self._levels) or self._is_over():
                return

    def _people(self) -> None:
        """Fewest people: among those at hand; then, if fewer are thinkable, among all whom fewer could concern."""
        left_empty = sum(int(level.value) for level in self._levels)
        least = least_people(self._problem, self._holes, self._reach.pairs, left_empty)
        while True:
            found = self._taken(self._model.people(), at_least=least, believed=self._reach.people + 1)
            if found.proved or self._is_enough(int(found.value) - 1) or self._is_over():
                break
            self._regrow()
        self._levels.append(found)

    def _seats(self) -> None:
        """Fewest seats: every covered seat is one; more only where somebody gives up a turn."""
        people = self._disturbed()
        covered = len(self.plan.assignments) - len(self.kept.assignments)
        while True:
            step = self._model.seats()
            found = self._taken(step, is_exact=self._is_enough(people), at_least=covered - step.offset)
            if found.proved or self._is_enough(people) or self._is_over():
                break
            self._regrow()
            self._keep(self._model.people())
        self._levels.append(found)

    def _regrow(self) -> None:
        self._grow()
        for step in self._cover_steps:
            self._keep(step)

    def _is_over(self) -> bool:
        is_asked = self._ask.should_stop is not None and self._ask.should_stop()
        return is_asked or self._spent() >= self._ask.seconds

    def _taken(
        self,
        step: Step,
        *,
        is_exact: bool = False,
        at_least: int | None = None,
        believed: int | None = None,
        is_last: bool = False,
    ) -> Level:
        """One sum minimised and kept.

        `at_least`: a bound known before. The model's own bound counts if the model holds all that matters (`is_exact`),
        else up to `believed`: whoever isn't in the model makes the sum at least that. If that proves nothing, the
        relaxed model is asked, save for what comes last and isn't worth it.
        """
        began = self._spent()
        least = self._model.board.least_of(step.terms)
        at_least = least if at_least is None else max(least, at_least)
        value, bound = self._minimised(step, at_least)
        if not (is_exact or self._reach.is_whole):
            bound = max(at_least, min(bound, at_least if believed is None else believed))
            if bound < value and not is_last and not self._is_over():
                bound = max(bound, min(value, self._bound_beyond(step)))
        self._keep(step)
        return Level(step.name, value + step.offset, bound + step.offset, bound >= value, self._spent() - began)

    def _bound_beyond(self, step: Step) -> int:
        """No repair is lower, however many people it concerns."""
        left = self._ask.seconds - self._spent()
        return _answer(self._model.relaxed(), step.terms, replace(self._ask, seconds=left)).bound

    def _keep(self, step: Step) -> None:
        board = self._model.board
        board.add_row(step.terms, high=total(step.terms, board.values_of(self.plan)), name=step.name)

    def _minimised(self, step: Step, at_least: int) -> tuple[int, int]:
        board = self._model.board
        values = board.values_of(self.plan)
        value = total(step.terms, values)
        if value <= at_least or self._is_over():
            return value, at_least
        left = self._ask.seconds - self._spent()
        hint = None if board.broken(values) else values
        board.add_row(step.terms, low=at_least, name=f"{step.name} bound")
        outcome = _answer(board, step.terms, replace(self._ask, seconds=left, hint=hint))
        if outcome.values is not None:
            self._accept(self._model.plan(outcome.values))
            value = total(step.terms, board.values_of(self.plan))
        return value, value if outcome.impossible else max(at_least, outcome.bound)

    def _accept(self, plan: Plan) -> None:
        """Takes a plan once the judge has found nothing newly broken: a disagreement is a bug, so it's raised."""
        changes = difference(self.kept, plan)
        shifts = tuple(sorted({shift for _, shift in (*changes.added, *changes.removed)}))
        crews = frozenset(shifts).union(*(self._problem.judged_with(shift) for shift in shifts))
        scope = check.Scope(changes.people, shifts)
        before, after = (
            {
                (one.rule, one.person, one.shift)
                for one in check.broken(self._problem, which.around(changes.people, crews), scope)
            }
            for which in (self.kept, plan)
        )
        if after - before:
            raise AssertionError(f"the engine's plan breaks {min(after - before)}")
        self.plan = plan

    def _spent(self) -> float:
        return time.monotonic() - self._began


_TRIED = (1_000, 3_000)
"""Variables between which CP-SAT gets a short try first: two steps far in a month of 72 people it takes 0.1 s where
HiGHS takes 1; on fewer and on more, HiGHS is ahead (10,000 people: 0.2 s and 1.5)."""

_TRY_WORK = 0.6
"""The length of that try, in CP-SAT's deterministic seconds."""


def _answer(board: Board, terms: Terms, ask: Ask) -> Outcome:
    if _TRIED[0] < len(board.low) < _TRIED[1]:
        first = minimise_sat(board, terms, replace(ask, seconds=ask.seconds / 2, work=_TRY_WORK))
        if first.proved:
            return first
    return race(board, terms, ask)
