"""Pages: the lists on the board, one list (also as paper), corrections that wait for a second person."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import corrections
from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.drawing import shift_title
from volunteer_app.attendance.models import Correction
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.credentials.queries import publicised
from volunteer_app.ledger.queries import chain_head
from volunteer_app.notices import actions, queries, rules, schemas
from volunteer_app.notices.models import Notice
from volunteer_app.web import filters
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate

blueprint = Blueprint("notices", __name__)
STATES = {
    "open": N_("还没有答复"),
    "proposed": N_("改好了，等人确认"),
    "upheld": N_("改好了"),
    "stands": N_("核对过，没有记错"),
}


def last_month() -> tuple[date, date]:
    last = local_today().replace(day=1) - timedelta(days=1)
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
        stars=publicised(session, local_today()),
        objections=queries.objections(session),
        states=STATES,
        corrections=attendance.waiting_corrections(session),
        unconfirmed=attendance.unconfirmed_days(session, first, local_today(), now=now()),
        may_write="coordinator" in viewer().roles,
        refusal=translate(refusal.text) if refusal else "",
    )


def clock_words(notice: Notice) -> str:
    """公示第2个工作日，共3个；到10月10日, or 公示期满."""
    if notice.state == "closed":
        return gettext(N_("公示期满"))
    closes = filters.date_short(notice.closes_on, language())
    if rules.is_over(notice.closes_on, local_today()):
        return gettext(N_("公示期到了，正在到账"))
    number = queries.clock(db.session(), notice, local_today())
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
        board=notice,
        clock=clock_words(notice),
        lines=lines,
        minutes=sum(line.minutes for line in lines),
        points=sum(line.points for line in lines),
        times=sum(line.times for line in lines),
        seq=seq,
        head=head,
    )


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
        counted=corrections.counted(found),
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
