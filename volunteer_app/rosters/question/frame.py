"""Shifts in the solver's plain units: minutes from local midnight of the roster's first day. Reads no database."""

from dataclasses import dataclass
from datetime import date, datetime

from solver.problem import Held, Mix
from solver.problem import Shift as Turn
from volunteer_app.core.clock import local_minute, local_moment
from volunteer_app.needs.models import EFFORTS, ActivityKind, Shift

NIGHTS = ((-60, 6 * 60), (23 * 60, 30 * 60))
NIGHT_MIN = 180
HEAVY_PCT = 150
"""An hour at night, in the heat or on the stairs. Source: the third step of the coefficients, and the rule that the
highest one counts alone (domain.md 2.9); here for load, where they were made for points."""
HARDEST = max(EFFORTS)
UNCONSENTED = "unconsented"
"""Tag of people who, or whose guardians, haven't agreed or agree no longer: no turn takes them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the roster lies in time. `start` is local midnight of its first day as an aware UTC moment."""

    from_on: date
    to_on: date
    zone: str

    @property
    def start(self) -> datetime:
        return local_moment(self.from_on, 0, self.zone)

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    def minute(self, moment: datetime) -> int:
        return int((moment - self.start).total_seconds() // 60)

    def day(self, on: date) -> int:
        return (on - self.from_on).days

    def week(self, on: date) -> int:
        return (self.day(on) + self.from_on.weekday()) // 7


def turn(frame: Frame, shift: Shift, kind: ActivityKind) -> Turn:
    return Turn(
        id=str(shift.id),
        kind=kind.code,
        place=place(shift),
        day=frame.day(shift.starts_on),
        week=frame.week(shift.starts_on),
        starts_min=frame.minute(shift.starts_at),
        ends_min=frame.minute(shift.ends_at),
        least=shift.least,
        target=shift.target,
        most=shift.most,
        priority=shift.priority,
        heaviness_pct=heaviness_pct(frame, shift, kind),
        requires=frozenset(shift.requires),
        bars=frozenset({*shift.bars, UNCONSENTED}),
        mixes=tuple(mix(rule) for rule in shift.mixes),
        labels=labels(frame, shift),
        series=f"recipient:{shift.recipient_id}" if shift.recipient_id else "",
        effort=HARDEST if shift.is_heavy else kind.effort,
        task=task(shift),
    )


def heaviness_pct(frame: Frame, shift: Shift, kind: ActivityKind) -> int:
    """What an hour weighs as load: the most of what the kind says, the night, and heat or stairs; never a product."""
    is_heavy = shift.is_heavy or "night" in labels(frame, shift)
    return max(kind.heaviness_pct, HEAVY_PCT) if is_heavy else kind.heaviness_pct


def mix(rule: dict[str, object]) -> Mix:
    return Mix(frozenset({str(rule["tag"])}), at_least=int(str(rule.get("at_least", 1))))


def held_turn(frame: Frame, shift: Shift) -> Held:
    return Held(
        starts_min=frame.minute(shift.starts_at),
        ends_min=frame.minute(shift.ends_at),
        day=frame.day(shift.starts_on),
        week=frame.week(shift.starts_on),
        labels=labels(frame, shift),
        place=place(shift),
        task=task(shift),
    )


def task(shift: Shift) -> str:
    """There and back is one turn of the day and of the week; empty for a shift that stands alone."""
    return ":".join(str(part) for part in shift.task if part is not None) if shift.is_leg else ""


def place(shift: Shift) -> str:
    """Where the turn is, as ways name it."""
    return post_place(shift.post_id) if shift.post_id else f"grid:{shift.grid_id}"


def post_place(post_id: int) -> str:
    return f"post:{post_id}"


def labels(frame: Frame, shift: Shift) -> frozenset[str]:
    """`night` for a turn with three hours or more between 23:00 and 6:00."""
    starts = local_minute(shift.starts_at, frame.zone)
    ends = starts + shift.minutes
    in_night = sum(max(0, min(ends, until) - max(starts, since)) for since, until in NIGHTS)
    return frozenset({"night"}) if in_night >= NIGHT_MIN else frozenset()
