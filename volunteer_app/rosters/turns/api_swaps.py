"""Exchanges of turns over JSON."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.models import PUBLISHED_STATES, Assignment, Swap
from volunteer_app.rosters.rules import is_standing
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns import schemas, swaps
from volunteer_app.rosters.turns.questions import possible
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

MOST = 50


@blueprint.route("/seats/<int:assignment_id>/swaps", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.response(200, schemas.SwapTurnOut(many=True))
def turns_to_swap(assignment_id: int) -> list[Assignment]:
    """Other people's turns that the holder may ask for in exchange: the 50 nearest to his own, by day."""
    seat = queries.assignment(db.session(), assignment_id)
    own = seat.person_id == viewer().person_id and seat.state in PUBLISHED_STATES
    if not own and "coordinator" not in viewer().roles:
        raise NotFound
    return possible(db.session(), seat, now=now(), most=MOST)


@blueprint.route("/seats/<int:assignment_id>/swaps", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.SwapIn)
@blueprint.alt_response(201, schema=schemas.SwapOut)
def ask_swap(values: dict[str, Any], assignment_id: int) -> Response:
    """Asks the holder of the seat `other`; coordinators may ask for somebody."""
    return api_act(
        lambda session, actor, moment: swaps.ask(session, assignment_id, values["other"], actor=actor, now=moment),
        shape=schemas.SwapOut(),
        status=201,
    )


@blueprint.route("/my/swaps", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.SwapOut(many=True))
def my_swaps() -> list[Swap]:
    """Exchanges that the caller asked for or is asked for and that wait for an answer, the oldest first."""
    rows = turns.swaps(db.session(), person_id=viewer().person_id)
    return [row for row in rows if is_standing(row, now=now())]


@blueprint.route("/swaps/<int:swap_id>/agree", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.SwapOut)
def agree_swap(swap_id: int) -> Response:
    """Whoever is asked is willing: both turns change hands, the roster gets a new version."""
    return api_act(
        lambda session, actor, moment: swaps.agree(session, swap_id, actor=actor, now=moment), shape=schemas.SwapOut()
    )


@blueprint.route("/swaps/<int:swap_id>/refuse", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.SwapOut)
def refuse_swap(swap_id: int) -> Response:
    """Whoever is asked would rather not; nothing moves."""
    return api_act(
        lambda session, actor, moment: swaps.refuse(session, swap_id, actor=actor, now=moment), shape=schemas.SwapOut()
    )


@blueprint.route("/swaps/<int:swap_id>/withdraw", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.SwapOut)
def withdraw_swap(swap_id: int) -> Response:
    """Whoever asked takes the question back."""
    return api_act(
        lambda session, actor, moment: swaps.withdraw(session, swap_id, actor=actor, now=moment),
        shape=schemas.SwapOut(),
    )
