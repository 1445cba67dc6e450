"""The admin's calendar of a year: days that differ from their weekday, one changed by hand or all from a file."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, BadInput
from volunteer_app.core.language import N_, Text
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_weekday
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.workdays import actions, queries, schemas
from volunteer_app.workdays.models import KINDS
from volunteer_app.workdays.rules import KIND_WORDS, festival, holiday_words

blueprint = Blueprint("workdays", __name__)
CHIPS = {"statutory_holiday": "yes", "holiday_rest": "info", "makeup_workday": "wait"}


class NotText(BadInput):
    """A calendar file is UTF-8 text."""

    def __init__(self) -> None:
        super().__init__({"file": [Text(N_("这个文件打不开，请存成CSV（UTF-8）再来。"))]})


def asked_year() -> int:
    """?year=2027, else this year."""
    year = request.values.get("year", type=int) or local_today().year
    if not 1950 <= year <= 2099:
        abort(404)
    return year


@blueprint.get("/calendar")
@access("admin")
def calendar() -> str:
    return draw(Form())


def draw(form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    year = asked_year()
    days = queries.special_days(db.session(), date(year, 1, 1), date(year, 12, 31))
    return render_template(
        "workdays/calendar.html",
        year=year,
        rows=[
            {
                "day": date_weekday(one.day, language()),
                "kind": gettext(KIND_WORDS[one.kind]),
                "chip": CHIPS[one.kind],
                "name": translate(holiday_words(one.name)),
                "lunar": gettext(festival(one.day)) if festival(one.day) else "",
                "value": one.day.isoformat(),
            }
            for one in days
        ],
        statutory=sum(one.kind == "statutory_holiday" for one in days),
        makeup=sum(one.kind == "makeup_workday" for one in days),
        kinds=[(kind, gettext(KIND_WORDS[kind])) for kind in KINDS] + [("plain", gettext(N_("和平常一样")))],
        form=form,
        refusal=translate(error.text) if error else "",
    )


@blueprint.post("/calendar")
@access("admin")
def put_day() -> Answer:
    form = read_form(schemas.DayForm(today=local_today()))
    if form.errors:
        return draw(form), 422
    entry = actions.DayEntry(form.values["day"], form.values["kind"], form.values["name"])
    return write([entry], form, entry.day.year)


@blueprint.post("/calendar/delivered")
@access("admin")
def load_delivered() -> Answer:
    """The year that comes with the product."""
    year = asked_year()

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.load_calendar(session, viewer().community_id, year=year, actor=actor, now=moment)
        return Done(url_for("workdays.calendar", year=year), N_("日历存好了。"))

    return act(work, refused=lambda error: draw(Form(), error))


@blueprint.post("/calendar/file")
@access("admin")
def take_file() -> Answer:
    """A CSV with the columns day, kind, name; with mistakes nothing is written."""
    form, file = Form(), request.files.get("file")
    if file is None or not file.filename:
        form.errors["file"] = [Text(N_("请选一个文件。"))]
        return draw(form), 422
    try:
        entries = actions.read_calendar(decoded(file.stream.read()))
    except BadInput as error:
        return draw(form, error), 422
    return write(entries, form, entries[0].day.year if entries else asked_year())


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText from None


def write(entries: list[actions.DayEntry], form: Form, year: int) -> Response | tuple[str, int]:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        number = actions.put_days(session, viewer().community_id, entries, actor=actor, now=moment)
        said: dict[str, Any] = {"number": number}
        return Done(url_for("workdays.calendar", year=year), Text(N_("存好了%(number)d天。"), said))

    return act(work, refused=lambda error: draw(form, error))
