"""Rosters, their seats and gaps over JSON, and changes by hand."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.board import schemas, seats
from volunteer_app.rosters.judge import answers, judging
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.turns.schemas import SeatOut, WhyOut
from volunteer_app.web.access import access, now
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import translate


@blueprint.route("/rosters", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RosterOut(many=True))
def list_rosters() -> list[Roster]:
    """All rosters of the community, the newest period first."""
    return queries.rosters(db.session())


@blueprint.route("/rosters/<int:roster_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RosterOut)
def show_roster(roster_id: int) -> Roster:
    return queries.roster(db.session(), roster_id)


@blueprint.route("/rosters/<int:roster_id>/seats", methods=["GET"])
@access("coordinator")
@blueprint.response(200, SeatOut(many=True))
def list_seats(roster_id: int) -> list[Assignment]:
    """The seats of the draft, in time order."""
    queries.roster(db.session(), roster_id)
    return queries.draft_seats(db.session(), roster_id)


@blueprint.route("/rosters/<int:roster_id>/gaps", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.GapOut(many=True))
def list_gaps(roster_id: int) -> list[dict[str, Any]]:
    """Shifts to come below their target, with the reasons and the cheapest way to close each."""
    session = db.session()
    case = judging.case_of(session, queries.roster(session, roster_id), now=now())
    found = []
    for shift in case.problem.shifts:
        missing = shift.target - len(case.plan.on_shift.get(shift.id, ()))
        if missing > 0:
            found.append(gap_value(case, int(shift.id), missing))
    return found


def gap_value(case: judging.Case, shift_id: int, missing: int) -> dict[str, Any]:
    words = answers.gap_words(case, shift_id)
    return {
        "shift_id": shift_id,
        "missing": missing,
        "why": [translate(text) for text in words.why],
        "funnel": [translate(text) for text in words.funnel],
        "witness": translate(words.witness) if words.witness else "",
        "nearly": [translate(text) for text in words.nearly],
        "ways": [translate(way.text) for way in words.ways],
        "way": translate(words.way),
        "ask_id": words.ask_id,
    }


@blueprint.route("/seats/<int:assignment_id>/replace", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.SeatIn)
@blueprint.alt_response(200, schema=schemas.ChangeOut)
def replace(values: dict[str, Any], assignment_id: int) -> Response:
    """Gives the seat to somebody else and pins it; 409 with the rule in words when a hard rule forbids it."""
    return api_act(
        lambda session, actor, moment: shown(
            seats.replace(session, assignment_id, person_id=values["person_id"], actor=actor, now=moment)
        ),
        shape=schemas.ChangeOut(),
    )


def shown(change: Any) -> dict[str, Any]:
    return {"seat": change.seat, "notices": [translate(text) for text in change.notices]}


@blueprint.route("/shifts/<int:shift_id>/seats", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.SeatIn)
@blueprint.alt_response(201, schema=schemas.ChangeOut)
def fill(values: dict[str, Any], shift_id: int) -> Response:
    """Seats somebody on a shift with a free seat, and pins it."""
    return api_act(
        lambda session, actor, moment: shown(
            seats.fill(session, shift_id, person_id=values["person_id"], actor=actor, now=moment)
        ),
        shape=schemas.ChangeOut(),
        status=201,
    )


@blueprint.route("/seats/<int:assignment_id>", methods=["DELETE"])
@access("coordinator")
@blueprint.alt_response(200, schema=WhyOut)
def unseat(assignment_id: int) -> Response:
    """Takes the person off the shift and leaves a gap."""

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        seats.unseat(session, assignment_id, actor=actor, now=moment)
        return {"reasons": []}

    return api_act(work, shape=WhyOut())


@blueprint.route("/seats/<int:assignment_id>/pin", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.PinIn)
@blueprint.alt_response(200, schema=SeatOut)
def pin(values: dict[str, Any], assignment_id: int) -> Response:
    """A solve keeps the seat, or may move it again."""
    return api_act(
        lambda session, actor, moment: seats.pin(
            session, assignment_id, pinned=values["pinned"], actor=actor, now=moment
        ),
        shape=SeatOut(),
    )


@blueprint.route("/seats/<int:assignment_id>/lead", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.LeadIn)
@blueprint.alt_response(200, schema=SeatOut)
def lead(values: dict[str, Any], assignment_id: int) -> Response:
    """Makes the person the shift's on-site leader, or no longer."""
    return api_act(
        lambda session, actor, moment: seats.lead(
            session, assignment_id, leads=values["leads"], actor=actor, now=moment
        ),
        shape=SeatOut(),
    )
