"""What is asked for, as the pages, files and the demo say it; and whether it can be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import ActivityKind, Need, Series
from volunteer_app.needs.rules import SERIES_TEMPLATES
from volunteer_app.people.models import Person, Recipient
from volunteer_app.places.models import Area, Post

URGENT_PRIORITY, PRIORITY = 1, 2
MOST_LEGS = 10
LONGEST_MINUTES = 16 * 60


@dataclass(frozen=True, slots=True)
class NeedEntry:
    """What is taken down. Local minutes of `wanted_on`; an end before the start runs over midnight.

    `later_legs`: (starts, ends) of further parts of the same day, which the same people serve.
    """

    title: str
    kind_id: int
    source: str = "phone"
    urgency: str | None = None
    grid_id: int | None = None
    post_id: int | None = None
    place: str = ""
    recipient_id: int | None = None
    wanted_on: date | None = None
    starts_minute: int | None = None
    ends_minute: int | None = None
    later_legs: tuple[tuple[int, int], ...] = ()
    least: int = 1
    target: int = 1
    most: int = 1
    note: str = ""
    handler_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """One shift: local minutes of `day`, seats, and mixes on top of the kind's own."""

    day: date
    starts_minute: int
    ends_minute: int
    least: int
    target: int
    most: int
    priority: int = PRIORITY
    kind_id: int | None = None
    grid_id: int | None = None
    post_id: int | None = None
    recipient_id: int | None = None
    mixes: tuple[tuple[str, int], ...] = ()
    note: str = ""
    is_heavy: bool = False
    is_leg: bool = False
    leg: int = 0


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """A recurrence of a need; kind and place are the need's own unless said otherwise.

    `later_legs`: as in NeedEntry, on every date.
    """

    rrule: str
    starts_on: date
    starts_minute: int
    ends_minute: int
    least: int
    target: int
    most: int
    until_on: date | None = None
    priority: int = PRIORITY
    grid_id: int | None = None
    post_id: int | None = None
    recipient_id: int | None = None
    mixes: tuple[tuple[str, int], ...] = ()
    on_makeup: str = "keep"
    on_holiday: str = "keep"
    later_legs: tuple[tuple[int, int], ...] = ()


def template_plan(
    name: str, starts_on: date, *, grid_id: int | None = None, until_on: date | None = None
) -> SeriesPlan:
    """A plan from one of rules.SERIES_TEMPLATES: daily patrol, weekly clean-up, monthly review …"""
    found = SERIES_TEMPLATES[name]
    return SeriesPlan(
        rrule=found.rrule,
        starts_on=starts_on,
        starts_minute=found.starts_minute,
        ends_minute=found.ends_minute,
        least=1,
        target=found.seats,
        most=found.seats,
        until_on=until_on,
        grid_id=grid_id,
        on_makeup=found.on_makeup,
        on_holiday=found.on_holiday,
    )


def plans_of(need: Need) -> list[ShiftPlan]:
    """One shift, or one for each leg."""
    assert need.wanted_on is not None
    assert need.starts_minute is not None
    assert need.ends_minute is not None
    whole = ShiftPlan(
        day=need.wanted_on,
        starts_minute=need.starts_minute,
        ends_minute=need.ends_minute,
        least=need.least,
        target=need.target,
        most=need.most,
        priority=URGENT_PRIORITY if need.urgency == "urgent" else PRIORITY,
    )
    return in_legs(whole, need.later_legs)


def in_legs(first: ShiftPlan, later: Iterable[tuple[int, int]]) -> list[ShiftPlan]:
    """The plan and further ones of the same day for the same people; the plan itself without any."""
    spans = [(first.starts_minute, first.ends_minute), *later]
    return [
        replace(first, starts_minute=starts, ends_minute=ends, is_leg=len(spans) > 1, leg=number)
        for number, (starts, ends) in enumerate(spans)
    ]


def plans_of_series(series: Series, day: date) -> list[ShiftPlan]:
    """What the series asks for on a day: one shift, or one for each leg."""
    whole = ShiftPlan(
        day=day,
        starts_minute=series.starts_minute,
        ends_minute=series.ends_minute,
        least=series.least,
        target=series.target,
        most=series.most,
        priority=series.priority,
        kind_id=series.kind_id,
        grid_id=series.grid_id,
        post_id=series.post_id,
        recipient_id=series.recipient_id,
        mixes=tuple((str(mix["tag"]), int(mix["at_least"])) for mix in series.mixes),
    )
    return in_legs(whole, series.later_legs)


def check_entry(session: Session, entry: NeedEntry, community_id: int) -> NeedEntry:
    """The entry with an end after its start; raises BadInput for seats out of order and places of elsewhere."""
    check_seats(entry.least, entry.target, entry.most)
    for name, table in (
        ("kind_id", ActivityKind),
        ("post_id", Post),
        ("recipient_id", Recipient),
        ("handler_id", Person),
    ):
        check_own(session, table, getattr(entry, name), name=name, community_id=community_id)
    check_own(session, Area, entry.grid_id, name="grid_id", community_id=community_id)
    if entry.starts_minute is None or entry.ends_minute is None:
        if entry.later_legs:
            raise BadInput({"starts_minute": [Text(N_("有后面几程，先写清楚第一程几点到几点。"))]})
        return replace(entry, starts_minute=None, ends_minute=None)
    first, *later = checked_legs(entry.starts_minute, entry.ends_minute, entry.later_legs)
    return replace(entry, ends_minute=first[1], later_legs=tuple(later))


def checked_legs(starts_minute: int, ends_minute: int, later: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """All legs with each end after its start, also over midnight; raises BadInput for legs that overlap."""
    return check_legs([(starts, after(starts, ends)) for starts, ends in [(starts_minute, ends_minute), *later]])


def are_in_order(spans: Sequence[tuple[int, int]]) -> bool:
    """Legs as [starts, ends) in local minutes of one day: each begins on the day and after the one before has ended."""
    return all(before[1] <= later[0] < 1440 for before, later in pairwise(spans))


def check_legs(spans: Sequence[tuple[int, int]], *, name: str = "later_legs") -> Sequence[tuple[int, int]]:
    """The legs, when they are in order, not too many, and none so long that its end was surely mistyped."""
    if any(ends - starts > LONGEST_MINUTES for starts, ends in spans):
        raise BadInput(
            {"ends_minute": [Text(N_("这一班超过16个小时，到了第二天：是不是填错了？真要这么长，请分成几班。"))]}
        )
    if not are_in_order(spans) or len(spans) > MOST_LEGS:
        raise BadInput({name: [Text(N_("几程要写在同一天，按先后写，前一程结束了后一程才开始。"))]})
    return spans


def check_own(
    session: Session,
    table: type[ActivityKind | Post | Recipient | Person | Area],
    row_id: int | None,
    *,
    name: str,
    community_id: int,
) -> None:
    """The row exists in this community."""
    if row_id is None:
        return
    found = session.scalars(select(table.id).where(table.id == row_id, table.community_id == community_id)).first()
    if found is None:
        raise BadInput({name: [Text(N_("没有这一项。"))]})


def check_seats(least: int, target: int, most: int) -> None:
    """0 <= least <= target <= most, at least one seat."""
    if not (0 <= least <= target <= most and 1 <= most <= 500):
        raise BadInput({"target": [Text(N_("人数要从少到多：最少、想要、最多。"))]})


def after(starts_minute: int, ends_minute: int) -> int:
    """The end as minutes of the first day: 17:30 to 1:00 ends at minute 1500."""
    return ends_minute if ends_minute > starts_minute else ends_minute + 1440
