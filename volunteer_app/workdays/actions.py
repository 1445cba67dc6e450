"""Writes of the calendar: one day, a year that is delivered with the product, a file."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import BadInput, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.workdays.models import KINDS, CalendarDay
from volunteer_app.workdays.reading import read_day
from volunteer_app.workdays.rules import KIND_WORDS

KIND_BY_WORD = {KIND_WORDS[kind]: kind for kind in KINDS} | {kind: kind for kind in KINDS} | {"plain": "plain"}


class NoSuchYear(Refused):
    """The product carries no calendar for this year."""

    sentence = N_("没有自带%(year)d年的日历，请导入文件。")


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One row to write; `kind` plain removes the row, so that the weekday counts again."""

    day: date
    kind: str
    name: str = ""


def load_calendar(session: Session, community_id: int, *, actor: Actor, now: datetime, year: int = 2026) -> int:
    """Writes the delivered calendar of a year over the community's own; returns how many days it names.

    Running it again changes nothing. Source of 2026: the State Council's notice, domain dossier §2.11.
    """
    path = files("volunteer_app.workdays") / f"calendar_{year}.csv"
    if not path.is_file():
        raise NoSuchYear(year=year)
    return put_days(session, community_id, read_calendar(path.read_text("utf-8")), actor=actor, now=now)


def put_days(session: Session, community_id: int, entries: Iterable[DayEntry], *, actor: Actor, now: datetime) -> int:
    """Writes each entry over what the calendar says of its day; returns their number."""
    wanted = {entry.day: entry for entry in entries}
    rows = select(CalendarDay).where(CalendarDay.community_id == community_id, CalendarDay.day.in_(wanted))
    known = {row.day: row for row in session.scalars(rows.order_by(CalendarDay.id).with_for_update())}
    for day, entry in wanted.items():
        put_row(session, community_id, entry, known.get(day))
    if wanted:
        subject = f"calendar_day:{min(wanted)}..{max(wanted)}"
        record(session, "put_days", subject, actor=actor, now=now, note=f"{len(wanted)}")
    session.flush()
    return len(wanted)


def put_row(session: Session, community_id: int, entry: DayEntry, row: CalendarDay | None) -> None:
    if entry.kind == "plain":
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(CalendarDay(community_id=community_id, day=entry.day, kind=entry.kind, name=entry.name))
    else:
        row.kind, row.name = entry.kind, entry.name


def read_calendar(text: str) -> list[DayEntry]:
    """A CSV with the columns day, kind, name; raises BadInput that names the first bad line of each sort."""
    entries, bad = [], []
    for line, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), start=1):
        if not any(cell.strip() for cell in row) or (line == 1 and row[0].strip() in ("day", "日期")):
            continue
        day = read_day(row[0], near=date(2000, 1, 1)) if re_year(row[0]) else None
        kind = KIND_BY_WORD.get(row[1].strip()) if len(row) > 1 else None
        if day is None:
            bad.append(Text(N_("第%(line)d行第1列：看不懂这个日期，写成 2026-10-12。"), {"line": line}))
        elif kind is None:
            bad.append(Text(N_("第%(line)d行第2列：请写法定节假日、放假调休或者调休上班。"), {"line": line}))
        else:
            entries.append(DayEntry(day, kind, row[2].strip()[:40] if len(row) > 2 else ""))
    if bad:
        raise BadInput({"file": bad})
    return entries


def re_year(text: str) -> bool:
    """A calendar file must give the year of each day."""
    return text.strip()[:4].isdigit()
