"""How much time is left, and whether somebody asked to stop. Refuses to know what the time is spent on."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Runs from its making; remembers that it was asked to stop."""

    def __init__(self, seconds: float, should_stop: Callable[[], bool] | None = None) -> None:
        self._started = time.monotonic()
        self._seconds = seconds
        self._should_stop = should_stop
        self.asked = False

    def ending_earlier(self, seconds: float) -> Clock:
        """The same clock with so much less time."""
        earlier = Clock(self._seconds - seconds, self.is_asked)
        earlier._started = self._started
        return earlier

    def spent(self) -> float:
        return time.monotonic() - self._started

    def left(self) -> float:
        return max(0.0, self._seconds - self.spent())

    def is_over(self) -> bool:
        return self.is_asked() or self.left() <= 0

    def is_asked(self) -> bool:
        self.asked = self.asked or (self._should_stop is not None and self._should_stop())
        return self.asked

    def part(self, share: float) -> Callable[[], bool]:
        """Says when this share of the time that is left now is over, or all is."""
        end = self.spent() + self.left() * share
        return lambda: self.is_asked() or self.spent() >= end
