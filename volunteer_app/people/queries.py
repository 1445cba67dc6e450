"""Reads about people."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.ids import fingerprint
from volunteer_app.people.models import ApiToken, Person, RoleGrant


def roles_of(session: Session, person_id: int) -> frozenset[str]:
    """Names of all roles that the person holds anywhere."""
    return frozenset(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id)))


def person_of_token(session: Session, token: str, *, now: datetime) -> Person | None:
    """The person whom a valid API token stands for."""
    found = session.scalars(select(ApiToken).where(ApiToken.fingerprint == fingerprint(token))).first()
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        return None
    return session.get(Person, found.person_id)


def people_named(session: Session, typed: str) -> list[Person]:
    """Everybody whose volunteer number or telephone is `typed`; two people of one household may share a telephone."""
    name = typed.strip().replace(" ", "")
    by_number = list(session.scalars(select(Person).where(Person.number == name.upper())))
    return by_number or list(session.scalars(select(Person).where(Person.phone == name).order_by(Person.id)))
