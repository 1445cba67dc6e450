"""Pages: our household and its points, the score wall with the care pool, what staff write about a household."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.ids import new_key
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.people.queries import person_here
from volunteer_app.people.typed import person_named
from volunteer_app.sharing import actions, households, queries, rules, schemas
from volunteer_app.sharing.models import COLLECTIVE_KINDS, DEPARTURES
from volunteer_app.web.access import ANYBODY, access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate

blueprint = Blueprint("sharing", __name__)
Work = Callable[[Session, Actor, datetime], Text | str]
COLLECTIVE_WORDS = {"stairwell": N_("楼道"), "team": N_("小分队"), "neighbourhood": N_("邻里")}
DEPARTURE_WORDS = {"moved": N_("搬走了"), "deceased": N_("去世了")}


@blueprint.get("/my/household")
@access(ANYBODY)
def mine() -> str:
    return draw_mine(Form())


def draw_mine(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    me = session.get_one(Person, who.person_id)
    return render_template(
        "sharing/mine.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        home=queries.home_of(session, me, now=now()),
        me=me,
        points=ledger.balance(session, who.community_id, owner_of(me.id), now=now()).available,
    )


def write(form: Form, work: Work, *, draw: Callable[..., str], page: str) -> Answer:
    if form.errors:
        return draw(form), 422
    return act(
        lambda session, actor, moment: Done(page, work(session, actor, moment)),
        refused=lambda error: draw(form, error),
    )


def cause(name: str) -> str:
    """One press is one gift: the form's own key names it."""
    return f"{name}:{request.form.get('once_key') or new_key()}"


@blueprint.post("/my/household/pool")
@access(ANYBODY)
def open_pool() -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.open_pool(session, actor=actor, now=moment)
        return N_("记下了，从现在起一家人可以合着用。")

    return write(Form(), work, draw=draw_mine, page=url_for("sharing.mine"))


@blueprint.post("/my/household/pool/end")
@access(ANYBODY)
def end_pool() -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.end_pool(session, actor=actor, now=moment)
        return N_("停了，各人用各人的。")

    return write(Form(), work, draw=draw_mine, page=url_for("sharing.mine"))


@blueprint.post("/my/household/give")
@access(ANYBODY)
def give_home() -> Answer:
    return gift(actions.give_home, "home", N_("放进去%(n)d分，到期的日子不变。"))


@blueprint.post("/my/household/take")
@access(ANYBODY)
def take_from_home() -> Answer:
    return gift(actions.take_from_home, "take", N_("取出来%(n)d分，到期的日子不变。"))


@blueprint.post("/my/household/donate")
@access(ANYBODY)
def donate() -> Answer:
    return gift(actions.donate, "donate", N_("捐了%(n)d分，谢谢您。"))


def gift(action: Callable[..., Any], name: str, said: str) -> Answer:
    form = read_form(schemas.PointsForm())

    def work(session: Session, actor: Actor, moment: datetime) -> Text:
        action(session, form.values["points"], cause=cause(name), actor=actor, now=moment)
        return Text(said, {"n": form.values["points"]})

    return write(form, work, draw=draw_mine, page=url_for("sharing.mine"))


@blueprint.get("/wall")
@access(ANYBODY)
def wall() -> str:
    return draw_wall(Form())


def draw_wall(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    rows = queries.wall(session, who.community_id, now=now())
    return render_template(
        "sharing/wall.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        rows=rows,
        choices=[(str(row.collective.id), row.collective.name) for row in rows],
        words=COLLECTIVE_WORDS,
        kinds=[(kind, gettext(COLLECTIVE_WORDS[kind])) for kind in COLLECTIVE_KINDS],
        care=queries.care_points(session, who.community_id, now=now()),
        may_write="coordinator" in who.roles,
    )


@blueprint.post("/wall/collectives")
@access("coordinator")
def add_collective() -> Answer:
    form = read_form(schemas.CollectiveForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.add_collective(session, form.values["name"], form.values["kind"], actor=actor, now=moment)
        return N_("上墙了。")

    return write(form, work, draw=draw_wall, page=url_for("sharing.wall"))


@blueprint.post("/wall/scores")
@access("coordinator")
def propose_score() -> Answer:
    form = read_form(schemas.ScoreForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        values = form.values
        actions.propose_score(
            session, values["collective_id"], values["points"], values["reason"], actor=actor, now=moment
        )
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return write(form, work, draw=draw_wall, page=url_for("sharing.wall"))


@blueprint.post("/wall/care")
@access("coordinator")
def propose_care() -> Answer:
    form = read_form(schemas.GivenForm())
    person_id = 0 if form.errors else person_named(form, "who")

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        values = form.values
        actions.propose_care(session, person_id, values["points"], values["reason"], actor=actor, now=moment)
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return write(form, work, draw=draw_wall, page=url_for("sharing.wall"))


@blueprint.get("/people/<int:person_id>/household")
@access("coordinator", "admin")
def of_person(person_id: int) -> str:
    return draw_person(person_id, Form())


def draw_person(person_id: int, form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    person = person_here(session, person_id)
    departure = queries.departure_of(session, person.id)
    return render_template(
        "sharing/person.html",
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        person=person,
        home=queries.home_of(session, person, now=now()),
        departure=departure,
        words=DEPARTURE_WORDS,
        kinds=[(kind, gettext(DEPARTURE_WORDS[kind])) for kind in DEPARTURES],
        targets=[("household", gettext(N_("给一家人"))), ("pool", gettext(N_("捐给爱心池")))],
        last=rules.last_day_of_estate(departure.left_on) if departure else None,
        points=ledger.balance(session, who.community_id, owner_of(person.id), now=now()).available,
        today=local_today(),
        may_write="coordinator" in who.roles,
    )


def about(person_id: int, form: Form, work: Work) -> Answer:
    person_here(db.session(), person_id)

    def draw(typed: Form, refusal: AppError | None = None) -> str:
        return draw_person(person_id, typed, refusal)

    return write(form, work, draw=draw, page=url_for("sharing.of_person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/household")
@access("coordinator")
def live_together(person_id: int) -> Answer:
    form = read_form(schemas.TogetherForm())
    other_id = 0 if form.errors else person_named(form, "who")

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        households.live_together(session, person_id, other_id, actor=actor, now=moment)
        return N_("记下了，是一家人。")

    return about(person_id, form, work)


@blueprint.post("/people/<int:person_id>/household/end")
@access("coordinator", "admin")
def live_apart(person_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> str:
        households.live_apart(session, person_id, actor=actor, now=moment)
        return N_("记下了，不住在一起了。")

    return about(person_id, Form(), work)


@blueprint.post("/people/<int:person_id>/departure")
@access("coordinator")
def leave(person_id: int) -> Answer:
    form = read_form(schemas.LeaveForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        actions.leave(session, person_id, form.values["kind"], form.values["left_on"], actor=actor, now=moment)
        return N_("记下了。时长一直留着。")

    return about(person_id, form, work)


@blueprint.post("/people/<int:person_id>/estate")
@access("coordinator")
def propose_estate(person_id: int) -> Answer:
    form = read_form(schemas.EstateForm())

    def work(session: Session, actor: Actor, moment: datetime) -> str:
        values = form.values
        to_home = values["target"] == "household"
        actions.propose_estate(session, person_id, to_home, values["reason"], actor=actor, now=moment)
        return N_("提上去了，等平台管理员来批。现在什么都没有变。")

    return about(person_id, form, work)
