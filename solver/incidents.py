"""What happens after publishing, said as a changed problem: somebody can't come, a shift is cancelled. Refuses to know
what is done about it (`replan`). A new shift is simply one more in the problem.
"""

from __future__ import annotations

from dataclasses import replace

from .problem import Bar, CrossMix, PersonId, Problem, ShiftId


def absent(problem: Problem, person: PersonId, *, starts_min: int, ends_min: int) -> Problem:
    """`person` can't come to anything that meets `[starts_min, ends_min)`."""
    bars = tuple(
        Bar(person, shift.id, "absent")
        for shift in problem.shifts
        if shift.starts_min < ends_min and starts_min < shift.ends_min and (person, shift.id) not in problem.barred
    )
    pins = tuple(
        pin for pin in problem.pins if (pin.person, pin.shift) not in {(bar.person, bar.shift) for bar in bars}
    )
    return replace(problem, bars=(*problem.bars, *bars), pins=pins)


def cancelled(problem: Problem, shift: ShiftId) -> Problem:
    """`shift` wants nobody any more and has room for nobody; what it was pinned to is free."""
    none = replace(problem.shift[shift], least=0, target=0, most=0, mixes=())
    shifts = tuple(none if one.id == shift else one for one in problem.shifts)
    seats = {one.id: one.target for one in shifts}
    crosses = tuple(_within(cross, seats) for cross in problem.cross_mixes)
    pins = tuple(pin for pin in problem.pins if pin.shift != shift)
    return replace(problem, shifts=shifts, cross_mixes=crosses, pins=pins)


def _within(cross: CrossMix, seats: dict[ShiftId, int]) -> CrossMix:
    """No more is asked of the shifts together than they have seats."""
    return replace(cross, at_least=min(cross.at_least, sum(seats[one] for one in cross.shifts)))
