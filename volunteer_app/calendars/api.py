"""One's own calendar address over JSON."""

from typing import Any

from flask import Response

from volunteer_app.calendars import actions, queries, schemas
from volunteer_app.calendars.models import CalendarFeed
from volunteer_app.calendars.views import address_of
from volunteer_app.web.access import access, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

blueprint = api_blueprint("calendars", about="Turns in the calendar of a telephone")


def told(feed: CalendarFeed | None) -> dict[str, Any]:
    return {"is_open": bool(feed and feed.is_open), "address": address_of(feed)}


@blueprint.route("/my/calendar", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.CalendarOut)
def show() -> dict[str, Any]:
    """The caller's address, if there is one."""
    return told(queries.own(db.session(), viewer().person_id))


@blueprint.route("/my/calendar", methods=["POST"])
@access("volunteer")
@blueprint.alt_response(200, schema=schemas.CalendarOut)
def renew() -> Response:
    """A new address; the former one no longer answers."""
    return api_act(
        lambda session, actor, moment: told(actions.renew(session, actor=actor, now=moment)),
        shape=schemas.CalendarOut(),
    )


@blueprint.route("/my/calendar", methods=["DELETE"])
@access("volunteer")
@blueprint.alt_response(200, schema=schemas.CalendarOut)
def stop() -> Response:
    """No address any more."""
    return api_act(
        lambda session, actor, moment: told(actions.stop(session, actor=actor, now=moment)),
        shape=schemas.CalendarOut(),
    )
