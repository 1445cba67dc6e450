"""Write-offs and donations over JSON."""

from typing import Any

from flask import Response

from volunteer_app.core.clock import month_start
from volunteer_app.store.api import blueprint
from volunteer_app.store.schemas import MonthIn
from volunteer_app.store.shelf import queries, schemas, write_offs
from volunteer_app.store.shelf.batch_models import WriteOff
from volunteer_app.store.views import HOUSE
from volunteer_app.web.access import access, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/stock/write-offs", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.WriteOffOut(many=True))
def list_write_offs() -> list[WriteOff]:
    """What was set aside and waits for a second person."""
    return list(write_offs.to_check(db.session()))


@blueprint.route("/stock/deliveries/<int:delivery_id>/set-aside", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.SetAsideIn)
@blueprint.response(201, schemas.WriteOffOut)
def set_aside(values: dict[str, Any], delivery_id: int) -> Response:
    """Takes pieces of a batch off the shelf at once."""
    return api_act(
        lambda session, actor, moment: write_offs.set_aside(session, delivery_id, actor=actor, now=moment, **values),
        shape=schemas.WriteOffOut(),
        status=201,
    )


@blueprint.route("/stock/write-offs/<int:write_off_id>/confirm", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.WriteOffOut)
def confirm_write_off(write_off_id: int) -> Response:
    """The second person agrees that it is no good."""
    return api_act(
        lambda session, actor, moment: write_offs.confirm(session, write_off_id, actor=actor, now=moment),
        shape=schemas.WriteOffOut(),
    )


@blueprint.route("/stock/write-offs/<int:write_off_id>/back", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.WriteOffOut)
def put_back(write_off_id: int) -> Response:
    """The second person finds it good, or mended."""
    return api_act(
        lambda session, actor, moment: write_offs.put_back(session, write_off_id, actor=actor, now=moment),
        shape=schemas.WriteOffOut(),
    )


@blueprint.route("/store/donations", methods=["GET"])
@access(*HOUSE, "auditor")
@blueprint.arguments(MonthIn, location="query")
@blueprint.response(200, schemas.DonationOut(many=True))
def donations(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What was donated in a calendar month, and how much of it is still there."""
    month = month_start(values["month"])
    return [
        {
            "product": product.code,
            "came_at": one.came_at,
            "donor": one.donor or "",
            "is_named": one.names_donor,
            "pieces": one.pieces,
            "pieces_left": one.pieces_left,
            "cost_fen": one.pieces * product.cost_fen,
        }
        for one, product in queries.donations(db.session(), viewer().community_id, month)
    ]
