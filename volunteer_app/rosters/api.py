"""Rosters over JSON: everything that the pages do."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import actions, answers, judging, queries, repairs, schemas
from volunteer_app.rosters.models import PUBLISHED_STATES, Assignment, Roster, RosterRun
from volunteer_app.web.access import access, local_today, now, viewer, zone
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import translate

blueprint = api_blueprint("rosters", about="Rosters, solves, seats, replies, open turns")


@blueprint.route("/rosters", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RosterOut(many=True))
def list_rosters() -> list[Roster]:
    """All rosters of the community, the newest period first."""
    return queries.rosters(db.session())


@blueprint.route("/rosters", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.AskIn)
@blueprint.alt_response(202, schema=schemas.RunOut)
def ask_for_roster(values: dict[str, Any]) -> Response:
    """Asks for a roster of [from_on, to_on]; a worker solves it. The answer is the run to watch."""

    def work(session: Session, actor: Actor, moment: datetime) -> RosterRun:
        return actions.ask_for_roster(
            session, values["from_on"], values["to_on"], limit_s=values["limit_s"], actor=actor, now=moment
        )

    return api_act(work, shape=schemas.RunOut(), status=202)


@blueprint.route("/rosters/<int:roster_id>/repairs", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.RepairIn)
@blueprint.alt_response(202, schema=schemas.RunOut)
def ask_for_repair(values: dict[str, Any], roster_id: int) -> Response:
    """Notes who can't come and asks for the smallest change of the published roster. The answer is the run to watch."""
    absences = [repairs.Absence(**row) for row in values["absences"]]
    return api_act(
        lambda session, actor, moment: actions.ask_for_repair(
            session, roster_id, absences=absences, actor=actor, now=moment
        ),
        shape=schemas.RunOut(),
        status=202,
    )


@blueprint.route("/roster-runs/<int:run_id>/accept", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(201, schema=schemas.VersionOut)
def accept_repair(run_id: int) -> Response:
    """Makes the proposal the next version and tells those whom it touches; 409 when something has changed since."""
    return api_act(
        lambda session, actor, moment: actions.accept_repair(session, run_id, actor=actor, now=moment),
        shape=schemas.VersionOut(),
        status=201,
    )


@blueprint.route("/rosters/<int:roster_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RosterOut)
def show_roster(roster_id: int) -> Roster:
    return queries.roster(db.session(), roster_id)


@blueprint.route("/rosters/<int:roster_id>/seats", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.SeatOut(many=True))
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


@blueprint.route("/rosters/<int:roster_id>/versions", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.VersionOut(many=True))
def list_versions(roster_id: int) -> list[Any]:
    """Published versions, newest first, each with the difference to the one before."""
    queries.roster(db.session(), roster_id)
    return list(queries.versions(db.session(), roster_id))


@blueprint.route("/rosters/<int:roster_id>/publish", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(201, schema=schemas.VersionOut)
def publish(roster_id: int) -> Response:
    """Makes the draft the next version; 409 when nothing differs."""
    return api_act(
        lambda session, actor, moment: actions.publish(session, roster_id, actor=actor, now=moment),
        shape=schemas.VersionOut(),
        status=201,
    )


@blueprint.route("/roster-runs/<int:run_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RunOut)
def show_run(run_id: int) -> RosterRun:
    """State, progress and, once finished, goals and gaps of a solve."""
    return queries.roster_run(db.session(), run_id)


@blueprint.route("/roster-runs/<int:run_id>/stop", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.StopIn)
@blueprint.alt_response(200, schema=schemas.RunOut)
def stop_run(values: dict[str, Any], run_id: int) -> Response:
    """Ends the solve now and keeps the best roster so far, or drops it."""
    return api_act(
        lambda session, actor, moment: actions.stop_run(
            session, run_id, discard=values["discard"], actor=actor, now=moment
        ),
        shape=schemas.RunOut(),
    )


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


@blueprint.route("/seats/<int:assignment_id>/replace", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.SeatIn)
@blueprint.alt_response(200, schema=schemas.ChangeOut)
def replace(values: dict[str, Any], assignment_id: int) -> Response:
    """Gives the seat to somebody else and pins it; 409 with the rule in words when a hard rule forbids it."""
    return api_act(
        lambda session, actor, moment: shown(
            actions.replace(session, assignment_id, person_id=values["person_id"], actor=actor, now=moment)
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
            actions.fill(session, shift_id, person_id=values["person_id"], actor=actor, now=moment)
        ),
        shape=schemas.ChangeOut(),
        status=201,
    )


@blueprint.route("/seats/<int:assignment_id>", methods=["DELETE"])
@access("coordinator")
@blueprint.alt_response(200, schema=schemas.WhyOut)
def unseat(assignment_id: int) -> Response:
    """Takes the person off the shift and leaves a gap."""

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        actions.unseat(session, assignment_id, actor=actor, now=moment)
        return {"reasons": []}

    return api_act(work, shape=schemas.WhyOut())


@blueprint.route("/seats/<int:assignment_id>/pin", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.PinIn)
@blueprint.alt_response(200, schema=schemas.SeatOut)
def pin(values: dict[str, Any], assignment_id: int) -> Response:
    """A solve keeps the seat, or may move it again."""
    return api_act(
        lambda session, actor, moment: actions.pin(
            session, assignment_id, pinned=values["pinned"], actor=actor, now=moment
        ),
        shape=schemas.SeatOut(),
    )


@blueprint.route("/seats/<int:assignment_id>/lead", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.LeadIn)
@blueprint.alt_response(200, schema=schemas.SeatOut)
def lead(values: dict[str, Any], assignment_id: int) -> Response:
    """Makes the person the shift's on-site leader, or no longer."""
    return api_act(
        lambda session, actor, moment: actions.lead(
            session, assignment_id, leads=values["leads"], actor=actor, now=moment
        ),
        shape=schemas.SeatOut(),
    )


@blueprint.route("/my/turns", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.TurnOut(many=True))
def my_turns() -> list[Assignment]:
    """The caller's published turns that haven't ended, next first."""
    return queries.turns_of(db.session(), viewer().person_id, since=now())


@blueprint.route("/seats/<int:assignment_id>/accept", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.TurnOut)
def accept(assignment_id: int) -> Response:
    """The holder comes; coordinators may answer for somebody."""
    return api_act(
        lambda session, actor, moment: actions.accept(session, assignment_id, actor=actor, now=moment),
        shape=schemas.TurnOut(),
    )


@blueprint.route("/seats/<int:assignment_id>/decline", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.DeclineIn)
@blueprint.alt_response(200, schema=schemas.TurnOut)
def decline(values: dict[str, Any], assignment_id: int) -> Response:
    """The holder can't come: the turn is offered to others and stays his until somebody covers it."""
    return api_act(
        lambda session, actor, moment: actions.decline(
            session, assignment_id, reason=values["reason"], actor=actor, now=moment
        ),
        shape=schemas.TurnOut(),
    )


@blueprint.route("/my/open-turns", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.OpenTurnOut(many=True))
def open_turns() -> list[dict[str, Any]]:
    """Published turns with a free seat that the caller may take."""
    from volunteer_app.rosters.views_turns import open_turns as found

    suiting = found(db.session(), viewer().person_id, viewer().community_id, now=now(), zone=zone())
    by_id = {row["id"] for row in suiting.rows}
    everything = queries.open_turns(db.session(), viewer().community_id, now=now())
    return [{"shift": shift, "free": free} for shift, free in everything if shift.id in by_id]


@blueprint.route("/shifts/<int:shift_id>/sign-ups", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.SignUpIn)
@blueprint.alt_response(201, schema=schemas.SignUpOut)
def sign_up(values: dict[str, Any], shift_id: int) -> Response:
    """Asks for a free seat; coordinators may do it for `person_id`."""
    return api_act(
        lambda session, actor, moment: actions.sign_up(
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
    return list(queries.waiting_sign_ups(db.session(), since=local_today()))


@blueprint.route("/sign-ups/<int:sign_up_id>/confirm", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(200, schema=schemas.SeatOut)
def confirm_sign_up(sign_up_id: int) -> Response:
    """Gives the seat; the roster gets a new version."""
    return api_act(
        lambda session, actor, moment: actions.confirm_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SeatOut(),
    )


@blueprint.route("/sign-ups/<int:sign_up_id>/refuse", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(200, schema=schemas.SignUpOut)
def refuse_sign_up(sign_up_id: int) -> Response:
    """Not this time, thank you."""
    return api_act(
        lambda session, actor, moment: actions.refuse_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SignUpOut(),
    )


@blueprint.route("/sign-ups/<int:sign_up_id>/withdraw", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.alt_response(200, schema=schemas.SignUpOut)
def withdraw_sign_up(sign_up_id: int) -> Response:
    """The volunteer takes the sign-up back."""
    return api_act(
        lambda session, actor, moment: actions.withdraw_sign_up(session, sign_up_id, actor=actor, now=moment),
        shape=schemas.SignUpOut(),
    )
