"""Reads about people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from volunteer_app.core.database import table_of
from volunteer_app.core.errors import NotFound
from volunteer_app.core.ids import fingerprint
from volunteer_app.people.models import ApiToken, Consent, Person, PersonTag, RoleGrant, VolunteerProfile
from volunteer_app.people.rules import age_band
from volunteer_app.places.models import Community
from volunteer_app.places.queries import area_names


def roles_of(session: Session, person_id: int) -> frozenset[str]:
    """Names of all roles that the person holds anywhere."""
    return frozenset(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id)))


class Known(NamedTuple):
    """What every request has to know of whoever makes it; `zone` is the community's."""

    id: int
    sign_in_epoch: int
    state: str
    number: str
    name: str
    community_id: int
    grid_id: int | None
    language: str
    text_size: str
    zone: str
    roles: frozenset[str]


PEOPLE, GRANTS, TOKENS, COMMUNITIES = map(table_of, (Person, RoleGrant, ApiToken, Community))
HELD = select(func.aggregate_strings(GRANTS.c.role, ",")).where(GRANTS.c.person_id == PEOPLE.c.id).scalar_subquery()
KNOWN = select(*[PEOPLE.c[name] for name in Known._fields[:-2]], COMMUNITIES.c.zone, func.coalesce(HELD, "")).join_from(
    PEOPLE, COMMUNITIES, COMMUNITIES.c.id == PEOPLE.c.community_id
)
BY_ID = KNOWN.where(PEOPLE.c.id == bindparam("id"))
BY_TOKEN = KNOWN.join(TOKENS, TOKENS.c.person_id == PEOPLE.c.id).where(
    TOKENS.c.fingerprint == bindparam("print"), TOKENS.c.revoked_at.is_(None), TOKENS.c.expires_at > bindparam("now")
)
"""One statement each, made once, because every request starts with one of them."""


def known(session: Session, person_id: int) -> Known | None:
    """The person of any community, with the roles held anywhere."""
    return as_known(session.execute(BY_ID, {"id": person_id}))


def known_by_token(session: Session, token: str, *, now: datetime) -> Known | None:
    """The person whom a valid API token stands for."""
    return as_known(session.execute(BY_TOKEN, {"print": fingerprint(token), "now": now}))


def as_known(rows: Iterable[Any]) -> Known | None:
    for *fields, roles in rows:
        return Known._make([*fields, frozenset(filter(None, roles.split(",")))])
    return None


def person_here(session: Session, person_id: int) -> Person:
    """The person, or NotFound for an unknown id and for another community's."""
    found = session.scalars(select(Person).where(Person.id == person_id)).first()
    if found is None:
        raise NotFound
    return found


def people_named(session: Session, typed: str) -> list[Person]:
    """Everybody whose volunteer number or telephone is `typed`; two people of one household may share a telephone."""
    name = typed.strip().replace(" ", "")
    by_number = list(session.scalars(select(Person).where(Person.number == name.upper())))
    return by_number or list(session.scalars(select(Person).where(Person.phone == name).order_by(Person.id)))


@dataclass(frozen=True, slots=True)
class Card:
    """One person as coordinators see them in a list."""

    person: Person
    profile: VolunteerProfile | None
    band: str
    grid: str
    skills: list[str]
    identities: list[str]


def search(words: str, grid_id: int | None) -> Select[Person]:
    """People by part of name, number or the end of the telephone, and by grid."""
    found = select(Person).order_by(Person.number)
    if words.strip():
        like = f"%{words.strip()}%"
        found = found.where(or_(Person.name.like(like), Person.number.like(like.upper()), Person.phone.like(like)))
    if grid_id is not None:
        found = found.where(Person.grid_id == grid_id)
    return found


def cards(session: Session, people: Sequence[Person], today: date) -> list[Card]:
    """The people with profile, grid and tags, in the order given; three queries, however many people."""
    ids = [person.id for person in people]
    profiles = {
        row.person_id: row
        for row in session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id.in_(ids)))
    }
    tags: dict[tuple[int, str], list[str]] = {}
    for tag in session.scalars(select(PersonTag).where(PersonTag.person_id.in_(ids)).order_by(PersonTag.code)):
        tags.setdefault((tag.person_id, tag.kind), []).append(tag.code)
    grids = area_names(session)
    return [
        Card(
            person,
            profiles.get(person.id),
            age_band(person.age_on(today)),
            grids.get(person.grid_id or 0, ""),
            tags.get((person.id, "skill"), []),
            tags.get((person.id, "identity"), []),
        )
        for person in people
    ]


def consents_of(session: Session, person_id: int) -> list[Consent]:
    """All agreements, newest first, withdrawn ones included."""
    return list(
        session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.given_at.desc()))
    )


def staff(session: Session) -> list[tuple[Person, list[str]]]:
    """Everybody who holds a role beside volunteer and resident."""
    held: dict[int, list[str]] = {}
    for given in session.scalars(select(RoleGrant).order_by(RoleGrant.role)):
        held.setdefault(given.person_id, []).append(given.role)
    wanted = [person_id for person_id, names in held.items() if set(names) - {"volunteer", "resident"}]
    people = session.scalars(select(Person).where(Person.id.in_(wanted)).order_by(Person.number))
    return [(person, sorted(set(held[person.id]))) for person in people]
