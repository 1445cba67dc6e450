"""Putting right what was confirmed wrongly: one person proposes, another one decides, nothing is ever edited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.attendance import overlaps, queries, rules
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.places.queries import zone_of
from volunteer_app.rosters.models import Assignment


class NeedsAnother(Refused):
    """Maker and checker are two people."""

    sentence = N_("请另一位工作人员确认。")


class OwnCase(Refused):
    """Nobody puts right, confirms or answers his own or his household's record."""

    sentence = N_("这是您自己或家人的，请别的工作人员来办。")


class AlreadyDecided(Refused):
    sentence = N_("这条更正已经办过了。")


class AlreadyProposed(Refused):
    sentence = N_("%(name)s这一班已经有一条更正在等确认。")


class SameAsBefore(Refused):
    sentence = N_("和原来记的一样，不用更正。")


class DayStillOpen(Refused):
    sentence = N_("这一班还没有确认，直接改签到表就行。")


@dataclass(frozen=True, slots=True)
class Change:
    """What should stand instead: local minutes of the shift's day; no times void the record. `in_full` credits points
    although less than 60 % was served.
    """

    shift_id: int
    person_id: int
    reason: str
    arrived: int | None = None
    left: int | None = None
    in_full: bool = False


def propose(session: Session, change: Change, *, actor: Actor, now: datetime) -> Correction:
    """Writes the proposal and changes nothing else. A shift with no record gives a back-fill. Refuses TurnsOverlap,
    and SameAsBefore when neither actual nor credited minutes would change.
    """
    assert actor.person_id is not None
    shift = queries.shift_here(session, change.shift_id)
    person = queries.people_by_id(session, [change.person_id]).get(change.person_id)
    if person is None:
        raise NotFound
    refuse_own_case(session, change.person_id, actor)
    queries.lock_shift(session, shift.id)
    old = queries.live_record(session, shift.id, person.id)
    if old is None and is_open(session, shift, person.id, now):
        raise DayStillOpen
    if is_waiting(session, shift.id, person.id):
        raise AlreadyProposed(name=person.name)
    arrived, left = times_of(change, shift, zone_of(session, actor.community_id))
    if arrived is not None and left is not None:
        overlaps.refuse_overlap(session, shift, person, arrived, left)
    made = Correction(
        community_id=actor.community_id,
        person_id=person.id,
        shift_id=shift.id,
        corrects_id=old.id if old else None,
        signed_in_at=arrived,
        signed_out_at=left,
        in_full=change.in_full,
        reason=change.reason,
        state="proposed",
        proposed_by_id=actor.person_id,
        proposed_at=now,
    )
    session.add(made)
    session.flush()
    if old is not None and counted(made) == (old.minutes, old.credited_minutes):
        raise SameAsBefore
    record(session, "propose_correction", f"correction:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def refuse_own_case(session: Session, person_id: int, actor: Actor) -> None:
    if person_id in queries.own_household(session, actor.person_id):
        raise OwnCase


def is_open(session: Session, shift: Shift, person_id: int, now: datetime) -> bool:
    """The sheet itself can still be changed: the shift isn't over, or the person's row waits for confirmation."""
    written = queries.attendances(session, [shift.id]).get((shift.id, person_id))
    return shift.ends_at > now or (written is not None and written.state in ("open", "to_check"))


def is_waiting(session: Session, shift_id: int, person_id: int) -> bool:
    statement = select(Correction.id).where(
        Correction.shift_id == shift_id, Correction.person_id == person_id, Correction.state == "proposed"
    )
    return session.scalars(statement).first() is not None


def times_of(change: Change, shift: Shift, zone: str) -> tuple[datetime | None, datetime | None]:
    if change.arrived is None and change.left is None:
        return None, None
    if change.arrived is None:
        raise rules.InMissing
    if change.left is None:
        raise rules.OutMissing
    arrived = rules.moment_near(shift.starts_on, change.arrived, planned=shift.starts_at, zone=zone)
    left = rules.moment_near(shift.starts_on, change.left, planned=shift.ends_at, zone=zone)
    if left <= arrived:
        raise rules.OutBeforeIn
    return arrived, left


def locked(session: Session, correction_id: int) -> Correction:
    found = session.scalars(
        select(Correction)
        .where(Correction.id == correction_id)
        .with_for_update(of=Correction)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    if found.state != "proposed":
        raise AlreadyDecided
    return found


def confirm(session: Session, correction_id: int, *, actor: Actor, now: datetime) -> ServiceRecord:
    """The second person agrees: the old record is marked corrected and a new one stands. Refuses NeedsAnother,
    TurnsOverlap when another record of the person has come to count the same time.
    """
    found = decide(session, correction_id, "confirmed", actor=actor, now=now)
    old = queries.record_here(session, found.corrects_id) if found.corrects_id else None
    if old is not None:
        old.state = "corrected"
        session.flush()
    made = new_record(session, found, old, now=now)
    session.add(made)
    session.flush()
    found.record_id = made.id
    return made


def refuse(session: Session, correction_id: int, *, actor: Actor, now: datetime) -> Correction:
    """The second person disagrees: the old record stands."""
    return decide(session, correction_id, "refused", actor=actor, now=now)


def decide(session: Session, correction_id: int, state: str, *, actor: Actor, now: datetime) -> Correction:
    found = locked(session, correction_id)
    if actor.person_id is None or actor.person_id == found.proposed_by_id:
        raise NeedsAnother
    refuse_own_case(session, found.person_id, actor)
    found.state, found.decided_by_id, found.decided_at = state, actor.person_id, now
    record(session, f"correction_{state}", f"correction:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def new_record(session: Session, found: Correction, old: ServiceRecord | None, *, now: datetime) -> ServiceRecord:
    shift = found.shift
    if found.signed_in_at is not None and found.signed_out_at is not None:
        overlaps.lock_people(session, [found.person_id])
        overlaps.refuse_overlap(session, shift, found.person, found.signed_in_at, found.signed_out_at)
    minutes, credited = counted(found)
    return ServiceRecord(
        community_id=found.community_id,
        person_id=found.person_id,
        shift_id=shift.id,
        attendance_id=old.attendance_id if old else None,
        served_on=shift.starts_on,
        minutes=minutes,
        credited_minutes=credited,
        leads=old.leads if old else was_leader(session, shift.id, found.person_id),
        state="pending",
        source="correction" if old else "backfill",
        corrects_id=old.id if old else None,
        reason=found.reason,
        recorded_by_id=found.proposed_by_id,
        confirmed_by_id=found.decided_by_id,
        confirmed_at=now,
    )


def counted(found: Correction) -> tuple[int, int]:
    """Actual and credited minutes that the correction comes to; none where it voids the record."""
    shift = found.shift
    if found.signed_in_at is None or found.signed_out_at is None:
        return 0, 0
    minutes = rules.actual_minutes(shift.starts_at, shift.ends_at, found.signed_in_at, found.signed_out_at)
    return minutes, rules.credited_minutes(minutes, shift.minutes, in_full=found.in_full)


def was_leader(session: Session, shift_id: int, person_id: int) -> bool:
    statement = select(Assignment.leads).where(Assignment.shift_id == shift_id, Assignment.person_id == person_id)
    return bool(session.scalars(statement.order_by(Assignment.id.desc())).first())
