"""When to stop: seconds, a hook, and counts that are the same on every machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Limits:
    """A deadline that can be cut into stages. Without `seconds` only `stop` and the counts of the stages end it."""

    seconds: float | None = None
    stop: Callable[[], bool] | None = None
    started: float = field(default_factory=time.monotonic)

    def is_over(self) -> bool:
        if self.stop is not None and self.stop():
            return True
        return self.seconds is not None and self.spent() >= self.seconds

    def spent(self) -> float:
        return time.monotonic() - self.started

    def left(self) -> float:
        return float("inf") if self.seconds is None else max(0.0, self.seconds - self.spent())

    def at_most(self, seconds: float) -> Limits:
        """These limits, and `seconds` from now if they have a clock at all."""
        if self.seconds is None:
            return Limits(None, self.stop)
        return Limits(min(seconds, self.left()), self.stop)
