"""No plan's highest load is lower than this, without an engine. Refuses to know how a plan is made."""

from __future__ import annotations

import numpy as np

from .. import score
from ..eligibility import Eligibility, Numbers
from ..flow import sure_turns
from ..plan import Plan

_ASKED = 3
"""Most loaded people whose turns are looked at one by one."""


def lowest_highest(open_pairs: Eligibility, plan: Plan, *, is_full: bool) -> int:
    """No plan that leaves as few seats empty has a highest load below this level (per mille of the own share).

    Nobody falls below his past; a shift's last seat goes to somebody; and the work has to fit under the level. Where no
    plan fills more seats (`is_full`), nobody can be relieved of a turn without which fewer would be filled.
    """
    problem = open_pairs.problem
    share = np.array([person.share * 100 for person in problem.people], dtype=np.int64)
    past = np.array([person.past_load * 100 for person in problem.people], dtype=np.int64)
    missing = sum(score.target_cover(problem, plan))
    floor = max(
        (score.level(one, part) for one, part in zip(past.tolist(), share.tolist(), strict=True) if part), default=0
    )
    loads = np.array([shift.load_pct_min for shift in problem.shifts], dtype=np.int64)
    with_share = np.bincount(open_pairs.shift, weights=share[open_pairs.person] == 0, minlength=len(loads)) == 0
    targets = np.array([shift.target for shift in problem.shifts], dtype=np.int64)
    sure = np.repeat(loads[with_share], targets[with_share])
    work = int(np.sort(sure)[: max(0, len(sure) - missing)].sum())
    floor = max(floor, _last_seats(open_pairs, targets - missing, loads, share, past))
    floor = max(floor, _sure(open_pairs, plan, share, past) if is_full else 0)
    unit = max(1, int(np.gcd.reduce(loads, initial=0)))
    low, high = floor, floor + 1
    while _room(high, share, past, unit) < work:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _room(middle, share, past, unit) >= work else (middle + 1, high)
    return low


def _room(level: int, share: Numbers, past: Numbers, unit: int) -> int:
    """What everybody together can still take below the level; turns add up to whole units."""
    return int((np.maximum(0, share * level // score.PER_MILLE - past) // unit * unit).sum())


def _last_seats(open_pairs: Eligibility, seats: Numbers, loads: Numbers, share: Numbers, past: Numbers) -> int:
    """The level of whoever takes the last of so many seats of a shift, if the least loaded people share it."""
    after = (past[open_pairs.person] + loads[open_pairs.shift]) * score.PER_MILLE
    parts = share[open_pairs.person]
    levels = np.where(parts > 0, -(-after // np.maximum(1, parts)), 0)
    order = np.lexsort((levels, open_pairs.shift))
    size = np.bincount(open_pairs.shift, minlength=len(seats))
    first = np.cumsum(size) - size
    full = np.flatnonzero((seats > 0) & (seats <= size))
    return int(levels[order[first[full] + seats[full] - 1]].max(initial=0))


def _sure(open_pairs: Eligibility, plan: Plan, share: Numbers, past: Numbers) -> int:
    """The highest level of those most loaded, by the turns that are theirs in every full plan."""
    problem = open_pairs.problem
    levels = [
        score.level(score.load_pct_min(problem, plan, one.id), one.share) if one.share else 0 for one in problem.people
    ]
    top = np.argsort(-np.array(levels), kind="stable")[:_ASKED]
    turns = sure_turns(open_pairs, plan, top)
    loads = np.array([shift.load_pct_min for shift in problem.shifts], dtype=np.int64)[open_pairs.shift[turns]]
    sums = past + np.bincount(open_pairs.person[turns], weights=loads, minlength=len(past)).astype(np.int64)
    return max((score.level(int(sums[one]), int(share[one]) // 100) for one in top.tolist() if share[one]), default=0)
