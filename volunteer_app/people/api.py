"""People over JSON: tokens, who am I, list, registration, consent."""

from typing import Any

from flask import Response, request

from volunteer_app.core.database import in_transaction
from volunteer_app.people import actions, queries, schemas
from volunteer_app.people.models import Person
from volunteer_app.web.access import ANYBODY, PUBLIC, access, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.paging import page_of

blueprint = api_blueprint("people", about="People, tokens, consents")


@blueprint.route("/tokens", methods=["POST"])
@access(PUBLIC)
@blueprint.arguments(schemas.TokenIn)
@blueprint.response(201, schemas.TokenOut)
def make_token(values: dict[str, Any]) -> dict[str, Any]:
    """A token for number or telephone and password, valid for 30 days. Failed tries count like the page's."""
    session, moment = db.session(), now()
    tried = in_transaction(
        session, lambda: actions.try_sign_in(session, values["name"], values["password"], now=moment)
    )
    if tried.refusal is not None:
        raise tried.refusal
    assert tried.person is not None
    person_id = tried.person.id
    return in_transaction(session, lambda: actions.make_token(session, person_id, values["label"], now=moment))


@blueprint.route("/tokens/current", methods=["DELETE"])
@access(ANYBODY)
@blueprint.response(204)
def end_token() -> None:
    """Ends the token that the call was made with."""
    session, moment = db.session(), now()
    token = request.headers.get("Authorization", "").partition(" ")[2]
    in_transaction(session, lambda: actions.revoke_token(session, token, now=moment))


@blueprint.route("/me", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.MeOut)
def me() -> dict[str, Any]:
    """The caller and their roles."""
    person = db.session.get_one(Person, viewer().person_id)
    shown: dict[str, Any] = schemas.PersonOut().dump(person)
    return shown | {"roles": sorted(viewer().roles)}


@blueprint.route("/people", methods=["GET"])
@access("coordinator", "admin")
@blueprint.response(200, schemas.PersonOut(many=True))
def list_people() -> list[Person]:
    """People by part of name, number or telephone (`q`) and grid; 50 a page (`page`)."""
    statement = queries.search(request.args.get("q", ""), request.args.get("grid", type=int))
    return page_of(db.session(), statement).items


@blueprint.route("/people", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.PersonIn)
@blueprint.response(201, schemas.PersonOut)
def register(values: dict[str, Any]) -> Response:
    """Adds an invited person; consent makes a volunteer of them."""
    return api_act(
        lambda session, actor, moment: actions.register(session, values, actor=actor, now=moment),
        shape=schemas.PersonOut(),
        status=201,
    )


@blueprint.route("/people/<int:person_id>", methods=["GET"])
@access("coordinator", "admin")
@blueprint.response(200, schemas.PersonOut)
def show(person_id: int) -> Person:
    """One person."""
    return queries.person_here(db.session(), person_id)


@blueprint.route("/people/<int:person_id>/consents", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.ConsentIn)
@blueprint.response(201, schemas.PersonOut)
def add_consent(values: dict[str, Any], person_id: int) -> Response:
    """Records an agreement given in person, by telephone or on paper."""

    def work(session: Any, actor: Any, moment: Any) -> Person:
        actions.consent(session, person_id, **values, actor=actor, now=moment)
        return queries.person_here(session, person_id)

    return api_act(work, shape=schemas.PersonOut(), status=201)
