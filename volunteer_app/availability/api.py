"""Availability over JSON: own under /my/…, anybody's under /people/<id>/… for coordinators."""

from datetime import date, datetime
from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.availability import actions, queries, schemas
from volunteer_app.availability.models import AvailabilitySheet, Away
from volunteer_app.availability.rules import FinerEntry
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import BadInput, Forbidden, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.web.access import access, local_today, viewer, zone
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

blueprint = api_blueprint("availability", about="When people are free")
LONGEST_DAYS = 400


def allowed(person_id: int) -> int:
    """Oneself, or for coordinators anybody of the community."""
    found = viewer()
    if person_id != found.person_id and "coordinator" not in found.roles:
        raise Forbidden
    if db.session.scalars(select(Person.id).where(Person.id == person_id)).first() is None:
        raise NotFound
    return person_id


@blueprint.route("/people/<int:person_id>/availability", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.MonthQuery, location="query")
@blueprint.response(200, schemas.AvailabilityOut)
def show_sheet(query: dict[str, Any], person_id: int) -> AvailabilitySheet:
    """The sheet in force in a month: its own, else the last earlier one."""
    month = query["month"] or local_today()
    found = queries.sheet_in_force(db.session(), allowed(person_id), month)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/people/<int:person_id>/availability", methods=["PUT"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.AvailabilityIn)
@blueprint.response(200, schemas.AvailabilityOut)
def save_sheet(values: dict[str, Any], person_id: int) -> Response:
    """Writes a month's squares, or one of the usual patterns."""
    allowed(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> AvailabilitySheet:
        month: date = values["month"]
        if values["template"]:
            sheet = actions.apply_template(session, person_id, month, values["template"], actor=actor, now=moment)
        else:
            sheet = actions.save_sheet(
                session,
                person_id,
                month,
                squares=schemas.mask_of(values["free"]),
                resting=values["resting"],
                follows_rest_days=values["follows_rest_days"],
                actor=actor,
                now=moment,
            )
        if values["turns_week"] is not None:
            actions.set_turns_week(session, person_id, month, values["turns_week"], actor=actor, now=moment)
        return sheet

    return api_act(work, shape=schemas.AvailabilityOut())


@blueprint.route("/people/<int:person_id>/availability/finer", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.MonthQuery, location="query")
@blueprint.arguments(schemas.FinerIn)
@blueprint.response(201, schemas.FinerJson)
def add_finer(query: dict[str, Any], values: dict[str, Any], person_id: int) -> Response:
    """Adds a time that is free or blocked within the week."""
    allowed(person_id)
    month = query["month"] or local_today()
    return api_act(
        lambda session, actor, moment: actions.add_finer(
            session, person_id, month, FinerEntry(**values), actor=actor, now=moment
        ),
        shape=schemas.FinerJson(),
        status=201,
    )


@blueprint.route("/people/<int:person_id>/availability/finer/<int:finer_id>", methods=["DELETE"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.MonthQuery, location="query")
@blueprint.response(200, schemas.AvailabilityOut)
def remove_finer(query: dict[str, Any], person_id: int, finer_id: int) -> Response:
    """Takes a finer time away; answers with the sheet."""
    allowed(person_id)
    month = query["month"] or local_today()

    def work(session: Session, actor: Actor, moment: datetime) -> AvailabilitySheet | None:
        actions.remove_finer(session, person_id, month, finer_id, actor=actor, now=moment)
        return queries.sheet_of(session, person_id, month)

    return api_act(work, shape=schemas.AvailabilityOut())


@blueprint.route("/people/<int:person_id>/away", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.response(200, schemas.AwayOut(many=True))
def list_away(person_id: int) -> list[Away]:
    """Away dates from today on."""
    today = local_today()
    return queries.aways(db.session(), [allowed(person_id)], today, date.max)[person_id]


@blueprint.route("/people/<int:person_id>/away", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.AwayIn)
@blueprint.response(201, schemas.AwayOut)
def add_away(values: dict[str, Any], person_id: int) -> Response:
    """Notes an absence, both days included."""
    allowed(person_id)
    return api_act(
        lambda session, actor, moment: actions.add_away(
            session, person_id, values["from_on"], values["to_on"], actor=actor, now=moment
        ),
        shape=schemas.AwayOut(),
        status=201,
    )


@blueprint.route("/people/<int:person_id>/away/<int:away_id>", methods=["DELETE"])
@access("volunteer", "coordinator")
@blueprint.response(200, schemas.AwayOut(many=True))
def remove_away(person_id: int, away_id: int) -> Response:
    """The person is at home after all; answers with what is left."""
    allowed(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> list[Away]:
        actions.remove_away(session, person_id, away_id, actor=actor, now=moment)
        return queries.aways(session, [person_id], local_date(moment, zone()), date.max)[person_id]

    return api_act(work, shape=schemas.AwayOut(many=True))


@blueprint.route("/people/<int:person_id>/partners", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.response(200, schemas.PartnersJson)
def show_partners(person_id: int) -> dict[str, Any]:
    """With whom the person would like to be."""
    return {"partners": sorted(queries.partners(db.session(), [allowed(person_id)])[person_id])}


@blueprint.route("/people/<int:person_id>/partners", methods=["PUT"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.PartnersJson)
@blueprint.response(200, schemas.PartnersJson)
def set_partners(values: dict[str, Any], person_id: int) -> Response:
    """Replaces the wished partners, at most five."""
    allowed(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        actions.set_partners(session, person_id, values["partners"], actor=actor, now=moment)
        return {"partners": sorted(set(values["partners"]))}

    return api_act(work, shape=schemas.PartnersJson())


@blueprint.route("/people/<int:person_id>/wishes", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.response(200, schemas.WishesJson)
def show_wishes(person_id: int) -> dict[str, Any]:
    """What the person prefers, or does only if needed."""
    return {"wishes": queries.wishes(db.session(), [allowed(person_id)])[person_id]}


@blueprint.route("/people/<int:person_id>/wishes", methods=["PUT"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.WishesJson)
@blueprint.response(200, schemas.WishesJson)
def set_wishes(values: dict[str, Any], person_id: int) -> Response:
    """Replaces the likes."""
    allowed(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, Any]:
        actions.set_wishes(session, person_id, values["wishes"], actor=actor, now=moment)
        return values

    return api_act(work, shape=schemas.WishesJson())


@blueprint.route("/people/<int:person_id>/windows", methods=["GET"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.WindowQuery, location="query")
@blueprint.response(200, schemas.WindowOut(many=True))
def windows(query: dict[str, Any], person_id: int) -> list[dict[str, datetime]]:
    """When the person is free from one day to another, both included; at most 400 days."""
    allowed(person_id)
    if not 0 <= (query["to_on"] - query["from_on"]).days <= LONGEST_DAYS:
        raise BadInput({"to_on": [Text(N_("最后一天要在第一天之后，最多隔%(most)d天。"), {"most": LONGEST_DAYS})]})
    found = queries.windows(db.session(), [person_id], query["from_on"], query["to_on"], zone())[person_id]
    return [{"starts_at": starts, "ends_at": ends} for starts, ends in found]
