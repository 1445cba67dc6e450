"""Pages: "something is wrong here", by the volunteer or by staff for him, and the answer."""

from datetime import datetime

from flask import render_template, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.drawing import kind_name, local_span, shift_title
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.notices import actions, queries, schemas
from volunteer_app.notices.models import Objection
from volunteer_app.notices.views import STATES, blueprint
from volunteer_app.people.typed import person_named
from volunteer_app.web import filters
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate

MOST_SHOWN = 8


@blueprint.get("/my/objections/new")
@access("volunteer")
def new_objection() -> str:
    return draw_objection(Form())


def draw_objection(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    own = attendance.records_of(session, viewer().person_id, states=("pending", "on_notice", "final"))
    missing = ("", gettext(N_("有一天我去了，没记")), gettext(N_("下面写是哪一天")))
    return render_template(
        "notices/object.html",
        form=form,
        records=[missing, *(record_option(record) for record in reversed(own[-MOST_SHOWN:]))],
        earlier=[
            {"title": objection.said, "note": objection_note(objection)}
            for objection in queries.objections_of(session, viewer().person_id)
        ],
        refusal=translate(refusal.text) if refusal else "",
    )


def record_option(record: ServiceRecord) -> tuple[str, str, str]:
    span = local_span(record.shift, viewer().zone)
    day = filters.date_weekday(record.served_on, language())
    title = f"{day} {filters.day_part(span[0], language())} {kind_name(record.shift.kind)}"
    return str(record.id), title, gettext(N_("现在记的是%(n)d分钟")) % {"n": record.minutes}


def objection_note(objection: Objection) -> str:
    words = translate(STATES[objection.state])
    return f"{words}：{objection.answer}" if objection.answer else words


@blueprint.post("/my/objections")
@access("volunteer")
def object_to() -> Answer:
    form = read_form(schemas.ObjectionForm())
    if not form.errors and form.values["record_id"] is None and form.values["about_on"] is None:
        form.errors["about_on"] = [Text(N_("请写是哪一天。"))]
    if form.errors:
        return draw_objection(form), 422
    values, person_id = form.values, viewer().person_id

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.object_to(
            session,
            person_id,
            said=values["said"],
            about_on=values["about_on"] or local_today(),
            record_id=values["record_id"],
            actor=actor,
            now=moment,
        )
        return Done(url_for("rewards.my_record"), N_("收到了，我们核对以后告诉您。核对清楚以前，这一条先不计分。"))

    return act(work, refused=lambda error: draw_objection(form, error))


@blueprint.get("/notices/objections/new")
@access("coordinator")
def take_objection() -> str:
    """Somebody rang or came in."""
    return render_template("notices/take.html", form=Form(), refusal="")


@blueprint.post("/notices/objections")
@access("coordinator")
def write_objection() -> Answer:
    form = read_form(schemas.StaffObjectionForm())
    person_id = person_named(form, "who") if "who" in form.values else 0
    if form.values.get("about_on") is None and "about_on" not in form.errors:
        form.errors["about_on"] = [Text(N_("请写是哪一天。"))]
    if form.errors:
        return render_template("notices/take.html", form=form, refusal=""), 422
    values = form.values

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = actions.object_to(
            session, person_id, said=values["said"], about_on=values["about_on"], actor=actor, now=moment
        )
        return Done(url_for("notices.show_objection", objection_id=made.id), N_("记下了。"))

    return act(work)


@blueprint.get("/notices/objections/<int:objection_id>")
@access("coordinator")
def show_objection(objection_id: int) -> str:
    return draw_answer(objection_id, Form())


def draw_answer(objection_id: int, form: Form, refusal: AppError | None = None) -> str:
    session, zone = db.session(), viewer().zone
    objection = queries.objection_here(session, objection_id)
    record = attendance.record_here(session, objection.record_id) if objection.record_id else None
    shifts = [record.shift] if record else queries.shifts_of_day(session, objection.about_on)
    return render_template(
        "notices/objection.html",
        objection=objection,
        record=record,
        record_title=shift_title(record.shift, zone) if record else "",
        sources=SOURCES,
        shifts=[(shift.id, shift_title(shift, zone)) for shift in shifts],
        state=translate(STATES[objection.state]),
        correction=attendance.correction_here(session, objection.correction_id) if objection.correction_id else None,
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


SOURCES = {
    "own_code": N_("本人用码"),
    "staff": N_("工作人员代录"),
    "paper": N_("纸质单"),
    "backfill": N_("补录"),
    "correction": N_("更正"),
}


@blueprint.post("/notices/objections/<int:objection_id>/stands")
@access("coordinator")
def let_stand(objection_id: int) -> Answer:
    queries.objection_here(db.session(), objection_id)
    form = read_form(schemas.AnswerForm())
    if form.errors:
        return draw_answer(objection_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.let_stand(session, objection_id, answer=form.values["answer"], actor=actor, now=moment)
        return Done(url_for("notices.list_notices"), N_("答复了，会告诉本人。"))

    return act(work, refused=lambda error: draw_answer(objection_id, form, error))


@blueprint.post("/notices/objections/<int:objection_id>/change")
@access("coordinator")
def propose_change(objection_id: int) -> Answer:
    objection = queries.objection_here(db.session(), objection_id)
    form = read_form(schemas.ChangeForm())
    if form.errors:
        return draw_answer(objection_id, form), 422
    change = Change(person_id=objection.person_id, **form.values)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = actions.propose_for(session, objection_id, change, actor=actor, now=moment)
        return Done(url_for("notices.show_correction", correction_id=made.id), N_("更正记下了，请另一位工作人员确认。"))

    return act(work, refused=lambda error: draw_answer(objection_id, form, error))
