"""Own turns, answers, open turns and sign-ups over JSON."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.models import PUBLISHED_STATES, Assignment
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns import replies, schemas, sign_ups
from volunteer_app.rosters.turns.drawing import open_turns as turns_open_to
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import translate


@blueprint.route("/seats/<int:assignment_id>/why", methods=["GET"])
@access("coordinator", "volunteer")
@blueprint.response(200, schemas.WhyOut)
def why(assignment_id: int) -> dict[str, Any]:
    """Why this person has this seat; volunteers may ask about their own."""
    session = db.session()
    seat = queries.assignment(session, assignment_id)
    own = seat.person_id == viewer().person_id and seat.state in PUBLISHED_STATES
    if not own and "coordinator" not in viewer().roles:
        raise NotFound
    case = judging.case_of(session, queries.roster(session, seat.roster_id), now=now())
    known = case.knows(seat.person_id, seat.shift_id)
    said = judging.reasons(case, seat.person_id, seat.shift_id) if known else []
    return {"reasons": [translate(text) for text in said]}


@blueprint.route("/my/turns", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.TurnOut(many=True))
def my_turns() -> list[Assignment]:
    """The caller's published turns that haven't ended, next first."""
    return turns.turns_of(db.session(), viewer().person_id, since=now())


@blueprint.route("/seats/<int:assignment_id>/accept", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.TurnOut)
def accept(assignment_id: int) -> Response:
    """The holder comes; coordinators may answer for somebody."""
    return api_act(
        lambda session, actor, moment: replies.accept(session, assignment_id, actor=actor, now=moment),
        shape=schemas.TurnOut(),
    )


@blueprint.route("/seats/<int:assignment_id>/decline", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.DeclineIn)
@blueprint.alt_response(200, schema=schemas.TurnOut)
def decline(values: dict[str, Any], assignment_id: int) -> Response:
    """The holder can't come: the turn is offered to others and stays his until somebody covers it."""
    return api_act(
        lambda session, actor, moment: replies.decline(
            session, assignment_id, reason=values["reason"], actor=actor, now=moment
        ),
        shape=schemas.TurnOut(),
    )


@blueprint.route("/my/open-turns", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.OpenTurnOut(many=True))
def open_turns() -> list[dict[str, Any]]:
    """Published turns with a free seat that the caller may take."""
    suiting = turns_open_to(db.session(), viewer().person_id, viewer().community_id, now=now())
    return [{"shift": shift, "free": free} for shift, free in suiting.free]


@blueprint.route("/shifts/<int:shift_id>/sign-ups", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.SignUpIn)
@blueprint.alt_response(201, schema=schemas.SignUpOut)
def sign_up(values: dict[str, Any], shift_id: int) -> Response:
    """Asks for a free seat; coordinators may do it for `person_id`."""
    return api_act(
        lambda session, actor, moment: sign_ups.sign_up(
            session, shift_id, person_id=values["person_id"], actor=actor, now=moment
        ),
        shape=schemas.SignUpOut(),
        status=201,
    )


@blueprint.route("/sign-ups", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.SignUpOut(many=True))
def list_sign_ups() -> list[Any]:
    """Waiting sign-ups for turns to come, in the order in which they came."""
    return list(turns.waiting_sign_ups(db.session(), since=local_today()))


@blueprint.route("/sign-ups/<int:sign_up_id>/confirm", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(200, schema=schemas.SeatOut)
def confirm_sign_up(sign_up_id: int) -> Response:
    """Gives the seat; the roster gets a new version."""
    return api_act(
        lambda session, actor, moment: sign_ups.confirm_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SeatOut(),
    )


@blueprint.route("/sign-ups/<int:sign_up_id>/refuse", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(200, schema=schemas.SignUpOut)
def refuse_sign_up(sign_up_id: int) -> Response:
    """Not this time, thank you."""
    return api_act(
        lambda session, actor, moment: sign_ups.refuse_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SignUpOut(),
    )


@blueprint.route("/sign-ups/<int:sign_up_id>/withdraw", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.SignUpOut)
def withdraw_sign_up(sign_up_id: int) -> Response:
    """The volunteer takes the sign-up back."""
    return api_act(
        lambda session, actor, moment: sign_ups.withdraw_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SignUpOut(),
    )
