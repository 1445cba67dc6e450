"""Repairs of a published roster over JSON."""

from typing import Any

from flask import Response

from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.repairs import actions, schemas
from volunteer_app.rosters.runs.schemas import RunOut
from volunteer_app.rosters.versions.schemas import VersionOut
from volunteer_app.web.access import access
from volunteer_app.web.forms import api_act


@blueprint.route("/rosters/<int:roster_id>/repairs", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.RepairIn)
@blueprint.alt_response(202, schema=RunOut)
def ask_for_repair(values: dict[str, Any], roster_id: int) -> Response:
    """Notes who can't come and asks for the smallest change of the published roster. The answer is the run to watch."""
    absences = [actions.Absence(**row) for row in values["absences"]]
    return api_act(
        lambda session, actor, moment: actions.ask_for_repair(
            session, roster_id, absences=absences, actor=actor, now=moment
        ),
        shape=RunOut(),
        status=202,
    )


@blueprint.route("/roster-runs/<int:run_id>/accept", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(201, schema=VersionOut)
def accept_repair(run_id: int) -> Response:
    """Makes the proposal the next version and tells those whom it touches; 409 when something has changed since."""
    return api_act(
        lambda session, actor, moment: actions.accept_repair(session, run_id, actor=actor, now=moment),
        shape=VersionOut(),
        status=201,
    )
