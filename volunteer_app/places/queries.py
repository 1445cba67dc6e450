"""Reads about places."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.places.models import Area, Community, Post, Way


def today(session: Session, community_id: int, now: datetime) -> date:
    """The community's own date at the moment `now`."""
    return local_date(now, zone_of(session, community_id))


def zone_of(session: Session, community_id: int) -> str:
    """IANA zone of the community."""
    return session.get_one(Community, community_id).zone


def community_names(session: Session) -> dict[int, str]:
    """Community id -> name."""
    return {row.id: row.name for row in session.execute(select(Community.id, Community.name))}


def choices(session: Session, kind: str) -> list[tuple[str, str]]:
    """(id as text, name) of the community's areas of one kind, for a select."""
    found = session.scalars(select(Area).where(Area.kind == kind, own_areas(session)).order_by(Area.code))
    return [(str(area.id), area.name) for area in found]


def own_areas(session: Session) -> Any:
    """The condition that an area is the scoped community's; areas above communities carry none."""
    community_id = session.info.get("community_id")
    return Area.community_id == community_id if community_id is not None else Area.community_id.is_not(None)


def area_names(session: Session) -> dict[int, str]:
    """Name of every area of the community by id."""
    return {area.id: area.name for area in session.scalars(select(Area).where(own_areas(session)))}


def area_codes(session: Session) -> dict[int, str]:
    """Code of every area of the community by id."""
    return {area.id: area.code for area in session.scalars(select(Area).where(own_areas(session)))}


def posts(session: Session) -> list[Post]:
    """The community's posts by name."""
    return list(session.scalars(select(Post).order_by(Post.name)))


def ways(session: Session) -> list[Way]:
    """How far the community's posts are apart, in the order in which they were noted."""
    return list(session.scalars(select(Way).options(joinedload(Way.post), joinedload(Way.other)).order_by(Way.id)))


def community_of(session: Session, code: str) -> Community:
    """The community with this code, or NotFound."""
    found = session.scalars(select(Community).where(Community.code == code)).first()
    if found is None:
        raise NotFound
    return found


def tree(session: Session) -> list[tuple[int, Area]]:
    """The scoped community's areas in tree order with their depth below it."""
    areas = list(session.scalars(select(Area).where(own_areas(session)).order_by(Area.path)))
    least = min((area.path.count("/") for area in areas), default=0)
    return [(area.path.count("/") - least, area) for area in areas]
