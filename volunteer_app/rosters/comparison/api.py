"""Two plans of a roster side by side, over JSON."""

from dataclasses import asdict
from typing import Any

from volunteer_app.rosters import queries
from volunteer_app.rosters.api import blueprint
from volunteer_app.rosters.comparison import comparing, schemas
from volunteer_app.web.access import access, local_today, now
from volunteer_app.web.database import db


@blueprint.route("/rosters/<int:roster_id>/plans", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.PlanOut(many=True))
def list_plans(roster_id: int) -> list[dict[str, Any]]:
    """What can be compared: the draft, the published versions, the latest answered solves."""
    session = db.session()
    return [
        {"code": side.code, "at": side.at, "seats": len(side.pairs)}
        for side in comparing.sides(session, queries.roster(session, roster_id))
    ]


@blueprint.route("/rosters/<int:roster_id>/compare", methods=["GET"])
@access("coordinator")
@blueprint.arguments(schemas.CompareQuery, location="query")
@blueprint.response(200, schemas.ComparisonOut)
def compare(values: dict[str, Any], roster_id: int) -> dict[str, Any]:
    """The plan `other` beside the plan `one`: goals in their order, and people whose turns differ."""
    session = db.session()
    roster = queries.roster(session, roster_id)
    beside = comparing.beside(session, roster, **values, now=now(), today=local_today())
    return {
        "worse": beside.found.worse,
        "asked_run_id": beside.asked.id if beside.asked else None,
        "goals": [asdict(one) for one in beside.found.goals],
        "people": [asdict(one) | {"person": int(one.person)} for one in beside.found.people],
    }
