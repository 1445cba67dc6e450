"""Rows of the sheet as the plain values that the page's components take, in the language of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, url_for

from volunteer_app.attendance.queries import Row
from volunteer_app.config import Settings
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import ActivityKind, Shift
from volunteer_app.rewards.queries import Case
from volunteer_app.rewards.rules import Worth
from volunteer_app.web import filters
from volunteer_app.web.forms import Form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name, place_name

ABSENCES = (("absent_excused", N_("没来，事先请假")), ("absent", N_("没来")))
DECISIONS = (("hours_only", N_("只记时长")), ("in_full", N_("核对过，照计")))
AS_WRITTEN = ("", N_("按时间记"))


def secret() -> str:
    """The application's key, from which the day's codes follow."""
    settings: Settings = current_app.extensions["youlin_settings"]
    return settings.secret_key


def kind_name(kind: ActivityKind) -> str:
    """The activity's own name in the language of the page."""
    return kind.name_en if language() == "en" else kind.name


def local_span(shift: Shift, zone: str) -> tuple[datetime, datetime]:
    place = ZoneInfo(zone)
    return shift.starts_at.astimezone(place), shift.ends_at.astimezone(place)


def shift_title(shift: Shift, zone: str) -> str:
    """日巡逻 上午 8:30–10:30 ・ 乐尚网格."""
    span = local_span(shift, zone)
    part = filters.day_part(span[0], language())
    words = f"{kind_name(shift.kind)} {part} {filters.time_range(span)}"
    where = place_name(shift.grid.name, language()) if shift.grid else ""
    return f"{words} ・ {where}" if where else words


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the day's rows share: zone, what each row is worth, who wrote it down, what was typed, what time it is."""

    zone: str
    worths: dict[str, Worth]
    names: dict[int, str]
    form: Form
    now: datetime

    def shift(self, shift: Shift, rows: Sequence[Row]) -> dict[str, Any]:
        return {"title": shift_title(shift, self.zone), "rows": [self.row(row) for row in rows]}

    def row(self, row: Row) -> dict[str, Any]:
        served, worth, written = row.served, self.worths.get(row.key), row.attendance
        waits = served.check and row.is_over(self.now)
        return {
            "id": row.key,
            "number": row.person.number,
            "name": person_name(row.person.name, language()),
            "arrived": self.form.value(f"in-{row.key}", self.clock(written.signed_in_at if written else None)),
            "left": self.form.value(f"out-{row.key}", self.clock(written.signed_out_at if written else None)),
            "actual": "" if served.minutes is None else gettext(N_("%(n)d分钟")) % {"n": served.minutes},
            "credited": "" if served.credited is None else str(served.credited),
            "coefficient": filters.percent(worth.coefficient_pct / 100) if worth else "",
            "points": "" if worth is None or served.credited is None else str(worth.points),
            "recorded": self.recorded(row),
            "remark": self.remark(row),
            "kind": served.kind if waits or not served.check else "line",
            "check": waits,
            "fixed": is_fixed(row),
            "error_in": self.form.error(f"in-{row.key}"),
            "error_out": self.form.error(f"out-{row.key}"),
            "choices": () if is_fixed(row) else choices(row),
            "chosen": self.form.value(f"verdict-{row.key}", chosen(row)),
            "link": self.correct_link(row),
        }

    def clock(self, moment: datetime | None) -> str:
        return filters.time_field(moment.astimezone(ZoneInfo(self.zone)) if moment else None)

    def recorded(self, row: Row) -> str:
        """本人用码, 小顾代录 or 纸质单."""
        written = row.attendance
        if row.corrected is not None:
            return gettext(N_("两人核对"))
        if written is None or row.absence:
            return "—"
        if written.how == "own_code":
            return gettext(N_("本人用码"))
        if written.how == "paper":
            return gettext(N_("纸质单"))
        name = person_name(self.names.get(written.recorded_by_id or 0, ""), language())
        return gettext(N_("%(name)s代录")) % {"name": name}

    def remark(self, row: Row) -> str:
        served = row.served
        if served.check and not row.is_over(self.now) and served.minutes is None:
            return translate(Text(N_("还没结束")))
        words = translate(served.remark)
        return words + gettext(N_("，领队")) if row.leads and not row.absence else words

    def correct_link(self, row: Row) -> tuple[str, str] | None:
        if not is_fixed(row):
            return None
        href = url_for("attendance.correct", shift_id=row.shift.id, person_id=row.person.id)
        return gettext(N_("去更正")), href


def is_fixed(row: Row) -> bool:
    """Confirmed, present or absent: changed by a correction only."""
    if row.corrected is not None:
        return True
    settled = row.assignment is not None and row.assignment.state in ("absent", "absent_excused", "confirmed")
    return row.is_confirmed or (settled and row.absence is not None)


def choices(row: Row) -> tuple[tuple[str, str], ...]:
    """What staff may decide where the times alone don't settle the row: nothing for somebody who served enough."""
    decided = row.attendance is not None and row.attendance.verdict is not None
    if not (row.served.check or row.absence or decided):
        return ()
    more = DECISIONS if row.served.minutes is not None else ()
    return tuple((value, gettext(words)) for value, words in (AS_WRITTEN, *more, *ABSENCES))


def chosen(row: Row) -> str:
    return row.absence or (row.attendance.verdict if row.attendance else None) or ""


def case_of(row: Row) -> Case:
    """The row as rewards value it."""
    return Case(row.key, row.person.id, row.shift, row.served.credited or 0, row.leads)


def counts(rows: Sequence[Row], now: datetime) -> dict[str, int]:
    """Written, to be checked, absent: the line under the heading."""
    return {
        "written": sum(row.attendance is not None and row.served.minutes is not None for row in rows),
        "unclear": sum(row.served.check and row.is_over(now) for row in rows),
        "absent": sum(row.absence is not None for row in rows),
    }
