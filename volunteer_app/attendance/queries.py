"""Reads of attendance: the sheet of a day, service records, hours, corrections that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.attendance import rules
from volunteer_app.attendance.models import Attendance, CodeMiss, Correction, ServiceRecord
from volunteer_app.attendance.rules import Served
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.turns import queries as turns

COUNTED_STATES = ("pending", "on_notice", "objected", "final")
ABSENT = {"absent": Text(N_("没来")), "absent_excused": Text(N_("没来，事先请假"))}


@dataclass(frozen=True, slots=True)
class Row:
    """One person on the sheet of one shift; `assignment` is None for somebody who wasn't rostered.

    `corrected` is the record that two people put in the place of what the sheet says.
    """

    shift: Shift
    person: Person
    assignment: Assignment | None
    attendance: Attendance | None
    corrected: ServiceRecord | None = None

    @property
    def key(self) -> str:
        """`shift-person`: what the sheet's fields are named after."""
        return f"{self.shift.id}-{self.person.id}"

    @property
    def leads(self) -> bool:
        return self.assignment is not None and self.assignment.leads

    @property
    def is_confirmed(self) -> bool:
        return self.attendance is not None and self.attendance.state == "confirmed"

    @property
    def absence(self) -> str | None:
        """absent or absent_excused, as staff wrote it."""
        if self.corrected is not None:
            return None
        state = self.attendance.state if self.attendance else self.assignment.state if self.assignment else None
        return state if state in ABSENT else None

    @property
    def served(self) -> Served:
        if self.corrected is not None:
            found = self.corrected
            return Served(found.minutes, found.credited_minutes, False, Text(N_("更正过")), "info")
        if self.absence:
            return Served(None, None, False, ABSENT[self.absence], "line")
        if self.attendance is None or self.attendance.signed_in_at is None:
            return self.nothing_yet()
        return rules.judge(
            self.shift.starts_at,
            self.shift.ends_at,
            arrived=self.attendance.signed_in_at,
            left=self.attendance.signed_out_at,
            verdict=self.attendance.verdict,
        )

    def nothing_yet(self) -> Served:
        if self.assignment is not None and self.assignment.state == "seeking":
            return Served(None, None, True, Text(N_("说过来不了")), "wait")
        return rules.judge(self.shift.starts_at, self.shift.ends_at, arrived=None, left=None)

    def is_over(self, now: datetime) -> bool:
        return self.shift.ends_at <= now


def shift_here(session: Session, shift_id: int) -> Shift:
    """The shift, or NotFound for an unknown id and for another community's."""
    found = session.scalars(
        select(Shift).where(Shift.id == shift_id).options(joinedload(Shift.kind), joinedload(Shift.grid))
    ).first()
    if found is None:
        raise NotFound
    return found


def lock_shift(session: Session, shift_id: int) -> None:
    """Whoever writes to a shift's sheet does it one at a time."""
    session.execute(select(Shift.id).where(Shift.id == shift_id).with_for_update(key_share=True)).all()


def shifts_on(session: Session, day: date) -> list[Shift]:
    """Shifts that take place on the local date, in time order."""
    return list(
        session.scalars(
            select(Shift)
            .where(Shift.starts_on == day, Shift.state == "open")
            .options(joinedload(Shift.kind), joinedload(Shift.grid), joinedload(Shift.post))
            .order_by(Shift.starts_at, Shift.grid_id, Shift.id)
        )
    )


def sheet(session: Session, day: date) -> list[tuple[Shift, list[Row]]]:
    """Every shift of the day with its people: the rostered ones first, then those who came without being rostered."""
    shifts = shifts_on(session, day)
    written = attendances(session, [shift.id for shift in shifts])
    corrected = corrected_records(session, day)
    rows: dict[int, list[Row]] = {shift.id: [] for shift in shifts}
    for seat in turns.assignments_on(session, day):
        key = (seat.shift_id, seat.person_id)
        if seat.shift_id in rows:
            rows[seat.shift_id].append(
                Row(seat.shift, seat.person, seat, written.pop(key, None), corrected.pop(key, None))
            )
    others = sorted({*written, *corrected})
    people = people_by_id(session, [person_id for _, person_id in others])
    by_id = {shift.id: shift for shift in shifts}
    for shift_id, person_id in others:
        if shift_id in rows:
            key = (shift_id, person_id)
            rows[shift_id].append(Row(by_id[shift_id], people[person_id], None, written.get(key), corrected.get(key)))
    return [(shift, rows[shift.id]) for shift in shifts]


def corrected_records(session: Session, day: date) -> dict[tuple[int, int], ServiceRecord]:
    """(shift, person) -> the standing record that came from a correction or a back-fill."""
    found = session.scalars(
        select(ServiceRecord).where(
            ServiceRecord.served_on == day,
            ServiceRecord.source.in_(("correction", "backfill")),
            ServiceRecord.state != "corrected",
        )
    )
    return {(record.shift_id, record.person_id): record for record in found}


def attendances(session: Session, shift_ids: Sequence[int]) -> dict[tuple[int, int], Attendance]:
    """(shift, person) -> what is written."""
    found = session.scalars(select(Attendance).where(Attendance.shift_id.in_(shift_ids)).order_by(Attendance.id))
    return {(row.shift_id, row.person_id): row for row in found}


def people_by_id(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    return {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(list(person_ids))))}


def own_household(session: Session, person_id: int | None) -> set[int]:
    """The person and everybody who lives with him: nobody records, confirms or answers for these."""
    if person_id is None:
        return set()
    household_id = session.scalar(select(Person.household_id).where(Person.id == person_id))
    if household_id is None:
        return {person_id}
    return {person_id, *session.scalars(select(Person.id).where(Person.household_id == household_id))}


def records() -> Select[ServiceRecord]:
    """Service records with shift and kind, in time order."""
    return (
        select(ServiceRecord)
        .join(Shift, Shift.id == ServiceRecord.shift_id)
        .options(joinedload(ServiceRecord.shift).joinedload(Shift.kind))
        .order_by(Shift.starts_at, ServiceRecord.id)
    )


def record_here(session: Session, record_id: int) -> ServiceRecord:
    """The record, or NotFound."""
    found = session.scalars(records().where(ServiceRecord.id == record_id)).first()
    if found is None:
        raise NotFound
    return found


def live_record(session: Session, shift_id: int, person_id: int) -> ServiceRecord | None:
    """The record that stands for this person and shift."""
    return session.scalars(
        records().where(
            ServiceRecord.shift_id == shift_id,
            ServiceRecord.person_id == person_id,
            ServiceRecord.state != "corrected",
        )
    ).first()


def records_of(session: Session, person_id: int, *, states: tuple[str, ...] = COUNTED_STATES) -> list[ServiceRecord]:
    """A person's records in these states, in time order."""
    return list(session.scalars(records().where(ServiceRecord.person_id == person_id, ServiceRecord.state.in_(states))))


def minutes_of(session: Session, person_id: int, *, from_on: date | None = None, to_on: date | None = None) -> int:
    """Actual minutes served, corrected records left out; both days included. Points never touch this."""
    statement = select(func.coalesce(func.sum(ServiceRecord.minutes), 0)).where(
        ServiceRecord.person_id == person_id, ServiceRecord.state.in_(COUNTED_STATES)
    )
    if from_on is not None:
        statement = statement.where(ServiceRecord.served_on >= from_on)
    if to_on is not None:
        statement = statement.where(ServiceRecord.served_on <= to_on)
    return int(session.scalar(statement) or 0)


def correction_here(session: Session, correction_id: int) -> Correction:
    """The correction, or NotFound."""
    found = session.scalars(select(Correction).where(Correction.id == correction_id)).first()
    if found is None:
        raise NotFound
    return found


def waiting_corrections(session: Session) -> list[Correction]:
    """Proposals that wait for a second person, oldest first."""
    return list(
        session.scalars(select(Correction).where(Correction.state == "proposed").order_by(Correction.proposed_at))
    )


def unconfirmed_days(session: Session, from_on: date, to_on: date, *, now: datetime) -> list[date]:
    """Days of [from_on, to_on] on which somebody who was rostered is not confirmed although the shift is over."""
    statement = (
        select(Shift.starts_on)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(
            Shift.starts_on.between(from_on, to_on),
            Shift.state == "open",
            Shift.ends_at <= now,
            Assignment.state.in_(("notified", "accepted", "no_answer", "seeking", "signed_in", "signed_out")),
        )
        .distinct()
        .order_by(Shift.starts_on)
    )
    return list(session.scalars(statement))


def misses_since(session: Session, person_id: int, since: datetime) -> int:
    """Wrong codes that the person has typed after `since`."""
    statement = select(func.count()).where(CodeMiss.person_id == person_id, CodeMiss.at > since)
    return session.scalar(statement) or 0
