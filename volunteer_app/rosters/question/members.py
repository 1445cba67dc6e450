"""People as the solver knows them: tags, free windows, limits, share, wishes, what they hold already."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from solver.limits import NO_PAST
from solver.problem import LabelLimit, Limits, Past, Window
from solver.problem import Person as Member
from volunteer_app.availability import queries as availability
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.rosters.models import COMING_STATES, Assignment, SignUp
from volunteer_app.rosters.question.frame import Frame, heaviness_pct, held_turn
from volunteer_app.rosters.question.marks import Marks

GAP_MIN = 30
"""Minutes that a volunteer gets between two turns."""
REST_MIN = 11 * 60
"""Rest of employed wardens between two duties of eight hours. Source: scenario of the 24-hour checkpoints."""
NIGHTS_A_WEEK = 2
PAST_DAYS = 28
"""How far back load is looked at."""
PAST_KEPT_PCT = 50
"""How much of the last four weeks' load is carried into the new roster."""
LEAST_A_YEAR = 2
"""Turns a year that working party members agreed to when they reported in. Source: domain.md 4, P3, and 5.C."""
LEAST_OF = "identity:party_employed"
LOOK_AROUND_DAYS = 8
"""Turns of other rosters count for limits and rest up to so many days away."""


def members(
    session: Session, frame: Frame, people: list[Person], *, given: list[Assignment], shifts: list[Shift]
) -> tuple[Member, ...]:
    ids = [person.id for person in people]
    marks = Marks(session)
    free = availability.windows(session, ids, frame.from_on, frame.to_on + timedelta(days=1), frame.zone)
    partners = availability.partners(session, ids)
    times = availability.wished_times(session, ids, frame.from_on, frame.to_on, frame.zone)
    wanted, unwanted = wished_shifts(session, ids, shifts)
    turns_a_week = availability.turns_week(session, ids, frame.from_on)
    served = served_this_year(session, ids, frame)
    held: dict[int, list[Assignment]] = defaultdict(list)
    for seat in given:
        held[seat.person_id].append(seat)
    known = set(ids)
    return tuple(
        Member(
            id=str(person.id),
            tags=(dated := marks.over(person, frame)).always,
            windows=windows(frame, free.get(person.id, [])),
            limits=limits(person.profile, turns_a_week.get(person.id)),
            share=share(person.profile, frame.days, turns_a_week.get(person.id)),
            past_load=past_load(held[person.id], frame),
            prefers=windows(frame, times.get(person.id, {}).get("prefer", [])),
            avoids=windows(frame, times.get(person.id, {}).get("if_needed", [])),
            wanted=wanted.get(person.id, frozenset()),
            unwanted=unwanted.get(person.id, frozenset()),
            partners=frozenset(str(one) for one in partners.get(person.id, set()) & known - {person.id}),
            held=tuple(held_turn(frame, seat.shift) for seat in held[person.id] if is_near(frame, seat.shift)),
            dated_tags=dated.at_times,
            past=Past(shifts=served.get(person.id, 0)) if LEAST_OF in dated.always else NO_PAST,
            least_shifts=due_by(frame.to_on) if LEAST_OF in dated.always else 0,
        )
        for person in people
        if person.profile is not None
    )


def windows(frame: Frame, spans: Iterable[tuple[datetime, datetime]]) -> tuple[Window, ...]:
    return tuple(Window(frame.minute(starts), frame.minute(ends)) for starts, ends in spans)


def limits(profile: VolunteerProfile, turns_a_week: int | None = None) -> Limits:
    """The person's own limits and wish; employed wardens rest by the labour rules instead of half an hour."""
    employed = profile.engagement == "employed"
    nights = NIGHTS_A_WEEK if profile.max_nights_week is None and employed else profile.max_nights_week
    return Limits(
        shifts_per_day=profile.max_shifts_day,
        minutes_per_day=profile.max_minutes_day,
        shifts_per_week=min(profile.max_shifts_week, turns_a_week or profile.max_shifts_week),
        minutes_per_week=profile.max_minutes_week,
        gap_min=0 if employed else GAP_MIN,
        rest_min=REST_MIN if employed else 0,
        labels_per_week=() if nights is None else (LabelLimit("night", nights),),
        days_in_row=profile.max_days_row,
        days_off_least=profile.min_days_off,
        effort=profile.effort,
    )


def share(profile: VolunteerProfile, days: int, turns_a_week: int | None = None) -> int:
    """The own weekly limit over the whole roster, in minutes; who wants fewer turns has a smaller share."""
    full = profile.max_minutes_week * days / 7
    wanted = min(turns_a_week or profile.max_shifts_week, profile.max_shifts_week)
    return round(full * wanted / profile.max_shifts_week) if profile.max_shifts_week else 0


def past_load(seats: Iterable[Assignment], frame: Frame) -> int:
    """Half of what the four weeks before come to over as many days as the roster has, in weighted minutes.

    Scaled, so that a short roster isn't ruled by a long past: 24 hours in four weeks weigh 3 in a roster of a week.
    """
    earlier = [seat.shift for seat in seats if seat.shift.starts_on < frame.from_on]
    load_pct_min = sum(shift.minutes * heaviness_pct(frame, shift, shift.kind) for shift in earlier)
    return load_pct_min * PAST_KEPT_PCT * frame.days // (100 * 100 * PAST_DAYS)


def due_by(on: date) -> int:
    """Turns of the agreed ones that are due by this day of the year: both by its last day, one from its middle on."""
    days = (on - date(on.year, 1, 1)).days + 1
    return LEAST_A_YEAR * days // 365


def served_this_year(session: Session, person_ids: list[int], frame: Frame) -> dict[int, int]:
    """person id -> turns of this year before the roster"""
    rows = session.execute(
        select(Assignment.person_id, func.count().label("turns"))
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.person_id.in_(person_ids),
            Assignment.state.in_(COMING_STATES),
            Assignment.leaving.is_(False),
            Shift.state == "open",
            Shift.starts_on >= date(frame.to_on.year, 1, 1),
            Shift.starts_on < frame.from_on,
        )
        .group_by(Assignment.person_id)
    )
    return {row.person_id: row.turns for row in rows}


def is_near(frame: Frame, shift: Shift) -> bool:
    """Close enough to share a week or a rest with a turn of the roster."""
    return shift.starts_on >= frame.from_on - timedelta(days=LOOK_AROUND_DAYS)


Wished = dict[int, frozenset[str]]


def wished_shifts(session: Session, person_ids: list[int], shifts: list[Shift]) -> tuple[Wished, Wished]:
    """person id -> shifts wanted, and shifts taken only if needed: sign-ups that wait, and likes of an activity."""
    wanted: dict[int, set[str]] = defaultdict(set)
    unwanted: dict[int, set[str]] = defaultdict(set)
    waiting = select(SignUp).where(SignUp.state == "waiting", SignUp.shift_id.in_([shift.id for shift in shifts]))
    known = set(person_ids)
    for row in session.scalars(waiting):
        if row.person_id in known:
            wanted[row.person_id].add(str(row.shift_id))
    by_kind: dict[str, set[str]] = defaultdict(set)
    for shift in shifts:
        by_kind[f"kind:{shift.kind.code}"].add(str(shift.id))
    for person_id, likes in availability.wishes(session, person_ids).items():
        for about, level in likes.items():
            (wanted if level == "prefer" else unwanted)[person_id] |= by_kind.get(about, set())
    return (
        {person: frozenset(ids) for person, ids in wanted.items()},
        {person: frozenset(ids - wanted[person]) for person, ids in unwanted.items()},
    )
