"""The first legal plan of a part. Refuses to know engines and bounds."""

from __future__ import annotations

from dataclasses import replace

from .. import check
from ..clock import Clock
from ..eligibility import Eligibility
from ..flow import cover
from ..part import Opening
from ..plan import Plan
from .draft import Draft, Stop
from .moves import close_holes

_FLOW_PAIRS = 60_000
"""Up to so many open pairs a flow is a second try that costs a moment."""


def begun(open_pairs: Eligibility, opening: Opening, clock: Clock, *, part: float = 0.5) -> Draft:
    """What is kept, what is legal of the wished, then whoever is loaded least; if seats stay empty, a flow too.

    `part` of the time left may be spent.
    """
    stop = clock.part(part)
    draft = _filled(open_pairs, opening, stop)
    if not _holes(draft) or len(open_pairs.person) > _FLOW_PAIRS or stop():
        return draft
    wanted = cover(open_pairs, relaxed=False).taken
    people, shifts = open_pairs.problem.people, open_pairs.problem.shifts
    pairs = ((people[open_pairs.person[one]].id, shifts[open_pairs.shift[one]].id) for one in wanted.tolist())
    wider = Plan(opening.wished.assignments | frozenset(pairs))
    other = _filled(open_pairs, replace(opening, wished=wider), stop)
    return other if _missing(other) < _missing(draft) else draft


def _filled(open_pairs: Eligibility, opening: Opening, stop: Stop) -> Draft:
    draft = Draft(open_pairs, opening.kept)
    draft.prefer(opening.wished, stop)
    draft.fill(stop)
    close_holes(draft, _holes(draft), stop)
    if check.check(open_pairs.problem, draft.plan()):  # a rule that looks further than one seat
        return Draft(open_pairs, opening.kept)
    return draft


def _holes(draft: Draft) -> list[int]:
    """Shifts with empty seats."""
    return [shift for shift in range(len(draft.crew)) if draft.room(shift)]


def _missing(draft: Draft) -> list[int]:
    """Empty seats by layer, the most urgent layer first."""
    shifts = draft.problem.shifts
    levels = sorted({shift.priority for shift in shifts})
    return [
        sum(draft.room(index, layer) for index, shift in enumerate(shifts) if shift.priority == level)
        for layer in ("least", "target")
        for level in levels
    ]
