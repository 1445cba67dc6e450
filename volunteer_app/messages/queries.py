"""Reads of the outbox and of feedback, in the viewer's community."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.messages.models import Feedback, OutboxMessage


def text_of(message: OutboxMessage) -> Text:
    """The sentence, to be shown in the reader's language."""
    return revived({"template": message.template, "values": message.values})


def revived(kept: dict[str, Any]) -> Text:
    """A sentence from its JSON, with the sentences inside it; see actions.plain_value."""
    values = {name: revived(value) if isinstance(value, dict) else value for name, value in kept["values"].items()}
    return Text(kept["template"], values)


def causes_known(session: Session, community_id: int, causes: Iterable[str]) -> set[str]:
    """Those of the causes for which there is a message already, told or not."""
    wanted = select(OutboxMessage.cause).where(
        OutboxMessage.community_id == community_id, OutboxMessage.cause.in_(list(causes))
    )
    return set(session.scalars(wanted))


def waiting(session: Session, channel: str) -> list[OutboxMessage]:
    """What is still to be told on a channel, the earliest due first; one person's messages stand together."""
    first_due = (
        select(OutboxMessage.person_id, func.min(OutboxMessage.due_after).label("due"))
        .where(OutboxMessage.state == "waiting")
        .group_by(OutboxMessage.person_id)
        .subquery()
    )
    wanted = (
        select(OutboxMessage)
        .outerjoin(first_due, first_due.c.person_id == OutboxMessage.person_id)
        .where(OutboxMessage.state == "waiting", OutboxMessage.channel == channel)
        .options(selectinload(OutboxMessage.person))
        .order_by(first_due.c.due, OutboxMessage.person_id, OutboxMessage.due_after, OutboxMessage.id)
    )
    return list(session.scalars(wanted))


def waiting_counts(session: Session) -> dict[str, int]:
    """How many messages wait on each channel."""
    wanted = select(OutboxMessage.channel, func.count()).where(OutboxMessage.state == "waiting")
    return dict(session.execute(wanted.group_by(OutboxMessage.channel)).all())


def messages_for(session: Session, person_id: int, *, limit: int = 20) -> list[OutboxMessage]:
    """The person's own messages, the newest first, whatever the channel."""
    wanted = select(OutboxMessage).where(OutboxMessage.person_id == person_id, OutboxMessage.state != "void")
    return list(session.scalars(wanted.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()).limit(limit)))


def feedback_list() -> Select[Feedback]:
    """Open ones first, then the newest."""
    return select(Feedback).order_by(Feedback.state.desc(), Feedback.created_at.desc(), Feedback.id.desc())


def feedback(session: Session, feedback_id: int) -> Feedback:
    found = session.scalars(select(Feedback).where(Feedback.id == feedback_id)).first()
    if found is None:
        raise NotFound
    return found
