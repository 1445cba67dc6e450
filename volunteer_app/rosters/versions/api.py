"""Publishing and published versions over JSON."""

from typing import Any

from flask import Response

from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.versions import publishing, schemas
from volunteer_app.rosters.versions import queries as versions
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/rosters/<int:roster_id>/versions", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.VersionOut(many=True))
def list_versions(roster_id: int) -> list[Any]:
    """Published versions, newest first, each with the difference to the one before."""
    queries.roster(db.session(), roster_id)
    return list(versions.published(db.session(), roster_id))


@blueprint.route("/rosters/<int:roster_id>/publish", methods=["POST"])
@access("coordinator")
@blueprint.alt_response(201, schema=schemas.VersionOut)
def publish(roster_id: int) -> Response:
    """Makes the draft the next version; 409 when nothing differs."""
    return api_act(
        lambda session, actor, moment: publishing.publish(session, roster_id, actor=actor, now=moment),
        shape=schemas.VersionOut(),
        status=201,
    )
