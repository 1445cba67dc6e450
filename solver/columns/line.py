"""Rosters that a dive began and neighbourhoods go on with, until they get no better."""

from __future__ import annotations

from dataclasses import dataclass

from .limits import Limits

_STUCK, _ANOTHER = 0.5, 1.5  # times as long as the longest line got better: without a gain, and left for another line


@dataclass(eq=False)
class Line:
    """The first one counts from the start of the search, so that what came before the dive counts too."""

    limits: Limits
    _begun: float = 0.0
    _gained: float = 0.0
    _longest: float = 0.0

    def begin(self) -> None:
        """Another line."""
        self._begun = self._gained = self.limits.spent()

    def gain(self) -> None:
        """It has just got better."""
        self._gained = self.limits.spent()
        self._longest = max(self._longest, self._gained - self._begun)

    @property
    def is_stuck(self) -> bool:
        """Until then it isn't left for rosters that seem ahead: it ends below those."""
        return self.limits.spent() - self._gained >= _STUCK * self._longest

    def next(self) -> Limits | None:
        """The time that the next line's dive may take; None if there isn't enough for another line."""
        if self.limits.seconds is None or self.limits.left() < _ANOTHER * self._longest:
            return None
        return self.limits.at_most(self._longest)
