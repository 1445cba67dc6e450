"""Taking a need down: quick entry, corrections, and urgent help with its legs."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import actions, queries, schemas
from volunteer_app.needs.models import Need
from volunteer_app.needs.plans import NeedEntry, ShiftPlan
from volunteer_app.needs.views import blueprint, choices
from volunteer_app.needs.words import (
    SOURCE_NAMES,
    URGENCY_NAMES,
)
from volunteer_app.people.models import Recipient
from volunteer_app.places import queries as places
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import named


@blueprint.get("/needs/new")
@access("coordinator")
def new_need() -> str:
    return draw_new(Form())


def draw_new(form: Form, error: AppError | None = None, need: Need | None = None) -> str:
    if error is not None:
        form.refuse(error)
    return render_template(
        "needs/new.html", form=form, need=need, refusal=translate(error.text) if error else "", **entry_choices()
    )


def entry_choices() -> dict[str, list[tuple[str, str]]]:
    """Everything that an entry form offers."""
    session = db.session()
    english = language() == "en"
    recipients = session.scalars(select(Recipient).order_by(Recipient.number))
    return {
        "kinds": [(str(kind.id), kind.name_en if english else kind.name) for kind in queries.kinds(session)],
        "grids": [("", gettext(N_("全社区"))), *named(places.choices(session, "grid"), language())],
        "posts": [
            ("", gettext(N_("不在点位上"))),
            *named([(str(post.id), post.name) for post in places.posts(session)], language()),
        ],
        "recipients": [
            ("", gettext(N_("没有"))),
            *((str(one.id), translate(Text(N_("%(number)d号服务对象"), {"number": one.number}))) for one in recipients),
        ],
        "sources": choices(SOURCE_NAMES),
        "urgencies": choices(URGENCY_NAMES),
    }


@blueprint.post("/needs/new")
@access("coordinator")
def add_need() -> Answer:
    form = read_form(schemas.NeedForm(today=local_today()))
    if form.errors:
        return draw_new(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        need = actions.add_need(session, entry_of(session, form.values), actor=actor, now=moment)
        said = Text(N_("记下了，编号%(number)s。"), {"number": need.label})
        return Done(url_for("needs.show", need_id=need.id), said)

    return act(work, refused=lambda error: draw_new(form, error))


def entry_of(session: Session, values: dict[str, Any]) -> NeedEntry:
    kept = {name: values[name] for name in NeedEntry.__slots__ if name in values}
    kind_id = values.get("kind_id") or queries.kind_of(session, "other").id
    target = values["target"]
    return NeedEntry(
        **kept
        | {
            "kind_id": kind_id,
            "urgency": values.get("urgency") or None,
            "most": values.get("most") or target,
            "later_legs": tuple(values["later_legs"]),
        }
    )


@blueprint.get("/needs/<int:need_id>/edit")
@access("coordinator")
def edit_need(need_id: int) -> str:
    return draw_new(Form(), need=queries.need(db.session(), need_id))


@blueprint.post("/needs/<int:need_id>/edit")
@access("coordinator")
def change_need(need_id: int) -> Answer:
    need = queries.need(db.session(), need_id)
    form = read_form(schemas.NeedForm(today=local_today()))
    if form.errors:
        return draw_new(form, need=need), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.change_need(session, need_id, entry_of(session, form.values), actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=need_id), N_("改好了。"))

    return act(work, refused=lambda error: draw_new(form, error, queries.need(db.session(), need_id)))


@blueprint.get("/needs/urgent")
@access("coordinator")
def urgent() -> str:
    return draw_urgent(Form())


def draw_urgent(form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    return render_template(
        "needs/urgent.html",
        form=form,
        today=local_today(),
        refusal=translate(error.text) if error else "",
        **entry_choices(),
    )


@blueprint.post("/needs/urgent")
@access("coordinator")
def add_urgent() -> Answer:
    """Somebody needs help now; each leg becomes a shift of the first priority."""
    form = read_form(schemas.UrgentForm(today=local_today()))
    if form.errors:
        return draw_urgent(form), 422
    values = form.values

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        kind_id = queries.kind_of(session, "urgent_help").id
        kept = {name: values[name] for name in ("title", "grid_id", "place", "wanted_on", "note")}
        number = values["people"]
        entry = NeedEntry(**kept, kind_id=kind_id, least=number, target=number, most=number)
        same_people = values["same_people"]
        need = actions.add_urgent(session, entry, legs(values), actor=actor, now=moment, same_people=same_people)
        return Done(url_for("needs.show", need_id=need.id), N_("记下了，马上找人。"))

    return act(work, refused=lambda error: draw_urgent(form, error))


def legs(values: dict[str, Any]) -> list[ShiftPlan]:
    number = values["people"]
    spans = [(values["out_starts"], values["out_ends"])]
    if values["back_starts"] is not None:
        spans.append((values["back_starts"], values["back_ends"]))
    return [ShiftPlan(values["wanted_on"], starts, ends, number, number, number) for starts, ends in spans]
