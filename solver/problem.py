"""What is asked: people, shifts and rules in plain units. Refuses to know dates, clocks, languages and solvers.

Every moment is a whole number of minutes from the start of the horizon (local midnight of day 0); every span is
`[starts_min, ends_min)`. Days and weeks are indices that the caller chose. Smaller ids mean nothing; order of the
tuples means nothing either, except that ties are broken by it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias, TypeVar

from .limits import DAY_MIN as DAY_MIN
from .limits import Held as Held
from .limits import InvalidProblem as InvalidProblem
from .limits import LabelCount as LabelCount
from .limits import LabelLimit as LabelLimit
from .limits import Limits as Limits
from .limits import Past as Past
from .limits import Succession as Succession
from .limits import Window as Window
from .limits import require, used_limits
from .person import DatedTag as DatedTag
from .person import Person as Person
from .person import PersonId as PersonId
from .shift import Mix as Mix
from .shift import Shift as Shift
from .shift import ShiftId as ShiftId
from .shift import one_of_each as one_of_each

Pair: TypeAlias = tuple[PersonId, ShiftId]
V = TypeVar("V", str, int)

LONGEST_DAYS = 100_000
"""A horizon beyond this is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class CrossMix:
    """At least `at_least` people with one of `tags` over several shifts together (a leader at one of the posts).

    Reserved seats as in `Mix`, counted over the targets of all `shifts`.
    """

    shifts: frozenset[ShiftId]
    tags: frozenset[str]
    at_least: int = 1

    def __post_init__(self) -> None:
        require(bool(self.shifts), "shifts", "are empty")
        require(bool(self.tags), "tags", "are empty")
        require(self.at_least >= 0, "at_least", f"{self.at_least} is below 0")


@dataclass(frozen=True, slots=True)
class Pin:
    """This person has this seat: a hand-made or already worked choice that a solve keeps."""

    person: PersonId
    shift: ShiftId


@dataclass(frozen=True, slots=True)
class Bar:
    """This person does not get this seat (declined, insurance lapsed); `reason` is the caller's word."""

    person: PersonId
    shift: ShiftId
    reason: str = "barred"


@dataclass(frozen=True, slots=True)
class Apart:
    """These two are never on the same shift."""

    person: PersonId
    other: PersonId


@dataclass(frozen=True, slots=True)
class Together:
    """`person` serves only where `companion` serves too (a minor and the guardian). One-way; two rows make it both."""

    person: PersonId
    companion: PersonId


@dataclass(frozen=True, slots=True)
class Way:
    """Minutes from one place to another, in both directions; places that no row names are next door (0)."""

    place: str
    other: str
    minutes: int

    def __post_init__(self) -> None:
        require(self.place != self.other, "other", f"{self.other!r} is the same place")
        require(self.minutes >= 0, "minutes", f"{self.minutes} is below 0")


@dataclass(frozen=True)
class Problem:
    """Everything that a solve may know; equal problems with equal seeds and one worker give equal plans.

    `familiar`: (person, series) that know each other from before. `previous`: the plan that a new one should stay
    close to, or None. `equal`: groups whose loads should be the same and no higher than the
    work demands (full-timers): the first steps of fairness.
    `ways`: how far places are apart. `same_team`: shifts that the same people serve (down the stairs, and up again).
    `rolling_week`: the safety goal also wants every 7 days in a row within the weekly limits. `weeks`: the week of each
    day, as the shifts count them; empty where no limit needs it.
    """

    horizon_days: int
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    pins: tuple[Pin, ...] = ()
    bars: tuple[Bar, ...] = ()
    apart: tuple[Apart, ...] = ()
    together: tuple[Together, ...] = ()
    cross_mixes: tuple[CrossMix, ...] = ()
    equal: tuple[frozenset[PersonId], ...] = ()
    familiar: frozenset[tuple[PersonId, str]] = frozenset()
    previous: frozenset[Pair] | None = None
    rolling_week: bool = False
    seed: int = 0
    ways: tuple[Way, ...] = ()
    same_team: tuple[frozenset[ShiftId], ...] = ()
    weeks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        require(self.horizon_days >= 1, "horizon_days", f"{self.horizon_days} is below 1")
        require(self.horizon_days <= LONGEST_DAYS, "horizon_days", f"{self.horizon_days} is above {LONGEST_DAYS:,}")
        _unique("people", [person.id for person in self.people])
        _unique("shifts", [shift.id for shift in self.shifts])
        for index, shift in enumerate(self.shifts):
            require(0 <= shift.day < self.horizon_days, f"shifts[{index}].day", f"{shift.day} is outside the horizon")
        self._check_weeks()
        self._check_references()

    def _check_weeks(self) -> None:
        """A part of a problem has few of its shifts, so what a week holds is said by the days."""
        if not self.weeks:
            for index, person in enumerate(self.people):
                place = f"people[{index}].limits.offered_pct_per_week"
                require(person.limits.offered_pct_per_week is None, place, "needs the problem's weeks")
            return
        days = len(self.weeks)
        require(days == self.horizon_days, "weeks", f"are of {days} days in a horizon of {self.horizon_days}")
        for day, (week, after) in enumerate(pairwise(self.weeks)):
            require(week <= after, f"weeks[{day + 1}]", f"{after} comes after {week}")
        for index, shift in enumerate(self.shifts):
            week = self.weeks[shift.day]
            require(shift.week == week, f"shifts[{index}].week", f"{shift.week} isn't its day's week {week}")

    def _check_references(self) -> None:
        people, shifts = self.person.keys(), self.shift.keys()
        for index, person in enumerate(self.people):
            _known(f"people[{index}].partners", person.partners, people)
            _known(f"people[{index}].wanted", person.wanted | person.unwanted, shifts)
        for name in ("pins", "bars"):
            for index, row in enumerate(getattr(self, name)):
                _known(f"{name}[{index}].person", [row.person], people)
                _known(f"{name}[{index}].shift", [row.shift], shifts)
        for index, pair in enumerate(self.apart):
            _known(f"apart[{index}]", [pair.person, pair.other], people)
            require(pair.person != pair.other, f"apart[{index}]", "names one person twice")
        for index, both in enumerate(self.together):
            _known(f"together[{index}]", [both.person, both.companion], people)
            require(both.person != both.companion, f"together[{index}]", "names one person twice")
        for index, cross in enumerate(self.cross_mixes):
            place = f"cross_mixes[{index}]"
            _known(f"{place}.shifts", cross.shifts, shifts)
            seats = sum(self.shift[shift].target for shift in cross.shifts)
            require(cross.at_least <= seats, place, f"wants {cross.at_least} of {seats} seats")
        for index, group in enumerate(self.equal):
            _known(f"equal[{index}]", group, people)
            require(bool(group), f"equal[{index}]", "is empty")
        for index, team in enumerate(self.same_team):
            _known(f"same_team[{index}]", team, shifts)
            require(len(team) > 1, f"same_team[{index}]", "names fewer than two shifts")

    @cached_property
    def person(self) -> dict[PersonId, Person]:
        """person id -> person"""
        return {person.id: person for person in self.people}

    @cached_property
    def shift(self) -> dict[ShiftId, Shift]:
        """shift id -> shift"""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def barred(self) -> frozenset[Pair]:
        """Pairs that are ruled out by name."""
        return frozenset((bar.person, bar.shift) for bar in self.bars)

    @cached_property
    def companions(self) -> dict[PersonId, frozenset[PersonId]]:
        """person -> those without whom he doesn't serve"""
        return _sets((pair.person, pair.companion) for pair in self.together)

    @cached_property
    def kept_from(self) -> dict[PersonId, frozenset[PersonId]]:
        """person -> those whom he mustn't meet; each pair is there once, under its first person"""
        return _sets((pair.person, pair.other) for pair in self.apart)

    @cached_property
    def crosses_of(self) -> dict[ShiftId, frozenset[int]]:
        """shift -> indices of the cross mixes that count it"""
        return _sets((shift, index) for index, cross in enumerate(self.cross_mixes) for shift in cross.shifts)

    @cached_property
    def teams_of(self) -> dict[ShiftId, frozenset[int]]:
        """shift -> indices of the teams that serve it"""
        return _sets((shift, index) for index, team in enumerate(self.same_team) for shift in team)

    @cached_property
    def way_min(self) -> dict[tuple[str, str], int]:
        """(place, place) in either order -> minutes; a pair that isn't there is 0."""
        ways = {(way.place, way.other): way.minutes for way in self.ways}
        return ways | {(other, place): minutes for (place, other), minutes in ways.items()}

    def judged_with(self, shift: ShiftId) -> frozenset[ShiftId]:
        """The shift and those that a rule judges together with it."""
        crosses = (self.cross_mixes[one].shifts for one in self.crosses_of.get(shift, ()))
        teams = (self.same_team[one] for one in self.teams_of.get(shift, ()))
        return frozenset({shift}).union(*crosses, *teams)

    @cached_property
    def uses(self) -> frozenset[str]:
        """Names of the limits and other fields that say anything here about what's allowed."""
        ruling = (
            name
            for name, owners in _RULING.items()
            if any(getattr(one, name) for one in (getattr(self, owners) if owners else (self,)))
        )
        return used_limits(person.limits for person in self.people).union(ruling)

    @property
    def seats_wanted(self) -> int:
        """Target seats of all shifts."""
        return sum(shift.target for shift in self.shifts)


_RULING = {
    "dated_tags": "people",
    "bars": "shifts",
    "mixes": "shifts",
    **dict.fromkeys(("barred", "ways", "cross_mixes", "apart", "together", "same_team"), ""),
}
"""Fields beside limits that rules are made of, and whose they are (the problem's own: empty)."""


def _sets(rows: Iterable[tuple[str, V]]) -> dict[str, frozenset[V]]:
    found: dict[str, set[V]] = {}
    for key, value in rows:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _unique(place: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for index, one in enumerate(ids):
        require(one not in seen, f"{place}[{index}].id", f"{one!r} appears twice")
        seen.add(one)


def _known(place: str, ids: Iterable[str], known: Container[str]) -> None:
    for one in sorted(ids):
        require(one in known, place, f"{one!r} is unknown")
