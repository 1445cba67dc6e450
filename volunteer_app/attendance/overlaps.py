"""Nobody is in two places at once: time that a standing record counts is counted for no other turn."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.attendance.models import Attendance, Correction, ServiceRecord
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.places.queries import zone_of
from volunteer_app.rosters.words import turn_words


class TurnsOverlap(Refused):
    """Some of the row's minutes stand already in the person's record of another turn."""

    sentence = N_("%(name)s的%(turn)s和%(other)s时间重了，不能记两次：请改签到、签退的时间，或者记成没来。")


def lock_people(session: Session, person_ids: Iterable[int]) -> None:
    """A person's records are made one at a time, those of other days and of corrections too."""
    of_ids = select(Person.id).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    session.execute(of_ids.with_for_update(key_share=True)).all()


def refuse_overlap(session: Session, shift: Shift, person: Person, arrived: datetime, left: datetime) -> None:
    """[arrived, left) inside the shift against what the person's other records count inside theirs; touching is fine.
    Refuses TurnsOverlap.
    """
    other = overlapped(session, shift, person.id, max(shift.starts_at, arrived), min(shift.ends_at, left))
    if other is not None:
        zone = zone_of(session, shift.community_id)
        raise TurnsOverlap(name=person.name, turn=turn_words(shift, zone), other=turn_words(other, zone))


def overlapped(session: Session, shift: Shift, person_id: int, starts_at: datetime, ends_at: datetime) -> Shift | None:
    """The first other shift whose standing record counts some of [starts_at, ends_at): a record's times are those of
    its correction, else of its row on the sheet, else the planned ones.
    """
    if starts_at >= ends_at:
        return None
    arrived = func.coalesce(Correction.signed_in_at, Attendance.signed_in_at, Shift.starts_at)
    left = func.coalesce(Correction.signed_out_at, Attendance.signed_out_at, Shift.ends_at)
    return session.scalars(
        select(Shift)
        .join(ServiceRecord, ServiceRecord.shift_id == Shift.id)
        .outerjoin(Correction, Correction.record_id == ServiceRecord.id)
        .outerjoin(Attendance, Attendance.id == ServiceRecord.attendance_id)
        .where(
            ServiceRecord.person_id == person_id,
            ServiceRecord.shift_id != shift.id,
            ServiceRecord.state != "corrected",
            ServiceRecord.minutes > 0,
            *(Shift.starts_at < ends_at, Shift.ends_at > starts_at),
            *(arrived < ends_at, left > starts_at),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(1)
    ).first()
