"""The page that takes a WeChat 接龙: pasted, shown line by line, written after a look."""

from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.availability import actions, queries, schemas
from volunteer_app.availability.chain import Line, Named, read_chain
from volunteer_app.availability.rules import chosen
from volunteer_app.availability.views import WEEKDAYS, asked_month, blueprint, this_month
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import month_after
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import PRESENT, Person, VolunteerProfile
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.filters import month_year
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name

PART_NAMES = (N_("上午"), N_("下午"), N_("晚上"))
VERDICTS = {
    "good": (N_("看懂了"), "yes"),
    "two_of_that_name": (N_("有两位同名，请选一位"), "wait"),
    "nobody": (N_("没有这个人"), "gap"),
    "unclear": (N_("没看懂，请打电话问"), "gap"),
}


@blueprint.get("/availability/paste")
@access("coordinator")
def paste() -> str:
    return draw(Form(), [])


@blueprint.post("/availability/paste")
@access("coordinator")
def take_paste() -> Answer:
    """Without `confirmed` it only shows what it understood."""
    form = read_form(schemas.PasteForm())
    if form.errors:
        return draw(form, []), 422
    lines = read_chain(form.values["text"], volunteers(db.session()))
    if not lines:
        form.errors["text"] = [Text(N_("没找到“1. 张三 周二上午”这样的行。"))]
        return draw(form, []), 422
    if not form.values["confirmed"]:
        return draw(form, lines)
    return write(form, lines, asked_month())


def volunteers(session: Session) -> list[Person]:
    """Everybody with a volunteer's profile who hasn't left."""
    wanted = select(Person).where(Person.state.in_(PRESENT), Person.id.in_(select(VolunteerProfile.person_id)))
    return list(session.scalars(wanted.order_by(Person.number)))


def write(form: Form, lines: list[Line], month: date) -> Response | tuple[str, int]:
    picked = picks(form.values["chosen"], lines)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        for line, person_id in picked:
            squares = line.times.over(squares_before(session, person_id, month))
            resting = squares == 0
            actions.save_sheet(session, person_id, month, squares=squares, resting=resting, actor=actor, now=moment)
        return Done(
            url_for("availability.paste"), Text(N_("%(number)d个人的有空时间存好了。"), {"number": len(picked)})
        )

    return act(work, refused=lambda error: draw(form, lines, refusal=translate(error.text)))


def picks(values: list[str], lines: list[Line]) -> list[tuple[Line, int]]:
    """The lines that were ticked, as "line-person", each with one of the people it may mean."""
    by_number = {line.number: line for line in lines}
    found: dict[int, tuple[Line, int]] = {}
    for value in values:
        number, _, person_id = value.partition("-")
        line = by_number.get(int(number)) if number.isdigit() else None
        if line is not None and person_id.isdigit() and int(person_id) in {one.id for one in line.people}:
            found[line.number] = (line, int(person_id))
    return [picked for picked in found.values() if picked[0].times.says_something]


def squares_before(session: Session, person_id: int, month: date) -> int | None:
    sheet = queries.sheet_in_force(session, person_id, month)
    return sheet.squares if sheet is not None else None


def draw(form: Form, lines: list[Line], refusal: str = "") -> str:
    session = db.session()
    month = asked_month()
    months = [this_month(), month_after(this_month())]
    return render_template(
        "availability/paste.html",
        form=form,
        rows=[row(session, line, month) for line in lines],
        good=sum(line.verdict == "good" for line in lines),
        month=month.strftime("%Y-%m"),
        months=[(one.strftime("%Y-%m"), month_year(one, language())) for one in months],
        refusal=refusal or form.error("text") if request.method == "POST" else "",
    )


def row(session: Session, line: Line, month: date) -> dict[str, Any]:
    """A line in the preview: what was read, what it means, and whom it may be for."""
    word, kind = VERDICTS[line.verdict]
    before = squares_before(session, line.people[0].id, month) if len(line.people) == 1 else None
    return {
        "number": line.number,
        "text": line.text,
        "verdict": gettext(word),
        "kind": kind,
        "meaning": squares_words(line.times.over(before)) if line.times.says_something else "",
        "left": line.times.left,
        "options": [option(line, person) for person in line.people] if line.times.says_something else [],
        "good": line.verdict == "good",
    }


def option(line: Line, person: Named) -> tuple[str, str]:
    tail = f" · {person.phone[-4:]}" if person.phone else ""
    return f"{line.number}-{person.id}", f"{person_name(person.name, language())} {person.number}{tail}"


def squares_words(squares: int) -> str:
    """周一 上午 下午；周三 上午, in the page's language."""
    by_day: dict[int, list[str]] = {}
    for weekday, part in chosen(squares):
        by_day.setdefault(weekday, []).append(gettext(PART_NAMES[part]))
    return " · ".join(f"{gettext(WEEKDAYS[weekday])} {' '.join(parts)}" for weekday, parts in by_day.items())
