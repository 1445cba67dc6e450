"""The choice of engine for one part, by its size. Refuses to know other parts."""

from __future__ import annotations

from ..drafts.begin import begun
from ..drafts.sweep import sweep
from ..eligibility import eligibility
from ..model.climb import Climb
from ..part import Answer, Opening, Order
from ..problem import Problem

MODEL_PAIRS = 30_000
"""Open pairs up to which one model is built of a whole part."""


def answer(problem: Problem, opening: Opening, order: Order) -> Answer:
    """Every goal of the part in its order."""
    open_pairs = eligibility(problem)
    draft = begun(open_pairs, opening, order.clock)
    if len(open_pairs.person) > MODEL_PAIRS or order.clock.is_over():
        return sweep(open_pairs, draft, order)
    return Climb(open_pairs, draft.plan(), order).answer()
