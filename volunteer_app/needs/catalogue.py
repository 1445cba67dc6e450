"""The activity kinds that the product brings along, and changes to a community's own list."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.needs.models import ActivityKind


class CodeTaken(Refused):
    """Two kinds of one community can't share a code."""

    sentence = N_("已经有代号是%(code)s的事项了。")


@dataclass(frozen=True, slots=True)
class KindEntry:
    """The fields of an activity kind that a coordinator may set; see models.ActivityKind."""

    code: str
    name: str
    name_en: str
    theme: str
    points_level: str = "L1"
    risk: str = "ordinary"
    least_age: int | None = None
    most_age: int | None = None
    needs_insurance: bool = False
    own_grid_only: bool = False
    minors_welcome: bool = False
    does_visit: bool = False
    weather_cancellable: bool = False
    heaviness_pct: int = 100
    effort: int = 0
    requires: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    mixes: tuple[tuple[str, int], ...] = ()
    leaders_at_once: int = 0
    what: str = ""
    bring: str = ""
    risk_note: str = ""
    is_active: bool = True


def delivered_kinds() -> list[KindEntry]:
    """The catalogue in kinds.csv: 20 kinds of the dossier §1.6, the fire drill's other two parts, and anything else."""
    text = (files("volunteer_app.needs") / "kinds.csv").read_text("utf-8")
    return [entry_of(row) for row in csv.DictReader(text.splitlines())]


def entry_of(row: Mapping[str, str]) -> KindEntry:
    values: dict[str, Any] = dict(row)
    for name in ("least_age", "most_age"):
        values[name] = int(row[name]) if row[name] else None
    for name in ("needs_insurance", "own_grid_only", "minors_welcome", "does_visit", "weather_cancellable"):
        values[name] = row[name] == "yes"
    for name in ("requires", "bars"):
        values[name] = tuple(tag for tag in row[name].split("|") if tag)
    pairs = (mix.rpartition(":") for mix in row["mixes"].split("|") if mix)
    values["mixes"] = tuple((tag, int(number)) for tag, _, number in pairs)
    for name in ("heaviness_pct", "effort"):
        values[name] = int(row[name])
    return KindEntry(**values)


def load_kinds(session: Session, community_id: int, *, actor: Actor, now: datetime) -> list[ActivityKind]:
    """Adds the delivered kinds that the community doesn't have yet; what it changed stays as it is."""
    known = set(session.scalars(select(ActivityKind.code).where(ActivityKind.community_id == community_id)))
    return [
        add_kind(session, community_id, entry, actor=actor, now=now)
        for entry in delivered_kinds()
        if entry.code not in known
    ]


def add_kind(session: Session, community_id: int, entry: KindEntry, *, actor: Actor, now: datetime) -> ActivityKind:
    """A kind of the community's own."""
    taken = select(ActivityKind).where(ActivityKind.community_id == community_id, ActivityKind.code == entry.code)
    if session.scalars(taken).first() is not None:
        raise CodeTaken(code=entry.code)
    kind = ActivityKind(community_id=community_id, **columns(entry))
    session.add(kind)
    session.flush()
    record(session, "add_kind", f"activity_kind:{kind.id}", actor=actor, now=now)
    return kind


def change_kind(session: Session, kind_id: int, entry: KindEntry, *, actor: Actor, now: datetime) -> ActivityKind:
    """Changes the kind for shifts that are made from now on; the code stays."""
    wanted = select(ActivityKind).where(ActivityKind.id == kind_id, ActivityKind.community_id == actor.community_id)
    kind = session.scalars(wanted.with_for_update()).first()
    if kind is None:
        raise NotFound
    for name, value in columns(entry).items():
        if name != "code":
            setattr(kind, name, value)
    session.flush()
    record(session, "change_kind", f"activity_kind:{kind.id}", actor=actor, now=now)
    return kind


def columns(entry: KindEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in KindEntry.__slots__}
    values["requires"], values["bars"] = list(entry.requires), list(entry.bars)
    values["mixes"] = [{"tag": tag, "at_least": number} for tag, number in entry.mixes]
    return values
