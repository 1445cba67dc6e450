"""Who may take what, what may happen to a need, and when a series comes again. Knows no database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from volunteer_app.core.errors import BadInput, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import ActivityKind
from volunteer_app.people.models import Person, PersonTag, VolunteerProfile

# From 75 on nobody is on a shift that ends after 18:00 local time. Source: domain dossier §5.B.
LATEST_END_FROM_75 = 18 * 60
ADULT_FROM = 18
UNDER_70 = 69
UNDER_75 = 74
DAYS_BY_CODE = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULE_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST_MOVE_DAYS = 10

Mix = dict[str, object]


class WrongState(Refused):
    """The need isn't where this step starts from."""

    sentence = N_("这条需求现在%(state)s，这一步做不了。")


class NotARule(BadInput):
    """The recurrence can't be read."""

    def __init__(self) -> None:
        super().__init__({"rrule": [Text(N_("看不懂多久一次，例如 FREQ=WEEKLY;BYDAY=SA。"))]})


@dataclass(frozen=True, slots=True)
class SeatRules:
    """Person tags that all people on a shift need, that none may have, and how many at least must have one."""

    requires: list[str]
    bars: list[str]
    mixes: list[Mix]


# Steps of a need: verb -> (states it starts from, state it leads to).
STEPS = {
    "submit": (("draft",), "submitted"),
    "verify": (("draft", "submitted"), "verified"),
    "schedule": (("verified",), "scheduled"),
    "close": (("verified", "scheduled"), "done"),
    "evaluate": (("done",), "evaluated"),
    "cancel": (("draft", "submitted", "verified", "scheduled"), "cancelled"),
}
STATE_WORDS = {
    "draft": N_("是草稿"),
    "submitted": N_("待核实"),
    "verified": N_("待排班"),
    "scheduled": N_("已排班"),
    "done": N_("已完成"),
    "evaluated": N_("已回访"),
    "cancelled": N_("已取消"),
}


def next_state(state: str, verb: str) -> str:
    """Where the verb leads; raises WrongState when it doesn't start from here."""
    starts_from, leads_to = STEPS[verb]
    if state not in starts_from:
        raise WrongState(state=Text(STATE_WORDS[state]))
    return leads_to


def person_tags(
    person: Person,
    profile: VolunteerProfile | None,
    tags: Iterable[PersonTag],
    codes: Mapping[int, str],
    on: date,
) -> frozenset[str]:
    """What the person counts as on a day; `codes` gives the code of each area by its id.

    Somebody of unknown age counts as adult and under 70, because nobody is left out for a missing year of birth.
    """
    found = {person.gender, *age_tags(person.age_on(on))}
    for prefix, area_id in (("grid", person.grid_id), ("neighbourhood", person.neighbourhood_id)):
        if area_id is not None and area_id in codes:
            found.add(f"{prefix}:{codes[area_id]}")
    for tag in tags:
        if tag.valid_until is None or tag.valid_until >= on:
            found.add(f"{tag.kind}:{tag.code}")
            if tag.kind == "identity" and tag.code.startswith("party_"):
                found.add("party")
    if profile is not None and profile.insured_until is not None and profile.insured_until >= on:
        found.add("insured")
    return frozenset(found)


def age_tags(age: int | None) -> Iterator[str]:
    if age is None or age <= UNDER_70:
        yield "under70"
    if age is None or age >= ADULT_FROM:
        yield "adult"
    if age is not None and age > UNDER_75:
        yield "age75plus"


def seat_rules(
    kind: ActivityKind,
    *,
    ends_minute: int,
    grid_code: str | None = None,
    grid_codes: Sequence[str] = (),
    recipient_gender: str | None = None,
    mixes: Iterable[Mix] = (),
) -> SeatRules:
    """The kind's rules for one shift: own grid, age, insurance, and from 75 on nothing that ends after 18:00.

    `grid_codes` are all grids of the community; `mixes` come on top of the kind's own.
    """
    requires = list(kind.requires)
    bars = list(kind.bars)
    if kind.own_grid_only and grid_code is not None:
        requires.append(f"grid:{grid_code}")
    if not kind.minors_welcome or (kind.least_age or 0) >= ADULT_FROM:
        requires.append("adult")
    if kind.most_age is not None and kind.most_age <= UNDER_70:
        requires.append("under70")
    if (kind.most_age is not None and kind.most_age <= UNDER_75) or ends_minute > LATEST_END_FROM_75:
        bars.append("age75plus")
    if kind.needs_insurance:
        requires.append("insured")
    whole = [one for mix in kind.mixes for one in spelled_out(mix, grid_codes, recipient_gender)]
    return SeatRules(list(dict.fromkeys(requires)), list(dict.fromkeys(bars)), [*whole, *mixes])


def spelled_out(mix: Mix, grid_codes: Sequence[str], recipient_gender: str | None) -> list[Mix]:
    """`each_grid` as one mix for each grid, `recipient_gender` as F or M."""
    if mix["tag"] == "each_grid":
        return [{"tag": f"grid:{code}", "at_least": mix["at_least"]} for code in grid_codes]
    if mix["tag"] == "recipient_gender":
        return [{"tag": recipient_gender, "at_least": mix["at_least"]}] if recipient_gender else []
    return [mix]


@dataclass(frozen=True, slots=True)
class SeriesTemplate:
    """A usual recurrence: local minutes, seats, and what happens on make-up workdays and days off of holidays."""

    kind: str
    rrule: str
    starts_minute: int
    ends_minute: int
    seats: int
    on_makeup: str = "keep"
    on_holiday: str = "keep"


# Source of the times: domain dossier §5.B. A clean-up leaves a Saturday on which people work.
SERIES_TEMPLATES = {
    "daily_patrol_morning": SeriesTemplate("daily_patrol", "FREQ=DAILY", 510, 630, 2),
    "daily_patrol_afternoon": SeriesTemplate("daily_patrol", "FREQ=DAILY", 900, 1020, 2),
    "weekly_cleanup": SeriesTemplate("weekly_cleanup", "FREQ=WEEKLY;BYDAY=SA", 540, 660, 6, on_makeup="next_day"),
    "monthly_review": SeriesTemplate("monthly_review", "FREQ=MONTHLY;BYDAY=-1FR", 870, 960, 5),
    "river_patrol": SeriesTemplate("river_patrol", "FREQ=WEEKLY;BYDAY=TU,TH,SA", 450, 540, 2),
    "store_duty": SeriesTemplate("store_duty", "FREQ=WEEKLY;BYDAY=FR", 840, 1020, 2, on_holiday="skip"),
    "elder_visit": SeriesTemplate("elder_visit", "FREQ=WEEKLY;BYDAY=TU", 570, 630, 2),
}


def checked_rule(text: str) -> str:
    """The rule in its usual spelling; raises NotARule. Whole days only; a series ends by its date, not by a count."""
    parts = dict(part.split("=", 1) for part in text.strip().upper().removeprefix("RRULE:").split(";") if "=" in part)
    if not parts or parts.keys() - RULE_PARTS or parts.get("FREQ") not in FREQUENCIES:
        raise NotARule
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - dates only
    except (ValueError, TypeError, KeyError, IndexError):
        raise NotARule from None
    if not parts.get("INTERVAL", "1").isdigit() or not 1 <= int(parts.get("INTERVAL", "1")) <= 99:
        raise NotARule
    return rule


def occurrences(rule: str, starts_on: date, *, from_on: date, to_on: date) -> list[date]:
    """The rule's own dates from one day to another, both included, counted from `starts_on`."""
    first = datetime.combine(starts_on, time())
    found = rrulestr(rule, dtstart=first).between(
        datetime.combine(max(from_on, starts_on), time()), datetime.combine(to_on, time()), inc=True
    )
    return [moment.date() for moment in found]


def held_on(day: date, types: Mapping[date, str], *, on_makeup: str, on_holiday: str) -> date | None:
    """The day on which an occurrence really is: the same, a later one, or None when it's left out."""
    for step in range(LONGEST_MOVE_DAYS):
        later = day + timedelta(days=step)
        wanted = {
            "makeup_workday": on_makeup,
            "statutory_holiday": on_holiday,
            "holiday_rest": on_holiday,
        }.get(types[later], "keep")
        if wanted == "keep":
            return later
        if wanted == "skip":
            return None
    return None


WEEKDAY_WORDS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
LAST_WORDS = (
    N_("每月最后一个周一"), N_("每月最后一个周二"), N_("每月最后一个周三"), N_("每月最后一个周四"),
    N_("每月最后一个周五"), N_("每月最后一个周六"), N_("每月最后一个周日"),
)  # fmt: skip

NTH_WORDS = (N_("每月第1个"), N_("每月第2个"), N_("每月第3个"), N_("每月第4个"), N_("每月第5个"))


def rule_words(rule: str) -> list[Text]:
    """When a series comes, as words to be listed: 每天; 每周 周二 周四; 每2周 周一; 每月15日; 每月最后一个周五."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    every = int(parts.get("INTERVAL", "1"))
    plain = all(day in DAYS_BY_CODE for day in days) and parts.keys() <= {"FREQ", "INTERVAL", "BYDAY"}
    if plain and parts["FREQ"] == "DAILY" and not days:
        return [Text(N_("每天"))] if every == 1 else [Text(N_("每%(every)d天"), {"every": every})]
    if plain and parts["FREQ"] == "WEEKLY" and days:
        first = Text(N_("每周")) if every == 1 else Text(N_("每%(every)d周"), {"every": every})
        return [first, *(Text(WEEKDAY_WORDS[DAYS_BY_CODE.index(day)]) for day in days)]
    if parts["FREQ"] == "MONTHLY" and every == 1 and parts.get("BYMONTHDAY", "").isdigit() and not days:
        return [Text(N_("每月%(day)d日"), {"day": int(parts["BYMONTHDAY"])})]
    if parts["FREQ"] == "MONTHLY" and every == 1 and len(days) == 1 and days[0][:2] == "-1":
        return [Text(LAST_WORDS[DAYS_BY_CODE.index(days[0][2:])])]
    if parts["FREQ"] == "MONTHLY" and every == 1 and len(days) == 1 and days[0][:1] in "12345":
        return [Text(NTH_WORDS[int(days[0][0]) - 1]), Text(WEEKDAY_WORDS[DAYS_BY_CODE.index(days[0][1:])])]
    return [Text("%(rule)s", {"rule": rule})]
