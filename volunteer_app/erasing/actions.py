"""A request to be forgotten: taken down, withdrawn or refused, confirmed by a second person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.erasing import queries, rules
from volunteer_app.erasing.forgetting import ERASED, erase, rows_with
from volunteer_app.erasing.models import Erasure
from volunteer_app.people.queries import person_here


def ask(session: Session, person_id: int, how: str, *, actor: Actor, now: datetime) -> Erasure:
    """Takes the request down; nothing goes away yet. Refuses AlreadyAsked, AlreadyErased."""
    assert actor.person_id is not None
    person = person_here(session, person_id)
    if person.name == ERASED:
        raise rules.AlreadyErased
    if queries.waiting_of(session, person.id) is not None:
        raise rules.AlreadyAsked
    made = Erasure(
        community_id=person.community_id,
        person_id=person.id,
        how="self" if actor.person_id == person.id else how,
        asked_by_id=actor.person_id,
        asked_at=now,
        left_in=[],
    )
    session.add(made)
    session.flush()
    record(session, "ask_erasure", f"erasure:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def locked(session: Session, erasure_id: int) -> Erasure:
    """The waiting request under its lock. Refuses NotWaiting."""
    found = session.scalars(select(Erasure).where(Erasure.id == erasure_id).with_for_update(of=Erasure)).first()
    if found is None:
        raise NotFound
    if found.state != "waiting":
        raise rules.NotWaiting
    return found


def drop(session: Session, erasure_id: int, *, actor: Actor, now: datetime) -> Erasure:
    """The person thinks better of it, or an administrator drops it. NotFound for other people's requests."""
    found = locked(session, erasure_id)
    if found.person_id != actor.person_id and not actor.has("admin"):
        raise NotFound
    found.state, found.decided_by_id, found.decided_at = "dropped", actor.person_id, now
    record(session, "drop_erasure", f"erasure:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def confirm(session: Session, erasure_id: int, *, actor: Actor, now: datetime) -> Erasure:
    """Forgets the person, for good. Refuses AnotherPerson, StillOpen, LastAdmin, NotWaiting."""
    found = locked(session, erasure_id)
    if actor.person_id in (found.asked_by_id, found.person_id):
        raise rules.AnotherPerson
    refuse_open(session, found.person_id, now=now)
    name = person_here(session, found.person_id).name
    erase(session, found.person_id, actor=actor, now=now)
    found.state, found.decided_by_id, found.decided_at = "done", actor.person_id, now
    session.flush()
    found.left_in = rows_with(session, found.community_id, name)
    record(session, "confirm_erasure", f"erasure:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def refuse_open(session: Session, person_id: int, *, now: datetime) -> None:
    """Refuses StillOpen."""
    if open_things := queries.in_the_way(session, person_id, now=now):
        raise rules.StillOpen(what=joined(open_things))


def joined(things: list[Text]) -> Text:
    """Several in one sentence."""
    said = things[0]
    for one in things[1:]:
        said = Text(N_("%(first)s，%(second)s"), {"first": said, "second": one})
    return said
