"""What is asked: people, shifts and rules in plain units. Refuses to know dates, clocks, languages and solvers.

Every moment is a whole number of minutes from the start of the horizon (local midnight of day 0); every span is
`[starts_min, ends_min)`. Days and weeks are indices that the caller chose. Smaller ids mean nothing; order of the
tuples means nothing either, except that ties are broken by it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

PersonId: TypeAlias = str
ShiftId: TypeAlias = str
Pair: TypeAlias = tuple[PersonId, ShiftId]

DAY_MIN = 24 * 60


class InvalidProblem(ValueError):
    """The question itself is malformed; `place` says where, as a path such as `people[3].share`."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


def _require(holds: bool, place: str, why: str) -> None:
    if not holds:
        raise InvalidProblem(place, why)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time `[starts_min, ends_min)`."""

    starts_min: int
    ends_min: int

    def __post_init__(self) -> None:
        _require(self.ends_min > self.starts_min, "window", f"ends_min {self.ends_min} is not after {self.starts_min}")


@dataclass(frozen=True, slots=True)
class LabelLimit:
    """At most `most` shifts a week that carry `label` (their kind counts as a label), such as 2 nights."""

    label: str
    most: int

    def __post_init__(self) -> None:
        _require(self.most >= 0, "label limit", f"most {self.most} is below 0")


_LIMIT_NAMES = (
    "shifts_per_day",
    "minutes_per_day",
    "shifts_per_week",
    "minutes_per_week",
    "shifts",
    "minutes",
    "gap_min",
    "rest_min",
    "long_min",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person may be asked for. None means no limit; minutes are shift lengths, never weighted.

    `gap_min` minutes lie between any two shifts of a person; `rest_min` minutes between two shifts that both last
    `long_min` or more.
    """

    shifts_per_day: int | None = None
    minutes_per_day: int | None = None
    shifts_per_week: int | None = None
    minutes_per_week: int | None = None
    shifts: int | None = None
    minutes: int | None = None
    gap_min: int = 0
    rest_min: int = 0
    long_min: int = 480
    labels_per_week: tuple[LabelLimit, ...] = ()

    def __post_init__(self) -> None:
        for name in _LIMIT_NAMES:
            value = getattr(self, name)
            _require(value is None or value >= 0, f"limits.{name}", f"{value} is below 0")


@dataclass(frozen=True, slots=True)
class Held:
    """A turn that a person already holds outside this problem (last week, another roster, already worked).

    It counts for overlap, gap, rest and every limit of its day and week; it's no load of this horizon (see
    `Person.past_load`). `starts_min` may be negative; `day` and `week` continue the problem's indices below 0.
    """

    starts_min: int
    ends_min: int
    day: int
    week: int
    labels: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _require(self.ends_min > self.starts_min, "held", f"ends_min {self.ends_min} is not after {self.starts_min}")

    @property
    def minutes(self) -> int:
        return self.ends_min - self.starts_min


@dataclass(frozen=True, slots=True)
class Person:
    """A volunteer or warden.

    `windows`: when free; touching windows count as one. `share`: the load in minutes that would be exactly the own
    part, for example the own weekly limit over the horizon; 0 keeps a person out of the fairness goal. `past_load`:
    weighted minutes carried over from earlier horizons (the caller decays them). `prefers` and `avoids`: wished and
    only-if-needed times; `wanted` and `unwanted`: the same for single shifts. `partners`: with whom he likes to serve.
    """

    id: PersonId
    tags: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    limits: Limits = Limits()
    share: int = 0
    past_load: int = 0
    prefers: tuple[Window, ...] = ()
    avoids: tuple[Window, ...] = ()
    wanted: frozenset[ShiftId] = frozenset()
    unwanted: frozenset[ShiftId] = frozenset()
    partners: frozenset[PersonId] = frozenset()
    held: tuple[Held, ...] = ()

    def __post_init__(self) -> None:
        _require(bool(self.id), "person", "id is empty")
        _require(self.share >= 0, f"person {self.id}.share", f"{self.share} is below 0")
        _require(self.past_load >= 0, f"person {self.id}.past_load", f"{self.past_load} is below 0")
        _require(self.id not in self.partners, f"person {self.id}.partners", "is his own partner")


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
        _require(bool(self.tags), "mix", "tags are empty")
        _require(self.at_least >= 0, "mix", f"at_least {self.at_least} is below 0")
        _require(self.at_most is None or self.at_most >= self.at_least, "mix", f"at_most {self.at_most} < at_least")


def one_of_each(tags: Iterable[str]) -> tuple[Mix, ...]:
    """One per grid, one per party: a `Mix` with at least one for every tag."""
    return tuple(Mix(frozenset({tag}), at_least=1) for tag in sorted(tags))


@dataclass(frozen=True, slots=True)
class Shift:
    """One piece of work at one place and time.

    `least` seats must be filled, `target` should be, `most` may be. `priority` 1 is filled first. `heaviness_pct`
    weighs its minutes as load (150 = half as much again). `requires`: a person has all of these tags; `bars`: none.
    `labels`: what the weekly label limits count (night, river). `series`: shifts that want the same faces, such as
    the visits to one elder; empty for none.
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

    def __post_init__(self) -> None:
        place = f"shift {self.id}"
        _require(bool(self.id), "shift", "id is empty")
        _require(self.ends_min > self.starts_min, place, f"ends_min {self.ends_min} is not after {self.starts_min}")
        _require(0 <= self.least <= self.target <= self.most, place, "seats need 0 <= least <= target <= most")
        _require(self.priority >= 1, place, f"priority {self.priority} is below 1")
        _require(self.heaviness_pct >= 0, place, f"heaviness_pct {self.heaviness_pct} is below 0")
        for mix in self.mixes:
            _require(mix.at_least <= self.target, place, f"mix wants {mix.at_least} of {self.target} seats")

    @property
    def minutes(self) -> int:
        return self.ends_min - self.starts_min

    @property
    def load_pct_min(self) -> int:
        """Load in minutes x percent: 60 minutes at 150 % are 9,000."""
        return self.minutes * self.heaviness_pct


@dataclass(frozen=True, slots=True)
class CrossMix:
    """At least `at_least` people with one of `tags` over several shifts together (a leader at one of the posts).

    Reserved seats as in `Mix`, counted over the targets of all `shifts`.
    """

    shifts: frozenset[ShiftId]
    tags: frozenset[str]
    at_least: int = 1

    def __post_init__(self) -> None:
        _require(bool(self.shifts) and bool(self.tags), "cross mix", "shifts or tags are empty")
        _require(self.at_least >= 0, "cross mix", f"at_least {self.at_least} is below 0")


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


@dataclass(frozen=True)
class Problem:
    """Everything that a solve may know; equal problems with equal seeds and one worker give equal plans.

    `familiar`: (person, series) that know each other from before. `previous`: the plan that a new one should stay
    close to, or None. `equal`: groups whose loads should be the same and no higher than the
    work demands (full-timers): the first steps of fairness.
    `rolling_week`: the safety goal also wants every 7 days in a row within the weekly limits.
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

    def __post_init__(self) -> None:
        _require(self.horizon_days >= 1, "horizon_days", f"{self.horizon_days} is below 1")
        _unique("people", [person.id for person in self.people])
        _unique("shifts", [shift.id for shift in self.shifts])
        for index, shift in enumerate(self.shifts):
            _require(0 <= shift.day < self.horizon_days, f"shifts[{index}].day", f"{shift.day} is outside the horizon")
        self._check_references()

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
            _require(pair.person != pair.other, f"apart[{index}]", "names one person twice")
        for index, both in enumerate(self.together):
            _known(f"together[{index}]", [both.person, both.companion], people)
            _require(both.person != both.companion, f"together[{index}]", "names one person twice")
        for index, cross in enumerate(self.cross_mixes):
            place = f"cross_mixes[{index}]"
            _known(f"{place}.shifts", cross.shifts, shifts)
            seats = sum(self.shift[shift].target for shift in cross.shifts)
            _require(cross.at_least <= seats, place, f"wants {cross.at_least} of {seats} seats")
        for index, group in enumerate(self.equal):
            _known(f"equal[{index}]", group, people)
            _require(bool(group), f"equal[{index}]", "is empty")

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

    @property
    def seats_wanted(self) -> int:
        """Target seats of all shifts."""
        return sum(shift.target for shift in self.shifts)


def _unique(place: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for index, one in enumerate(ids):
        _require(one not in seen, f"{place}[{index}].id", f"{one!r} appears twice")
        seen.add(one)


def _known(place: str, ids: Iterable[str], known: Container[str]) -> None:
    for one in sorted(ids):
        _require(one in known, place, f"{one!r} is unknown")
