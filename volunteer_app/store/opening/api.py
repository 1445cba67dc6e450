"""The days without opening, over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.opening import actions, queries, schemas
from volunteer_app.store.opening.models import ClosedDay
from volunteer_app.store.views import HOUSE
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/store/closed-days", methods=["GET"])
@access(*HOUSE)
@blueprint.response(200, schemas.ClosedDayOut(many=True))
def closed_days() -> list[ClosedDay]:
    """Days from today on that stay closed."""
    return queries.closed_days(db.session(), local_today())


@blueprint.route("/store/closed-days", methods=["POST"])
@access(*HOUSE)
@blueprint.arguments(schemas.ClosedDayIn)
@blueprint.response(201, schemas.ClosedDayOut)
def close_day(values: dict[str, Any]) -> Response:
    """The store stays closed on that day; written again it only changes the reason."""
    return api_act(
        lambda session, actor, moment: actions.close_day(
            session, values["on"], reason=values["reason"], actor=actor, now=moment
        ),
        shape=schemas.ClosedDayOut(),
        status=201,
    )


@blueprint.route("/store/closed-days/<int:day_id>/open", methods=["POST"])
@access(*HOUSE)
@blueprint.response(200, schemas.ClosedDayOut)
def open_day(day_id: int) -> Response:
    """The store opens after all; the answer is the day that was closed."""
    return api_act(
        lambda session, actor, moment: actions.open_day(session, day_id, actor=actor, now=moment),
        shape=schemas.ClosedDayOut(),
    )
