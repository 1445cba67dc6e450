"""People as lists: 志愿者花名册 and 可服务时间表. For staff: both carry names and the first one telephones."""

from datetime import date

from volunteer_app.availability import queries as availability
from volunteer_app.availability.models import AvailabilitySheet, Away
from volunteer_app.availability.queries import in_force
from volunteer_app.availability.rules import chosen
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.people.queries import Card, cards, search
from volunteer_app.people.words import CHANNEL_NAMES, GENDER_NAMES, IDENTITIES, SKILLS, STATES
from volunteer_app.places.queries import area_names
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.words import ALSO, joined, listed, worded

TICK = "√"
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
PARTS = (N_("上午"), N_("下午"), N_("晚上"))
REGISTER = (
    Column(N_("编号"), "code"),
    Column(N_("姓名")),
    Column(N_("性别")),
    Column(N_("出生年份"), "code"),
    Column(N_("手机"), "code"),
    Column(N_("网格")),
    Column(N_("邻里")),
    Column(N_("身份")),
    Column(N_("会什么")),
    Column(N_("怎么找")),
    Column(N_("每周最多几次"), "number"),
    Column(N_("每周最多几分钟"), "number"),
    Column(N_("保险到"), "date"),
    Column(N_("加入日期"), "date"),
    Column(N_("状态")),
)


def register(asked: Asked) -> Sheet:
    """Everybody with a volunteer's profile, by number, as of today."""
    areas = area_names(asked.session)
    found = [card for card in all_cards(asked) if card.profile is not None]
    return Sheet(
        title=N_("志愿者花名册"),
        columns=REGISTER,
        rows=[register_row(card, areas) for card in found],
        facts=[asked.today.isoformat(), Text(N_("共%(n)d人"), {"n": len(found)})],
        landscape=True,
    )


def all_cards(asked: Asked) -> list[Card]:
    return cards(asked.session, list(asked.session.scalars(search("", None))), asked.today)


def register_row(card: Card, areas: dict[int, str]) -> list[Cell]:
    person, profile = card.person, card.profile
    assert profile is not None
    return [
        person.number,
        person.name,
        worded(person.gender, GENDER_NAMES),
        str(person.birth_year or ""),
        person.phone,
        card.grid,
        areas.get(person.neighbourhood_id or 0, ""),
        listed(card.identities, IDENTITIES),
        listed(card.skills, SKILLS),
        worded(person.channel, CHANNEL_NAMES),
        profile.max_shifts_week,
        profile.max_minutes_week,
        profile.insured_until,
        profile.joined_on,
        worded(person.state, STATES),
    ]


def available_times(asked: Asked) -> Sheet:
    """Seven days by three parts with a tick for free, from the month's sheets or the last earlier ones."""
    people = [card.person for card in all_cards(asked) if card.profile is not None and card.person.state == "active"]
    ids = [person.id for person in people]
    month = asked.month
    sheets = availability.sheets_until(asked.session, ids, month.last)
    away = availability.aways(asked.session, ids, month.first, month.last)
    squares = [
        Column(Text(N_("%(day)s%(part)s"), {"day": Text(day), "part": Text(part)}), width=7)
        for day in WEEKDAYS
        for part in PARTS
    ]
    return Sheet(
        title=N_("可服务时间表"),
        columns=[Column(N_("编号"), "code"), Column(N_("姓名")), *squares, Column(N_("外出")), Column(N_("备注"))],
        rows=[times_row(person, force(sheets[person.id], month.first), away[person.id]) for person in people],
        facts=[asked.month.code, N_("√ 是有空；空着是没空")],
        landscape=True,
    )


def force(sheets: list[AvailabilitySheet], day: date) -> AvailabilitySheet | None:
    """The sheet that holds in the month; `sheets` newest first."""
    return next((sheet for sheet in sheets if in_force(sheet, day)), None)


def times_row(person: Person, sheet: AvailabilitySheet | None, away: list[Away]) -> list[Cell]:
    free = set(chosen(sheet.squares)) if sheet and not sheet.resting else set()
    ticks: list[Cell] = [TICK if (day, part) in free else "" for day in range(7) for part in range(3)]
    spans = joined([f"{span.from_on:%m-%d}—{span.to_on:%m-%d}" for span in away], ALSO)
    return [person.number, person.name, *ticks, spans, remark(sheet)]


def remark(sheet: AvailabilitySheet | None) -> Text | str:
    """没填, 这个月歇, or the finer times."""
    if sheet is None:
        return Text(N_("还没有填"))
    if sheet.resting:
        return Text(N_("这个月歇一歇"))
    parts: list[Text | str] = [
        Text(
            N_("%(from)s–%(to)s有空") if finer.is_free else N_("%(from)s–%(to)s没空"),
            {"from": minute_words(finer.starts_minute), "to": minute_words(finer.ends_minute)},
        )
        for finer in sheet.finer
    ]
    return joined(parts, ALSO)


def minute_words(minute: int) -> str:
    """15:30."""
    return f"{minute // 60}:{minute % 60:02d}"
