"""Reads of rewards: the rules of a day, what services are worth, awards, and what is not credited yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.language import Text
from volunteer_app.needs.models import Need, Shift
from volunteer_app.people.models import VolunteerProfile
from volunteer_app.places.models import Community
from volunteer_app.rewards.models import Award, Bonus, PointsRule
from volunteer_app.rewards.rules import (
    DEFAULT,
    REASONS,
    Rules,
    Service,
    Worth,
    from_json,
    has_level,
    level_pct,
    worth,
)
from volunteer_app.workdays import queries as workdays


@dataclass(frozen=True, slots=True)
class Case:
    """One service to be valued; `key` is the caller's own name for it."""

    key: str
    person_id: int
    shift: Shift
    credited_minutes: int
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """The rules in force on a day; `row` is None while nobody has written any and the defaults hold."""

    row: PointsRule | None
    rules: Rules

    @property
    def number(self) -> int:
        return self.row.version if self.row else 0


def versions(session: Session) -> list[PointsRule]:
    """All versions, newest first."""
    return list(session.scalars(select(PointsRule).order_by(PointsRule.version.desc())))


def version_on(found: Sequence[PointsRule], day: date) -> Version:
    """The version in force: the latest beginning not after the day, and of the same beginning the later one."""
    begun = [row for row in found if row.effective_from <= day]
    if not begun:
        return Version(None, DEFAULT)
    row = max(begun, key=lambda row: (row.effective_from, row.version))
    return Version(row, from_json(row.rules))


def rules_on(session: Session, day: date) -> Version:
    return version_on(versions(session), day)


def case_of(record: ServiceRecord) -> Case:
    return Case(f"record:{record.id}", record.person_id, record.shift, record.credited_minutes, record.leads)


def values(
    session: Session, community_id: int, cases: Sequence[Case], *, rules: Rules | None = None
) -> dict[str, Worth]:
    """What each service is worth by the rules of its own day (or by `rules`), the caps taken up in order of time.

    What has been credited on the same day and in the same month counts against the caps first.
    """
    if not cases:
        return {}
    cases = sorted(cases, key=lambda case: (case.shift.starts_at, case.key))
    facts = services(session, cases)
    found = versions(session)
    zone = session.get_one(Community, community_id).zone
    earned = Earned(session, cases)
    worths: dict[str, Worth] = {}
    for case in cases:
        day = case.shift.starts_on
        by = rules or version_on(found, day).rules
        so_far = earned.so_far(case.person_id, day)
        worths[case.key] = worth(by, facts[case.key], zone=zone, day_so_far=so_far[0], month_so_far=so_far[1])
        earned.add(case.person_id, day, worths[case.key].points)
    return worths


class Earned:
    """Service points per person and day: credited ones from the table, and those added while a list is valued."""

    def __init__(self, session: Session, cases: Sequence[Case]) -> None:
        months = {case.shift.starts_on.replace(day=1) for case in cases}
        keys = {case.key for case in cases}
        people = {case.person_id for case in cases}
        self.days: dict[tuple[int, date], int] = {}
        statement = select(Award).where(
            Award.person_id.in_(people), Award.state == "credited", Award.served_on >= min(months)
        )
        for award in session.scalars(statement):
            if f"record:{award.service_record_id}" not in keys:
                self.add(award.person_id, award.served_on, award.points)

    def add(self, person_id: int, day: date, points: int) -> None:
        self.days[person_id, day] = self.days.get((person_id, day), 0) + points

    def so_far(self, person_id: int, day: date) -> tuple[int, int]:
        """(points of the day, points of its month)."""
        month = sum(
            points
            for (person, other), points in self.days.items()
            if person == person_id and (other.year, other.month) == (day.year, day.month)
        )
        return self.days.get((person_id, day), 0), month


def version_of(session: Session, award: Award) -> Version:
    """The rules that an award was worked out with."""
    if award.rule_id is None:
        return Version(None, DEFAULT)
    row = session.get_one(PointsRule, award.rule_id)
    return Version(row, from_json(row.rules))


def cut_by_caps(session: Session, person_id: int, month: date) -> list[Award]:
    """The person's credited awards of the month of this day that got less than the service was worth, by time."""
    cut = [award for award in awards_of(session, person_id) if award.points < award.uncapped]
    of_month = [award for award in cut if award.served_on.replace(day=1) == month.replace(day=1)]
    return sorted(of_month, key=lambda award: (award.record.shift.starts_at, award.id))


def services(session: Session, cases: Sequence[Case]) -> dict[str, Service]:
    """What the rules look at, for many cases in few queries."""
    days = [case.shift.starts_on for case in cases]
    types = workdays.day_types(session, min(days), max(days), community_id=cases[0].shift.community_id)
    urgent = urgent_shifts(session, {case.shift.id for case in cases})
    employed = employed_people(session, {case.person_id for case in cases})
    return {
        case.key: Service(
            credited_minutes=case.credited_minutes,
            starts_at=case.shift.starts_at,
            ends_at=case.shift.ends_at,
            level=case.shift.kind.points_level,
            day_type=types[case.shift.starts_on],
            emergency=case.shift.id in urgent,
            leads=case.leads,
            employed=case.person_id in employed,
        )
        for case in cases
    }


def urgent_shifts(session: Session, shift_ids: Iterable[int]) -> set[int]:
    """Emergencies: single shifts of an urgent need; what recurs is planned and no emergency."""
    statement = (
        select(Shift.id)
        .join(Need, Need.id == Shift.need_id)
        .where(Shift.id.in_(list(shift_ids)), Shift.series_id.is_(None), Need.urgency == "urgent")
    )
    return set(session.scalars(statement))


def employed_people(session: Session, person_ids: Iterable[int]) -> set[int]:
    statement = select(VolunteerProfile.person_id).where(
        VolunteerProfile.person_id.in_(list(person_ids)), VolunteerProfile.engagement == "employed"
    )
    return set(session.scalars(statement))


def award_of(session: Session, record_id: int) -> Award | None:
    return session.scalars(select(Award).where(Award.service_record_id == record_id)).first()


def awards_of(session: Session, person_id: int) -> list[Award]:
    """A person's awards with record, shift and kind, in time order."""
    return list(
        session.scalars(
            select(Award)
            .where(Award.person_id == person_id, Award.state == "credited")
            .options(joinedload(Award.record).joinedload(ServiceRecord.shift).joinedload(Shift.kind))
            .order_by(Award.served_on, Award.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A service that isn't credited yet, and what it will be worth."""

    record: ServiceRecord
    worth: Worth


def waiting(session: Session, community_id: int, person_id: int) -> list[Waiting]:
    """Confirmed services before the end of their notice, in time order."""
    records = attendance.records_of(session, person_id, states=("pending", "on_notice", "objected"))
    worths = values(session, community_id, [case_of(record) for record in records])
    return [Waiting(record, worths[f"record:{record.id}"]) for record in records]


def times_words(pct: int) -> str:
    """1.5, 1.2, 2: a coefficient as people say it."""
    return f"{pct / 100:.2f}".rstrip("0").rstrip(".")


def reason_texts(reasons: Sequence[str], coefficient_pct: int, rules: Rules) -> list[Text]:
    """Why a service is worth what it is, as sentences; what a leader adds is what the cap on coefficients leaves."""
    level = next((min(rules.most_pct, level_pct(rules, one)) for one in reasons if has_level(rules, one)), 100)
    values: dict[str, object] = {"times": times_words(level), "more": coefficient_pct - level}
    texts = []
    for reason in reasons:
        cap = getattr(rules, reason) if reason.endswith("_cap") else 0
        if reason != "leader" or coefficient_pct > level:
            texts.append(Text(REASONS[reason], values | {"cap": cap}))
    return texts


def awards_for(session: Session, records: Sequence[ServiceRecord]) -> list[Award]:
    """The awards of these records that stand."""
    wanted = [record.id for record in records]
    return list(session.scalars(select(Award).where(Award.service_record_id.in_(wanted), Award.state == "credited")))


def last_bonuses(session: Session) -> list[Bonus]:
    """The last fifty, newest first."""
    return list(session.scalars(select(Bonus).order_by(Bonus.id.desc()).limit(50)))
