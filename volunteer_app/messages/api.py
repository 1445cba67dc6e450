"""Messages and feedback over JSON."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.ids import new_key
from volunteer_app.messages import actions, queries, schemas
from volunteer_app.messages.models import Feedback, OutboxMessage
from volunteer_app.web.access import ANYBODY, access, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import translate
from volunteer_app.web.paging import page_of

blueprint = api_blueprint("messages", about="Whom to tell what; complaints and suggestions")


@blueprint.route("/messages", methods=["GET"])
@access("coordinator")
@blueprint.arguments(schemas.OutboxQuery, location="query")
@blueprint.response(200, schemas.OutboxOut(many=True))
def outbox(query: dict[str, Any]) -> list[dict[str, Any]]:
    """What is still to be told on a channel, the earliest due first."""
    return [shown(message) for message in queries.waiting(db.session(), query["channel"])]


def shown(message: OutboxMessage) -> dict[str, Any]:
    """The message with its sentence in the caller's language."""
    names = ("id", "person_id", "kind", "channel", "is_emergency", "due_after", "state")
    return {name: getattr(message, name) for name in names} | {"text": translate(queries.text_of(message))}


@blueprint.route("/messages/told", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.ToldIn)
@blueprint.response(200, schemas.ToldOut)
def mark_told(values: dict[str, Any]) -> Response:
    """The people have been told."""

    def work(session: Session, actor: Actor, moment: datetime) -> dict[str, int]:
        return {"told": actions.mark_told(session, values["messages"], actor=actor, now=moment)}

    return api_act(work, shape=schemas.ToldOut())


@blueprint.route("/my/messages", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.OutboxOut(many=True))
def mine() -> list[dict[str, Any]]:
    """What the caller has been told, newest first."""
    return [shown(message) for message in queries.messages_for(db.session(), viewer().person_id)]


@blueprint.route("/feedback", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.FeedbackOut(many=True))
def list_feedback() -> list[Feedback]:
    """Open ones first; 50 a page (`page`)."""
    return page_of(db.session(), queries.feedback_list()).items


@blueprint.route("/feedback", methods=["POST"])
@access(ANYBODY)
@blueprint.arguments(schemas.FeedbackIn)
@blueprint.response(201, schemas.FeedbackOut)
def give_feedback(values: dict[str, Any]) -> Response:
    """A complaint, suggestion or thanks from the caller."""

    def work(session: Session, actor: Actor, moment: datetime) -> Feedback:
        return actions.give_feedback(session, **values, once=new_key(), actor=actor, now=moment)

    return api_act(work, shape=schemas.FeedbackOut(), status=201)


@blueprint.route("/feedback/<int:feedback_id>/answer", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.FeedbackAnswerIn)
@blueprint.response(200, schemas.FeedbackOut)
def answer_feedback(values: dict[str, Any], feedback_id: int) -> Response:
    """Answers once; the writer gets a message."""
    return api_act(
        lambda session, actor, moment: actions.answer_feedback(
            session, feedback_id, values["answer"], actor=actor, now=moment
        ),
        shape=schemas.FeedbackOut(),
    )
