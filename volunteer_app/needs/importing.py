"""Needs from a file: shown in full before anything is written, taken in once, and undone as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import actions, queries
from volunteer_app.needs.changes import cancel_need
from volunteer_app.needs.models import Need, NeedImport
from volunteer_app.needs.plans import NeedEntry, ShiftPlan, in_legs
from volunteer_app.needs.rows import RowError, known_words, read_rows
from volunteer_app.needs.seats import Seats
from volunteer_app.needs.tables import read_table
from volunteer_app.places.models import Community


class BadRows(Refused):
    """Rows with mistakes stop the whole file unless only the good ones are wanted."""

    sentence = N_("有%(number)d处看不懂，什么都没有导入。")


class AlreadyDone(Refused):
    """An import is taken in once, and undone once."""

    sentence = N_("这个文件已经导入过了，或者已经撤销了。")


class InUse(Refused):
    """Somebody has been asked to come to a shift of the import."""

    sentence = N_("已经有%(number)d个人排在这些班里，不能整个撤销。请一条一条取消。")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file holds and what became of it; counts are of needs and shifts written."""

    file_name: str
    good: list[dict[str, Any]]
    bad: list[RowError]
    needs: int = 0
    shifts: int = 0
    import_id: int | None = None

    @property
    def minutes(self) -> int:
        """Person-minutes that the good rows ask for at their target."""
        return sum((ends - starts) * row["target"] for row in self.good for starts, ends in spans_of(row))


def import_needs(
    session: Session,
    path: Path,
    *,
    community_id: int,
    actor: Actor,
    now: datetime,
    day0: date | None = None,
    dry_run: bool = False,
    only_good: bool = False,
) -> ImportReport:
    """Reads a CSV or Excel file and writes its needs and shifts, all of them verified.

    With bad rows nothing is written and BadRows is raised, unless `only_good`; `dry_run` never writes or raises it.
    """
    report = read_file(session, path.read_bytes(), path.name, community_id=community_id, now=now, day0=day0)
    if dry_run:
        return report
    if report.bad and not only_good:
        raise BadRows(number=len(report.bad))
    kept = keep(session, report, actor=actor, now=now)
    return take_in(session, kept.id, actor=actor, now=now)


def read_file(
    session: Session, content: bytes, name: str, *, community_id: int, now: datetime, day0: date | None = None
) -> ImportReport:
    """Understands the file; writes nothing."""
    zone = session.get_one(Community, community_id).zone
    known = known_words(session, community_id, today=local_date(now, zone), day0=day0)
    good, bad = read_rows(read_table(content), known)
    return ImportReport(name[:120], good, bad)


def keep(session: Session, report: ImportReport, *, actor: Actor, now: datetime) -> NeedImport:
    """Keeps what was read, so that the preview can be taken in without sending the file again."""
    kept = NeedImport(
        community_id=actor.community_id,
        file_name=report.file_name,
        good=report.good,
        bad=[asdict(error) for error in report.bad],
        read_at=now,
        read_by_id=actor.person_id,
    )
    session.add(kept)
    session.flush()
    return kept


def report_of(kept: NeedImport) -> ImportReport:
    return ImportReport(kept.file_name, kept.good, [RowError(**error) for error in kept.bad], import_id=kept.id)


def locked_import(session: Session, import_id: int, state: str, *, actor: Actor) -> NeedImport:
    wanted = select(NeedImport).where(NeedImport.id == import_id, NeedImport.community_id == actor.community_id)
    kept = session.scalars(wanted.with_for_update()).first()
    if kept is None:
        raise NotFound
    if kept.state != state:
        raise AlreadyDone
    return kept


def take_in(
    session: Session, import_id: int, *, actor: Actor, now: datetime, lines: Iterable[int] | None = None
) -> ImportReport:
    """Writes the good rows, or those of the chosen lines; once."""
    kept = locked_import(session, import_id, "preview", actor=actor)
    chosen = set(lines) if lines is not None else None
    needs: dict[str, Need] = {}
    shifts = 0
    for row in kept.good:
        if chosen is None or row["line"] in chosen:
            need = needs.get(row["group"]) or take_need(session, row, kept.id, actor=actor, now=now)
            needs[row["group"]] = need
            for plan in plans_of_row(row):
                actions.add_shift(session, need, plan, actor=actor, now=now)
                shifts += 1
    kept.state, kept.done_at = "done", now
    record(session, "import_needs", f"need_import:{kept.id}", actor=actor, now=now, note=f"{len(needs)} needs")
    report = report_of(kept)
    return ImportReport(report.file_name, report.good, report.bad, len(needs), shifts, kept.id)


def take_need(session: Session, row: Mapping[str, Any], import_id: int, *, actor: Actor, now: datetime) -> Need:
    kept = {name: row[name] for name in NeedEntry.__slots__ if name in row and name != "wanted_on"}
    kept["later_legs"] = tuple((starts, ends) for starts, ends in row.get("later_legs", ()))
    entry = NeedEntry(**kept, wanted_on=date.fromisoformat(row["wanted_on"]))
    return actions.add_need(session, entry, actor=actor, now=now, state="verified", import_id=import_id)


def spans_of(row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """(starts, ends) of the row's legs; most rows have one."""
    return [(row["starts_minute"], row["ends_minute"]), *row.get("later_legs", ())]


def plans_of_row(row: Mapping[str, Any]) -> list[ShiftPlan]:
    whole = ShiftPlan(
        day=date.fromisoformat(row["wanted_on"]),
        starts_minute=row["starts_minute"],
        ends_minute=row["ends_minute"],
        least=row["least"],
        target=row["target"],
        most=row["most"],
        priority=1 if row["urgency"] == "urgent" else 2,
    )
    return in_legs(whole, row.get("later_legs", ()))


def undo(session: Session, import_id: int, *, seats: Seats, actor: Actor, now: datetime) -> int:
    """Cancels everything that an import brought, once; refused when people are on its shifts (InUse)."""
    kept = locked_import(session, import_id, "done", actor=actor)
    wanted = select(Need).where(Need.import_id == kept.id, Need.state.in_(("verified", "scheduled")))
    needs = list(session.scalars(wanted.order_by(Need.id)))
    people = seats.people(session, [shift.id for shift in queries.shifts_of(session, [need.id for need in needs])])
    if people:
        raise InUse(number=len({one.person_id for one in people}))
    for need in needs:
        cancel_need(session, need.id, str(Text(N_("撤销导入"))), seats=seats, actor=actor, now=now)
    kept.state, kept.undone_at = "undone", now
    record(session, "undo_import", f"need_import:{kept.id}", actor=actor, now=now, note=f"{len(needs)} needs")
    return len(needs)
