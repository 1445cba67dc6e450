"""Reads: when people are free, with whom they'd like to be, what they like."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.availability.given import GivenTurn
from volunteer_app.availability.models import AvailabilitySheet, Away, PartnerWish, Wish
from volunteer_app.availability.rules import PART_MINUTES, Span, free_minutes, merged
from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import NotFound
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.workdays.queries import day_types

Interval = tuple[datetime, datetime]


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def sheet_of(session: Session, person_id: int, month: date) -> AvailabilitySheet | None:
    """The month's own sheet."""
    wanted = select(AvailabilitySheet).where(AvailabilitySheet.person_id == person_id)
    return session.scalars(wanted.where(AvailabilitySheet.month == month_of(month))).first()


def sheet_before(session: Session, person_id: int, month: date) -> AvailabilitySheet | None:
    """The last earlier sheet in which the person didn't rest."""
    wanted = (
        select(AvailabilitySheet)
        .where(AvailabilitySheet.person_id == person_id, AvailabilitySheet.month < month_of(month))
        .where(AvailabilitySheet.resting.is_(False))
        .order_by(AvailabilitySheet.month.desc())
        .limit(1)
    )
    return session.scalars(wanted).first()


def sheet_in_force(session: Session, person_id: int, day: date) -> AvailabilitySheet | None:
    """The month's own sheet, else the last earlier one without a rest."""
    return sheet_of(session, person_id, day) or sheet_before(session, person_id, day)


def windows(
    session: Session, person_ids: Collection[int], from_on: date, to_on: date, zone: str
) -> dict[int, list[Interval]]:
    """UTC intervals `[starts, ends)` in which each person is free, from one local day to another, both included.

    The month's sheet counts, else the last earlier one; finer times within it; nothing on away dates and in months of
    rest; nothing for people who never filled in a sheet. Age rules are not in here: see needs.rules.
    """
    types = day_types(session, from_on, to_on, community_id=community_of(session, person_ids))
    sheets = sheets_until(session, person_ids, to_on)
    away = aways(session, person_ids, from_on, to_on)
    return {
        person_id: joined(
            (local_moment(day, starts, zone), local_moment(day, ends, zone))
            for day, day_type in types.items()
            if not any(span.from_on <= day <= span.to_on for span in away[person_id])
            for starts, ends in minutes_of(sheets[person_id], day, day_type)
        )
        for person_id in person_ids
    }


def community_of(session: Session, person_ids: Collection[int]) -> int | None:
    """The one community of the people; a session with a scope doesn't need it, one without does."""
    found = session.scalars(select(Person.community_id).where(Person.id.in_(person_ids)).distinct()).all()
    assert len(found) <= 1, "people of one community at a time"
    return found[0] if found else None


def sheets_until(session: Session, person_ids: Collection[int], to_on: date) -> dict[int, list[AvailabilitySheet]]:
    """Everybody's sheets up to a month, the newest first."""
    wanted = (
        select(AvailabilitySheet)
        .where(AvailabilitySheet.person_id.in_(person_ids), AvailabilitySheet.month <= to_on)
        .order_by(AvailabilitySheet.month.desc())
    )
    found: dict[int, list[AvailabilitySheet]] = defaultdict(list)
    for sheet in session.scalars(wanted):
        found[sheet.person_id].append(sheet)
    return found


def minutes_of(sheets: list[AvailabilitySheet], day: date, day_type: str) -> list[Span]:
    """Free local minutes of one day by the sheet in force; `sheets` newest first."""
    sheet = next((one for one in sheets if in_force(one, day)), None)
    if sheet is None or sheet.resting:
        return []
    return free_minutes(sheet.squares, sheet.finer, day, day_type, follows_rest_days=sheet.follows_rest_days)


def in_force(sheet: AvailabilitySheet, day: date) -> bool:
    """A rest holds for its own month only; other sheets until the next one."""
    return sheet.month == month_of(day) or (sheet.month < day and not sheet.resting)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Touching intervals as one; they come in order of time."""
    result: list[Interval] = []
    for starts, ends in intervals:
        if result and starts <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends))
        else:
            result.append((starts, ends))
    return result


def is_free(session: Session, person_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person is free all through `[starts_at, ends_at)`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    zone = session.get_one(Community, person.community_id).zone
    found = windows(session, [person_id], local_date(starts_at, zone), local_date(ends_at, zone), zone)
    return any(starts <= starts_at and ends_at <= ends for starts, ends in found[person_id])


def given_outside(session: Session, person_id: int, turns: Sequence[GivenTurn], zone: str) -> list[GivenTurn]:
    """Those of the turns that the person's own times don't cover any more; none for who never filled in a sheet."""
    told = [turn for turn in turns if sheet_in_force(session, person_id, turn.day) is not None]
    if not told:
        return []
    last = max(local_date(ends, zone) for turn in told for _, ends in turn.spans)
    free = windows(session, [person_id], min(turn.day for turn in told), last, zone)[person_id]
    return [
        turn
        for turn in told
        if not all(any(begins <= starts and ends <= over for begins, over in free) for starts, ends in turn.spans)
    ]


def aways(session: Session, person_ids: Collection[int], from_on: date, to_on: date) -> dict[int, list[Away]]:
    """Away spans that touch the days, per person, in order."""
    wanted = select(Away).where(Away.person_id.in_(person_ids), Away.from_on <= to_on, Away.to_on >= from_on)
    found: dict[int, list[Away]] = defaultdict(list)
    for away in session.scalars(wanted.order_by(Away.from_on)):
        found[away.person_id].append(away)
    return found


def partners(session: Session, person_ids: Collection[int]) -> dict[int, set[int]]:
    """With whom each person would like to be; not always returned by the other."""
    found: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    for wish in session.scalars(select(PartnerWish).where(PartnerWish.person_id.in_(person_ids))):
        found[wish.person_id].add(wish.partner_id)
    return found


def wishes(session: Session, person_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What each person prefers or does only if needed: {"kind:river_patrol": "prefer", "square:2-0": "if_needed"}."""
    found: dict[int, dict[str, str]] = {person_id: {} for person_id in person_ids}
    for wish in session.scalars(select(Wish).where(Wish.person_id.in_(person_ids)).order_by(Wish.about)):
        found[wish.person_id][wish.about] = wish.level
    return found


def wished_times(
    session: Session, person_ids: Collection[int], from_on: date, to_on: date, zone: str
) -> dict[int, dict[str, list[Interval]]]:
    """Square wishes as UTC intervals: per person {"prefer": [...], "if_needed": [...]}."""
    days = [from_on + timedelta(days=step) for step in range((to_on - from_on).days + 1)]
    result: dict[int, dict[str, list[Interval]]] = {}
    for person_id, likes in wishes(session, person_ids).items():
        spans: dict[str, list[Span]] = {"prefer": [], "if_needed": []}
        result[person_id] = {level: [] for level in spans}
        for level in spans:
            squares = {
                tuple(map(int, about[7:].split("-")))
                for about, found in likes.items()
                if found == level and about.startswith("square:")
            }
            result[person_id][level] = joined(
                (local_moment(day, starts, zone), local_moment(day, ends, zone))
                for day in days
                for starts, ends in merged(
                    PART_MINUTES[part] for weekday, part in sorted(squares) if weekday == day.weekday()
                )
            )
    return result


def turns_week(session: Session, person_ids: Collection[int], on: date) -> dict[int, int]:
    """How many turns a week each person wants at most, where he or she said so."""
    found = {}
    for person_id, sheets in sheets_until(session, person_ids, on).items():
        sheet = next((one for one in sheets if in_force(one, on)), None)
        if sheet is not None and sheet.turns_week is not None:
            found[person_id] = sheet.turns_week
    return found
