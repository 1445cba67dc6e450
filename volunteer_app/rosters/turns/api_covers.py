"""Asking people to come to turns that lack somebody, over JSON."""

from flask import Response

from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.models import CoverAsk
from volunteer_app.rosters.turns import covers, schemas
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/shifts/<int:shift_id>/cover-asks", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.CoverAskOut(many=True))
def cover_asks(shift_id: int) -> list[CoverAsk]:
    """Who has been asked to come, and what they said."""
    return turns.cover_asks(db.session(), shift_ids=[queries.open_shift(db.session(), shift_id).id])


@blueprint.route("/shifts/<int:shift_id>/cover-asks", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(201, schema=schemas.CoverAskOut(many=True))
def ask_for_cover(shift_id: int) -> Response:
    """Asks the first few who may come, the least loaded first; the timetable asks on. Gives those who are asked now."""
    return api_act(
        lambda session, actor, moment: covers.ask(session, shift_id, actor=actor, now=moment),
        shape=schemas.CoverAskOut(many=True),
        status=201,
    )


@blueprint.route("/my/cover-asks", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.CoverAskOut(many=True))
def my_cover_asks() -> list[CoverAsk]:
    """Turns that the caller is asked to come to and may still answer."""
    return covers.open_to(db.session(), viewer().person_id, now=now())


@blueprint.route("/cover-asks/<int:ask_id>/agree", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.TurnOut)
def agree_cover(ask_id: int) -> Response:
    """Whoever is asked comes: the seat is his at once."""
    return api_act(
        lambda session, actor, moment: covers.agree(session, ask_id, actor=actor, now=moment), shape=schemas.TurnOut()
    )


@blueprint.route("/cover-asks/<int:ask_id>/refuse", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.CoverAskOut)
def refuse_cover(ask_id: int) -> Response:
    """Whoever is asked can't this time."""
    return api_act(
        lambda session, actor, moment: covers.refuse(session, ask_id, actor=actor, now=moment),
        shape=schemas.CoverAskOut(),
    )
