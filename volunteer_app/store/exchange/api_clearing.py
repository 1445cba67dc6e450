"""Exchange with other communities over JSON: who is a neighbour, how things stand, settling a month."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.exchange import clearing, schemas
from volunteer_app.store.exchange.models import Clearing
from volunteer_app.store.partners import neighbours
from volunteer_app.store.schemas import MonthIn
from volunteer_app.store.views import OFFICE, READERS
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/neighbours", methods=["GET"])
@access(*READERS)
@blueprint.response(200, schemas.StandingOut(many=True))
def list_neighbours() -> list[dict[str, Any]]:
    """Every community that this one has named, with what is owed either way."""
    return [
        {"id": one.other.id, "name": one.other.name, "agreed": one.agreed, "owed": one.owed, "due": one.due}
        for one in clearing.standings(db.session(), viewer().community_id, now=now())
    ]


@blueprint.route("/neighbours", methods=["POST"])
@access(*OFFICE)
@blueprint.arguments(schemas.NeighbourIn)
@blueprint.response(201, schemas.NeighbourOut)
def add_neighbour(values: dict[str, Any]) -> Response:
    """Says that goods may be exchanged with the community of this code; it begins when the other says the same."""
    return api_act(
        lambda session, actor, moment: neighbours.add_neighbour(session, values["code"], actor=actor, now=moment),
        shape=schemas.NeighbourOut(),
        status=201,
    )


@blueprint.route("/neighbours/clearings", methods=["GET"])
@access(*READERS)
@blueprint.response(200, schemas.ClearingOut(many=True))
def list_clearings() -> list[Clearing]:
    """Months written down by this community or by others for it, newest first."""
    return list(clearing.clearings(db.session(), viewer().community_id))


@blueprint.route("/neighbours/<int:other_id>/clearings", methods=["POST"])
@access(*OFFICE)
@blueprint.arguments(MonthIn)
@blueprint.response(201, schemas.ClearingOut)
def close_clearing(values: dict[str, Any], other_id: int) -> Response:
    """Writes down what this community owes for a month that is over."""
    month = values["month"].replace(day=1)
    return api_act(
        lambda session, actor, moment: clearing.close_month(session, other_id, month, actor=actor, now=moment),
        shape=schemas.ClearingOut(),
        status=201,
    )


@blueprint.route("/neighbours/clearings/<int:clearing_id>/received", methods=["POST"])
@access(*OFFICE)
@blueprint.response(200, schemas.ClearingOut)
def receive_clearing(clearing_id: int) -> Response:
    """The other community's settlement has arrived: both books clear."""
    return api_act(
        lambda session, actor, moment: clearing.receive(session, clearing_id, actor=actor, now=moment),
        shape=schemas.ClearingOut(),
    )
