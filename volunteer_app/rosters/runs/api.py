"""Solves over JSON: ask, watch, stop."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.models import RosterRun
from volunteer_app.rosters.runs import actions, schemas
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


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


@blueprint.route("/roster-runs/<int:run_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RunOut)
def show_run(run_id: int) -> RosterRun:
    """State, progress and, once finished, goals and gaps of a solve."""
    return runs.roster_run(db.session(), run_id)


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
