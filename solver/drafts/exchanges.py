"""Turns exchanged between people who stay as loaded as they were: for wishes, then familiar faces, then fewer changes.

Refuses to know engines and bounds. Covers and loads are the same after each exchange, and it's legal or taken back.
"""

from __future__ import annotations

from ..plan import Plan
from ..problem import Problem
from .draft import Draft, Stop
from .worth import Worth


def exchanged(draft: Draft, should_stop: Stop, *, worst_wish: int, keeps_loads: bool = False) -> Plan:
    """The draft after exchanges, until nothing gets better.

    `worst_wish`: what somebody outside this draft loses anyway. `keeps_loads`: nobody's load changes; else two people
    with equal shares may also change places in the row of loads.
    """
    mark, worth = draft.mark(), Worth(draft, worst_wish)
    while _pass(draft, worth, should_stop, keeps_loads=keeps_loads):
        pass
    if not draft.is_legal(*draft.changed(mark)):  # a rule that looks further than the two people
        draft.undo(mark)
    return draft.plan()


def is_asked_for(problem: Problem) -> bool:
    """Somebody wishes something, or there's a series or a plan before."""
    return (
        problem.previous is not None
        or any(shift.series for shift in problem.shifts)
        or any(one.has_wishes or one.partners for one in problem.people)
    )


def _pass(draft: Draft, worth: Worth, should_stop: Stop, *, keeps_loads: bool) -> bool:
    """One look at everybody's turns, at those who lose most first; has anything got better?"""
    improved = False
    for person in sorted(range(len(draft.own)), key=lambda one: (-worth.lost[one], one)):
        for shift in sorted(draft.own[person]):
            if should_stop():
                return False
            if shift in draft.own[person] and _could_be_better(draft, worth, person, shift):
                improved |= _give_away(draft, worth, person, shift, keeps_loads=keeps_loads)
    return improved


def _could_be_better(draft: Draft, worth: Worth, person: int, shift: int) -> bool:
    """Somebody else in this seat might please him, the series or the plan before."""
    return _is_free(draft, person, shift) and (worth.points(person, shift) > 0 or not worth.is_settled(person, shift))


def _is_free(draft: Draft, person: int, shift: int) -> bool:
    """The seat may change hands by itself: it isn't pinned and no part of a task, which goes as a whole."""
    return (person, shift) not in draft.pinned and not draft.problem.shifts[shift].task


def _give_away(draft: Draft, worth: Worth, person: int, shift: int, *, keeps_loads: bool) -> bool:
    """Somebody else takes the seat, for a turn of his own that weighs as much or for none; or nothing changes."""
    others = (one for one in draft.open_to(shift).tolist() if one not in draft.crew[shift])
    for other in others:
        if not _suits_better(worth, person, other, shift):
            continue
        may_take_over = not keeps_loads and _swaps_levels(draft, person, other, shift)
        if may_take_over and _try(draft, worth, person, shift, other, None):
            return True
        for left in sorted(draft.own[other]):
            if _weighs_the_same(draft, shift, left) and _promises(worth, person, shift, other, left):
                could = _is_free(draft, other, left) and draft.is_open(person, left) and person not in draft.crew[left]
                if could and _try(draft, worth, person, shift, other, left):
                    return True
    return False


def _suits_better(worth: Worth, person: int, other: int, shift: int) -> bool:
    return (
        worth.loss(other, shift) < worth.points(person, shift)
        or (worth.is_new_face(person, shift) and worth.is_known(other, shift))
        or (not worth.is_as_before(person, shift) and worth.is_as_before(other, shift))
    )


def _promises(worth: Worth, person: int, shift: int, other: int, left: int) -> bool:
    """Cheaper than trying: by their own wishes the two may lose less than now, or as much and something is gained."""
    now = worth.points(person, shift) + worth.points(other, left)
    then = worth.loss(other, shift) + worth.loss(person, left)
    if then == now:
        return not worth.is_settled(person, shift) or not worth.is_settled(other, left)
    return then < now or worth.is_worst(person) or worth.is_worst(other)


def _weighs_the_same(draft: Draft, shift: int, left: int) -> bool:
    shifts = draft.problem.shifts
    return shifts[shift].load_pct_min == shifts[left].load_pct_min


def _swaps_levels(draft: Draft, person: int, other: int, shift: int) -> bool:
    """With the turn the two have changed places in the row of loads, and no goal counts their turns."""
    problem = draft.problem
    first, second = problem.people[person], problem.people[other]
    is_counted = first.least_shifts or second.least_shifts or any({first.id, second.id} & one for one in problem.equal)
    if is_counted or first.share != second.share:
        return False
    loads, moved = draft.tallies.load, problem.shifts[shift].load_pct_min
    return first.share == 0 or int(loads[person] - loads[other]) == moved


def _try(draft: Draft, worth: Worth, person: int, shift: int, other: int, left: int | None) -> bool:
    """The exchange, if the plan is legal and better after it; or nothing changes."""
    crews, mark = [shift] if left is None else [shift, left], draft.mark()
    before = worth.around((person, other), crews)
    draft.take(person, shift)
    if left is not None:
        draft.take(other, left)
        draft.give(person, left)
    draft.give(other, shift)
    after = worth.around((person, other), crews)
    if worth.is_better(before, after) and draft.is_legal(*draft.changed(mark)):
        worth.accept(before, after)
        return True
    draft.undo(mark)
    return False
