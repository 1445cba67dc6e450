"""The community next door: a stocked store, its staff, and the word of both sides to exchange goods."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import scoped
from volunteer_app.demo.community import PASSWORD, Founded
from volunteer_app.people import actions as people
from volunteer_app.people.models import Person
from volunteer_app.people.passwords import hash_password
from volunteer_app.places.actions import found_community
from volunteer_app.store import founding
from volunteer_app.store.partners import neighbours

STAFF = (("C21", "陆文", "F", "coordinator"), ("K21", "石秀兰", "F", "keeper"))


@dataclass(frozen=True, slots=True)
class NextDoor:
    """The other community and who acts there."""

    community_id: int
    coordinator: Actor
    keeper: Actor


def found_next_door(session: Session, home: Founded, *, now: datetime) -> NextDoor:
    """Founds it beside the first one; the session comes back scoped as it was."""
    with scoped(session, None):
        made = found_community(session, code="linan", name="邻安社区", contact=("小陆", "0513-5550 0150"), above=[])
    with scoped(session, made.id):
        first, second = (add_person(session, made.id, *one, now=now) for one in STAFF)
        founding.load_price_list(session, from_on=date(2026, 1, 1), place="邻安驿站", actor=second, now=now)
        neighbours.add_neighbour(session, "youlin", actor=first, now=now)
        session.flush()
    neighbours.add_neighbour(session, "linan", actor=home.coordinator, now=now)
    return NextDoor(made.id, first, second)


def add_person(
    session: Session, community_id: int, number: str, name: str, gender: str, role: str, *, now: datetime
) -> Actor:
    """Somebody of the staff over there."""
    person = Person(community_id=community_id, number=number, name=name, gender=gender, created_at=now)
    person.password_hash = hash_password(PASSWORD)
    session.add(person)
    session.flush()
    people.grant(session, person.id, role, actor=Actor(community_id, None, "demo"), now=now)
    return Actor(community_id, person.id, "demo", frozenset({role}))
