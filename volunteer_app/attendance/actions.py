"""Writes of the sheet: times of a day, people added by hand, the confirmation that makes service records of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.attendance import overlaps, queries, rules
from volunteer_app.attendance.models import Attendance, ServiceRecord
from volunteer_app.attendance.queries import Row
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import BadInput, NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.places.queries import zone_of
from volunteer_app.rosters import actions as rosters

ABSENCES = ("absent", "absent_excused")
VERDICTS = ("hours_only", "in_full")


class OpenRows(Refused):
    """Somebody must look at these rows before the day can be confirmed."""

    sentence = N_("还有%(count)d行没核对，确认以前不会计分。")


class TimesUnclear(Refused):
    """Some field can't be read; the sentences stand beside the fields."""

    status = 422
    sentence = N_("有几处时间要改一下，别的都还在，还没有存。")


class NothingToConfirm(Refused):
    sentence = N_("这一天没有可以确认的行。")


class OnlyOwnRows(Refused):
    """Nobody confirms himself or his household."""

    sentence = N_("您自己和家人的%(count)d行，要请另一位工作人员确认。")


class AlreadyConfirmed(Refused):
    sentence = N_("%(name)s这一行已经确认过了，要改请走“更正”，由另一位工作人员确认。")


class AlreadyOnSheet(Refused):
    sentence = N_("%(name)s已经在这一班的签到表上了。")


class NotBegun(Refused):
    sentence = N_("这一班还没有开始。")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as typed: local minutes, and a decision (absent, absent_excused, hours_only, in_full)."""

    shift_id: int
    person_id: int
    arrived: int | None = None
    left: int | None = None
    verdict: str | None = None

    @property
    def key(self) -> str:
        return f"{self.shift_id}-{self.person_id}"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Rows confirmed now, and rows of the actor's own household that wait for somebody else."""

    count: int
    left_for_others: int


def save_sheet(session: Session, day: date, entries: Sequence[Entry], *, how: str, actor: Actor, now: datetime) -> int:
    """Writes the rows that differ from what stands there; safe to repeat. Returns how many changed.

    Confirmed rows are left alone unless they were changed: AlreadyConfirmed. Impossible times: BadInput with the
    field's name, and nothing is saved.
    """
    rows = locked_rows(session, day)
    zone = zone_of(session, actor.community_id)
    errors: dict[str, list[Text]] = {}
    changed = 0
    for entry in entries:
        row = rows.get(entry.key)
        if row is None:
            raise NotFound
        try:
            changed += write_row(session, row, entry, how=how, zone=zone, actor=actor)
        except (rules.OutBeforeIn, rules.InMissing) as error:
            errors[("out-" if isinstance(error, rules.OutBeforeIn) else "in-") + entry.key] = [error.text]
    if errors:
        raise BadInput(errors)
    if changed:
        record(session, "save_sheet", f"day:{day}", actor=actor, now=now, note=f"{changed} rows, {how}")
    return changed


def locked_rows(session: Session, day: date) -> dict[str, Row]:
    """The day's rows by key, read under the lock of the day's shifts: sheets are written one at a time."""
    of_day = select(Shift.id).where(Shift.starts_on == day).order_by(Shift.id)
    session.execute(of_day.with_for_update(key_share=True)).all()
    return {row.key: row for _, rows in queries.sheet(session, day) for row in rows}


def write_row(session: Session, row: Row, entry: Entry, *, how: str, zone: str, actor: Actor) -> bool:
    """True when the row changed. Somebody who was added by hand and didn't come is simply taken off the sheet."""
    absence = entry.verdict if entry.verdict in ABSENCES else None
    arrived, left = (None, None) if absence else moments(row, entry, zone)
    verdict = entry.verdict if entry.verdict in VERDICTS else None
    written = row.attendance
    if absence and written and row.assignment is None and not row.is_confirmed:
        session.delete(written)
        return True
    before = (written.signed_in_at, written.signed_out_at, written.verdict) if written else (None, None, None)
    if (*before, row.absence) == (arrived, left, verdict, absence):
        return False
    if is_done(row):
        raise AlreadyConfirmed(name=row.person.name)
    written = written or new_attendance(row, how=how)
    if before[:2] != (arrived, left):
        written.how, written.recorded_by_id = how, actor.person_id
    written.signed_in_at, written.signed_out_at, written.verdict = arrived, left, verdict
    written.state = absence or state_of(row, written)
    session.add(written)
    return True


def is_settled(row: Row) -> bool:
    """The seat itself says that the absence has been confirmed."""
    return row.assignment is not None and row.assignment.state in ABSENCES


def state_of(row: Row, written: Attendance) -> str:
    """open, or to_check when somebody must look at it."""
    if written.signed_in_at is None:
        return "open"
    judged = rules.judge(
        row.shift.starts_at,
        row.shift.ends_at,
        arrived=written.signed_in_at,
        left=written.signed_out_at,
        verdict=written.verdict,
    )
    return "to_check" if judged.check else "open"


def moments(row: Row, entry: Entry, zone: str) -> tuple[datetime | None, datetime | None]:
    """The typed clock times as moments next to the plan; refuses an out-time alone and one before the in-time."""
    day, shift = row.shift.starts_on, row.shift
    if entry.arrived is None:
        if entry.left is not None:
            raise rules.InMissing
        return None, None
    arrived = rules.moment_near(day, entry.arrived, planned=shift.starts_at, zone=zone)
    if entry.left is None:
        return arrived, None
    left = rules.moment_near(day, entry.left, planned=shift.ends_at, zone=zone)
    if left <= arrived:
        raise rules.OutBeforeIn
    return arrived, left


def new_attendance(row: Row, *, how: str) -> Attendance:
    return Attendance(
        community_id=row.shift.community_id,
        assignment_id=row.assignment.id if row.assignment else None,
        shift_id=row.shift.id,
        person_id=row.person.id,
        how=how,
        state="open",
    )


def fill_as_planned(session: Session, day: date, *, how: str, actor: Actor, now: datetime) -> int:
    """Blank times of shifts that are over become the planned ones; absences and people who said no stay as they are."""
    filled = 0
    for row in locked_rows(session, day).values():
        if not row.is_over(now) or row.absence or is_done(row) or is_away(row):
            continue
        written = row.attendance or new_attendance(row, how=how)
        if written.signed_in_at is not None and written.signed_out_at is not None:
            continue
        written.signed_in_at = written.signed_in_at or row.shift.starts_at
        written.signed_out_at = max(row.shift.ends_at, written.signed_in_at)
        written.how, written.recorded_by_id = how, actor.person_id
        written.state = state_of(row, written)
        session.add(written)
        filled += 1
    if filled:
        record(session, "fill_as_planned", f"day:{day}", actor=actor, now=now, note=f"{filled} rows")
    return filled


def is_away(row: Row) -> bool:
    return row.attendance is None and row.assignment is not None and row.assignment.state == "seeking"


def add_person(session: Session, shift_id: int, person_id: int, *, actor: Actor, now: datetime) -> Attendance:
    """Puts somebody who wasn't rostered on the sheet. Refuses AlreadyOnSheet and shifts that haven't begun."""
    queries.lock_shift(session, shift_id)
    shift = queries.shift_here(session, shift_id)
    person = queries.people_by_id(session, [person_id]).get(person_id)
    if person is None or shift.state != "open":
        raise NotFound
    if shift.starts_at > now:
        raise NotBegun
    rows = {
        row.person.id for found, rows in queries.sheet(session, shift.starts_on) if found.id == shift.id for row in rows
    }
    if person_id in rows:
        raise AlreadyOnSheet(name=person.name)
    made = new_attendance(Row(shift, person, None, None), how="staff")
    made.recorded_by_id = actor.person_id
    session.add(made)
    session.flush()
    record(session, "add_to_sheet", f"attendance:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def confirm_day(session: Session, day: date, *, actor: Actor, now: datetime) -> Confirmed:
    """Makes service records of all rows of shifts that are over; repeated, it finds nothing left to do.

    Rows of the actor's own household stay for somebody else. Refuses OpenRows while any other row must be looked at,
    TurnsOverlap where one counts time that another record of the person counts.
    """
    rows = [row for row in locked_rows(session, day).values() if row.is_over(now) and not is_done(row)]
    own = queries.own_household(session, actor.person_id)
    mine = [row for row in rows if row.person.id in own]
    others = [row for row in rows if row.person.id not in own]
    unclear = sum(row.served.check for row in others)
    if unclear:
        raise OpenRows(count=unclear)
    if not others:
        raise OnlyOwnRows(count=len(mine)) if mine else NothingToConfirm()
    overlaps.lock_people(session, {row.person.id for row in others})
    for row in others:
        confirm_row(session, row, actor=actor, now=now)
    record(session, "confirm_day", f"day:{day}", actor=actor, now=now, note=f"{len(others)} rows")
    return Confirmed(len(others), len(mine))


def is_done(row: Row) -> bool:
    """Confirmed as present or as absent, or put right since: from now on only a correction changes it."""
    return row.corrected is not None or row.is_confirmed or (row.absence is not None and is_settled(row))


def confirm_row(session: Session, row: Row, *, actor: Actor, now: datetime) -> None:
    """One row for good: an absence goes to the seat, minutes become a service record."""
    state = row.absence or "confirmed"
    written = row.attendance
    if row.absence is None:
        assert written is not None
        assert written.signed_in_at is not None
        assert written.signed_out_at is not None
        overlaps.refuse_overlap(session, row.shift, row.person, written.signed_in_at, written.signed_out_at)
        session.add(record_from(row, actor=actor, now=now))
        written.state = "confirmed"
    if row.assignment is not None:
        rosters.mark(session, row.assignment.id, state=state, actor=actor, now=now)


def record_from(row: Row, *, actor: Actor, now: datetime) -> ServiceRecord:
    served, written = row.served, row.attendance
    assert written is not None
    assert served.minutes is not None
    assert served.credited is not None
    return ServiceRecord(
        community_id=row.shift.community_id,
        person_id=row.person.id,
        shift_id=row.shift.id,
        attendance_id=written.id,
        served_on=row.shift.starts_on,
        minutes=served.minutes,
        credited_minutes=served.credited,
        leads=row.leads,
        state="pending",
        source=written.how,
        recorded_by_id=written.recorded_by_id,
        confirmed_by_id=actor.person_id,
        confirmed_at=now,
    )
