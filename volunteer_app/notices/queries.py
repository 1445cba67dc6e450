"""Reads of notices: lists with their clock, the lines of a list by person, objections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.attendance.queries import records
from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.notices.models import OPEN_OBJECTION, Notice, NoticeLine, Objection
from volunteer_app.notices.rules import working_day
from volunteer_app.people.models import Person
from volunteer_app.rewards import queries as rewards
from volunteer_app.workdays import queries as workdays


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person on a list: how often, how many actual minutes, points by the rules (final once credited)."""

    person: Person
    times: int
    minutes: int
    points: int
    objected: int


def notices(session: Session) -> list[Notice]:
    """Newest first."""
    return list(session.scalars(select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc())))


def notice_here(session: Session, notice_id: int) -> Notice:
    """The notice, or NotFound for an unknown id and for another community's."""
    found = session.scalars(select(Notice).where(Notice.id == notice_id)).first()
    if found is None:
        raise NotFound
    return found


def records_on(session: Session, notice_id: int) -> list[ServiceRecord]:
    """The list's records in time order, those included that were corrected since."""
    statement = records().join(NoticeLine, NoticeLine.service_record_id == ServiceRecord.id)
    return list(session.scalars(statement.where(NoticeLine.notice_id == notice_id)))


def notice_of(session: Session, record_id: int | None) -> Notice | None:
    """The list on which a record hangs or hung."""
    if record_id is None:
        return None
    statement = select(Notice).join(NoticeLine, NoticeLine.notice_id == Notice.id)
    return session.scalars(statement.where(NoticeLine.service_record_id == record_id)).first()


def open_notice_for(session: Session, day: date) -> Notice | None:
    """A list that hangs on the board and covers the day, the latest one."""
    statement = select(Notice).where(Notice.state == "open", Notice.from_on <= day, Notice.to_on >= day)
    return session.scalars(statement.order_by(Notice.id.desc())).first()


def pending_records(session: Session, from_on: date, to_on: date) -> list[ServiceRecord]:
    """Confirmed and never published, within the days."""
    statement = records().where(ServiceRecord.state == "pending", ServiceRecord.served_on.between(from_on, to_on))
    return list(session.scalars(statement))


def by_person(session: Session, community_id: int, found: Sequence[ServiceRecord]) -> list[PersonLine]:
    """One line a person in the order of numbers, for the board. What was voided is no service; an objection to that
    still shows.
    """
    found = [one for one in found if one.state == "objected" or (one.state != "corrected" and one.minutes > 0)]
    worths = rewards.values(session, community_id, [rewards.case_of(record) for record in found])
    awards = {award.service_record_id: award.points for award in rewards.awards_for(session, found)}
    lines: dict[int, list[ServiceRecord]] = {}
    for record in found:
        lines.setdefault(record.person_id, []).append(record)
    return sorted(
        (
            PersonLine(
                own[0].person,
                times=sum(record.minutes > 0 for record in own),
                minutes=sum(record.minutes for record in own),
                points=sum(awards.get(record.id, worths[f"record:{record.id}"].points) for record in own),
                objected=sum(record.state == "objected" for record in own),
            )
            for own in lines.values()
        ),
        key=lambda line: line.person.number,
    )


def clock(session: Session, notice: Notice, today: date) -> int:
    """Which working day of the notice it is: 第2个工作日，共3个."""
    last = max(notice.published_on, min(today, notice.closes_on))
    types = workdays.day_types(session, notice.published_on, last, community_id=notice.community_id)
    return working_day(notice.published_on, last, types)


def objections(session: Session, *, states: tuple[str, ...] = OPEN_OBJECTION) -> list[Objection]:
    """In these states, oldest first."""
    return list(session.scalars(select(Objection).where(Objection.state.in_(states)).order_by(Objection.made_at)))


def objection_here(session: Session, objection_id: int) -> Objection:
    found = session.scalars(select(Objection).where(Objection.id == objection_id)).first()
    if found is None:
        raise NotFound
    return found


def objections_of(session: Session, person_id: int) -> list[Objection]:
    """A person's own, newest first."""
    statement = select(Objection).where(Objection.person_id == person_id).order_by(Objection.made_at.desc())
    return list(session.scalars(statement))


def open_objection_to(session: Session, record_id: int) -> Objection | None:
    statement = select(Objection).where(Objection.record_id == record_id, Objection.state.in_(OPEN_OBJECTION))
    return session.scalars(statement).first()


def objection_of_correction(session: Session, correction_id: int) -> Objection | None:
    return session.scalars(select(Objection).where(Objection.correction_id == correction_id)).first()


def shifts_of_day(session: Session, day: date) -> list[Shift]:
    """Shifts that somebody may have been at, for a day that is missing from a list."""
    statement = select(Shift).where(Shift.starts_on == day, Shift.state == "open").order_by(Shift.starts_at, Shift.id)
    return list(session.scalars(statement.options(joinedload(Shift.kind), joinedload(Shift.grid))))
