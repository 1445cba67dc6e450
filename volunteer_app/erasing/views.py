"""Pages of being forgotten: the person's own, and the list on which a second person confirms."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.erasing import actions, queries, rules, schemas
from volunteer_app.erasing.models import Erasure
from volunteer_app.ledger import queries as ledger
from volunteer_app.people.owners import owner_of
from volunteer_app.people.typed import person_named
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.web.access import ANYBODY, access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate

blueprint = Blueprint("erasing", __name__)
STAFF = ("coordinator", "admin")
HOW_NAMES = {
    "phone": CHANNEL_NAMES["phone"],
    "paper": CHANNEL_NAMES["paper"],
    "visit": N_("当面说的"),
}
Work = Callable[[Session, Actor, datetime], Any]


@blueprint.get("/my/erasure")
@access(ANYBODY)
def mine() -> str:
    """What goes, what stays and why, what has to be finished first; then one press."""
    return draw_mine(Form())


def draw_mine(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    points = ledger.balance(session, who.community_id, owner_of(who.person_id), now=now())
    return render_template(
        "erasing/mine.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        waiting=queries.waiting_of(session, who.person_id),
        open_things=[translate(one) for one in queries.in_the_way(session, who.person_id, now=now())],
        points=points.available,
        **what_happens(),
    )


def what_happens() -> dict[str, Any]:
    """What goes and what stays, in the page's language."""
    return {
        "goes": [gettext(words) for words in rules.GOES],
        "stays": [{"what": gettext(what), "why": gettext(why)} for what, why in rules.STAYS],
    }


@blueprint.post("/my/erasure")
@access(ANYBODY)
def ask_own() -> Answer:
    form = read_form(schemas.OwnErasureForm())
    if not form.values.get("sure"):
        form.errors["sure"] = [Text(N_("请先勾上“我看明白了”。"))]
        return draw_mine(form), 422
    person_id = viewer().person_id

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.ask(session, person_id, "self", actor=actor, now=moment)
        return Done(url_for("erasing.mine"), N_("提上去了，等平台管理员确认。确认以前什么都没有变，随时可以撤回。"))

    return act(work, refused=lambda error: draw_mine(form, error))


@blueprint.post("/my/erasure/<int:erasure_id>/drop")
@access(ANYBODY)
def withdraw(erasure_id: int) -> Answer:
    """The person thinks better of it."""

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.drop(session, erasure_id, actor=actor, now=moment)
        return Done(url_for("erasing.mine"), N_("撤回了，您的资料都还在。"))

    return act(work, refused=lambda error: draw_mine(Form(), error))


@blueprint.get("/people/erasures")
@access(*STAFF)
def list_erasures() -> str:
    """Requests that wait, those that are done, and a form for somebody who asked by telephone or on paper."""
    return draw_list(Form())


def draw_list(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    found = queries.requests(session)
    return render_template(
        "erasing/list.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        waiting=[waiting_row(session, one) for one in found if one.state == "waiting"],
        decided=[decided_row(one) for one in found if one.state != "waiting"],
        may_decide=viewer().role == "admin",
        how=[(code, gettext(word)) for code, word in HOW_NAMES.items()],
        **what_happens(),
    )


def waiting_row(session: Session, one: Erasure) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.person.name,
        "number": one.person.number,
        "person_id": one.person_id,
        "asked_on": local_date(one.asked_at, viewer().zone),
        "how": gettext(N_("本人在网页上提的")) if one.how == "self" else gettext(HOW_NAMES[one.how]),
        "open_things": [translate(words) for words in queries.in_the_way(session, one.person_id, now=now())],
        "is_own": viewer().person_id in (one.asked_by_id, one.person_id),
    }


def decided_row(one: Erasure) -> dict[str, Any]:
    assert one.decided_at is not None, "a decided request has its moment"
    return {
        "number": one.person.number,
        "on": local_date(one.decided_at, viewer().zone),
        "is_done": one.state == "done",
        "left_in": one.left_in,
    }


@blueprint.post("/people/erasures")
@access(*STAFF)
def ask_for() -> Answer:
    """Somebody asked by telephone, on paper or in person."""
    form = read_form(schemas.ErasureForm())
    person_id = 0 if form.errors else person_named(form, "who")
    if form.errors:
        return draw_list(form), 422
    return decided(
        lambda session, actor, moment: actions.ask(session, person_id, form.values["how"], actor=actor, now=moment),
        N_("记下了，要另一位管理员来确认。"),
        form,
    )


@blueprint.post("/people/erasures/<int:erasure_id>/confirm")
@access("admin")
def confirm(erasure_id: int) -> Answer:
    """The second person: forgets for good."""
    return decided(
        lambda session, actor, moment: actions.confirm(session, erasure_id, actor=actor, now=moment),
        N_("注销好了，只剩一个编号。账本可以去核一遍，还是对的。"),
        Form(),
    )


@blueprint.post("/people/erasures/<int:erasure_id>/drop")
@access("admin")
def drop(erasure_id: int) -> Answer:
    return decided(
        lambda session, actor, moment: actions.drop(session, erasure_id, actor=actor, now=moment),
        N_("不办了，资料都还在。"),
        Form(),
    )


def decided(work: Work, said: str, form: Form) -> Answer:
    def write(session: Session, actor: Actor, moment: datetime) -> Done:
        work(session, actor, moment)
        return Done(url_for("erasing.list_erasures"), said)

    return act(write, refused=lambda error: draw_list(form, error))
