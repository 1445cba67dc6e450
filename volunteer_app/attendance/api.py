"""Attendance over JSON: the sheet of a day, own sign-in, service records, corrections."""

from typing import Any

from flask import Response

from volunteer_app.attendance import actions, corrections, drawing, queries, rules, schemas, signing
from volunteer_app.attendance.actions import Entry
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.attendance.queries import Row
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import Forbidden
from volunteer_app.rewards import queries as rewards
from volunteer_app.rewards.rules import Worth
from volunteer_app.web.access import ANYBODY, access, actor, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

blueprint = api_blueprint("attendance", about="Sheets, sign-in, service records, corrections")


@blueprint.route("/attendance/<address>", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.RowOut(many=True))
def sheet(address: str) -> list[dict[str, Any]]:
    """Everybody on the shifts of a day, in order of time."""
    rows = [row for _, found in queries.sheet(db.session(), rules.day_named(address)) for row in found]
    cases = [drawing.case_of(row) for row in rows if row.absence is None]
    worths = rewards.values(db.session(), viewer().community_id, cases)
    return [row_out(row, worths.get(row.key)) for row in rows]


def row_out(row: Row, worth: Worth | None) -> dict[str, Any]:
    served, written = row.served, row.attendance
    return {
        "shift_id": row.shift.id,
        "person_id": row.person.id,
        "number": row.person.number,
        "name": row.person.name,
        "signed_in_at": written.signed_in_at if written else None,
        "signed_out_at": written.signed_out_at if written else None,
        "minutes": served.minutes,
        "credited_minutes": served.credited,
        "coefficient_pct": worth.coefficient_pct if worth else None,
        "points": worth.points if worth and served.credited is not None else None,
        "how": written.how if written else None,
        "state": row.absence or (written.state if written else "open"),
        "to_check": served.check and row.is_over(now()),
    }


@blueprint.route("/attendance/<address>", methods=["PUT"])
@access("coordinator")
@blueprint.arguments(schemas.SheetIn)
@blueprint.response(200, schemas.CountOut)
def save(values: dict[str, Any], address: str) -> Response:
    """Writes rows of the sheet; answers how many changed. Rows that aren't named stay as they are."""
    on, entries = rules.day_named(address), [Entry(**row) for row in values["rows"]]
    return api_act(
        lambda session, actor, moment: {
            "count": actions.save_sheet(session, on, entries, how=values["how"], actor=actor, now=moment)
        },
        shape=schemas.CountOut(),
    )


@blueprint.route("/attendance/<address>/fill", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.CountOut)
def fill(address: str) -> Response:
    """Blank times of shifts that are over become the planned ones."""
    on = rules.day_named(address)
    return api_act(
        lambda session, actor, moment: {
            "count": actions.fill_as_planned(session, on, how="staff", actor=actor, now=moment)
        },
        shape=schemas.CountOut(),
    )


@blueprint.route("/attendance/<address>/confirm", methods=["POST"])
@access("coordinator")
@blueprint.response(200, schemas.ConfirmedOut)
def confirm(address: str) -> Response:
    """Makes service records of the day's rows; refused while a row must be looked at."""
    on = rules.day_named(address)
    return api_act(
        lambda session, actor, moment: actions.confirm_day(session, on, actor=actor, now=moment),
        shape=schemas.ConfirmedOut(),
    )


@blueprint.route("/attendance", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.AddIn)
@blueprint.response(201, schemas.AttendanceOut)
def add(values: dict[str, Any]) -> Response:
    """Puts somebody who wasn't rostered on the sheet of a shift."""
    return api_act(
        lambda session, actor, moment: actions.add_person(session, **values, actor=actor, now=moment),
        shape=schemas.AttendanceOut(),
        status=201,
    )


@blueprint.route("/my/turns/<int:assignment_id>/sign-in", methods=["POST"])
@access("volunteer")
@blueprint.arguments(schemas.CodeIn)
@blueprint.response(200, schemas.AttendanceOut)
def sign_in(values: dict[str, Any], assignment_id: int) -> Any:
    """Signs the caller in with the four digits at the post; wrong codes are counted."""
    session, moment, who, key = db.session(), now(), actor(), drawing.secret()
    person_id = viewer().person_id

    def work() -> signing.Tried:
        turn = signing.own_turn(session, person_id, assignment_id)
        return signing.sign_in(session, turn, values["code"], secret=key, actor=who, now=moment)

    tried = in_transaction(session, work)
    if tried.refusal is not None:
        raise tried.refusal
    return tried.attendance


@blueprint.route("/my/turns/<int:assignment_id>/sign-out", methods=["POST"])
@access("volunteer")
@blueprint.response(200, schemas.AttendanceOut)
def sign_out(assignment_id: int) -> Response:
    """Signs the caller out; repeated, it keeps the first time."""
    person_id = viewer().person_id
    return api_act(
        lambda session, actor, moment: signing.sign_out(
            session, signing.own_turn(session, person_id, assignment_id), actor=actor, now=moment
        ),
        shape=schemas.AttendanceOut(),
    )


@blueprint.route("/my/service-records", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.RecordOut(many=True))
def my_records() -> list[ServiceRecord]:
    """The caller's service records in order of time, corrected ones included."""
    return queries.records_of(db.session(), viewer().person_id, states=(*queries.COUNTED_STATES, "corrected"))


@blueprint.route("/service-records/<int:record_id>", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.RecordOut)
def show_record(record_id: int) -> ServiceRecord:
    """One service record: anybody's for staff, else one's own."""
    found = queries.record_here(db.session(), record_id)
    if found.person_id != viewer().person_id and viewer().roles.isdisjoint({"coordinator", "auditor"}):
        raise Forbidden
    return found


@blueprint.route("/corrections", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.CorrectionOut(many=True))
def list_corrections() -> list[Correction]:
    """Corrections that wait for a second person."""
    return queries.waiting_corrections(db.session())


@blueprint.route("/corrections", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.CorrectionIn)
@blueprint.response(201, schemas.CorrectionOut)
def propose(values: dict[str, Any]) -> Response:
    """Proposes what should stand instead of a confirmed record; a second person confirms it."""
    return api_act(
        lambda session, actor, moment: corrections.propose(session, Change(**values), actor=actor, now=moment),
        shape=schemas.CorrectionOut(),
        status=201,
    )
