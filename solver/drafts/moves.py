"""Moving people between seats of a draft: holes closed by chains, turns handed from the most to the least loaded.

Refuses to know engines and bounds. Every change is legal when it's done, or it's taken back.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .draft import Draft, Stop

_CHAIN = 2

_QUESTIONS = 5_000
"""How often the judge may be asked while holes are closed (a measure of work that is the same on every machine)."""

_ASKED = 40
"""People who are asked to leave another turn for one hole: the least loaded."""


def close_holes(draft: Draft, shifts: Iterable[int], should_stop: Stop) -> None:
    """Fills empty seats by people who leave another seat that somebody else takes over; the urgent ones first."""
    last = draft.questions + _QUESTIONS

    def is_enough() -> bool:
        return draft.questions > last or should_stop()

    for shift in sorted(shifts, key=lambda one: (draft.problem.shifts[one].priority, one)):
        while draft.room(shift) and not is_enough():
            mark = draft.mark()
            if not _close(draft, shift, _CHAIN, {shift}, is_enough):
                break
            if not draft.is_legal(*draft.changed(mark)):
                draft.undo(mark)
                break


def _close(draft: Draft, shift: int, depth: int, met: set[int], should_stop: Stop) -> bool:
    """One more seat of the shift filled, by at most `depth` people who move; nothing changes if it can't be."""
    for person in draft.waiting(shift):
        if draft.fits(person, shift):
            draft.give(person, shift)
            return True
    people = draft.open_to(shift)
    order = np.argsort(draft.tallies.levels_with(people, shift), kind="stable")
    asked = people[order][:_ASKED].tolist() if depth and not should_stop() else []
    return any(
        _swap(draft, person, left, shift, depth, met, should_stop)
        for person in asked
        for left in tuple(draft.own[person])
        if left not in met and (person, left) not in draft.pinned
    )


def _swap(draft: Draft, person: int, left: int, shift: int, depth: int, met: set[int], should_stop: Stop) -> bool:
    """`person` goes from `left` to `shift` and somebody else takes `left`; or nothing changes."""
    mark = draft.mark()
    draft.take(person, left)
    if draft.tallies.has_room(np.array([person]), shift)[0] and draft.fits(person, shift):
        draft.give(person, shift)
        if _close(draft, left, depth - 1, met | {left}, should_stop):
            return True
    draft.undo(mark)
    return False


def level_loads(draft: Draft, should_stop: Stop) -> None:
    """Hands turns from the most loaded to less loaded people as long as that makes the loads fairer.

    First directly; then from the most loaded people to somebody who hands on a turn of his own for it.
    """
    while _pass(draft, 0, should_stop):
        pass
    last = draft.questions + _QUESTIONS
    while _pass(draft, 1, lambda: draft.questions > last or should_stop()):
        pass


def _pass(draft: Draft, depth: int, should_stop: Stop) -> bool:
    """One look at everybody, the most loaded first; has anybody been relieved?"""
    improved = False
    for person in np.argsort(-draft.tallies.levels(), kind="stable").tolist():
        if should_stop() or not draft.tallies.share[person]:
            break
        improved |= _relieve(draft, person, depth, should_stop)
    return improved


def _relieve(draft: Draft, person: int, depth: int, should_stop: Stop) -> bool:
    """Hands on whatever turns of this person bring nobody else up to the level that was his own."""
    found = False
    for shift in sorted(draft.own[person], key=lambda one: -draft.problem.shifts[one].load_pct_min):
        if (person, shift) in draft.pinned or shift not in draft.own[person]:
            continue
        mark, level = draft.mark(), draft.tallies.level(person)
        draft.take(person, shift)
        if _take_over(draft, shift, level, mark, depth, should_stop):
            found = True
        else:
            draft.undo(mark)
    return found


def _take_over(draft: Draft, shift: int, level: int, start: int, depth: int, should_stop: Stop) -> bool:
    """Somebody takes the seat and stays below the level, and all since `start` is legal; or nothing changes.

    `depth`: how many people one after the other may hand on a turn of their own for it.
    """
    people = draft.open_to(shift)
    after = draft.tallies.levels_with(people, shift)
    order = np.argsort(after, kind="stable")
    could = (after < level) & draft.tallies.has_room(people, shift)
    for other in people[order][could[order]].tolist():
        if other in draft.crew[shift]:
            continue
        mark = draft.mark()
        if draft.fits(other, shift):
            draft.give(other, shift)
            if draft.is_legal(*draft.changed(start)):
                return True
        draft.undo(mark)
    asked = people[order][:_ASKED].tolist() if depth else []
    return any(
        _exchange(draft, other, left, shift, level, start, depth, should_stop)
        for other in asked
        if other not in draft.crew[shift]
        for left in tuple(draft.own[other])
        if (other, left) not in draft.pinned and not should_stop()
    )


def _exchange(
    draft: Draft, person: int, left: int, shift: int, level: int, start: int, depth: int, should_stop: Stop
) -> bool:
    """`person` goes from `left` to `shift`, another takes `left`, both stay below the level; or nothing changes."""
    mark, alone = draft.mark(), np.array([person])
    draft.take(person, left)
    is_below = draft.tallies.levels_with(alone, shift)[0] < level and draft.tallies.has_room(alone, shift)[0]
    if is_below and draft.fits(person, shift):
        draft.give(person, shift)
        if _take_over(draft, left, level, start, depth - 1, should_stop):
            return True
    draft.undo(mark)
    return False
