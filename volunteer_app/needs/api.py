"""Needs, shifts, series, kinds and imports over JSON, for coordinators."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import actions, changes, importing, kind_schemas, queries, recurring, schemas, series_schemas
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.needs.drawing import seats
from volunteer_app.needs.models import ActivityKind, Need, NeedImport, Shift
from volunteer_app.needs.plans import NeedEntry, SeriesPlan, ShiftPlan
from volunteer_app.web.access import access, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.paging import page_of
from volunteer_app.workdays.reading import read_day

blueprint = api_blueprint("needs", about="What is wanted: needs, series, shifts")
LONGEST_DAYS = 400


@blueprint.route("/kinds", methods=["GET"])
@access("coordinator")
@blueprint.response(200, kind_schemas.KindOut(many=True))
def list_kinds() -> list[ActivityKind]:
    """The catalogue of activities."""
    return queries.kinds(db.session(), also_inactive=True)


@blueprint.route("/needs", methods=["GET"])
@access("coordinator")
@blueprint.arguments(schemas.NeedQuery, location="query")
@blueprint.response(200, schemas.NeedOut(many=True))
def list_needs(query: dict[str, Any]) -> list[Need]:
    """Needs, newest first, 50 a page (`page`)."""
    values = {name: value for name, value in query.items() if name != "page"}
    return page_of(db.session(), queries.needs(queries.NeedFilter(**values))).items


@blueprint.route("/needs", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.NeedIn)
@blueprint.response(201, schemas.NeedOut)
def add_need(values: dict[str, Any]) -> Response:
    """Takes a need down under the next number."""
    return api_act(
        lambda session, actor, moment: actions.add_need(session, entry_of(session, values), actor=actor, now=moment),
        shape=schemas.NeedOut(),
        status=201,
    )


def entry_of(session: Session, values: dict[str, Any]) -> NeedEntry:
    kept = {name: values[name] for name in NeedEntry.__slots__ if name in values}
    kind = queries.kind_of(session, values["kind"])
    most = values["most"] or values["target"]
    return NeedEntry(**kept | {"kind_id": kind.id, "most": most, "later_legs": legs_of(values)})


def legs_of(values: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple((leg["starts_minute"], leg["ends_minute"]) for leg in values["later_legs"])


@blueprint.route("/needs/urgent", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.UrgentIn)
@blueprint.response(201, schemas.NeedOut)
def add_urgent(values: dict[str, Any]) -> Response:
    """Help now: verified at once, one shift of the first priority for each leg; `same_people` serve them all."""

    def work(session: Session, actor: Actor, moment: datetime) -> Need:
        plans = [ShiftPlan(**leg) for leg in values["legs"]]
        entry = entry_of(session, values["need"])
        return actions.add_urgent(session, entry, plans, actor=actor, now=moment, same_people=values["same_people"])

    return api_act(work, shape=schemas.NeedOut(), status=201)


@blueprint.route("/needs/<int:need_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.NeedOut)
def show_need(need_id: int) -> Need:
    """One need."""
    return queries.need(db.session(), need_id)


@blueprint.route("/needs/<int:need_id>", methods=["PUT"])
@access("coordinator")
@blueprint.arguments(schemas.NeedIn)
@blueprint.response(200, schemas.NeedOut)
def change_need(values: dict[str, Any], need_id: int) -> Response:
    """Corrects a need that isn't verified yet."""
    return api_act(
        lambda session, actor, moment: actions.change_need(
            session, need_id, entry_of(session, values), actor=actor, now=moment
        ),
        shape=schemas.NeedOut(),
    )


def step(does: Callable[..., Need], need_id: int) -> Response:
    return api_act(
        lambda session, actor, moment: does(session, need_id, actor=actor, now=moment), shape=schemas.NeedOut()
    )


@blueprint.route("/needs/<int:need_id>/submit", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.NeedOut)
def submit(need_id: int) -> Response:
    """A draft is handed in."""
    return step(actions.submit, need_id)


@blueprint.route("/needs/<int:need_id>/verify", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.NeedOut)
def verify(need_id: int) -> Response:
    """The need is real; a dated one becomes a shift."""
    return step(actions.verify, need_id)


@blueprint.route("/needs/<int:need_id>/close", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.NeedOut)
def close(need_id: int) -> Response:
    """Done; refused while shifts are to come."""
    return step(actions.close, need_id)


@blueprint.route("/needs/<int:need_id>/evaluate", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.NeedEvaluationIn)
@blueprint.response(200, schemas.NeedOut)
def evaluate(values: dict[str, Any], need_id: int) -> Response:
    """What those who asked say, 1 to 5 and a sentence."""
    return api_act(
        lambda session, actor, moment: actions.evaluate(session, need_id, **values, actor=actor, now=moment),
        shape=schemas.NeedOut(),
    )


@blueprint.route("/needs/<int:need_id>/cancel", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.CancelReasonIn)
@blueprint.response(200, schemas.NeedOut)
def cancel_need(values: dict[str, Any], need_id: int) -> Response:
    """The need falls away with its shifts to come."""
    return api_act(
        lambda session, actor, moment: changes.cancel_need(
            session, need_id, values["reason"], seats=seats(), actor=actor, now=moment
        ),
        shape=schemas.NeedOut(),
    )


@blueprint.route("/needs/<int:need_id>/series", methods=["POST"])
@access("coordinator")
@blueprint.arguments(series_schemas.SeriesIn)
@blueprint.response(201, series_schemas.SeriesOut)
def add_series(values: dict[str, Any], need_id: int) -> Response:
    """The need comes again by an RFC 5545 rule; extend it to make its shifts."""
    return api_act(
        lambda session, actor, moment: recurring.add_series(
            session, need_id, SeriesPlan(**values | {"later_legs": legs_of(values)}), actor=actor, now=moment
        ),
        shape=series_schemas.SeriesOut(),
        status=201,
    )


@blueprint.route("/series/extend", methods=["POST"])
@access("coordinator")
@blueprint.arguments(series_schemas.SeriesExtendIn)
@blueprint.response(200, schemas.TaskOut(many=True))
def extend_series(values: dict[str, Any]) -> Response:
    """Makes the shifts of all verified series up to a date; answers with the new ones."""
    until: date = values["until"]
    return api_act(
        lambda session, actor, moment: recurring.extend_series(
            session, viewer().community_id, until, actor=actor, now=moment
        ),
        shape=schemas.TaskOut(many=True),
    )


@blueprint.route("/shifts", methods=["GET"])
@access("coordinator")
@blueprint.arguments(schemas.ShiftQuery, location="query")
@blueprint.response(200, schemas.TaskOut(many=True))
def list_shifts(query: dict[str, Any]) -> list[Shift]:
    """Shifts from one local day to another, both included."""
    if not 0 <= (query["to_on"] - query["from_on"]).days <= LONGEST_DAYS:
        raise BadInput({"to_on": [Text(N_("最后一天要在第一天之后，最多隔%(most)d天。"), {"most": LONGEST_DAYS})]})
    return queries.shifts_between(
        db.session(),
        query["from_on"],
        query["to_on"],
        grid_id=query["grid_id"],
        also_cancelled=query["also_cancelled"],
    )


@blueprint.route("/shifts/<int:shift_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.TaskOut)
def show_shift(shift_id: int) -> Shift:
    """One shift with its rules."""
    return queries.shift(db.session(), shift_id)


@blueprint.route("/needs/<int:need_id>/shifts", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.ShiftPlanIn)
@blueprint.response(201, schemas.TaskOut)
def add_shift(values: dict[str, Any], need_id: int) -> Response:
    """One more shift of a need."""

    def work(session: Session, actor: Actor, moment: datetime) -> Shift:
        need = actions.locked_need(session, need_id, actor=actor)
        return actions.add_shift(session, need, ShiftPlan(**values), actor=actor, now=moment)

    return api_act(work, shape=schemas.TaskOut(), status=201)


@blueprint.route("/shifts/<int:shift_id>", methods=["PUT"])
@access("coordinator")
@blueprint.arguments(schemas.ShiftChangeIn)
@blueprint.response(200, schemas.TaskOut)
def change_shift(values: dict[str, Any], shift_id: int) -> Response:
    """Changes one date (`scope` one) or this and all later ones of the series (rest); people are asked again."""
    scope = values.pop("scope")
    does = changes.change_rest if scope == "rest" else changes.change_shift

    def work(session: Session, actor: Actor, moment: datetime) -> Shift:
        does(session, shift_id, ShiftChange(**values), seats=seats(), actor=actor, now=moment)
        return queries.shift(session, shift_id)

    return api_act(work, shape=schemas.TaskOut())


@blueprint.route("/shifts/<int:shift_id>/cancel", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.CancelReasonIn)
@blueprint.response(200, schemas.TaskOut)
def cancel_shift(values: dict[str, Any], shift_id: int) -> Response:
    """Cancels one date, its whole task (`scope` task: all legs to come) or the rest of the series."""
    does = changes.CANCELS[values["scope"]]

    def work(session: Session, actor: Actor, moment: datetime) -> Shift:
        does(session, shift_id, values["reason"], seats=seats(), actor=actor, now=moment)
        return queries.shift(session, shift_id)

    return api_act(work, shape=schemas.TaskOut())


@blueprint.route("/need-imports", methods=["POST"])
@access("coordinator")
@blueprint.response(201, schemas.NeedImportOut)
def read_import() -> Response:
    """Reads a CSV or Excel file sent as the body (`?name=`, `?day0=`) and keeps the preview; writes no need."""
    content, name = request.get_data(), request.args.get("name", "needs.csv")
    asked = request.args.get("day0", "")
    day0 = read_day(asked, near=date(2000, 1, 1)) if asked else None

    def work(session: Session, actor: Actor, moment: datetime) -> NeedImport:
        report = importing.read_file(session, content, name, community_id=actor.community_id, now=moment, day0=day0)
        return importing.keep(session, report, actor=actor, now=moment)

    return api_act(work, shape=schemas.NeedImportOut(), status=201)


@blueprint.route("/need-imports/<int:import_id>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.NeedImportOut)
def show_import(import_id: int) -> NeedImport:
    """What a file said and what became of it."""
    return queries.read_import(db.session(), import_id)


@blueprint.route("/need-imports/<int:import_id>/take-in", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.NeedImportOut)
def take_in(import_id: int) -> Response:
    """Writes the good rows, once."""

    def work(session: Session, actor: Actor, moment: datetime) -> NeedImport:
        importing.take_in(session, import_id, actor=actor, now=moment)
        return queries.read_import(session, import_id)

    return api_act(work, shape=schemas.NeedImportOut())


@blueprint.route("/need-imports/<int:import_id>/undo", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.NeedImportOut)
def undo(import_id: int) -> Response:
    """Cancels all that the import brought, while nobody is on its shifts."""

    def work(session: Session, actor: Actor, moment: datetime) -> NeedImport:
        importing.undo(session, import_id, seats=seats(), actor=actor, now=moment)
        return queries.read_import(session, import_id)

    return api_act(work, shape=schemas.NeedImportOut())
