"""October is attended: scripted times for each points vector, the paper sheets for the rest, the coordinator's yes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from volunteer_app.attendance import actions as attendance
from volunteer_app.attendance.actions import Entry
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.demo.community import LAST, MONTH, minutes
from volunteer_app.demo.stage import Stage, moment
from volunteer_app.needs.models import Shift
from volunteer_app.rewards.models import Award
from volunteer_app.rosters import actions as rosters
from volunteer_app.rosters.models import Assignment


@dataclass(frozen=True, slots=True)
class Vector:
    """A case of the points rules: actual and credited minutes and points must come of it. Source: domain.md 5.B."""

    name: str
    kind: str
    day: str
    area: str
    part: str
    arrived: str
    left: str
    expected: tuple[int, int, int]
    leads: bool = False
    place: int = 0
    verdict: str | None = None


VECTORS = (
    Vector("early and late ignored", "daily_patrol", "10-12", "G1", "am", "8:25", "10:32", (120, 120, 20)),
    Vector("11 minutes late", "daily_patrol", "10-13", "G1", "am", "8:41", "10:30", (109, 90, 15)),
    Vector("leaves at 65 %", "daily_patrol", "10-14", "G1", "am", "8:30", "9:48", (78, 60, 10)),
    Vector("leaves at 58 %", "daily_patrol", "10-15", "G1", "am", "8:30", "9:40", (70, 0, 0), verdict="hours_only"),
    Vector("evening drill", "fire_drill", "10-23", "", "", "18:30", "20:30", (120, 120, 24)),
    Vector("statutory holiday", "daily_patrol", "10-01", "G1", "am", "8:30", "10:30", (120, 120, 30)),
    Vector("holiday and leader", "daily_patrol", "10-01", "G2", "am", "8:30", "10:30", (120, 120, 30), leads=True),
    Vector("leader, ordinary day", "daily_patrol", "10-19", "G1", "am", "8:30", "10:30", (120, 120, 24), leads=True),
    Vector("river", "river_patrol", "10-08", "", "", "7:30", "9:00", (90, 90, 18)),
    Vector("festival", "festival_event", "10-18", "", "", "14:00", "17:00", (180, 180, 30)),
    Vector("daily cap, 50 already", "fire_drill", "10-23", "", "", "18:30", "20:30", (120, 120, 10), place=1),
)
CAPPED = VECTORS[-1]
BEFORE_THE_DRILL = (("daily_patrol", "am"), ("store_duty", "pm"))
FORGOTTEN = ("daily_patrol", "10-09", "G4")
"""Came, and isn't on the paper sheet: objects in the notice period."""


@dataclass(frozen=True, slots=True)
class Attended:
    """What the summary and the later acts need: record owner and shift of each vector and of the forgotten turn."""

    cast: dict[str, tuple[int, int]]
    forgotten: tuple[int, int]
    records: int


def name_leaders(stage: Stage) -> None:
    """The two leaders of the vectors, before their turns begin."""
    for vector in VECTORS:
        if vector.leads:
            seat_id, who = seat_of(stage, vector).id, stage.founded.coordinator
            stage.write(partial(rosters.lead, stage.session, seat_id, actor=who, now=moment("09-29 10:00")))


def seat_of(stage: Stage, vector: Vector) -> Assignment:
    seats = stage.seats(vector.kind, vector.day, area=vector.area, part=vector.part)
    if vector is not CAPPED:
        return seats[vector.place]
    return next(seat for seat in seats[vector.place :] if not other_turns(stage, seat))


def other_turns(stage: Stage, seat: Assignment) -> set[int]:
    """Shifts of the person on the day of the cap that are neither this one nor help before the drill."""
    helping = {own.shift_id for kind, part in BEFORE_THE_DRILL for own in stage.seats(kind, CAPPED.day, part=part)}
    statement = (
        select(Assignment.shift_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.person_id == seat.person_id, Shift.starts_on == moment(f"{CAPPED.day} 12:00").date())
    )
    return set(stage.session.scalars(statement)) - helping - {seat.shift_id}


def attend_october(stage: Stage) -> Attended:
    """Day by day: scripted rows are typed, the others attended as planned, the coordinator confirms in the evening."""
    cast = {vector.name: pair(seat_of(stage, vector)) for vector in VECTORS}
    kind, day, area = FORGOTTEN
    forgotten = pair(stage.seats(kind, day, area=area, part="pm")[0])
    typed: dict[str, list[Entry]] = defaultdict(list)
    for vector in VECTORS:
        person, shift = cast[vector.name]
        entry = Entry(shift, person, minutes(vector.arrived), minutes(vector.left), vector.verdict)
        typed[vector.day].append(entry)
    typed[day].append(Entry(forgotten[1], forgotten[0], verdict="absent"))
    records = 0
    for offset in range((LAST - MONTH).days + 1):
        today = MONTH + timedelta(days=offset)
        records += attend_day(stage, today, typed[f"{today:%m-%d}"], cast[CAPPED.name][0])
    return Attended(cast, forgotten, records)


def pair(seat: Assignment) -> tuple[int, int]:
    return seat.person_id, seat.shift_id


def attend_day(stage: Stage, day: date, entries: list[Entry], helps_out: int) -> int:
    """One day's sheet: people added by hand, typed rows, the rest as planned, confirmed; returns the records made."""
    session, who, evening = stage.session, stage.founded.coordinator, moment(f"{day:%m-%d} 21:10")

    def work() -> int:
        if f"{day:%m-%d}" == CAPPED.day:
            help_before_the_drill(stage, helps_out, evening)
        attendance.save_sheet(session, day, entries, how="staff", actor=who, now=evening)
        attendance.fill_as_planned(session, day, how="paper", actor=who, now=evening)
        return attendance.confirm_day(session, day, actor=who, now=evening).count

    return stage.write(work)


def help_before_the_drill(stage: Stage, person_id: int, at: datetime) -> None:
    """The person of the daily cap lends a hand at a patrol (20 points) and in the store (30) before the drill."""
    for kind, part in BEFORE_THE_DRILL:
        shifts = {seat.shift_id for seat in stage.seats(kind, CAPPED.day, part=part)}
        own = {seat.shift_id for seat in stage.seats(kind, CAPPED.day, part=part) if seat.person_id == person_id}
        if not own:
            attendance.add_person(stage.session, min(shifts), person_id, actor=stage.founded.coordinator, now=at)


def vectors_right(stage: Stage, attended: Attended) -> list[str]:
    """The vectors that came out as they must, by name."""
    found: list[str] = []
    for vector in VECTORS:
        person, shift = attended.cast[vector.name]
        row = stage.session.execute(
            select(ServiceRecord.minutes, ServiceRecord.credited_minutes, Award.points)
            .join(Award, Award.service_record_id == ServiceRecord.id)
            .where(ServiceRecord.person_id == person, ServiceRecord.shift_id == shift)
            .order_by(ServiceRecord.id)
        ).first()
        if row is not None and tuple(row) == vector.expected:
            found.append(vector.name)
    return found


def starts_on(stage: Stage, shift_id: int) -> date:
    return stage.session.get_one(Shift, shift_id).starts_on
