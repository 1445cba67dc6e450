"""Redeeming in another community over JSON: orders elsewhere, guests at the counter."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.counter import typed_codes
from volunteer_app.store.counter.schemas import PickupCodeIn
from volunteer_app.store.exchange import actions, guests, queries, schemas
from volunteer_app.store.orders import api as orders
from volunteer_app.store.orders.drawing import codes
from volunteer_app.store.orders.models import AwayOrder, GuestOrder
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.forms import api_act


def half_out(order: AwayOrder | GuestOrder) -> dict[str, Any]:
    """Either half for JSON; never its code."""
    return {
        "id": order.id,
        "state": order.state_at(now()),
        "points": order.points,
        "made_at": order.made_at,
        "expires_at": order.expires_at,
    }


@blueprint.route("/store/away/<int:other_id>/orders", methods=["POST"])
@access("volunteer", "resident")
@blueprint.arguments(schemas.AwayOrderIn)
@blueprint.response(201, schemas.HalfOut)
def reserve_away(values: dict[str, Any], other_id: int) -> Response:
    """Keeps points here and goods in the other community's store."""
    wanted, seen, person_id = orders.pieces_of(values["items"]), orders.seen_of(values["items"]), viewer().person_id
    return api_act(
        lambda session, actor, moment: half_out(
            actions.reserve(session, person_id, other_id, wanted, actor=actor, now=moment, codes=codes(), seen=seen)
        ),
        shape=schemas.HalfOut(),
        status=201,
    )


@blueprint.route("/store/away/orders/<int:away_id>/cancel", methods=["POST"])
@access("volunteer", "resident")
@blueprint.response(200, schemas.HalfOut)
def cancel_away(away_id: int) -> Response:
    """Gives points and goods back, each to its own community."""
    return api_act(
        lambda session, actor, moment: half_out(actions.cancel(session, away_id, actor=actor, now=moment)),
        shape=schemas.HalfOut(),
    )


@blueprint.route("/counter/guests/code", methods=["POST"])
@access("keeper")
@blueprint.arguments(PickupCodeIn)
@blueprint.response(200, schemas.HalfOut)
def find_guest(values: dict[str, Any]) -> dict[str, Any]:
    """The guest's order with this code; too many unknown ones answer 429."""
    return half_out(typed_codes.look_up(queries.guest_by_code, values["code"]))


@blueprint.route("/counter/guests/<int:guest_id>/hand-over", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.GuestIn)
@blueprint.response(200, schemas.HalfOut)
def give_guest(values: dict[str, Any], guest_id: int) -> Response:
    """Gives the goods to the guest."""
    return api_act(
        lambda session, actor, moment: half_out(
            guests.hand_over(session, guest_id, name_checked=values["name_checked"], actor=actor, now=moment)
        ),
        shape=schemas.HalfOut(),
    )
