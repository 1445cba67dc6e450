"""The admin's page of the community, its tree of areas and its posts; the coordinator's of the ways between posts."""

from datetime import datetime

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.places import actions, queries, schemas
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import named

blueprint = Blueprint("places", __name__)
KIND_NAMES = {
    "community": N_("社区"),
    "grid": N_("网格"),
    "neighbourhood": N_("邻里"),
    "microgrid": N_("微网格"),
    "estate": N_("小区"),
    "building": N_("楼栋"),
}


@blueprint.get("/communities")
@access("admin")
def communities() -> str:
    return draw(Form(), Form())


def draw(area_form: Form, post_form: Form) -> str:
    session = db.session()
    tree = queries.tree(session)
    return render_template(
        "places/communities.html",
        tree=tree,
        posts=queries.posts(session),
        names=queries.area_names(session),
        kinds=KIND_NAMES,
        kind_choices=[(code, gettext(name)) for code, name in KIND_NAMES.items() if code != "community"],
        area_choices=[
            (area.id, area.name) for _depth, area in tree if area.kind in ("community", "grid", "neighbourhood")
        ],
        area_form=area_form,
        refusal=area_form.refusal() or post_form.refusal(),
        post_form=post_form,
    )


@blueprint.post("/communities/areas")
@access("admin")
def add_area() -> Answer:
    form = read_form(schemas.AreaForm())
    if form.errors:
        return draw(form, Form()), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        values = dict(form.values)
        actions.add_area(session, values.pop("parent_id"), **values, actor=actor, now=moment)
        return Done(url_for("places.communities"), N_("存好了。"))

    def refused(error: AppError) -> str:
        form.errors["code"] = [error.text]
        return draw(form, Form())

    return act(work, refused=refused)


@blueprint.post("/communities/posts")
@access("admin")
def add_post() -> Answer:
    form = read_form(schemas.PostForm())
    if form.errors:
        return draw(Form(), form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        values = dict(form.values)
        actions.add_post(session, values.pop("area_id"), **values, actor=actor, now=moment)
        return Done(url_for("places.communities"), N_("存好了。"))

    def refused(error: AppError) -> str:
        form.errors["name"] = [error.text]
        return draw(Form(), form)

    return act(work, refused=refused)


@blueprint.get("/ways")
@access("coordinator")
def ways() -> str:
    return draw_ways(Form())


def draw_ways(form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    session = db.session()
    posts = named([(str(post.id), post.name) for post in queries.posts(session)], language())
    return render_template("places/ways.html", ways=queries.ways(session), posts=posts, form=form)


@blueprint.post("/ways")
@access("coordinator")
def set_way() -> Answer:
    form = read_form(schemas.WayForm())
    if form.errors:
        return draw_ways(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.set_way(session, **form.values, actor=actor, now=moment)
        return Done(url_for("places.ways"), N_("存好了。"))

    return act(work, refused=lambda error: draw_ways(form, error))
