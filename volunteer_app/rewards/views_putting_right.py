"""Page: corrections by two people, expired points brought back, months closed and opened again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import proposals
from volunteer_app.people.models import Person
from volunteer_app.people.typed import person_named
from volunteer_app.rewards import putting_right, schemas
from volunteer_app.rewards.views import blueprint
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate

Work = Callable[[Session, Actor, datetime], Text | str]
KIND_WORDS = {
    "adjust": N_("更正积分"),
    "reinstate": N_("恢复过期的积分"),
    "reopen": N_("重新打开结了的账"),
    "give": N_("转积分"),
}
OWNER_WORDS = {"household": N_("一家人的账"), "collective": N_("积分墙"), "pool": N_("爱心池")}


@blueprint.get("/books/put-right", endpoint="putting_right")
@access("coordinator", "admin", "auditor")
def show() -> str:
    return draw(Form())


def draw(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    lost = putting_right.expiries(session, who.community_id)
    names = {
        one.id: one for one in session.scalars(select(Person).where(Person.id.in_([one.person_id for one in lost])))
    }
    last_month = (local_today().replace(day=1) - timedelta(days=1)).replace(day=1)
    return render_template(
        "rewards/putting_right.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        waiting=putting_right.waiting(session, who.community_id, who.zone),
        words=KIND_WORDS,
        owners=OWNER_WORDS,
        lost=[(str(one.txn_id), lost_words(one, names[one.person_id])) for one in lost],
        closed=putting_right.closed_months(session, who.community_id, who.zone),
        last_month=f"{last_month:%Y-%m}",
        may_propose="coordinator" in who.roles,
        may_approve="admin" in who.roles,
        person_id=who.person_id,
    )


def lost_words(one: putting_right.Lost, person: Person) -> str:
    return gettext(N_("%(number)s 过期的%(points)d分")) % {"number": person.number, "points": one.points}


def write(form: Form, work: Work) -> Answer:
    """One write on the page; refused, it is drawn again with what was typed."""
    if form.errors:
        return draw(form), 422
    return act(
        lambda session, actor, moment: Done(url_for("rewards.putting_right"), work(session, actor, moment)),
        refused=lambda error: draw(form, error),
    )


@blueprint.post("/books/adjustments")
@access("coordinator")
def propose_adjustment() -> Answer:
    form = read_form(schemas.AdjustForm())
    person_id = 0 if form.errors else person_named(form, "who")

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        values: dict[str, Any] = form.values
        putting_right.propose_adjustment(
            session, person_id, values["points"], values["reason"], actor=actor, now=moment
        )
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return write(form, work)


@blueprint.post("/books/reinstatements")
@access("coordinator")
def propose_reinstatement() -> Answer:
    form = read_form(schemas.ReinstateForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        values = form.values
        putting_right.propose_reinstatement(session, values["txn_id"], values["reason"], actor=actor, now=moment)
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return write(form, work)


@blueprint.post("/books/periods/<int:period_id>/reopen")
@access("coordinator")
def propose_reopening(period_id: int) -> Answer:
    form = read_form(schemas.ReasonForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        putting_right.propose_reopening(session, period_id, form.values["reason"], actor=actor, now=moment)
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return write(form, work)


@blueprint.post("/books/proposals/<int:proposal_id>/approve", endpoint="approve_proposal")
@access("admin")
def approve(proposal_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        putting_right.approve(session, proposal_id, actor=actor, now=moment)
        return N_("批了，两个人的名字都记下了。")

    return write(Form(), work)


@blueprint.post("/books/proposals/<int:proposal_id>/drop", endpoint="drop_proposal")
@access("admin", "coordinator")
def drop(proposal_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        proposals.drop(session, proposal_id, actor=actor, now=moment)
        return N_("放下了，什么都没有变。")

    return write(Form(), work)


@blueprint.post("/books/periods")
@access("coordinator")
def close_month() -> Answer:
    form = read_form(schemas.MonthForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        putting_right.close_month(session, form.values["month"], actor=actor, now=moment)
        return N_("这个月的账结了，以后不能再往里记。")

    return write(form, work)
