"""One piece of work and whom it wants. Refuses to know who is on it.

Every moment is a whole number of minutes from the start of the horizon; days and weeks are indices that the caller
chose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from .limits import require

ShiftId: TypeAlias = str

MOST_SEATS, HEAVIEST_PCT = 100_000, 10_000
"""Figures beyond these are slips of the pen: a shift's seats and its heaviness."""


@dataclass(frozen=True, slots=True)
class Mix:
    """At least `at_least`, at most `at_most` people on the shift who have one of `tags` (one under 70, same gender).

    The lower side works as reserved seats: until enough of them are there, the others leave that many of the
    target seats free. So a shift that lacks such a person shows a gap rather than a broken rule.
    """

    tags: frozenset[str]
    at_least: int = 0
    at_most: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.tags), "tags", "are empty")
        require(self.at_least >= 0, "at_least", f"{self.at_least} is below 0")
        is_room = self.at_most is None or self.at_most >= self.at_least
        require(is_room, "at_most", f"{self.at_most} is below at_least {self.at_least}")


def one_of_each(tags: Iterable[str]) -> tuple[Mix, ...]:
    """One per grid, one per party: a `Mix` with at least one for every tag."""
    return tuple(Mix(frozenset({tag}), at_least=1) for tag in sorted(tags))


@dataclass(frozen=True, slots=True)
class Shift:
    """One piece of work at one place and time.

    `least` seats must be filled, `target` should be, `most` may be. `priority` 1 is filled first. `heaviness_pct`
    weighs its minutes as load (150 = half as much again). `effort`: how hard the work is on the body, 0 for work that
    suits everybody, compared with `Limits.effort`. `requires`: a person has all of these tags; `bars`: none.
    `labels`: what the label limits count (night, river, weekend). `series`: shifts that want the same faces, such as
    the visits to one elder; empty for none. `task`: shifts of one day with the same task (there and back) are one turn
    for every limit of turns; empty for a turn of its own.
    """

    id: ShiftId
    kind: str
    place: str
    day: int
    week: int
    starts_min: int
    ends_min: int
    least: int
    target: int
    most: int
    priority: int = 1
    heaviness_pct: int = 100
    requires: frozenset[str] = frozenset()
    bars: frozenset[str] = frozenset()
    mixes: tuple[Mix, ...] = ()
    labels: frozenset[str] = frozenset()
    series: str = ""
    effort: int = 0
    task: str = ""

    def __post_init__(self) -> None:
        require(bool(self.id), "id", "is empty")
        require(self.ends_min > self.starts_min, "ends_min", f"{self.ends_min} is not after {self.starts_min}")
        require(0 <= self.least <= self.target <= self.most, "target", "seats need 0 <= least <= target <= most")
        require(self.most <= MOST_SEATS, "most", f"{self.most} is above {MOST_SEATS:,}")
        require(self.heaviness_pct <= HEAVIEST_PCT, "heaviness_pct", f"{self.heaviness_pct} is above {HEAVIEST_PCT:,}")
        require(self.priority >= 1, "priority", f"{self.priority} is below 1")
        for name in ("heaviness_pct", "effort"):
            require(getattr(self, name) >= 0, name, f"{getattr(self, name)} is below 0")
        for index, mix in enumerate(self.mixes):
            require(mix.at_least <= self.target, f"mixes[{index}]", f"wants {mix.at_least} of {self.target} seats")

    @property
    def minutes(self) -> int:
        return self.ends_min - self.starts_min

    @property
    def load_pct_min(self) -> int:
        """Load in minutes x percent: 60 minutes at 150 % are 9,000."""
        return self.minutes * self.heaviness_pct
