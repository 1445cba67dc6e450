"""Reads of kinds, needs, series and shifts, in the viewer's community."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import STATES, ActivityKind, Need, NeedImport, Series, Shift
from volunteer_app.people.models import Person
from volunteer_app.places.models import Area


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What the needs list shows; empty fields don't narrow it."""

    state: str = ""
    grid_id: int | None = None
    source: str = ""
    from_on: date | None = None
    to_on: date | None = None
    words: str = ""


def kinds(session: Session, *, also_inactive: bool = False) -> list[ActivityKind]:
    """The catalogue of activities, in its own order."""
    wanted = select(ActivityKind).order_by(ActivityKind.id)
    return list(session.scalars(wanted if also_inactive else wanted.where(ActivityKind.is_active.is_(True))))


def kind_of(session: Session, code: str, *, community_id: int | None = None) -> ActivityKind:
    """The kind with this code; `community_id` in a session without a scope."""
    wanted = select(ActivityKind).where(ActivityKind.code == code)
    if community_id is not None:
        wanted = wanted.where(ActivityKind.community_id == community_id)
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound
    return found


def grids(session: Session, community_id: int) -> list[Area]:
    """The community's grids by code."""
    wanted = select(Area).where(Area.community_id == community_id, Area.kind == "grid")
    return list(session.scalars(wanted.order_by(Area.code)))


def need(session: Session, need_id: int) -> Need:
    found = session.scalars(select(Need).where(Need.id == need_id)).first()
    if found is None:
        raise NotFound
    return found


def shift(session: Session, shift_id: int) -> Shift:
    found = session.scalars(select(Shift).where(Shift.id == shift_id)).first()
    if found is None:
        raise NotFound
    return found


def series(session: Session, series_id: int) -> Series:
    found = session.scalars(select(Series).where(Series.id == series_id)).first()
    if found is None:
        raise NotFound
    return found


def read_import(session: Session, import_id: int) -> NeedImport:
    found = session.scalars(select(NeedImport).where(NeedImport.id == import_id)).first()
    if found is None:
        raise NotFound
    return found


def needs(wanted: NeedFilter) -> Select[Need]:
    """The needs list, newest number first."""
    statement = narrowed(select(Need), wanted)
    if wanted.state:
        statement = statement.where(Need.state == wanted.state)
    return statement.order_by(Need.number.desc()).options(
        selectinload(Need.kind),
        selectinload(Need.grid),
        selectinload(Need.post),
        selectinload(Need.recipient),
        selectinload(Need.handler),
        selectinload(Need.series),
    )


def narrowed(statement: Select[Need], wanted: NeedFilter) -> Select[Need]:
    """Everything of the filter but the state."""
    if wanted.grid_id is not None:
        statement = statement.where(Need.grid_id == wanted.grid_id)
    if wanted.source:
        statement = statement.where(Need.source == wanted.source)
    if wanted.from_on is not None or wanted.to_on is not None:
        first, last = wanted.from_on or date.min, wanted.to_on or date.max
        has_shift = select(Shift.id).where(Shift.need_id == Need.id)
        undated = and_(Need.wanted_on.is_(None), not_(has_shift.exists()))
        in_time = has_shift.where(Shift.starts_on.between(first, last)).exists()
        statement = statement.where(or_(Need.wanted_on.between(first, last), in_time, undated))
    if wanted.words:
        statement = statement.where(mentions(wanted.words))
    return statement


def mentions(words: str) -> ColumnElement[bool]:
    """Title, place, handler's name contain the words, or they are the number."""
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    handlers = select(Person.id).where(Person.name.like(like, escape="\\"))
    found = or_(Need.title.like(like, escape="\\"), Need.place.like(like, escape="\\"), Need.handler_id.in_(handlers))
    return or_(found, Need.number == int(words)) if words.isdigit() and len(words) < 9 else found


def state_counts(session: Session, wanted: NeedFilter) -> dict[str, int]:
    """How many needs are in each state, under the filter's other fields."""
    inner = narrowed(select(Need), wanted).subquery()
    counts = dict.fromkeys(STATES, 0)
    for state, number in session.execute(select(inner.c.state, func.count()).group_by(inner.c.state)):
        counts[state] = number
    return counts


def shifts_between(
    session: Session, from_on: date, to_on: date, *, also_cancelled: bool = False, grid_id: int | None = None
) -> list[Shift]:
    """Shifts that start from one local day to another, both included, in order of time."""
    wanted = select(Shift).where(Shift.starts_on.between(from_on, to_on))
    if not also_cancelled:
        wanted = wanted.where(Shift.state == "open")
    if grid_id is not None:
        wanted = wanted.where(Shift.grid_id == grid_id)
    return list(session.scalars(with_places(wanted).order_by(Shift.starts_at, Shift.id)))


def with_places(statement: Select[Shift]) -> Select[Shift]:
    """Loads what a list of shifts shows in a fixed number of reads."""
    return statement.options(
        selectinload(Shift.kind),
        selectinload(Shift.need),
        selectinload(Shift.grid),
        selectinload(Shift.post),
        selectinload(Shift.recipient),
    )


def shifts_of(session: Session, need_ids: Collection[int]) -> list[Shift]:
    """All shifts of the needs, in order of time."""
    wanted = select(Shift).where(Shift.need_id.in_(need_ids))
    return list(session.scalars(wanted.order_by(Shift.starts_at, Shift.id)))


def rest_of_series(session: Session, one: Shift) -> list[Shift]:
    """This shift and the later open ones of its series, by their own dates; only itself without a series."""
    if one.series_id is None or one.occurs_on is None:
        return [one]
    wanted = select(Shift).where(Shift.series_id == one.series_id, Shift.occurs_on >= one.occurs_on)
    return list(session.scalars(wanted.where(Shift.state == "open").order_by(Shift.occurs_on)))
