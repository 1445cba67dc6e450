"""Which part to open next: windows of days, groups of people, and how large. Sizes follow what could be finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .doubts import Doubts
from .part import Part
from .team import Roster, Rosters, Team

_MOST_PEOPLE = 45
_FEWEST_DAYS = 3
_DOUBTS, _DOUBTED = "doubts", 500  # person-days that may change at first
_FLOOR = 0.15  # time of the least successful kind, as a share of the best one's
_SHORT_S = 0.01  # a turn's length that makes no difference


@dataclass(eq=False)
class Neighbourhood:
    """A kind of part. `people` and `days` are sizes to draw, `share` that of the person-days that may change; the one
    that `grows` follows success."""

    name: str
    people: float
    days: float
    grows: str
    share: float = 1.0
    gained: float = 0.0
    seconds: float = 1e-3
    tried: int = 0
    spent: float = 0.0

    @property
    def turn_s(self) -> float:
        """Of the mean turn so far."""
        return self.spent / max(self.tried, 1)

    def note(self, gain: float, seconds: float, *, growth: float) -> None:
        """Remembers what it brought, and grows or shrinks by the factor `growth`."""
        self.gained, self.seconds = 0.9 * self.gained + gain, 0.9 * self.seconds + seconds
        self.tried, self.spent = self.tried + 1, self.spent + seconds
        setattr(self, self.grows, getattr(self, self.grows) * growth)


class Neighbourhoods:
    """Draws parts of the team's rosters, each kind for a time in proportion to its gain per second."""

    def __init__(self, team: Team, rng: np.random.Generator) -> None:
        self._team, self._rng = team, rng
        self._doubts: Doubts | None = None
        everybody, days = min(team.people, _MOST_PEOPLE), team.days
        self.kinds = [
            Neighbourhood("window", everybody, min(10, days), "days"),
            Neighbourhood("group", max(1, everybody // 3), min(days, max(14, days // 3)), "people"),
        ]
        if days <= 100:
            self.kinds.append(Neighbourhood("few", min(5, everybody), days, "people"))

    def _middle(self, rosters: Rosters) -> int:
        """A day inside the part: any, or every other time one that pays much for its cover."""
        if self._rng.random() < 0.5:
            return int(self._rng.integers(self._team.days))
        paid = self._team.cover.by_day(self._team.cover.heads(rosters)) + 1e-9
        return int(self._rng.choice(self._team.days, p=paid / paid.sum()))

    def doubt(self, doubts: Doubts) -> None:
        """One more kind, from the linear optimum of the whole."""
        self._doubts = doubts
        people, days = self._team.people, self._team.days
        self.kinds.append(Neighbourhood(_DOUBTS, people, days, "share", min(0.25, _DOUBTED / (people * days))))

    def draw(self, rosters: Rosters) -> tuple[Neighbourhood, Part, Iterable[tuple[int, Roster]]]:
        """A kind, a part of it, and columns to start from besides the part's rosters."""
        kind = self._kind()
        if self._doubts is not None and kind.name == _DOUBTS:
            kind.share = min(kind.share, 1.0)
            part = self._doubts.part(rosters, kind.share, self._rng)
            return kind, part, self._doubts.columns(part)
        return kind, self._rectangle(kind, rosters), ()

    def _kind(self) -> Neighbourhood:
        """Time in proportion to the gain per second: the longer a kind's turns the fewer it gets."""
        rates = np.array([kind.gained / kind.seconds for kind in self.kinds])
        rates = np.maximum(rates, _FLOOR * max(rates.max(), 1e-9))
        turns = rates / np.array([kind.turn_s + _SHORT_S for kind in self.kinds])
        return self.kinds[int(self._rng.choice(len(turns), p=turns / turns.sum()))]

    def _rectangle(self, kind: Neighbourhood, rosters: Rosters) -> Part:
        days = int(np.clip(round(kind.days), min(_FEWEST_DAYS, self._team.days), self._team.days))
        people = int(np.clip(round(kind.people), 1, self._team.people))
        kind.days, kind.people = (
            float(np.clip(kind.days, days - 0.5, days + 0.5)),
            float(np.clip(kind.people, people - 0.5, people + 0.5)),
        )
        first = int(np.clip(self._middle(rosters) - self._rng.integers(days), 0, self._team.days - days))
        chosen = np.sort(self._rng.permutation(self._team.people)[:people])
        return Part(self._team, rosters, chosen.tolist(), first, first + days)
