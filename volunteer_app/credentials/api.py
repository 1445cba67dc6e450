"""The record over JSON: one's own, stars on their way, a certificate by its number."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.credentials import actions, queries, schemas
from volunteer_app.credentials.models import StarGrant
from volunteer_app.people.queries import person_here
from volunteer_app.web.access import PUBLIC, access, local_today, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import language
from volunteer_app.web.names import masked_text

blueprint = api_blueprint("credentials", about="Stars, trainings, commendations, evaluations, service certificates")


@blueprint.route("/my/credentials", methods=["GET"])
@access("volunteer")
@blueprint.response(200, schemas.VolunteerRecordOut)
def mine() -> dict[str, Any]:
    """The caller's final minutes, stars, entries and certificates."""
    return record_of(viewer().person_id)


@blueprint.route("/people/<int:person_id>/credentials", methods=["GET"])
@access("coordinator")
@blueprint.response(200, schemas.VolunteerRecordOut)
def of_person(person_id: int) -> dict[str, Any]:
    """The same for somebody else."""
    return record_of(person_here(db.session(), person_id).id)


def record_of(person_id: int) -> dict[str, Any]:
    session = db.session()
    stars = queries.stars_of(session, person_id, local_today())
    return {
        "minutes": queries.final_minutes(session, person_id),
        "stars_reached": stars.reached,
        "stars_certified": stars.certified,
        "entries": queries.entries_of(session, person_id),
        "certificates": queries.certificates_of(session, person_id),
    }


@blueprint.route("/my/credentials/star", methods=["POST"])
@access("volunteer")
@blueprint.response(201, schemas.StarOut)
def apply_for_star() -> Response:
    """Asks for the highest star that the caller's hours reach."""
    return api_act(
        lambda session, actor, moment: actions.apply_for_star(session, viewer().person_id, actor=actor, now=moment),
        shape=schemas.StarOut(),
        status=201,
    )


@blueprint.route("/stars", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.StarOut(many=True))
def list_stars() -> list[StarGrant]:
    """Every star of the community, those that wait first."""
    return queries.grants(db.session())


@blueprint.route("/certificates/<number>", methods=["GET"])
@access(PUBLIC)
@blueprint.response(200, schemas.CheckedOut)
def check(number: str) -> dict[str, Any]:
    """Whether a certificate is real: masked name, days and hours. 404 when there is none of this number."""
    found = queries.checked(db.session(), number)
    if found is None:
        raise NotFound
    one = found.certificate
    return {
        "number": one.number,
        "name": masked_text(one.person.name, language()),
        "from_on": one.from_on,
        "to_on": one.to_on,
        "minutes": one.minutes,
        "times": one.times,
        "is_revoked": one.revocation is not None,
        "is_current": found.is_current,
    }
