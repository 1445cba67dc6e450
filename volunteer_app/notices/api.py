"""Notices over JSON: lists, objections, answers, the second person's decision."""

from typing import Any

from flask import Response

from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.attendance.schemas import CorrectionOut, RecordOut
from volunteer_app.core.errors import BadInput, Forbidden
from volunteer_app.core.language import N_, Text
from volunteer_app.credentials.queries import publicised
from volunteer_app.notices import actions, queries, schemas
from volunteer_app.notices.models import Notice, Objection
from volunteer_app.places import queries as places
from volunteer_app.web.access import ANYBODY, access, local_today, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.names import masked_text

blueprint = api_blueprint("notices", about="Public notices, objections, corrections")


@blueprint.route("/notices", methods=["GET"])
@access("coordinator", "auditor")
@blueprint.response(200, schemas.NoticeOut(many=True))
def list_notices() -> list[Notice]:
    """All lists, newest first."""
    return queries.notices(db.session())


@blueprint.route("/notices/stars", methods=["GET"])
@access("coordinator", "auditor")
@blueprint.response(200, schemas.NoticeStarOut(many=True))
def list_stars() -> list[dict[str, Any]]:
    """Stars on the board today, masked."""
    return [
        {
            "number": grant.person.number,
            "name": masked_text(grant.person.name, "zh"),
            "stars": grant.stars,
            "published_on": grant.publicised_on,
            "closes_on": grant.closes_on,
        }
        for grant in publicised(db.session(), local_today())
    ]


@blueprint.route("/notices/<int:notice_id>", methods=["GET"])
@access("coordinator", "auditor")
@blueprint.response(200, schemas.NoticeWithLinesOut)
def show(notice_id: int) -> dict[str, Any]:
    """One list as it hangs on the board: masked names, times, actual minutes, points."""
    session = db.session()
    notice = queries.notice_here(session, notice_id)
    day = places.today(session, notice.community_id, now())
    lines = queries.by_person(session, notice.community_id, queries.records_on(session, notice.id))
    shown: dict[str, Any] = schemas.NoticeOut().dump(notice)
    return shown | {
        **{name: getattr(notice, name) for name in ("from_on", "to_on", "published_on", "closes_on")},
        "working_day": queries.clock(session, notice, day),
        "lines": [
            {
                "number": line.person.number,
                "name": masked_text(line.person.name, "zh"),
                "times": line.times,
                "minutes": line.minutes,
                "points": line.points,
            }
            for line in lines
        ],
    }


@blueprint.route("/notices", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.PublishIn)
@blueprint.response(201, schemas.NoticeOut)
def publish(values: dict[str, Any]) -> Response:
    """Hangs up all confirmed records of the days for three working days."""
    return api_act(
        lambda session, actor, moment: actions.publish(
            session, values["from_on"], values["to_on"], actor=actor, now=moment
        ),
        shape=schemas.NoticeOut(),
        status=201,
    )


@blueprint.route("/objections", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.ObjectionOut(many=True))
def list_objections() -> list[Objection]:
    """Objections without an answer, oldest first."""
    return queries.objections(db.session())


@blueprint.route("/my/objections", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.ObjectionOut(many=True))
def my_objections() -> list[Objection]:
    """The caller's own, newest first."""
    return queries.objections_of(db.session(), viewer().person_id)


@blueprint.route("/objections", methods=["POST"])
@access("volunteer", "coordinator")
@blueprint.arguments(schemas.ObjectionIn)
@blueprint.response(201, schemas.ObjectionOut)
def object_to(values: dict[str, Any]) -> Response:
    """Something is wrong with a record, or a day is missing. Only coordinators may speak for somebody else."""
    who = viewer()
    person_id = values["person_id"] or who.person_id
    if person_id != who.person_id and "coordinator" not in who.roles:
        raise Forbidden
    if values["record_id"] is None and values["about_on"] is None:
        raise BadInput({"about_on": [Text(N_("请写是哪一天。"))]})
    about_on = values["about_on"] or local_today()

    def work(session: Any, actor: Any, moment: Any) -> Objection:
        return actions.object_to(
            session,
            person_id,
            said=values["said"],
            about_on=about_on,
            record_id=values["record_id"],
            actor=actor,
            now=moment,
        )

    return api_act(work, shape=schemas.ObjectionOut(), status=201)


@blueprint.route("/objections/<int:objection_id>/stands", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.AnswerIn)
@blueprint.response(200, schemas.ObjectionOut)
def let_stand(values: dict[str, Any], objection_id: int) -> Response:
    """A second person says that the record is right, and why."""
    return api_act(
        lambda session, actor, moment: actions.let_stand(
            session, objection_id, answer=values["answer"], actor=actor, now=moment
        ),
        shape=schemas.ObjectionOut(),
    )


@blueprint.route("/objections/<int:objection_id>/change", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.ChangeIn)
@blueprint.response(201, CorrectionOut)
def propose_change(values: dict[str, Any], objection_id: int) -> Response:
    """The first person proposes what should stand instead."""

    def work(session: Any, actor: Any, moment: Any) -> Any:
        person_id = queries.objection_here(session, objection_id).person_id
        change = Change(person_id=person_id, **values)
        return actions.propose_for(session, objection_id, change, actor=actor, now=moment)

    return api_act(work, shape=CorrectionOut(), status=201)


@blueprint.route("/corrections/<int:correction_id>/confirm", methods=["POST"])
@access("coordinator")
@blueprint.response(200, RecordOut)
def confirm_correction(correction_id: int) -> Response:
    """The second person agrees: a new record stands, credited points of the old one are reversed."""

    def work(session: Any, actor: Any, moment: Any) -> ServiceRecord:
        return actions.confirm_correction(session, correction_id, actor=actor, now=moment)

    return api_act(work, shape=RecordOut())


@blueprint.route("/corrections/<int:correction_id>/refuse", methods=["POST"])
@access("coordinator")
@blueprint.response(200, CorrectionOut)
def refuse_correction(correction_id: int) -> Response:
    """The second person disagrees: the old record stands."""
    return api_act(
        lambda session, actor, moment: actions.refuse_correction(session, correction_id, actor=actor, now=moment),
        shape=CorrectionOut(),
    )
