"""Communities that exchange goods: each has said so of the other."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.places.models import Community
from volunteer_app.store.partners.models import Neighbour


def add_neighbour(session: Session, code: str, *, actor: Actor, now: datetime) -> Neighbour:
    """Says that goods may be exchanged with the community of this code; twice is once. It begins when the other one
    says the same. NotFound for an unknown code or the own one.
    """
    with scoped(session, None):
        other_id = session.scalar(select(Community.id).where(Community.code == code.strip()))
    if other_id is None or other_id == actor.community_id:
        raise NotFound
    named = select(Neighbour).where(Neighbour.community_id == actor.community_id, Neighbour.other_id == other_id)
    found = session.scalars(named).first()
    if found is None:
        found = Neighbour(community_id=actor.community_id, other_id=other_id, added_by_id=actor.person_id, added_at=now)
        session.add(found)
        session.flush()
        audit.record(session, "add_neighbour", f"store_neighbour:{found.id}", actor=actor, now=now)
    return found


def neighbours(session: Session, community_id: int) -> list[Community]:
    """Communities that exchange goods with this one: each has said so of the other."""
    with scoped(session, None):
        rows = session.execute(select(Neighbour.community_id, Neighbour.other_id))
        said = {(row.community_id, row.other_id) for row in rows}
        mutual = [other for one, other in said if one == community_id and (other, one) in said]
        return list(session.scalars(select(Community).where(Community.id.in_(mutual)).order_by(Community.id)))


def neighbour(session: Session, community_id: int, other_id: int) -> Community:
    """One of them; NotFound for any other community."""
    found = next((one for one in neighbours(session, community_id) if one.id == other_id), None)
    if found is None:
        raise NotFound
    return found
