"""Shifts as rows of a page: when, where, how many of how many. Draws no page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.needs.seats import NoSeats, Seats
from volunteer_app.web.access import zone
from volunteer_app.web.filters import date_weekday, time_range
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import place_name


def seats() -> Seats:
    """The room that knows who goes when."""
    return cast(Seats, current_app.extensions.get("youlin_seats") or NoSeats())


def shift_rows(session: Session, shifts: Sequence[Shift]) -> list[dict[str, Any]]:
    """Date, post, seats n/m, state."""
    taken = seats().taken(session, [shift.id for shift in shifts])
    return [shift_row(shift, taken.get(shift.id, 0)) for shift in shifts]


def shift_row(shift: Shift, held: int) -> dict[str, Any]:
    local = shift_times(shift)
    return {
        "id": shift.id,
        "day": date_weekday(local[0].date(), language()),
        "time": time_range(local),
        "title": shift.need.title,
        "number": shift.need.label,
        "where": shift_place(shift),
        "seats": f"{held}/{shift.target}",
        "chip": shift_chip(shift, held),
        "why": shift.cancelled_reason,
    }


def shift_chip(shift: Shift, held: int) -> dict[str, str]:
    """取消, 待排班, 还缺2人 or 齐了."""
    missing = shift.target - held
    if shift.state == "cancelled":
        return {"word": gettext(N_("取消")), "kind": "line"}
    if missing <= 0:
        return {"word": gettext(N_("齐了")), "kind": "yes"}
    if held:
        return {"word": translate(Text(N_("还缺%(number)d人"), {"number": missing})), "kind": "gap"}
    return {"word": gettext(N_("待排班")), "kind": "wait"}


def shift_times(shift: Shift) -> tuple[datetime, datetime]:
    home = ZoneInfo(zone())
    return shift.starts_at.astimezone(home), shift.ends_at.astimezone(home)


def shift_place(shift: Shift) -> str:
    """Grid, then post or place; a visited person is a number."""
    recipient = Text(N_("%(number)d号服务对象"), {"number": shift.recipient.number}) if shift.recipient else None
    parts = [
        place_name(shift.grid.name, language()) if shift.grid else "",
        place_name(shift.post.name, language()) if shift.post else shift.need.place,
        translate(recipient) if recipient else "",
        gettext(N_("几程同一批人")) if shift.is_leg else "",
    ]
    return " · ".join(part for part in parts if part)
