"""One part of a problem as one model: goals in their order, each fixed before the next. Refuses to know other parts.

Begins from a draft; every plan that an engine finds is judged before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from .. import check, score
from ..eligibility import Eligibility
from ..flow import missing_bounds, proved_by
from ..part import Answer, Order, Teller
from ..plan import GOALS, GoalResult, Level, Plan
from ..problem import PersonId
from . import constraints, goals
from .board import Board, Terms, total
from .circles import Circles
from .engines import Ask, Outcome, minimise, race
from .fairness import FairLoads, equal_loads
from .goals import Step, member_loads
from .ladder import Ladder

_FIT_PART = 0.7
"""Part of the time left that one search for the highest load may take."""

_EQUAL_PART = 0.3
"""Part of the time left that one try at equal loads may take."""

_FIRST_PART = 0.15
"""Part of the time for a first plan that has everything that comes before fairness."""

_CIRCLES_PART = 0.7
"""Part of the time left in which a few people at a time are looked at; the rest is for the bound."""

EASY = 2_000
"""Variables up to which fairness is tried by linear programs alone, and faces by one model."""

_PLEASED_PART, _WISHES_PART = 0.1, 0.5
"""Part of all the time that is kept for the goals after fairness; part of the time left then for their first plan."""

_AT_ONCE = GOALS.index("fairness")

Pleased: TypeAlias = Callable[[Plan, Callable[[], bool]], Plan]


class Climb:
    """The best plan so far and the board on which the next goal is sought; every accepted plan has passed the judge."""

    def __init__(self, open_pairs: Eligibility, start: Plan, order: Order, pleased: Pleased | None = None) -> None:
        """`start` is legal. `pleased` makes a plan better for the goals after fairness and keeps everybody's load; None
        where nobody asks for them, so that fairness may take all of the time.
        """
        self._problem = open_pairs.problem
        self._whole, self._pleased = order.clock, pleased
        self._clock = order.clock
        if pleased is not None:
            self._clock = order.clock.ending_earlier(order.clock.left() * _PLEASED_PART)
        self._workers, self._worst_wish = order.workers, order.worst_wish
        self._teller = Teller(self._problem, order)
        self._board = Board(self._problem, open_pairs)
        self._bounds = proved_by(open_pairs, start) or missing_bounds(open_pairs)
        constraints.add_hard_rules(self._board)
        self._add_no_surplus()
        self.plan = start
        self._stage, self._goal = 0, GOALS[0]
        self._fixed: dict[PersonId, int] = {}
        self._kept: dict[tuple[str, str], int] = {}
        self._steps = [goal(self._board) for goal in goals.GOALS[:_AT_ONCE]]

    def answer(self) -> Answer:
        """Every goal in its order."""
        self._try_all_at_once()
        found = [self._reach(name, index) for index, name in enumerate(GOALS)]
        return Answer(self.plan, tuple(found))

    def _add_no_surplus(self) -> None:
        """A solve fills no seat above the target; only pins go there."""
        pinned = self._pinned_on()
        for shift in self._problem.shifts:
            seats = max(shift.target, pinned.get(shift.id, 0))
            self._board.add_row(self._board.on_shift(shift.id), high=seats, name="target")

    def _pinned_on(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for pin in self._problem.pins:
            counts[pin.shift] = counts.get(pin.shift, 0) + 1
        return counts

    def _try_all_at_once(self) -> None:
        """Looks for a plan that leaves nothing to wish for in the first goals: often one exists, which proves them."""
        if any(self._bounds.values()):
            return
        mark = len(self._board.rows)
        for step in (step for steps in self._steps for step in steps):
            self._board.add_row(step.terms, high=self._board.least_of(step.terms), name="all")
        if self._board.broken(self._values()):
            self._accept(race(self._board, {}, self._ask("all", _FIRST_PART)))
        del self._board.rows[mark:]

    def _reach(self, goal: str, stage: int) -> GoalResult:
        """Works on one goal and keeps what it reached."""
        self._goal, self._stage = goal, stage
        began = self._clock.spent()
        if goal == "wishes" and self._pleased is not None:
            self._please(self._pleased)
        steps = self._steps[stage] if stage < len(self._steps) else goals.GOALS[stage](self._board)
        if goal == "fairness":
            self._try_equal(steps)
        levels = [self._take(step) for step in steps]
        if goal == "fairness":
            levels += self._level_loads()
        return self._goal_result(levels, self._clock.spent() - began)

    def _please(self, pleased: Pleased) -> None:
        """A better plan to begin the goals after fairness with, also when fairness has taken all of its time."""
        self._clock = self._whole
        self._begin_from(pleased(self.plan, self._clock.part(_WISHES_PART)))

    def _goal_result(self, levels: list[Level], seconds: float) -> GoalResult:
        proved = all(level.proved for level in levels)
        state = "proved" if proved else ("skipped" if self._clock.is_over() and seconds < 0.01 else "gap")
        value, bound = self._headline(levels)
        return GoalResult(self._goal, value, bound, proved, seconds, state, tuple(levels))

    def _headline(self, levels: list[Level]) -> tuple[float, float]:
        """Covers are told as sums over priorities, fairness by its highest load, the others by their last step."""
        if not levels:
            return 0.0, 0.0
        if self._goal in ("must_cover", "target_cover"):
            base = sum(score.must_cover(self._problem, self.plan)) if self._goal == "target_cover" else 0
            return base + sum(one.value for one in levels), base + sum(one.bound for one in levels)
        chosen = next((one for one in levels if one.name == "highest"), levels[-1])
        return chosen.value, chosen.bound

    def _values(self) -> tuple[int, ...]:
        return self._board.values_of(self.plan)

    def _take(self, step: Step) -> Level:
        """One sum minimised and kept."""
        began = self._clock.spent()
        least = self._known_bound(step)
        self._board.add_row(step.terms, low=least, name="bound")
        value, bound = self._minimised(step.name, step.terms, at_least=least)
        self._kept[self._goal, step.name] = value
        if step.name == "least_satisfied" and bound >= value:
            value = bound = max(value, self._worst_wish)
        self._board.add_row(step.terms, high=value, name=self._goal)
        seconds = self._clock.spent() - began
        return Level(step.name, value + step.offset, bound + step.offset, bound >= value, seconds)

    def _known_bound(self, step: Step) -> int:
        """What the bounds say, and for a cover the flow, less what the steps before it already miss."""
        if self._goal not in ("must_cover", "target_cover"):
            return self._board.least_of(step.terms)
        earlier = sum(value for (goal, _), value in self._kept.items())
        return max(0, self._bounds[self._goal, int(step.name.removeprefix("priority_"))] - earlier)

    def _minimised(self, name: str, terms: Terms, *, at_least: int) -> tuple[int, int]:
        """Value and bound of a sum; the plan gets better on the way. `at_least`: a bound known before."""
        value = total(terms, self._values())
        if value <= at_least or self._clock.is_over():
            self._tell(name, value, at_least)
            return value, min(value, at_least)
        if self._goal == "continuity" and len(self._board.low) > EASY:
            self._lower_in_circles(name, terms, at_least)
        outcome = minimise(self._board, terms, self._ask(name))
        self._accept(outcome)
        value = total(terms, self._values())
        bound = max(at_least, outcome.bound)
        self._tell(name, value, bound)
        return value, min(value, bound)

    def _lower_in_circles(self, name: str, terms: Terms, least: int) -> None:
        """Takes what a few people at a time can better, if all rows are kept now."""
        values, is_over = self._values(), self._clock.part(_CIRCLES_PART)
        if self._board.broken(values):
            return
        circles, seed = Circles(self._board, goals.series(self._problem)), self._problem.seed
        for found in circles.lower(terms, values, least=least, seed=seed, is_over=is_over):
            self._tell(name, total(terms, found), least, found)
            values = found
        self._accept(Outcome(values, total(terms, values), least))

    def _ask(self, name: str, part: float = 1.0) -> Ask:
        values = self._values()
        return Ask(
            seconds=self._clock.left() * part,
            workers=self._workers,
            seed=self._problem.seed,
            hint=values if not self._board.broken(values) else None,
            should_stop=self._clock.is_asked,
            on_better=(lambda found, value, bound: self._tell(name, value, bound, found))
            if self._teller.is_heard
            else None,
        )

    def _accept(self, outcome: Outcome) -> bool:
        """Takes a better plan, if there is one."""
        if outcome.values is None:
            return False
        self._begin_from(self._board.plan(outcome.values))
        return True

    def _begin_from(self, plan: Plan) -> None:
        """A better plan, once the judge has passed it: a disagreement is a bug, so it's raised."""
        broken = check.check(self._problem, plan)
        if broken:
            raise AssertionError(f"the engine's plan breaks {broken[0]}")
        self.plan = plan

    def _tell(self, level: str, value: float, bound: float, values: Sequence[int] | None = None) -> None:
        plan = self.plan if values is None else self._board.plan(values)
        self._teller.tell(plan, goal=self._goal, level=level, value=value, bound=bound)

    def _level_loads(self) -> list[Level]:
        missing = sum(score.target_cover(self._problem, self.plan))
        fair = FairLoads(self._board, missing, self._fixed)
        if not fair.bearers:
            return []
        found = self._descend(fair)
        if found:
            return found
        highest = self._lower_highest(fair)
        found = [highest]
        top = fair.highest(self._values())
        for level in fair.levels_below(top):
            if not found[-1].proved or self._clock.is_over():
                break
            if fair.count(level, self._values()) > fair.last_count:
                found.append(self._lower_count(fair, level))
        else:
            fair.cap_all(0)
            return found
        fair.freeze(self._values())
        if found[-1].proved:
            found.append(Level("rest", 0.0, 0.0, False, 0.0))
        return found

    def _descend(self, fair: FairLoads) -> list[Level]:
        """All levels by linear programs; none where that takes long or doesn't settle every level."""
        began = self._clock.spent()
        if len(self._board.low) > EASY:
            return []
        top = fair.highest(self._values())
        descent = Ladder(self._board, fair, top).descend(self._clock.left)
        if descent is None or self._board.broken(descent.values) or not descent.is_kept(fair, top):
            return []
        self._accept(Outcome(descent.values, 0, 0))
        for level, count in descent.counts:
            fair.keep(level, fair.mark(level), count - fair.standing(level))
        fair.cap_all(0)
        seconds = self._clock.spent() - began
        highest = fair.highest(self._values()) / score.PER_MILLE
        counts = [Level(f"at_{at / score.PER_MILLE:.3f}", n, n, True, 0.0) for at, n in descent.counts]
        return [Level("highest", highest, highest, True, seconds), *counts]

    def _try_equal(self, steps: list[Step]) -> None:
        """Looks for plans in which an equal group carries one load, the lowest first, and fixes it if that's proved."""
        missing = sum(score.target_cover(self._problem, self.plan))
        for index, group in enumerate(self._problem.equal):
            rows, mark = member_loads(self._board, group), len(self._board.rows)
            lowest = None
            for load in equal_loads(self._board, group, missing):
                for terms, past in rows:
                    self._board.add_row(terms, low=load - past, high=load - past, name="equal")
                outcome = race(self._board, {}, self._ask("equal", _EQUAL_PART))
                lowest = load if lowest is None and not outcome.impossible else lowest
                if self._accept(outcome) and lowest == load:
                    (highest,) = steps[2 * index + 1].terms
                    self._board.low[highest] = load
                    self._fixed |= dict.fromkeys(group, load)
                    break
                del self._board.rows[mark:]
                if outcome.values is not None or self._clock.is_over():
                    break

    def _lower_highest(self, fair: FairLoads) -> Level:
        """The lowest possible highest level: gallops up from below with constant caps, then halves."""
        began = self._clock.spent()
        top = fair.highest(self._values())
        levels = fair.candidates(top) or [top]
        low, proved_to, end, tries, is_found = 0, 0, levels.index(top), 0, False
        while low < end and not self._clock.is_over():
            place = (low + end) // 2 if is_found else min(low + (1 << tries) // 4, end - 1)
            tries += 1
            fair.cap_all(levels[place])
            outcome = race(self._board, {}, self._ask("highest", _FIT_PART))
            if self._accept(outcome):
                end, is_found = levels.index(fair.highest(self._values())), True
            else:
                low = place + 1
                proved_to = low if outcome.impossible else proved_to
            self._tell("highest", levels[end] / score.PER_MILLE, levels[proved_to] / score.PER_MILLE)
        fair.cap_all(levels[end])
        value, bound = levels[end] / score.PER_MILLE, levels[proved_to] / score.PER_MILLE
        return Level("highest", value, bound, proved_to >= end, self._clock.spent() - began)

    def _lower_count(self, fair: FairLoads, level: int) -> Level:
        """As few people as possible at or above a level."""
        began = self._clock.spent()
        bound = fair.bound(level)
        terms = fair.mark(level)
        fair.cap_all(level - 1)
        name = f"at_{level / score.PER_MILLE:.3f}"
        value, bound = self._minimised(name, terms, at_least=bound)
        fair.keep(level, terms, value)
        standing = fair.standing(level)
        return Level(name, value + standing, bound + standing, bound >= value, self._clock.spent() - began)
