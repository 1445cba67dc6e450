"""Pages: a volunteer's record in five classes, stars, certificates, and the public check of a certificate."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance.drawing import kind_name
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.credentials import actions, queries, schemas
from volunteer_app.credentials.models import ENTRY_KINDS
from volunteer_app.people.queries import person_here
from volunteer_app.web.access import ANYBODY, PUBLIC, access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate

blueprint = Blueprint("credentials", __name__)
ENTRY_WORDS = {"training": N_("培训"), "commendation": N_("表彰奖励"), "evaluation": N_("评价")}
STAR_WORDS = {
    "applied": (N_("申请了"), "wait"),
    "publicised": (N_("公示中"), "wait"),
    "certified": (N_("评定了"), "yes"),
    "refused": (N_("没有评上"), "line"),
}


@blueprint.get("/my/credentials")
@access("volunteer")
def mine() -> str:
    return draw(viewer().person_id, Form())


@blueprint.get("/people/<int:person_id>/credentials")
@access("coordinator")
def of_person(person_id: int) -> str:
    return draw(person_id, Form())


def draw(person_id: int, form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    person = person_here(session, person_id)
    today = local_today()
    is_own = person.id == viewer().person_id
    return render_template(
        "credentials/record.html",
        person=person,
        is_own=is_own,
        may_write="coordinator" in viewer().roles and not is_own,
        form=form,
        today=today,
        served=queries.served(session, person.id, today.replace(month=1, day=1), today),
        minutes=queries.final_minutes(session, person.id),
        stars=queries.stars_of(session, person.id, today),
        entries=queries.entries_of(session, person.id),
        kinds=[(kind, gettext(ENTRY_WORDS[kind])) for kind in ENTRY_KINDS],
        words=ENTRY_WORDS,
        certificates=queries.certificates_of(session, person.id),
        refusal=translate(refusal.text) if refusal else "",
    )


def page_of(person_id: int) -> str:
    if person_id == viewer().person_id:
        return url_for("credentials.mine")
    return url_for("credentials.of_person", person_id=person_id)


def change(person_id: int, form: Form, work: Callable[[Session, Actor, datetime], Text | str]) -> Answer:
    """One write on somebody's page; a refusal is drawn on the same page with what was typed."""
    person_here(db.session(), person_id)
    if form.errors:
        return draw(person_id, form), 422
    return act(
        lambda session, actor, moment: Done(page_of(person_id), work(session, actor, moment)),
        refused=lambda error: draw(person_id, form, error),
    )


@blueprint.post("/people/<int:person_id>/credentials")
@access("coordinator")
def add_entry(person_id: int) -> Answer:
    form = read_form(schemas.EntryForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.add_entry(session, person_id, form.values, actor=actor, now=moment)
        return N_("记下了。")

    return change(person_id, form, work)


@blueprint.post("/credentials/entries/<int:entry_id>/void")
@access("coordinator")
def void_entry(entry_id: int) -> Answer:
    person_id = queries.entry_here(db.session(), entry_id).person_id
    form = read_form(schemas.ReasonForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.void_entry(session, entry_id, form.values["reason"], actor=actor, now=moment)
        return N_("作废了，原来的还看得到。")

    return change(person_id, form, work)


@blueprint.post("/my/credentials/star")
@access("volunteer")
def apply_for_star() -> Answer:
    return asked_for_star(viewer().person_id)


@blueprint.post("/people/<int:person_id>/credentials/star")
@access("coordinator")
def apply_for(person_id: int) -> Answer:
    """For somebody without a telephone."""
    return asked_for_star(person_id)


def asked_for_star(person_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Text:
        made = actions.apply_for_star(session, person_id, actor=actor, now=moment)
        return Text(N_("申请了%(n)d星。社区公示5个工作日以后评定。"), {"n": made.stars})

    return change(person_id, Form(), work)


@blueprint.get("/stars")
@access("coordinator", "admin", "auditor")
def stars() -> str:
    return draw_stars(Form())


def draw_stars(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    found = queries.grants(session)
    return render_template(
        "credentials/stars.html",
        waiting=[grant for grant in found if grant.state in ("applied", "publicised")],
        ended=[grant for grant in found if grant.state in ("certified", "refused")],
        words=STAR_WORDS,
        form=form,
        may_write="coordinator" in viewer().roles,
        today=local_today(),
        refusal=translate(refusal.text) if refusal else "",
    )


def step(form: Form, work: Callable[[Session, Actor, datetime], Text | str]) -> Answer:
    if form.errors:
        return draw_stars(form), 422
    return act(
        lambda session, actor, moment: Done(url_for("credentials.stars"), work(session, actor, moment)),
        refused=lambda error: draw_stars(form, error),
    )


@blueprint.post("/stars/<int:grant_id>/publicise")
@access("coordinator")
def publicise(grant_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.publicise_star(session, grant_id, actor=actor, now=moment)
        return N_("公示了5个工作日。")

    return step(Form(), work)


@blueprint.post("/stars/<int:grant_id>/certify")
@access("coordinator")
def certify(grant_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.certify_star(session, grant_id, actor=actor, now=moment)
        return N_("评定了。")

    return step(Form(), work)


@blueprint.post("/stars/<int:grant_id>/refuse")
@access("coordinator")
def refuse(grant_id: int) -> Answer:
    form = read_form(schemas.ReasonForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.refuse_star(session, grant_id, form.values["reason"], actor=actor, now=moment)
        return N_("记下了原因。以后还可以再申请。")

    return step(form, work)


@blueprint.post("/people/<int:person_id>/certificates")
@access("coordinator")
def issue(person_id: int) -> Answer:
    form = read_form(schemas.CertificateForm())

    def work(session: Session, actor: Actor, moment: datetime) -> Text:
        days: dict[str, Any] = {name: form.values[name] for name in ("from_on", "to_on")}
        made = actions.issue_certificate(session, person_id, **days, actor=actor, now=moment)
        return Text(N_("开好了，证明编号%(number)s。"), {"number": made.number})

    return change(person_id, form, work)


@blueprint.post("/certificates/<int:certificate_id>/revoke")
@access("coordinator")
def revoke(certificate_id: int) -> Answer:
    person_id = queries.certificate_here(db.session(), certificate_id).person_id
    form = read_form(schemas.ReasonForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.revoke_certificate(session, certificate_id, form.values["reason"], actor=actor, now=moment)
        return N_("这张证明作废了。")

    return change(person_id, form, work)


@blueprint.get("/certificates/<int:certificate_id>")
@access(ANYBODY)
def show(certificate_id: int) -> str:
    """The certificate, to be printed: the holder's own, or by a coordinator."""
    session = db.session()
    found = queries.readable_certificate(session, certificate_id, viewer().person_id, viewer().roles)
    covered = queries.covered(session, found)
    return render_template(
        "credentials/certificate.html",
        found=found,
        services=[
            {"on": record.served_on, "what": kind_name(record.shift.kind), "minutes": record.minutes}
            for record in covered.services
        ],
        served_now=covered.now,
        is_own=found.person_id == viewer().person_id,
    )


@blueprint.get("/check")
@access(PUBLIC)
def check() -> str:
    """Is this certificate real? Says masked name, days and hours, nothing else about anybody."""
    form = read_form(schemas.NumberForm())
    typed = form.values.get("number", "")
    return render_template(
        "credentials/check.html",
        typed=typed,
        found=queries.checked(db.session(), typed) if typed else None,
        asked=bool(request.args.get("number")),
    )
