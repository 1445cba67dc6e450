"""How many points a service is worth. Pure and in integers: percent, minutes, points. Knows no ledger and no database.

Source of all defaults: reference figures of domain.md 2.9 (rules 1-6) and the vectors of 5.B.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from volunteer_app.core.clock import local_moment
from volunteer_app.core.language import N_

HALF_HOUR = 30
BONUS_KINDS = ("referral", "suggestion", "monthly_review", "small_deed")
REASONS = {
    "ordinary": N_("平常日子"),
    "kind_L2": N_("这类服务，按%(times)s倍"),
    "kind_L3": N_("难度高的服务，按%(times)s倍"),
    "evening": N_("晚上的班，按%(times)s倍"),
    "holiday_rest": N_("长假休息日，按%(times)s倍"),
    "night": N_("夜班，按%(times)s倍"),
    "statutory_holiday": N_("法定节假日，按%(times)s倍"),
    "emergency": N_("急事，按%(times)s倍"),
    "leader": N_("带队，多记%(more)d个百分点"),
    "employed": N_("在岗工作，不计积分"),
    "short": N_("没做满六成，只记时长"),
    "activity_cap": N_("一次最多%(cap)d分"),
    "day_cap": N_("一天最多%(cap)d分"),
    "month_cap": N_("一个月最多%(cap)d分"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """One version. Percentages in whole points, windows in local minutes of the day (past 1440 over midnight).

    A turn belongs to a window when at least half of its planned time lies in it. `star_hours`: hours for 1 to 5 stars
    (source: domain.md 2.4, Jiangsu rules of 2015-12-01).
    """

    points_per_hour: int = 10
    levels_pct: dict[str, int] = field(default_factory=lambda: {"L1": 100, "L2": 120, "L3": 150})
    leader_pct: int = 20
    most_pct: int = 150
    day_levels: dict[str, str] = field(default_factory=lambda: {"holiday_rest": "L2", "statutory_holiday": "L3"})
    evening: tuple[int, int] = (18 * 60 + 30, 31 * 60)
    night: tuple[int, int] = (23 * 60, 31 * 60)
    activity_cap: int = 600
    day_cap: int = 60
    month_cap: int = 600
    bonuses: dict[str, int] = field(
        default_factory=lambda: {"referral": 20, "suggestion": 10, "monthly_review": 20, "small_deed": 5}
    )
    small_deeds_a_day: int = 2
    referral_after_min: int = 120
    valid_months: int = 24
    star_hours: tuple[int, ...] = (100, 300, 600, 1000, 1500)


DEFAULT = Rules()
ROWS = ("evening", "night", "star_hours")
"""Fields that are several numbers in a row."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the rules look at. `starts_at`, `ends_at`: planned, aware; `day_type` as workdays names it."""

    credited_minutes: int
    starts_at: datetime
    ends_at: datetime
    level: str = "L1"
    day_type: str = "workday"
    emergency: bool = False
    leads: bool = False
    employed: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """Points of one service: the coefficient, its reasons (keys of REASONS), before and after the caps."""

    coefficient_pct: int
    uncapped: int
    points: int
    reasons: tuple[str, ...]


def worth(rules: Rules, service: Service, *, zone: str, day_so_far: int = 0, month_so_far: int = 0) -> Worth:
    """Points of a service, given what the person has already earned on that day and in that month."""
    pct, reasons = coefficient(rules, service, zone=zone)
    if service.employed:
        return Worth(pct, 0, 0, ("employed",))
    if service.credited_minutes == 0:
        return Worth(pct, 0, 0, ("short",))
    uncapped = points_for(rules, service.credited_minutes, pct)
    points, cuts = under_caps(rules, uncapped, day_so_far=day_so_far, month_so_far=month_so_far)
    return Worth(pct, uncapped, points, (*reasons, *cuts))


def under_caps(rules: Rules, uncapped: int, *, day_so_far: int, month_so_far: int) -> tuple[int, tuple[str, ...]]:
    """What the caps leave of the points, and the cap that cut them, if one did."""
    room = {
        "activity_cap": rules.activity_cap,
        "day_cap": rules.day_cap - day_so_far,
        "month_cap": rules.month_cap - month_so_far,
    }
    tightest = min(room, key=lambda name: room[name])
    points = max(0, min(uncapped, room[tightest]))
    return points, (tightest,) if points < uncapped else ()


def points_for(rules: Rules, credited_minutes: int, coefficient_pct: int) -> int:
    """Per full half-hour; a fraction of a point is dropped once, at the end."""
    return credited_minutes // HALF_HOUR * HALF_HOUR * rules.points_per_hour * coefficient_pct // (60 * 100)


def coefficient(rules: Rules, service: Service, *, zone: str) -> tuple[int, tuple[str, ...]]:
    """The highest level that applies, never a product; a leader's addition on top; at most `most_pct`."""
    found = [f"kind_{service.level}" if service.level != "L1" else "ordinary"]
    if service.day_type in rules.day_levels:
        found.append(service.day_type)
    if lies_in(service, rules.evening, zone):
        found.append("evening")
    if lies_in(service, rules.night, zone):
        found.append("night")
    if service.emergency:
        found.append("emergency")
    reason = max(found, key=lambda reason: level_pct(rules, reason))
    pct = level_pct(rules, reason)
    if service.leads:
        return min(rules.most_pct, pct + rules.leader_pct), (reason, "leader")
    return min(rules.most_pct, pct), (reason,)


LEVELS = {"ordinary": "L1", "kind_L2": "L2", "kind_L3": "L3", "evening": "L2", "night": "L3", "emergency": "L3"}
"""Levels of the reasons that are no kind of day."""


def level_pct(rules: Rules, reason: str) -> int:
    """The percentage that a reason gives by itself."""
    return rules.levels_pct[rules.day_levels.get(reason) or LEVELS[reason]]


def has_level(rules: Rules, reason: str) -> bool:
    return reason in LEVELS or reason in rules.day_levels


def lies_in(service: Service, window: tuple[int, int], zone: str) -> bool:
    """At least half of the planned time lies in the daily window."""
    first = service.starts_at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    inside = sum(overlap_min(service, first + timedelta(days=day), window, zone) for day in range(3))
    return inside * 2 >= int((service.ends_at - service.starts_at).total_seconds()) // 60


def overlap_min(service: Service, day: date, window: tuple[int, int], zone: str) -> int:
    starts, ends = (local_moment(day, minute, zone) for minute in window)
    inside = min(ends, service.ends_at) - max(starts, service.starts_at)
    return max(0, int(inside.total_seconds()) // 60)


def expires_at(earned: datetime, rules: Rules, zone: str) -> datetime:
    """The end of the month `valid_months` after the one in which the points came: December 2024 to 31 December 2026."""
    local = earned.astimezone(ZoneInfo(zone))
    months = local.year * 12 + local.month - 1 + rules.valid_months + 1
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def stars_for(minutes: int, rules: Rules) -> int:
    """0 to 5 stars reached by hours; being granted one is the community's decision."""
    return sum(minutes >= hours * 60 for hours in rules.star_hours)


def to_json(rules: Rules) -> dict[str, Any]:
    return asdict(rules) | {name: list(getattr(rules, name)) for name in ROWS}


def from_json(stored: dict[str, Any]) -> Rules:
    """The version as it was stored; a key that a later release brought keeps its default."""
    values = dict(stored)
    for name in ROWS:
        if name in values:
            values[name] = tuple(values[name])
    return Rules(**values)
