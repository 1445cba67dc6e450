"""Places over JSON."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.places import actions, queries, schemas
from volunteer_app.places.models import Area, Post, Way
from volunteer_app.web.access import ANYBODY, access
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

blueprint = api_blueprint("places", about="Areas and posts of the community")


@blueprint.route("/areas", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.AreaOut(many=True))
def list_areas() -> list[Area]:
    """The community's areas in tree order."""
    return [area for _depth, area in queries.tree(db.session())]


@blueprint.route("/areas", methods=["POST"])
@access("admin")
@blueprint.arguments(schemas.AreaIn)
@blueprint.response(201, schemas.AreaOut)
def add_area(values: dict[str, Any]) -> Response:
    """Adds an area below another."""
    parent_id = values.pop("parent_id")
    return api_act(
        lambda session, actor, moment: actions.add_area(session, parent_id, **values, actor=actor, now=moment),
        shape=schemas.AreaOut(),
        status=201,
    )


@blueprint.route("/posts", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.PostOut(many=True))
def list_posts() -> list[Post]:
    """The community's posts by name."""
    return queries.posts(db.session())


@blueprint.route("/posts", methods=["POST"])
@access("admin", "coordinator")
@blueprint.arguments(schemas.PostIn)
@blueprint.response(201, schemas.PostOut)
def add_post(values: dict[str, Any]) -> Response:
    """Adds a place where shifts meet."""
    area_id = values.pop("area_id")
    return api_act(
        lambda session, actor, moment: actions.add_post(session, area_id, **values, actor=actor, now=moment),
        shape=schemas.PostOut(),
        status=201,
    )


@blueprint.route("/posts/<int:post_id>", methods=["PATCH"])
@access("admin", "coordinator")
@blueprint.arguments(schemas.PostChange)
@blueprint.response(200, schemas.PostOut)
def change_post(values: dict[str, Any], post_id: int) -> Response:
    """Where exactly to meet, and a passing condition."""
    return api_act(
        lambda session, actor, moment: actions.change_post(session, post_id, **values, actor=actor, now=moment),
        shape=schemas.PostOut(),
    )


@blueprint.route("/ways", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.WayOut(many=True))
def list_ways() -> list[Way]:
    """How many minutes posts are apart."""
    return queries.ways(db.session())


@blueprint.route("/ways", methods=["PUT"])
@access("coordinator")
@blueprint.arguments(schemas.WayIn)
@blueprint.response(200, schemas.WayOut)
def set_way(values: dict[str, Any]) -> Response:
    """Notes how far two posts are apart, for the next solve; the answer repeats it."""

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        actions.set_way(session, **values, actor=actor, now=moment)
        return values

    return api_act(work, shape=schemas.WayOut())
