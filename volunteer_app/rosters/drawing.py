"""A turn as pages say it: what, where, its day and times, both ways of a task in parts. Knows no room."""

from datetime import datetime
from zoneinfo import ZoneInfo

from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.web import filters, names
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name


def span(shift: Shift, zone: str) -> tuple[datetime, datetime]:
    """Start and end in the community's own zone."""
    local = ZoneInfo(zone)
    return shift.starts_at.astimezone(local), shift.ends_at.astimezone(local)


def legs_from(shift: Shift) -> list[Shift]:
    """The shift and the legs after it."""
    return [leg for leg in shift.legs if leg.starts_at >= shift.starts_at]


def time_words(shift: Shift, zone: str, *, with_part: bool = False) -> str:
    """8点到9点半，11点到12点半; with the part of the day where it changes: 上午 8点到9点半，下午 2点到3点."""
    spans = [span(leg, zone) for leg in legs_from(shift)]
    parts = [filters.day_part(starts, language()) for starts, _ends in spans]
    before = ["" if with_part else parts[0], *parts]
    said = [
        filters.part_time_words(one, language()) if part != last else filters.time_words(one, language())
        for one, part, last in zip(spans, parts, before, strict=False)
    ]
    return gettext(N_("，")).join(said)


def clock_spans(shift: Shift, zone: str) -> str:
    """8:00–9:30、11:00–12:30: for lists and chats."""
    return gettext(N_("、")).join(filters.time_range(span(leg, zone)) for leg in legs_from(shift))


def same_people(shift: Shift, zone: str) -> str:
    """和11:00–12:30那一程是同一批人; nothing for a shift that stands alone."""
    others = [filters.time_range(span(leg, zone)) for leg in shift.legs if leg.id != shift.id]
    return gettext(N_("和%(times)s那一程是同一批人")) % {"times": gettext(N_("、")).join(others)} if others else ""


NAMED = ("name", "partner", "contact")


def said(text: Text | str) -> str:
    """The sentence in the page's language, people's names in pinyin on English pages."""
    if isinstance(text, str):
        return text
    values = {key: person_name(str(value), language()) if key in NAMED else value for key, value in text.values.items()}
    return translate(Text(text.template, values))


def kind_name(shift: Shift) -> str:
    """日巡逻 / Daily patrol."""
    return shift.kind.name if language() == "zh" else shift.kind.name_en


def place_name(shift: Shift) -> str:
    """The post, else 3号服务对象, else the grid."""
    if shift.recipient is not None:
        return gettext(N_("%(n)d号服务对象")) % {"n": shift.recipient.number}
    if shift.post is not None:
        return names.place_name(shift.post.name, language())
    return names.place_name(shift.grid.name, language()) if shift.grid is not None else ""


def turn_name(shift: Shift, zone: str) -> str:
    """15日 周四 下午 日巡逻."""
    starts, _ends = span(shift, zone)
    day = filters.day_weekday(starts.date(), language())
    return f"{day} {filters.day_part(starts, language())} {kind_name(shift)}"


def comma(*parts: str) -> str:
    """The parts that say something, in one line."""
    return gettext(N_("，")).join(filter(None, parts))
