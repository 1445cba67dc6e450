"""Pages: the sheet of a day, its paper, its codes, somebody added, a correction."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import actions, corrections, drawing, queries, rules, schemas
from volunteer_app.attendance.actions import Entry
from volunteer_app.attendance.corrections import Change
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.people import queries as people
from volunteer_app.rewards import queries as rewards
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import language, translate
from volunteer_app.web.names import person_name, place_name

blueprint = Blueprint("attendance", __name__)


def day_asked() -> date:
    """The day of the query, else today; nonsense is today too."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return local_today()


@blueprint.get("/attendance")
@access("coordinator")
def day() -> str:
    return draw_day(day_asked(), Form())


def draw_day(on: date, form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    sheet = queries.sheet(session, on)
    rows = [row for _, found in sheet for row in found]
    cases = [drawing.case_of(row) for row in rows if row.absence is None]
    written_by = [row.attendance.recorded_by_id for row in rows if row.attendance and row.attendance.recorded_by_id]
    names = {person.id: person.name for person in queries.people_by_id(session, written_by).values()}
    shared = drawing.Sheet(who.zone, rewards.values(session, who.community_id, cases), names, form, now())
    return render_template(
        "attendance/day.html",
        day=on,
        day_before=on - timedelta(days=1),
        day_after=on + timedelta(days=1),
        shifts=[shared.shift(shift, found) for shift, found in sheet],
        counts=drawing.counts(rows, now()) | {"shifts": len(sheet), "people": len(rows)},
        version=rewards.rules_on(session, on),
        codes=codes_of(on),
        form=form,
        waiting=queries.waiting_corrections(session),
        refusal=translate(refusal.text) if refusal else "",
    )


def codes_of(on: date) -> list[dict[str, str]]:
    """The code of each post that has shifts on the day."""
    community_id = viewer().community_id
    posts = {
        shift.post_id: place_name(shift.post.name, language()) if shift.post else ""
        for shift in queries.shifts_on(db.session(), on)
    }
    return [
        {"place": name, "code": rules.code_of(drawing.secret(), community_id, on, post_id)}
        for post_id, name in sorted(posts.items(), key=lambda post: post[1])
    ]


@blueprint.post("/attendance/<address>")
@access("coordinator")
def save_day(address: str) -> Answer:
    """Saves what was typed; the button `do` may fill the blanks or confirm the day in the same write."""
    on = rules.day_named(address)
    rows = [row for _, found in queries.sheet(db.session(), on) for row in found]
    form = read_form(schemas.sheet_form(row.key for row in rows))
    if form.errors:
        return draw_day(on, form, actions.TimesUnclear()), 422
    keys = [row.key for row in rows if f"in-{row.key}" in request.form]
    entries, how, do = [entry_of(key, form.values) for key in keys], form.values["how"], request.form.get("do")

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.save_sheet(session, on, entries, how=how, actor=actor, now=moment)
        said: Text | str = N_("存好了。")
        if do == "fill":
            filled = actions.fill_as_planned(session, on, how=how, actor=actor, now=moment)
            said = Text(N_("按计划时间填了%(n)d行，看一看再确认。"), {"n": filled})
        if do == "confirm":
            said = said_of(actions.confirm_day(session, on, actor=actor, now=moment))
        return Done(url_for("attendance.day", day=on), said)

    def refused(error: AppError) -> str:
        form.refuse(error)
        return draw_day(on, form, error)

    return act(work, refused=refused)


def entry_of(key: str, values: dict[str, Any]) -> Entry:
    shift_id, person_id = key.split("-")
    verdict = values[f"verdict-{key}"] or None
    return Entry(int(shift_id), int(person_id), values[f"in-{key}"], values[f"out-{key}"], verdict)


def said_of(done: actions.Confirmed) -> Text:
    if done.left_for_others:
        return Text(
            N_("确认了%(n)d行。您自己和家人的%(own)d行，要请另一位工作人员确认。"),
            {"n": done.count, "own": done.left_for_others},
        )
    return Text(N_("确认了%(n)d行，时长记下了，公示以后计分。"), {"n": done.count})


@blueprint.get("/attendance/<address>/print")
@access("coordinator")
def print_sheet(address: str) -> str:
    """The paper sheet, portrait A4, for inner use."""
    on = rules.day_named(address)
    zone = viewer().zone
    sheet = [
        {"title": f"{number}. {drawing.shift_title(shift, zone)}", "rows": paper_rows(number, rows)}
        for number, (shift, rows) in enumerate(queries.sheet(db.session(), on), start=1)
    ]
    return render_template("attendance/print.html", day=on, shifts=sheet)


def paper_rows(number: int, rows: list[queries.Row]) -> list[dict[str, str]]:
    """Rows with a code such as 3-2, the second line of the third shift."""
    return [
        {
            "code": f"{number}-{line}",
            "number": row.person.number,
            "name": person_name(row.person.name, language()),
        }
        for line, row in enumerate(rows, start=1)
    ]


@blueprint.get("/attendance/<address>/codes")
@access("coordinator")
def codes(address: str) -> str:
    """The day's codes, large, to hang up at the posts."""
    on = rules.day_named(address)
    return render_template("attendance/codes.html", day=on, codes=codes_of(on))


@blueprint.get("/attendance/<address>/add")
@access("coordinator")
def add(address: str) -> str:
    return draw_add(rules.day_named(address), Form())


def draw_add(on: date, form: Form) -> str:
    zone = viewer().zone
    shifts = [(shift.id, drawing.shift_title(shift, zone)) for shift in queries.shifts_on(db.session(), on)]
    return render_template("attendance/add.html", day=on, shifts=shifts, form=form)


@blueprint.post("/attendance/<address>/add")
@access("coordinator")
def add_person(address: str) -> Answer:
    on = rules.day_named(address)
    form = read_form(schemas.AddForm())
    person_id = found_person(form) if not form.errors else None
    if person_id is None:
        return draw_add(on, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.add_person(session, form.values["shift_id"], person_id, actor=actor, now=moment)
        return Done(url_for("attendance.day", day=on), N_("加上了，请填时间。"))

    def refused(error: AppError) -> str:
        form.errors["who"] = [error.text]
        return draw_add(on, form)

    return act(work, refused=refused)


def found_person(form: Form) -> int | None:
    """The one person whom number, telephone or full name means; else a sentence beside the field."""
    session, typed = db.session(), form.values["who"]
    found = people.people_named(session, typed) or list(session.scalars(people.search(typed, None).limit(3)))
    if len(found) == 1:
        return found[0].id
    sentence = N_("这样的人不止一位，请写志愿者编号。") if found else N_("没有这个人，看看编号是不是少了一位。")
    form.errors["who"] = [Text(sentence)]
    return None


@blueprint.get("/attendance/correct/<int:shift_id>/<int:person_id>")
@access("coordinator")
def correct(shift_id: int, person_id: int) -> str:
    return draw_correct(shift_id, person_id, Form())


def draw_correct(shift_id: int, person_id: int, form: Form, refusal: AppError | None = None) -> str:
    session, zone = db.session(), viewer().zone
    shift = queries.shift_here(session, shift_id)
    person = queries.people_by_id(session, [person_id]).get(person_id)
    if person is None:
        raise NotFound
    written = queries.attendances(session, [shift_id]).get((shift_id, person_id))
    times = [moment.astimezone(ZoneInfo(zone)) if moment else None for moment in signed(written)]
    return render_template(
        "attendance/correct.html",
        shift=shift,
        title_of_shift=drawing.shift_title(shift, zone),
        person=person,
        record=queries.live_record(session, shift_id, person_id),
        times=times,
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


def signed(written: Any) -> tuple[datetime | None, datetime | None]:
    return (written.signed_in_at, written.signed_out_at) if written else (None, None)


@blueprint.post("/attendance/correct/<int:shift_id>/<int:person_id>")
@access("coordinator")
def propose_correction(shift_id: int, person_id: int) -> Answer:
    shift = queries.shift_here(db.session(), shift_id)
    form = read_form(schemas.CorrectionForm())
    if form.errors:
        return draw_correct(shift_id, person_id, form), 422
    change = Change(shift_id, person_id, **form.values)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        corrections.propose(session, change, actor=actor, now=moment)
        said = N_("更正记下了。请另一位工作人员确认，确认以前原来的不变。")
        return Done(url_for("attendance.day", day=shift.starts_on), said)

    return act(work, refused=lambda error: draw_correct(shift_id, person_id, form, error))
