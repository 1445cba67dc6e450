"""Pages: the lists on the board, one list (also as paper), objections and their answers, corrections to be confirmed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.drawing import kind_name, local_span, shift_title
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger.queries import chain_head
from volunteer_app.notices import actions, queries, rules, schemas
from volunteer_app.notices.models import Notice, Objection
from volunteer_app.people import queries as people
from volunteer_app.places import queries as places
from volunteer_app.web import filters
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate

blueprint = Blueprint("notices", __name__)
Answer = Response | str | tuple[str, int]
STATES = {
    "open": N_("还没有答复"),
    "proposed": N_("改好了，等人确认"),
    "upheld": N_("改好了"),
    "stands": N_("核对过，没有记错"),
}


def today() -> date:
    return places.today(db.session(), viewer().community_id, now())


def last_month() -> tuple[date, date]:
    last = today().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


@blueprint.get("/notices")
@access("coordinator", "auditor")
def list_notices() -> str:
    return draw_list(Form())


def draw_list(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    first, last = last_month()
    return render_template(
        "notices/list.html",
        form=form,
        first=first,
        last=last,
        rows=[{"notice": notice, "clock": clock_words(notice)} for notice in queries.notices(session)],
        objections=queries.objections(session),
        states=STATES,
        corrections=attendance.waiting_corrections(session),
        unconfirmed=attendance.unconfirmed_days(session, first, today(), now=now()),
        may_write="coordinator" in viewer().roles,
        refusal=translate(refusal.text) if refusal else "",
    )


def clock_words(notice: Notice) -> str:
    """公示第2个工作日，共3个；到10月10日, or 公示期满."""
    if notice.state == "closed":
        return gettext(N_("公示期满"))
    closes = filters.date_short(notice.closes_on, language())
    if rules.is_over(notice.closes_on, today()):
        return gettext(N_("公示期到了，正在到账"))
    number = queries.clock(db.session(), notice, today())
    if number == 0:
        return gettext(N_("今天刚贴出，公示3个工作日；到%(day)s")) % {"day": closes}
    words = gettext(N_("公示第%(n)d个工作日，共%(all)d个；到%(day)s"))
    return words % {"n": number, "all": rules.NOTICE_DAYS, "day": closes}


@blueprint.post("/notices")
@access("coordinator")
def publish() -> Answer:
    form = read_form(schemas.PublishForm())
    if form.errors:
        return draw_list(form), 422
    values = form.values

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = actions.publish(session, values["from_on"], values["to_on"], actor=actor, now=moment)
        said = Text(N_("贴出去了，到%(day)s。请打印出来贴到公示栏。"), {"day": made.closes_on.isoformat()})
        return Done(url_for("notices.show", notice_id=made.id), said)

    return act(work, refused=lambda error: draw_list(form, error))


@blueprint.get("/notices/<int:notice_id>")
@access("coordinator", "auditor")
def show(notice_id: int) -> str:
    """The list by person; printed, it is the sheet for the board: masked names, no telephone, no birth date."""
    session = db.session()
    notice = queries.notice_here(session, notice_id)
    lines = queries.by_person(session, notice.community_id, queries.records_on(session, notice.id))
    seq, head = chain_head(session, notice.community_id)
    return render_template(
        "notices/show.html",
        notice=notice,
        clock=clock_words(notice),
        lines=lines,
        minutes=sum(line.minutes for line in lines),
        points=sum(line.points for line in lines),
        times=sum(line.times for line in lines),
        seq=seq,
        head=head,
    )


@blueprint.get("/my/objections/new")
@access("volunteer")
def new_objection() -> str:
    return draw_objection(Form())


@blueprint.get("/my/records/<int:record_id>/objection")
@access("volunteer")
def object_to_record(record_id: int) -> str:
    found = attendance.record_here(db.session(), record_id)
    if found.person_id != viewer().person_id:
        raise NotFound
    return draw_objection(Form(typed={"record_id": str(record_id)}))


def draw_objection(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    own = attendance.records_of(session, viewer().person_id, states=("pending", "on_notice", "final"))
    recent = [record for record in own if record.served_on >= today() - timedelta(days=92)]
    missing = ("", gettext(N_("那天我去了，没记")), gettext(N_("下面写是哪一天")))
    return render_template(
        "notices/object.html",
        form=form,
        records=[record_option(record) for record in reversed(recent)] + [missing],
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
            about_on=values["about_on"] or today(),
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
    found = people.people_named(db.session(), form.values["who"]) if "who" in form.values else []
    if "who" in form.values and len(found) != 1:
        form.errors["who"] = [Text(N_("没有这个编号，看看是不是少了一位。"))]
    if form.values.get("about_on") is None and "about_on" not in form.errors:
        form.errors["about_on"] = [Text(N_("请写是哪一天。"))]
    if form.errors:
        return render_template("notices/take.html", form=form, refusal=""), 422
    person_id, values = found[0].id, form.values

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


@blueprint.get("/notices/corrections/<int:correction_id>")
@access("coordinator")
def show_correction(correction_id: int) -> str:
    return draw_correction(correction_id)


def draw_correction(correction_id: int, refusal: AppError | None = None) -> str:
    session, zone = db.session(), viewer().zone
    found = attendance.correction_here(session, correction_id)
    staff = attendance.people_by_id(session, [found.proposed_by_id, found.decided_by_id or 0])
    return render_template(
        "notices/correction.html",
        correction=found,
        old=attendance.record_here(session, found.corrects_id) if found.corrects_id else None,
        title_of_shift=shift_title(found.shift, zone),
        span=new_times(found, zone),
        proposed_by=staff[found.proposed_by_id].name,
        decided_by=staff[found.decided_by_id].name if found.decided_by_id else "",
        is_mine=found.proposed_by_id == viewer().person_id,
        refusal=translate(refusal.text) if refusal else "",
    )


def new_times(found: Correction, zone: str) -> tuple[datetime, datetime] | None:
    """The proposed times on the community's clock; None voids the record."""
    if found.signed_in_at is None or found.signed_out_at is None:
        return None
    return found.signed_in_at.astimezone(ZoneInfo(zone)), found.signed_out_at.astimezone(ZoneInfo(zone))


@blueprint.post("/notices/corrections/<int:correction_id>/confirm")
@access("coordinator")
def confirm_correction(correction_id: int) -> Answer:
    return decide(correction_id, actions.confirm_correction, N_("确认了，新的记录算数。"))


@blueprint.post("/notices/corrections/<int:correction_id>/refuse")
@access("coordinator")
def refuse_correction(correction_id: int) -> Answer:
    return decide(correction_id, actions.refuse_correction, N_("没有同意，原来的记录不变。"))


def decide(correction_id: int, decision: Callable[..., Any], said: str) -> Answer:
    attendance.correction_here(db.session(), correction_id)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        decision(session, correction_id, actor=actor, now=moment)
        return Done(url_for("notices.list_notices"), said)

    return act(work, refused=lambda error: draw_correction(correction_id, error))
