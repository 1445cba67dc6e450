"""The choice of engine for one part, by its size. Refuses to know other parts."""

from __future__ import annotations

from ..drafts.begin import begun
from ..drafts.draft import Draft, Stop
from ..drafts.exchanges import exchanged, is_asked_for
from ..drafts.sweep import sweep
from ..eligibility import Eligibility, eligibility
from ..model.climb import Climb
from ..part import Answer, Opening, Order
from ..plan import Plan
from ..problem import Problem

MODEL_PAIRS = 30_000
"""Open pairs up to which one model is built of a whole part."""

_MODEL_PART, _SWEEP_PART = 0.5, 0.8
"""Part of the time that a first plan may take: a model finds seats too, hand-overs don't."""


def answer(problem: Problem, opening: Opening, order: Order, open_pairs: Eligibility | None = None) -> Answer:
    """Every goal of the part in its order; `open_pairs` where they're known already."""
    open_pairs = open_pairs or eligibility(problem)
    is_large = len(open_pairs.person) > MODEL_PAIRS
    draft = begun(open_pairs, opening, order.clock, part=_SWEEP_PART if is_large else _MODEL_PART)
    if is_large or order.clock.is_over():
        return sweep(open_pairs, draft, order)

    def pleased(plan: Plan, should_stop: Stop) -> Plan:
        return exchanged(Draft(open_pairs, plan), should_stop, worst_wish=order.worst_wish, keeps_loads=True)

    return Climb(open_pairs, draft.plan(), order, pleased if is_asked_for(problem) else None).answer()
