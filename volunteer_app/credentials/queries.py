"""Reads: a person's record in five classes, stars on their way, a certificate by its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.credentials.models import Certificate, RecordEntry, StarGrant
from volunteer_app.credentials.rules import read_number
from volunteer_app.rewards import queries as rewards
from volunteer_app.rewards.models import Award
from volunteer_app.rewards.rules import stars_for


@dataclass(frozen=True, slots=True)
class Served:
    """Final service between two days: minutes actually served, and how often."""

    minutes: int
    times: int


@dataclass(frozen=True, slots=True)
class Stars:
    """`reached` by hours, `certified` by the community; `waiting` is the application on its way, if any."""

    reached: int
    certified: int
    waiting: StarGrant | None
    hours: Sequence[int]

    @property
    def may_apply(self) -> bool:
        return self.reached > self.certified and self.waiting is None


def entries_of(session: Session, person_id: int) -> list[RecordEntry]:
    """Newest first; voided ones too."""
    statement = select(RecordEntry).where(RecordEntry.person_id == person_id)
    return list(session.scalars(statement.order_by(RecordEntry.happened_on.desc(), RecordEntry.id.desc())))


def entry_here(session: Session, entry_id: int) -> RecordEntry:
    found = session.scalars(select(RecordEntry).where(RecordEntry.id == entry_id)).first()
    if found is None:
        raise NotFound
    return found


def served(session: Session, person_id: int, from_on: date, to_on: date) -> Served:
    """Both days included; only what is final, so that a certificate says what stood on the board."""
    statement = select(func.coalesce(func.sum(ServiceRecord.minutes), 0), func.count()).where(*final(person_id))
    minutes, times = session.execute(
        statement.where(ServiceRecord.served_on >= from_on, ServiceRecord.served_on <= to_on)
    ).one()
    return Served(int(minutes), int(times))


def final(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (ServiceRecord.person_id == person_id, ServiceRecord.state == "final", ServiceRecord.minutes > 0)


def services_between(session: Session, person_id: int, from_on: date, to_on: date) -> list[ServiceRecord]:
    """The services that are final today, in order of time."""
    records = attendance.records_of(session, person_id, states=("final",))
    return [record for record in records if from_on <= record.served_on <= to_on and record.minutes]


@dataclass(frozen=True, slots=True)
class Covered:
    """The services that counted when a certificate was issued, and the figures of its days `now` when these or their
    services are other ones today; None while nothing has changed.
    """

    services: list[ServiceRecord]
    now: Served | None


def covered(session: Session, found: Certificate) -> Covered:
    at_issue = services_at_issue(session, found)
    present = services_between(session, found.person_id, found.from_on, found.to_on)
    now = Served(sum(record.minutes for record in present), len(present))
    same = [record.id for record in at_issue] == [record.id for record in present] and now.minutes == found.minutes
    return Covered(at_issue, None if same else now)


def services_at_issue(session: Session, found: Certificate) -> list[ServiceRecord]:
    """Final by the moment of issue and not corrected before it, in order of time."""
    later = aliased(ServiceRecord)
    statement = (
        attendance.records()
        .join(Award, Award.service_record_id == ServiceRecord.id)
        .outerjoin(later, later.corrects_id == ServiceRecord.id)
        .where(
            ServiceRecord.person_id == found.person_id,
            ServiceRecord.served_on.between(found.from_on, found.to_on),
            ServiceRecord.minutes > 0,
            Award.credited_at <= found.issued_at,
            or_(later.id.is_(None), later.confirmed_at > found.issued_at),
        )
    )
    return list(session.scalars(statement))


def stars_of(session: Session, person_id: int, today: date) -> Stars:
    grants = list(session.scalars(select(StarGrant).where(StarGrant.person_id == person_id)))
    rules = rewards.rules_on(session, today).rules
    waiting = next((grant for grant in grants if grant.state in ("applied", "publicised")), None)
    certified = max((grant.stars for grant in grants if grant.state == "certified"), default=0)
    return Stars(stars_for(final_minutes(session, person_id), rules), certified, waiting, rules.star_hours)


def final_minutes(session: Session, person_id: int) -> int:
    return served(session, person_id, date.min, date.max).minutes


def grants(session: Session) -> list[StarGrant]:
    """Every star of the community: those that wait first, then the newest."""
    statement = select(StarGrant).order_by(
        StarGrant.state.not_in(("applied", "publicised")), StarGrant.applied_on.desc(), StarGrant.id.desc()
    )
    return list(session.scalars(statement.limit(200)))


def publicised(session: Session, today: date) -> list[StarGrant]:
    """The stars that anybody may object to today, those whose board ends first at the top."""
    statement = select(StarGrant).where(StarGrant.state == "publicised", StarGrant.closes_on >= today)
    return list(session.scalars(statement.order_by(StarGrant.closes_on, StarGrant.id)))


def grant_here(session: Session, grant_id: int) -> StarGrant:
    found = session.scalars(select(StarGrant).where(StarGrant.id == grant_id)).first()
    if found is None:
        raise NotFound
    return found


def certificates() -> Select[Certificate]:
    return select(Certificate).options(joinedload(Certificate.revocation))


def certificates_of(session: Session, person_id: int) -> list[Certificate]:
    statement = certificates().where(Certificate.person_id == person_id)
    return list(session.scalars(statement.order_by(Certificate.id.desc())))


def certificate_here(session: Session, certificate_id: int) -> Certificate:
    found = session.scalars(certificates().where(Certificate.id == certificate_id)).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody learns of a certificate: `is_current` is False when one of its services has been struck or made
    shorter since, whatever was served besides.
    """

    certificate: Certificate
    is_current: bool


def checked(session: Session, typed: str) -> Checked | None:
    """The certificate of this number, whatever community issued it; None when there is none."""
    number = read_number(typed)
    if number is None:
        return None
    with scoped(session, None):
        found = session.scalars(certificates().where(Certificate.number == number)).first()
        if found is None:
            return None
        return Checked(found, still_served(session, found) >= found.minutes)


def still_served(session: Session, found: Certificate) -> int:
    """Minutes of the certificate's own services that stand today."""
    present = services_between(session, found.person_id, found.from_on, found.to_on)
    minutes = {record.shift_id: record.minutes for record in present}
    return sum(min(one.minutes, minutes.get(one.shift_id, 0)) for one in services_at_issue(session, found))


def readable_certificate(session: Session, certificate_id: int, person_id: int, roles: frozenset[str]) -> Certificate:
    """The own certificate, or anybody's for a coordinator; NotFound for all others."""
    found = certificate_here(session, certificate_id)
    if found.person_id != person_id and "coordinator" not in roles:
        raise NotFound
    return found
