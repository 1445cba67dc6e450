"""When a line of rosters is left, by a clock that the test sets."""

from __future__ import annotations

from solver.columns.limits import Limits
from solver.columns.line import Line


class Clock(Limits):
    now = 0.0

    def spent(self) -> float:
        return self.now


def test_a_line_has_half_as_long_again_as_the_longest_one_got_better() -> None:
    clock = Clock(100)
    line = Line(clock)
    for clock.now in (3, 20):  # the dive came after 3 s
        line.gain()
    clock.now = 29.9
    assert not line.is_stuck
    clock.now = 30
    assert line.is_stuck
    line.begin()
    clock.now = 32  # a short one, which has the patience of the longest
    line.gain()
    clock.now = 41.9
    assert not line.is_stuck
    clock.now = 42
    assert line.is_stuck


def test_another_line_needs_half_as_long_again_as_the_longest() -> None:
    clock = Clock(60)
    line = Line(clock)
    clock.now = 20
    line.gain()
    clock.now = 30
    limits = line.next()
    assert limits is not None
    assert limits.seconds == 20
    clock.now = 30.1
    assert line.next() is None


def test_without_a_clock_there_is_one_line() -> None:
    """Else the same seed wouldn't give the same rosters."""
    assert Line(Limits()).next() is None
