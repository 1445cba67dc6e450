"""The calendar over JSON: types of days, working days counted, one day changed."""

from datetime import date, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.web.access import ANYBODY, access, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.workdays import actions, queries, schemas

blueprint = api_blueprint("workdays", about="Which days are rest days, holidays, make-up workdays")
LONGEST_DAYS = 400


@blueprint.route("/calendar", methods=["GET"])
@access(ANYBODY)
@blueprint.arguments(schemas.CalendarQuery, location="query")
@blueprint.response(200, schemas.CalendarDayOut(many=True))
def list_days(query: dict[str, Any]) -> list[dict[str, Any]]:
    """The type of each day, both ends included, at most 400 days."""
    first, last = query["from_on"], query["to_on"]
    if not 0 <= (last - first).days <= LONGEST_DAYS:
        raise BadInput({"to_on": [Text(N_("最后一天要在第一天之后，最多隔%(most)d天。"), {"most": LONGEST_DAYS})]})
    names = {row.day: row.name for row in queries.special_days(db.session(), first, last)}
    types = queries.day_types(db.session(), first, last)
    return [{"day": day, "type": kind, "name": names.get(day, "")} for day, kind in types.items()]


@blueprint.route("/calendar/working-day", methods=["GET"])
@access(ANYBODY)
@blueprint.arguments(schemas.WorkingDayQuery, location="query")
@blueprint.response(200, schemas.WorkingDayOut)
def working_day(query: dict[str, Any]) -> dict[str, date]:
    """The n-th working day after a date, counted from the next day on."""
    return {"day": queries.add_working_days(db.session(), query["after"], query["days"])}


@blueprint.route("/calendar/<day>", methods=["PUT"])
@access("admin")
@blueprint.arguments(schemas.CalendarDayIn)
@blueprint.response(200, schemas.CalendarDayOut)
def put_day(values: dict[str, Any], day: str) -> Response:
    """Says what a day is; kind plain gives it back to its weekday."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        entry = actions.DayEntry(wanted, values["kind"], values["name"])
        actions.put_days(session, viewer().community_id, [entry], actor=actor, now=moment)
        return {"day": wanted, "type": queries.day_type(session, wanted), "name": values["name"]}

    return api_act(work, shape=schemas.CalendarDayOut())
