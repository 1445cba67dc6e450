"""One volunteer or warden: what he is, when he's free, what he likes. Refuses to know which turns he gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .limits import NO_LIMITS, NO_PAST, Held, Limits, Past, Window, require
from .shift import ShiftId

PersonId: TypeAlias = str


@dataclass(frozen=True, slots=True)
class DatedTag:
    """A tag that holds from `first_day` to `last_day`, both included; None is open (insurance, consent, an age)."""

    tag: str
    first_day: int | None = None
    last_day: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.tag), "tag", "is empty")
        is_span = self.first_day is None or self.last_day is None or self.first_day <= self.last_day
        require(is_span, "last_day", f"{self.last_day} is before first_day {self.first_day}")

    def holds_on(self, day: int) -> bool:
        return (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Person:
    """A volunteer or warden.

    `tags` hold on every day, `dated_tags` on their own days. `windows`: when free; touching windows count as one.
    `share`: the load in minutes that would be exactly the own part, for example the own weekly limit over the horizon;
    0 keeps a person out of the fairness goal. `past_load`: weighted minutes carried over from earlier horizons (the
    caller decays them). `past`: what counts from before for the limits of the horizon. `least_shifts`: turns that he
    should have by the end, the past included. `prefers` and `avoids`: wished and only-if-needed times; `wanted` and
    `unwanted`: the same for single shifts. `partners`: with whom he likes to serve.
    """

    id: PersonId
    tags: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    limits: Limits = NO_LIMITS
    share: int = 0
    past_load: int = 0
    prefers: tuple[Window, ...] = ()
    avoids: tuple[Window, ...] = ()
    wanted: frozenset[ShiftId] = frozenset()
    unwanted: frozenset[ShiftId] = frozenset()
    partners: frozenset[PersonId] = frozenset()
    held: tuple[Held, ...] = ()
    dated_tags: tuple[DatedTag, ...] = ()
    past: Past = NO_PAST
    least_shifts: int = 0

    def __post_init__(self) -> None:
        require(bool(self.id), "id", "is empty")
        for name in ("share", "past_load", "least_shifts"):
            require(getattr(self, name) >= 0, name, f"{getattr(self, name)} is below 0")
        require(self.id not in self.partners, "partners", f"{self.id!r} is his own partner")

    @property
    def has_wishes(self) -> bool:
        """He'd rather have some turns than others, whoever else is there."""
        return bool(self.wanted or self.unwanted or self.prefers or self.avoids)

    def tags_on(self, day: int) -> frozenset[str]:
        """Tags that hold on a day."""
        if not self.dated_tags:
            return self.tags
        return self.tags | {one.tag for one in self.dated_tags if one.holds_on(day)}

    @property
    def tags_ever(self) -> frozenset[str]:
        """Tags that hold on some day."""
        return self.tags | {one.tag for one in self.dated_tags} if self.dated_tags else self.tags
