"""Writes: put a message into the outbox, say that it has been told, take feedback and answer it."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.messages.models import Feedback, OutboxMessage
from volunteer_app.messages.rules import due_after
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community


class AlreadyAnswered(Refused):
    """Two people answered at once; the first one's answer stands."""

    sentence = N_("这一条已经有人答复了。")


def put(
    session: Session,
    *,
    community_id: int,
    person_id: int | None,
    kind: str,
    text: Text | str,
    cause: str,
    now: datetime,
    is_emergency: bool = False,
) -> OutboxMessage:
    """Adds a message once per `cause`; a second call gives the first one's row.

    The channel is the person's own; None as person is a notice on the board. Nothing is due from 21:00 to 7:00 local
    time unless it's an emergency.
    """
    known = select(OutboxMessage).where(OutboxMessage.community_id == community_id, OutboxMessage.cause == cause)
    found = session.scalars(known).first()
    if found is not None:
        return found
    community = session.get_one(Community, community_id)
    person = session.get_one(Person, person_id) if person_id is not None else None
    said = text if isinstance(text, Text) else Text(text)
    message = OutboxMessage(
        community_id=community_id,
        person_id=person_id,
        kind=kind,
        channel=person.channel if person else "board",
        template=said.template,
        values=plain_values(said),
        cause=cause,
        is_emergency=is_emergency,
        created_at=now,
        due_after=due_after(now, community.zone, is_emergency=is_emergency),
    )
    session.add(message)
    session.flush()
    return message


def plain_values(text: Text) -> dict[str, object]:
    """The values as JSON can hold them: dates become 2026-10-12, inner sentences keep their template."""
    return {name: plain_value(value) for name, value in text.values.items()}


def plain_value(value: object) -> object:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, Text):
        return {"template": value.template, "values": plain_values(value)}
    return value.isoformat() if isinstance(value, date) else str(value)


def mark_told(session: Session, message_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Notes that the people have been told; returns how many were still waiting. Safe to repeat."""
    wanted = (
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(list(message_ids)), OutboxMessage.community_id == actor.community_id)
        .where(OutboxMessage.state == "waiting")
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    waiting = list(session.scalars(wanted))
    for message in waiting:
        message.state, message.told_at, message.told_by_id = "told", now, actor.person_id
        record(session, "mark_told", f"outbox_message:{message.id}", actor=actor, now=now)
    return len(waiting)


def void(session: Session, cause: str, *, community_id: int) -> bool:
    """Takes back a message that nobody has been told yet; False when it's too late or there is none."""
    wanted = select(OutboxMessage).where(OutboxMessage.community_id == community_id, OutboxMessage.cause == cause)
    found = session.scalars(wanted.with_for_update()).first()
    if found is None or found.state != "waiting":
        return False
    found.state = "void"
    return True


def void_all(session: Session, *beginnings: str, community_id: int) -> int:
    """The same for every message whose cause begins with one of these; returns how many were taken back."""
    wanted = (
        select(OutboxMessage)
        .where(OutboxMessage.community_id == community_id, OutboxMessage.state == "waiting")
        .where(or_(*(OutboxMessage.cause.startswith(one, autoescape=True) for one in beginnings)))
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    waiting = list(session.scalars(wanted))
    for message in waiting:
        message.state = "void"
    return len(waiting)


def give_feedback(
    session: Session, *, kind: str, text: str, once: str, actor: Actor, now: datetime, name: str = "", phone: str = ""
) -> Feedback:
    """Takes a complaint, suggestion or thanks from anybody, once per form key."""
    known = select(Feedback).where(Feedback.community_id == actor.community_id, Feedback.once == once)
    found = session.scalars(known).first()
    if found is not None:
        return found
    given = Feedback(
        community_id=actor.community_id,
        person_id=actor.person_id,
        kind=kind,
        text=text,
        name=name,
        phone=phone,
        once=once,
        created_at=now,
    )
    session.add(given)
    session.flush()
    record(session, "give_feedback", f"feedback:{given.id}", actor=actor, now=now)
    return given


def answer_feedback(session: Session, feedback_id: int, text: str, *, actor: Actor, now: datetime) -> Feedback:
    """Answers once; a signed-in writer gets the answer through the outbox."""
    wanted = select(Feedback).where(Feedback.id == feedback_id, Feedback.community_id == actor.community_id)
    found = session.scalars(wanted.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.state == "answered":
        raise AlreadyAnswered
    found.state, found.answer, found.answered_at, found.answered_by_id = "answered", text, now, actor.person_id
    record(session, "answer_feedback", f"feedback:{found.id}", actor=actor, now=now)
    if found.person_id is not None:
        put(
            session,
            community_id=actor.community_id,
            person_id=found.person_id,
            kind="feedback",
            text=Text(N_("您提的意见有答复了：%(answer)s"), {"answer": text}),
            cause=f"feedback:{found.id}",
            now=now,
        )
    return found
