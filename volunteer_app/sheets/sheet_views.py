"""What the list of downloads wants: each with the fields of its period, filled with a likely answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from volunteer_app.core.language import N_
from volunteer_app.notices.queries import notices
from volunteer_app.sheets.catalogue import DOWNLOADS, Download
from volunteer_app.web.filters import date_range
from volunteer_app.web.forms import Form
from volunteer_app.web.language import gettext, language

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Offer:
    """One download on the page; `fields` are arguments of the field component, None when there is nothing to take."""

    name: str
    title: str
    about: str
    fields: list[dict[str, Any]] | None


def groups(session: Session, wanted: Download | None, form: Form, *, today: date) -> list[Offer]:
    """All downloads; that of a refused form keeps what was typed and says what is wrong."""
    return [
        Offer(
            one.name,
            gettext(one.title),
            gettext(one.about),
            fields_of(session, one, form if one is wanted else Form(), today=today),
        )
        for one in DOWNLOADS
    ]


def fields_of(session: Session, one: Download, form: Form, *, today: date) -> list[dict[str, Any]] | None:
    monday = today - timedelta(days=today.weekday())
    if one.period == "days":
        sunday = monday + timedelta(days=WEEK_DAYS - 1)
        return [
            field(one, form, "from_on", N_("从哪天"), "day", monday.isoformat()),
            field(one, form, "to_on", N_("到哪天"), "day", sunday.isoformat()),
        ]
    if one.period == "day":
        return [field(one, form, "on", N_("哪一天"), "day", today.isoformat())]
    if one.period == "month":
        return [field(one, form, "month", N_("哪个月"), "day", f"{today:%Y-%m}")]
    if one.period == "notice":
        found = [
            (str(notice.id), date_range((notice.from_on, notice.to_on), language())) for notice in notices(session)
        ]
        return [field(one, form, "notice", N_("哪一次公示"), "select", "") | {"options": found}] if found else None
    return []


def field(one: Download, form: Form, name: str, label: str, kind: str, likely: str) -> dict[str, Any]:
    return {
        "label": gettext(label),
        "name": name,
        "kind": kind,
        "id": f"{one.name}-{name}",
        "value": form.value(name, likely),
        "error": form.error(name),
    }
