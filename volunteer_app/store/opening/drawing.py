"""An opening in words."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from volunteer_app.core.clock import local_moment
from volunteer_app.store.opening.models import Opening
from volunteer_app.web.access import local_today, viewer
from volunteer_app.web.language import language
from volunteer_app.web.names import place_name


def opening_words(opening: Opening) -> dict[str, Any]:
    """Example moments of an opening, for the filters that write days and times."""
    zone = ZoneInfo(viewer().zone)
    monday = local_today()
    monday -= timedelta(days=monday.weekday())
    day = monday + timedelta(days=opening.weekday or 0)
    span = [local_moment(day, minute, viewer().zone) for minute in (opening.starts_minute, opening.ends_minute)]
    return {
        "day": day if opening.weekday is not None else None,
        "month_day": opening.month_day,
        "span": tuple(moment.astimezone(zone) for moment in span),
        "place": place_name(opening.place, language()),
    }
