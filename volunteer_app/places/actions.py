"""Writes about places: communities, areas, posts."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import BadInput, NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.places.models import KINDS, Area, Community, Post, Way
from volunteer_app.places.queries import own_areas


class CodeTaken(Refused):
    sentence = N_("这里已经有编号%(code)s了。")


class WrongPlace(Refused):
    """The tree goes downwards only."""

    sentence = N_("这一级不能放在那一级下面。")


class SamePost(BadInput):
    """A way leads somewhere else."""

    def __init__(self) -> None:
        super().__init__({"other_id": [Text(N_("两个点位要不一样。"))]})


class PostNameTaken(Refused):
    sentence = N_("已经有叫%(name)s的点位了。")


def found_community(
    session: Session, *, code: str, name: str, contact: tuple[str, str], above: list[tuple[str, str, str]]
) -> Community:
    """A new tenant with its root area; `above` lists (kind, code, name) from the district down.

    `contact` is the name and telephone of the human whom every page names.
    """
    if session.scalar(select(Community.id).where(Community.code == code)) is not None:
        raise CodeTaken(code=code)
    made = Community(
        code=code, name=name, contact_name=contact[0], contact_phone=contact[1], issuer=f"{name}居民委员会"
    )
    session.add(made)
    session.flush()
    parent: Area | None = None
    for kind, area_code, area_name in above:
        parent = _upper(session, parent, kind, area_code, area_name)
    _grow(session, Area(community_id=made.id, kind="community", code=code, name=name), parent)
    return made


def _upper(session: Session, parent: Area | None, kind: str, code: str, name: str) -> Area:
    same = select(Area).where(
        Area.kind == kind, Area.code == code, Area.parent_id == (parent.id if parent is not None else None)
    )
    return session.scalars(same).first() or _grow(session, Area(kind=kind, code=code, name=name), parent)


def _grow(session: Session, area: Area, parent: Area | None) -> Area:
    area.parent_id = parent.id if parent is not None else None
    session.add(area)
    session.flush()
    area.path = f"{parent.path if parent is not None else '/'}{area.id}/"
    return area


def add_area(session: Session, parent_id: int, *, kind: str, code: str, name: str, actor: Actor, now: datetime) -> Area:
    """A grid, neighbourhood, micro-grid, estate or building below an area of the actor's community."""
    parent = session.scalars(select(Area).where(Area.id == parent_id, own_areas(session))).first()
    if parent is None:
        raise NotFound
    if KINDS.index(kind) <= KINDS.index(parent.kind):
        raise WrongPlace
    if session.scalar(select(Area.id).where(Area.parent_id == parent.id, Area.code == code)) is not None:
        raise CodeTaken(code=code)
    made = _grow(session, Area(community_id=actor.community_id, kind=kind, code=code, name=name), parent)
    record(session, "add_area", f"area:{made.id}", actor=actor, now=now)
    return made


def add_post(
    session: Session, area_id: int, *, name: str, meet: str, condition: str, actor: Actor, now: datetime
) -> Post:
    """A place where shifts meet; its name is unique in the community."""
    if session.scalar(select(Area.id).where(Area.id == area_id, own_areas(session))) is None:
        raise NotFound
    if session.scalar(select(Post.id).where(Post.name == name)) is not None:
        raise PostNameTaken(name=name)
    made = Post(community_id=actor.community_id, area_id=area_id, name=name, meet=meet, condition=condition)
    session.add(made)
    session.flush()
    record(session, "add_post", f"post:{made.id}", actor=actor, now=now)
    return made


def change_post(session: Session, post_id: int, *, meet: str, condition: str, actor: Actor, now: datetime) -> Post:
    """Where exactly to meet, and a passing condition such as road works."""
    post = session.scalars(select(Post).where(Post.id == post_id).with_for_update()).first()
    if post is None:
        raise NotFound
    post.meet, post.condition = meet, condition
    record(session, "change_post", f"post:{post.id}", actor=actor, now=now)
    return post


def set_way(session: Session, post_id: int, other_id: int, *, minutes: int, actor: Actor, now: datetime) -> Way | None:
    """Notes how many minutes two posts are apart, in both directions; 0 takes the note away. Repeating changes nothing.

    Refuses SamePost, and NotFound for a post of elsewhere.
    """
    first, second = sorted((post_id, other_id))
    if first == second:
        raise SamePost
    both = select(Post.id).where(Post.id.in_((first, second))).order_by(Post.id).with_for_update()
    if len(session.scalars(both).all()) < 2:
        raise NotFound
    found = session.scalars(select(Way).where(Way.post_id == first, Way.other_id == second)).first()
    record(session, "set_way", f"post:{first}", actor=actor, now=now, note=f"post {second}: {minutes} min")
    if minutes == 0:
        if found is not None:
            session.delete(found)
        return None
    if found is None:
        found = Way(community_id=actor.community_id, post_id=first, other_id=second)
        session.add(found)
    found.minutes = minutes
    session.flush()
    return found
