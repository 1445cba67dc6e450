"""Times of a task in parts as pages say them: both ways in one line, and that the same people serve them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.web import filters
from volunteer_app.web.language import gettext, language


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
