"""Shared points over JSON: the household's, gifts, the wall and the care pool."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from volunteer_app.core.ids import new_key
from volunteer_app.people.models import Person
from volunteer_app.sharing import actions, households, queries, schemas
from volunteer_app.web.access import ANYBODY, access, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

blueprint = api_blueprint("sharing", about="Points of households, collectives and the care pool")


@blueprint.route("/my/household", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.HomeOut)
def my_household() -> dict[str, Any]:
    """Whether the caller's household pools, and its points; without a household no pool and none."""
    me = db.session.get_one(Person, viewer().person_id)
    home = queries.home_of(db.session(), me, now=now())
    return {
        "has_household": home is not None,
        "pools": home is not None and home.is_open,
        "points": home.points if home else 0,
    }


@blueprint.route("/my/household/pool", methods=["POST"])
@access(ANYBODY)
@blueprint.response(201, schemas.PoolOut)
def open_pool() -> Response:
    """The caller becomes head of the household and agrees that it puts points together."""
    return api_act(
        lambda session, actor, moment: actions.open_pool(session, actor=actor, now=moment),
        shape=schemas.PoolOut(),
        status=201,
    )


@blueprint.route("/my/household/pool/end", methods=["POST"])
@access(ANYBODY)
@blueprint.response(200, schemas.PoolOut)
def end_pool() -> Response:
    """The head takes the agreement back; the account must be empty."""
    return api_act(
        lambda session, actor, moment: actions.end_pool(session, actor=actor, now=moment), shape=schemas.PoolOut()
    )


@blueprint.route("/people/<int:person_id>/household", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.TogetherIn)
@blueprint.response(201, schemas.HouseholdOut)
def live_together(values: dict[str, Any], person_id: int) -> Response:
    """Writes down that two people live together; whoever already lives with one of them is in it too. A pool rests
    until its head has agreed to who joins.
    """
    return api_act(
        lambda session, actor, moment: households.live_together(
            session, person_id, values["other_id"], actor=actor, now=moment
        ),
        shape=schemas.HouseholdOut(),
        status=201,
    )


@blueprint.route("/people/<int:person_id>/household/end", methods=["POST"])
@access("coordinator", "admin")
@blueprint.response(200, schemas.HouseholdOut)
def live_apart(person_id: int) -> Response:
    """Writes down that the person no longer lives in his household; answers with the household."""
    return api_act(
        lambda session, actor, moment: households.live_apart(session, person_id, actor=actor, now=moment),
        shape=schemas.HouseholdOut(),
    )


@blueprint.route("/my/household/give", methods=["POST"])
@access(ANYBODY)
@blueprint.arguments(schemas.GiftIn)
@blueprint.response(201, schemas.GiftOut)
def give_home(values: dict[str, Any]) -> Response:
    """Puts own points into the household's account."""
    return gift(actions.give_home, values)


@blueprint.route("/my/household/take", methods=["POST"])
@access(ANYBODY)
@blueprint.arguments(schemas.GiftIn)
@blueprint.response(201, schemas.GiftOut)
def take_from_home(values: dict[str, Any]) -> Response:
    """Takes points of the household for oneself."""
    return gift(actions.take_from_home, values)


@blueprint.route("/care-pool/gifts", methods=["POST"])
@access(ANYBODY)
@blueprint.arguments(schemas.GiftIn)
@blueprint.response(201, schemas.GiftOut)
def donate(values: dict[str, Any]) -> Response:
    """Gives own points to the care pool."""
    return gift(actions.donate, values)


def gift(action: Callable[..., Any], values: dict[str, Any]) -> Response:
    cause = f"api:{viewer().person_id}:{request.headers.get('Idempotency-Key') or new_key()}"
    return api_act(
        lambda session, actor, moment: action(session, values["points"], cause=cause, actor=actor, now=moment),
        shape=schemas.GiftOut(),
        status=201,
    )


@blueprint.route("/wall", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.WallOut)
def wall() -> dict[str, Any]:
    """Every collective with its points, and what the care pool holds."""
    session, who = db.session(), viewer()
    rows = queries.wall(session, who.community_id, now=now())
    collectives = [{"name": row.collective.name, "kind": row.collective.kind, "points": row.points} for row in rows]
    return {"collectives": collectives, "care_pool": queries.care_points(session, who.community_id, now=now())}
