"""What stays of somebody who asks to be forgotten: a number in rosters, hours and books; no name, no telephone.

The books hold numbers only, so they verify afterwards as before. The audit trail stays as it was written; it names
people by their row. A backup that was taken earlier still knows them: keep backups no longer than you may.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from volunteer_app.availability.models import PartnerWish
from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import Base
from volunteer_app.erasing.rules import standing
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people import actions as people
from volunteer_app.people.models import Person, RoleGrant, SignInAttempt

ERASED = "已注销"
DELETED = (
    *("person_tag", "api_token", "outbox_message", "submission", "store_basket_line"),
    *("availability_sheet", "away", "partner_wish", "wish", "calendar_feed"),
)
"""Tables whose rows of the person go away: codes, keys, messages, what forms answered, times and wishes."""

BLANKED: dict[str, dict[str, str]] = {
    "feedback": {"text": ERASED, "name": "", "phone": ""},
    "objection": {"said": ERASED},
    "store_order": {"proxy_name": ""},
    "attendance": {"remark": ""},
    "assignment": {"reason": ""},
    "consent": {"given_by": ERASED},
    "bonus": {"note": ""},
}
"""Words in rows that stay, because somebody else's figures rest on them."""


def erase(session: Session, person_id: int, *, actor: Actor, now: datetime) -> Person:
    """Takes everything away that says who the person is; safe to repeat. Refuses LastAdmin."""
    person = session.scalars(
        select(Person).where(Person.community_id == actor.community_id, Person.id == person_id).with_for_update()
    ).one()
    for role in session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id).distinct()).all():
        people.revoke(session, person.id, role, actor=actor, now=now)
    session.execute(delete(SignInAttempt).where(SignInAttempt.name.in_((person.number, person.name))))
    for name in DELETED:
        table = Base.metadata.tables[name]
        session.execute(delete(table).where(table.c.person_id == person.id))
    for name, words in BLANKED.items():
        table = Base.metadata.tables[name]
        session.execute(update(table).where(table.c.person_id == person.id).values(words))
    session.execute(delete(PartnerWish).where(PartnerWish.partner_id == person.id))
    forget_in_messages(session, person)
    person.number, person.name, person.gender, person.state = f"X{person.id}", ERASED, "", "left"
    person.birth_year = person.phone = person.password_hash = person.code_fingerprint = person.household_id = None
    person.neighbourhood_id = person.microgrid_id = None
    person.sign_in_epoch += 1
    audit.record(session, "erase", f"person:{person.id}", actor=actor, now=now, acting_for=person.id)
    session.flush()
    return person


def forget_in_messages(session: Session, person: Person) -> None:
    """Other people's messages that speak of the person say so no longer."""
    pattern = in_community(session, person.community_id, person.name)
    for message in session.scalars(select(OutboxMessage).where(OutboxMessage.community_id == person.community_id)):
        told = {name: forget(value, pattern) for name, value in message.values.items()}
        if told != message.values:
            message.values = told


def forget(value: object, pattern: re.Pattern[str]) -> object:
    if not isinstance(value, str):
        return value
    return pattern.sub(lambda found: ERASED if found.lastindex else found[0], value)


def in_community(session: Session, community_id: int, name: str) -> re.Pattern[str]:
    """`standing` with the names that the community knows."""
    wanted = (Person.community_id == community_id, Person.name.contains(name, autoescape=True), Person.name != name)
    return standing(name, session.scalars(select(Person.name).where(*wanted).distinct()))


def rows_with(session: Session, community_id: int, name: str) -> list[str]:
    """The community's tables in which a text column still has the name: what an officer looks at after an erasure."""
    pattern = in_community(session, community_id, name)
    return [
        table.name
        for table in Base.metadata.sorted_tables
        if any(
            found.lastindex
            for text in texts_with(session, table, community_id, name)
            for found in pattern.finditer(text)
        )
    ]


def texts_with(session: Session, table: Table, community_id: int, name: str) -> Iterator[str]:
    """Texts of the community's rows with the name in them, also as part of a longer one."""
    own = [table.c.community_id == community_id] if "community_id" in table.c else []
    for column in table.columns:
        if column.type.python_type is str:
            yield from session.scalars(select(column).where(column.contains(name, autoescape=True), *own).distinct())
