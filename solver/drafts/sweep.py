"""One part that is too large for a model: a draft made fairer by hand-overs, with bounds by flow.

Refuses to know engines. What it can't prove it says with the gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import score
from ..clock import Clock
from ..eligibility import Eligibility
from ..flow import layers, missing_bounds, proved_by
from ..part import Answer, Order, Teller
from ..plan import GOALS, GoalResult, Level, Plan
from ..problem import Problem
from .bounds import lowest_highest
from .draft import Draft
from .exchanges import exchanged, is_asked_for
from .moves import level_loads

_FLOW_S_PER_PAIR = 3e-5
"""Seconds that a relaxed flow takes for each open pair (measured: 13 s for 640,000)."""

_PROOF_S_PER_PAIR, _SURE_S_PER_PAIR = 2e-6, 4.5e-6
"""The same for a proof by the plan itself, and for the turns that are somebody's in every full plan (1.2 and 2.7 s)."""

_FAIR = GOALS.index("fairness")

_LEVEL_PART = 0.8
"""Part of the time left for hand-overs; the judge and the figures need the rest."""

_EXCHANGE_PART = 0.5
"""Part of the time then left for exchanges."""


def sweep(open_pairs: Eligibility, draft: Draft, order: Order) -> Answer:
    """The draft as it is, then as fair as hand-overs make it while there's time."""
    problem, clock, teller = open_pairs.problem, order.clock, Teller(open_pairs.problem, order)
    plan, began = draft.plan(), clock.spent()
    bounds = _bounds(open_pairs, plan, clock)
    covers = [_cover(problem, plan, bounds, goal) for goal in ("must_cover", "target_cover")]
    for one in covers:
        teller.tell(plan, goal=one.name, level="all", value=one.value, bound=one.bound)
    if not _is_bound_to_people(problem):
        _level(draft, clock)
    plan = draft.plan()
    if is_asked_for(problem):
        plan = exchanged(draft, clock.part(_EXCHANGE_PART), worst_wish=order.worst_wish)
    goals = [*covers, *_others(open_pairs, plan, is_full=_is_sure(open_pairs, covers[-1], clock))]
    teller.tell(plan, goal="fairness", level="highest", value=goals[_FAIR].value, bound=goals[_FAIR].bound)
    seconds = clock.spent() - began
    return Answer(plan, tuple(_timed(one, seconds / len(GOALS)) for one in goals))


def _level(draft: Draft, clock: Clock) -> None:
    """Hand-overs; taken back if they break a rule that looks further than one seat."""
    mark = draft.mark()
    level_loads(draft, clock.part(_LEVEL_PART))
    if not draft.is_legal(*draft.changed(mark)):
        draft.undo(mark)


def _is_sure(open_pairs: Eligibility, cover: GoalResult, clock: Clock) -> bool:
    """No plan fills more seats, and there's time to draw something from that."""
    return cover.bound == cover.value and len(open_pairs.person) * _SURE_S_PER_PAIR < clock.left()


def _is_bound_to_people(problem: Problem) -> bool:
    """A goal before fairness looks at how many turns somebody has: hand-overs might undo it."""
    return bool(problem.equal) or problem.rolling_week or any(person.least_shifts for person in problem.people)


def _bounds(open_pairs: Eligibility, plan: Plan, clock: Clock) -> dict[tuple[str, int], int]:
    """Seats missing in any plan, by layer; weaker where the proof would take too long."""
    pairs, found = len(open_pairs.person), None
    if pairs * _PROOF_S_PER_PAIR < clock.left() / 2:
        found = proved_by(open_pairs, plan)
    if found is None and pairs * _FLOW_S_PER_PAIR < clock.left() / 2:
        found = missing_bounds(open_pairs)
    return found or _scarce(open_pairs)


def _scarce(open_pairs: Eligibility) -> dict[tuple[str, int], int]:
    """Seats for which there are too few people even if everybody were free of everything else."""
    open_to = np.bincount(open_pairs.shift, minlength=len(open_pairs.problem.shifts))
    rooms, found = np.zeros_like(open_to), {}
    for layer, more in layers(open_pairs.problem).items():
        rooms = rooms + more
        found[layer] = int(np.maximum(0, rooms - open_to).sum())
    return found


def _cover(problem: Problem, plan: Plan, bounds: dict[tuple[str, int], int], goal: str) -> GoalResult:
    """Told like the model tells it: the second goal's figures hold the first one's too, its levels only the rest."""
    missing = {"must_cover": score.must_cover(problem, plan), "target_cover": score.target_cover(problem, plan)}
    above = [both - least for least, both in zip(missing["must_cover"], missing["target_cover"], strict=True)]
    counts = [*missing["must_cover"], *above]
    levels, so_far, is_tight = [], 0, True
    for ((name, priority), bound), count in zip(bounds.items(), counts, strict=True):
        least = min(count, max(0, bound - so_far)) if is_tight else 0
        so_far += count
        is_tight = is_tight and least == count
        if name == goal:
            levels.append(Level(f"priority_{priority}", count, least, least == count, 0.0))
    value = sum(missing[goal])
    bound = min(value, list(bounds.values())[-1] if goal == "target_cover" else _last(bounds, goal))
    return _result(goal, value, bound, all(level.proved for level in levels), levels)


def _last(bounds: dict[tuple[str, int], int], goal: str) -> int:
    return [bound for (name, _), bound in bounds.items() if name == goal][-1]


def _others(open_pairs: Eligibility, plan: Plan, *, is_full: bool) -> list[GoalResult]:
    """The goals after the covers; for a sum nothing below 0 exists, which proves it where 0 is reached.

    `is_full`: no plan fills more seats.
    """
    problem = open_pairs.problem
    worth = score.score(problem, plan)
    highest = max(score.relative_loads(problem, plan), default=0) / score.PER_MILLE
    lowest = min(highest, lowest_highest(open_pairs, plan, is_full=is_full) / score.PER_MILLE)
    is_fair = highest == 0 and not problem.equal
    levels = [Level("highest", highest, lowest, lowest >= highest, 0.0), Level("rest", 0.0, 0.0, is_fair, 0.0)]
    sums = (("wishes", worth.wishes[1]), ("continuity", worth.continuity), ("fewest_changes", worth.fewest_changes))
    return [
        _result("safety", worth.safety, 0, worth.safety == 0, []),
        _result("participation", worth.participation, 0, worth.participation == 0, []),
        _result("fairness", highest, lowest, is_fair, levels),
        *(_result(name, value, 0, value == 0, []) for name, value in sums),
    ]


def _result(goal: str, value: float, bound: float, proved: bool, levels: list[Level]) -> GoalResult:
    return GoalResult(goal, value, bound, proved, 0.0, "proved" if proved else "gap", tuple(levels))


def _timed(goal: GoalResult, seconds: float) -> GoalResult:
    return replace(goal, seconds=seconds)
