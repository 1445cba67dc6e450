"""The solver's question for one roster, read from the database. Refuses to know how it is answered.

Ids are the rows' ids as text. Minutes count from local midnight of the roster's first day; days are days of the roster,
weeks are Monday to Sunday, week 0 holding the first day. Turns that have begun by `at`, and turns of other rosters, are
given as held: they count for limits and rest, and nobody moves them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from solver.formats import native
from solver.problem import Bar, Held, LabelLimit, Limits, Mix, Pin, Problem, Window
from solver.problem import Person as Member
from solver.problem import Shift as Turn
from volunteer_app.availability import queries as availability
from volunteer_app.core.clock import local_minute, local_moment
from volunteer_app.core.ids import fingerprint
from volunteer_app.needs.models import ActivityKind, Shift
from volunteer_app.needs.rules import person_tags
from volunteer_app.people.models import Person, PersonTag, VolunteerProfile
from volunteer_app.places.models import Area, Community
from volunteer_app.rosters.models import COMING_STATES, PUBLISHED_STATES, Assignment, Roster, SignUp

GAP_MIN = 30
"""Minutes that a volunteer gets between two turns."""
REST_MIN = 11 * 60
"""Rest of employed wardens between two duties of eight hours. Source: scenario of the 24-hour checkpoints."""
NIGHTS_A_WEEK = 2
NIGHTS = ((-60, 6 * 60), (23 * 60, 30 * 60))
NIGHT_MIN = 180
PAST_DAYS = 28
PAST_KEPT_PCT = 50
"""How much of the last four weeks' load is carried into the new roster."""
LOOK_AROUND_DAYS = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the roster lies in time. `start` is local midnight of its first day as an aware UTC moment."""

    from_on: date
    to_on: date
    zone: str

    @property
    def start(self) -> datetime:
        return local_moment(self.from_on, 0, self.zone)

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    def minute(self, moment: datetime) -> int:
        return int((moment - self.start).total_seconds() // 60)

    def day(self, on: date) -> int:
        return (on - self.from_on).days

    def week(self, on: date) -> int:
        return (self.day(on) + self.from_on.weekday()) // 7


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats around the roster: its own that may still change, and those that are given."""

    own: list[Assignment]
    given: list[Assignment]


def problem_for(session: Session, roster: Roster, *, at: datetime) -> Problem:
    """Everything that a solve of this roster may know, as it stands in the database now."""
    zone = session.get_one(Community, roster.community_id).zone
    frame = Frame(roster.from_on, roster.to_on, zone)
    shifts = open_shifts(session, roster, at=at)
    seats = seats_around(session, roster, {shift.id for shift in shifts})
    people = volunteers(session, roster.community_id)
    known = {person.id for person in people}
    taking = [seat for seat in seats.own if seat.person_id in known]
    return Problem(
        horizon_days=frame.days,
        people=members(session, frame, people, seats=seats, shifts=shifts),
        shifts=tuple(turn(frame, shift, shift.kind) for shift in shifts),
        pins=tuple(pin(seat) for seat in taking if is_pinned(seat)),
        bars=bars(session, frame, people=people, shifts=shifts),
        familiar=familiar(session, roster, known),
        previous=previous(roster, taking),
        equal=equal(people),
    )


def equal(people: list[Person]) -> tuple[frozenset[str], ...]:
    """Employed wardens with the same hours a week: their loads are to be the same."""
    groups: dict[int, set[str]] = defaultdict(set)
    for person in people:
        if person.profile is not None and person.profile.engagement == "employed":
            groups[person.profile.max_minutes_week].add(str(person.id))
    return tuple(frozenset(groups[minutes]) for minutes in sorted(groups) if len(groups[minutes]) > 1)


def problem_print(problem: Problem) -> str:
    """Fingerprint of everything that matters to the solve."""
    return fingerprint(native.dumps(problem))


def count_changes(old: Problem, new: Problem) -> int:
    """How many people, shifts, pins and refusals differ; 0 exactly when the problems are equal."""
    rows = (
        ({one.id: one for one in old.people}, {one.id: one for one in new.people}),
        ({one.id: one for one in old.shifts}, {one.id: one for one in new.shifts}),
    )
    differing = sum(before.get(key) != after.get(key) for before, after in rows for key in {*before, *after})
    differing += len(set(old.pins) ^ set(new.pins)) + len(set(old.bars) ^ set(new.bars))
    return differing or int(old != new)


def open_shifts(session: Session, roster: Roster, *, at: datetime) -> list[Shift]:
    """The roster's shifts that haven't begun at `at`, in the order of their ids."""
    return list(
        session.scalars(
            select(Shift)
            .where(
                Shift.community_id == roster.community_id,
                Shift.starts_on.between(roster.from_on, roster.to_on),
                Shift.state == "open",
                Shift.starts_at > at,
            )
            .options(joinedload(Shift.kind))
            .order_by(Shift.id)
        )
    )


def volunteers(session: Session, community_id: int) -> list[Person]:
    """Active people with a volunteer profile: only who agreed to serve is ever asked."""
    return list(
        session.scalars(
            select(Person)
            .join(VolunteerProfile, VolunteerProfile.person_id == Person.id)
            .where(Person.community_id == community_id, Person.state == "active")
            .options(joinedload(Person.profile))
            .order_by(Person.id)
        )
    )


def seats_around(session: Session, roster: Roster, shift_ids: set[int]) -> Seats:
    """Seats in the draft from a month before the roster to a week after it."""
    found = session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.community_id == roster.community_id,
            Assignment.state.in_(COMING_STATES),
            Assignment.leaving.is_(False),
            Shift.state == "open",
            Shift.starts_on.between(
                roster.from_on - timedelta(days=PAST_DAYS), roster.to_on + timedelta(days=LOOK_AROUND_DAYS)
            ),
        )
        .options(joinedload(Assignment.shift))
        .order_by(Assignment.id)
    )
    own: list[Assignment] = []
    given: list[Assignment] = []
    for seat in found:
        (own if seat.shift_id in shift_ids else given).append(seat)
    return Seats(own, given)


def is_pinned(seat: Assignment) -> bool:
    """A tack, or a yes that the volunteer gave: neither is moved without asking."""
    return seat.pinned or seat.state not in ("proposed", "notified", "no_answer")


def pin(seat: Assignment) -> Pin:
    return Pin(str(seat.person_id), str(seat.shift_id))


def previous(roster: Roster, seats: Iterable[Assignment]) -> frozenset[tuple[str, str]] | None:
    """The published plan, which a new one stays close to; None before the first publication."""
    if roster.version == 0:
        return None
    return frozenset((str(seat.person_id), str(seat.shift_id)) for seat in seats if seat.state in PUBLISHED_STATES)


def bars(session: Session, frame: Frame, *, people: list[Person], shifts: list[Shift]) -> tuple[Bar, ...]:
    """Who said no to a turn, and whose skill or insurance ends before it."""
    known, ids = {person.id for person in people}, {shift.id for shift in shifts}
    said_no = session.execute(
        select(Assignment.person_id, Assignment.shift_id)
        .where(Assignment.state.in_(("declined", "seeking")), Assignment.shift_id.in_(ids))
        .distinct()
    )
    found = {Bar(str(person), str(shift), "declined") for person, shift in said_no if person in known}
    found |= lapsed(session, frame, people=people, shifts=shifts)
    return tuple(sorted(found, key=lambda bar: (int(bar.person), int(bar.shift))))


def lapsed(session: Session, frame: Frame, *, people: list[Person], shifts: list[Shift]) -> set[Bar]:
    """Pairs for which a tag of the first day doesn't hold any more on the shift's own day."""
    known = Tags(session)
    first = known.on(people, frame.from_on)
    found: set[Bar] = set()
    for on in sorted({shift.starts_on for shift in shifts} - {frame.from_on}):
        later = known.on(people, on)
        changed = [person.id for person in people if later[person.id] != first[person.id]]
        for shift in shifts if changed else ():
            if shift.starts_on == on:
                found |= {
                    Bar(str(person), str(shift.id), "lapsed")
                    for person in changed
                    if not may_take(later[person], shift) and may_take(first[person], shift)
                }
    return found


def may_take(tags: frozenset[str], shift: Shift) -> bool:
    return set(shift.requires) <= tags and tags.isdisjoint(shift.bars)


class Tags:
    """What people count as on a day; identities, skills and areas are read once."""

    def __init__(self, session: Session) -> None:
        self.rows: dict[int, list[PersonTag]] = defaultdict(list)
        for tag in session.scalars(select(PersonTag).order_by(PersonTag.id)):
            self.rows[tag.person_id].append(tag)
        self.codes = {row.id: row.code for row in session.execute(select(Area.id, Area.code))}

    def on(self, people: list[Person], day: date) -> dict[int, frozenset[str]]:
        """person id -> the tags that rules ask for."""
        return {
            person.id: person_tags(person, person.profile, self.rows[person.id], self.codes, day) for person in people
        }


def members(
    session: Session, frame: Frame, people: list[Person], *, seats: Seats, shifts: list[Shift]
) -> tuple[Member, ...]:
    ids = [person.id for person in people]
    tags = Tags(session).on(people, frame.from_on)
    free = availability.windows(session, ids, frame.from_on, frame.to_on + timedelta(days=1), frame.zone)
    partners = availability.partners(session, ids)
    times = availability.wished_times(session, ids, frame.from_on, frame.to_on, frame.zone)
    wanted, unwanted = wished_shifts(session, ids, shifts)
    turns_a_week = availability.turns_week(session, ids, frame.from_on)
    held: dict[int, list[Assignment]] = defaultdict(list)
    for seat in seats.given:
        held[seat.person_id].append(seat)
    known = set(ids)
    return tuple(
        Member(
            id=str(person.id),
            tags=tags[person.id],
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
        )
        for person in people
        if person.profile is not None
    )


def windows(frame: Frame, spans: Iterable[tuple[datetime, datetime]]) -> tuple[Window, ...]:
    return tuple(Window(frame.minute(starts), frame.minute(ends)) for starts, ends in spans)


def limits(profile: VolunteerProfile, turns_a_week: int | None = None) -> Limits:
    """The person's own limits and wish; employed wardens rest by the labour rules instead of half an hour."""
    employed = profile.engagement == "employed"
    return Limits(
        shifts_per_day=profile.max_shifts_day,
        minutes_per_day=profile.max_minutes_day,
        shifts_per_week=min(profile.max_shifts_week, turns_a_week or profile.max_shifts_week),
        minutes_per_week=profile.max_minutes_week,
        gap_min=0 if employed else GAP_MIN,
        rest_min=REST_MIN if employed else 0,
        labels_per_week=(LabelLimit("night", NIGHTS_A_WEEK),) if employed else (),
    )


def share(profile: VolunteerProfile, days: int, turns_a_week: int | None = None) -> int:
    """The own weekly limit over the whole roster, in minutes; who wants fewer turns has a smaller share."""
    full = profile.max_minutes_week * days / 7
    wanted = min(turns_a_week or profile.max_shifts_week, profile.max_shifts_week)
    return round(full * wanted / profile.max_shifts_week) if profile.max_shifts_week else 0


def past_load(seats: Iterable[Assignment], frame: Frame) -> int:
    """Half of the minutes of the four weeks before the roster."""
    earlier = [seat.shift for seat in seats if seat.shift.starts_on < frame.from_on]
    return sum(shift.minutes for shift in earlier) * PAST_KEPT_PCT // 100


def is_near(frame: Frame, shift: Shift) -> bool:
    """Close enough to share a week or a rest with a turn of the roster."""
    return shift.starts_on >= frame.from_on - timedelta(days=LOOK_AROUND_DAYS)


def held_turn(frame: Frame, shift: Shift) -> Held:
    return Held(
        starts_min=frame.minute(shift.starts_at),
        ends_min=frame.minute(shift.ends_at),
        day=frame.day(shift.starts_on),
        week=frame.week(shift.starts_on),
        labels=labels(frame, shift),
    )


def labels(frame: Frame, shift: Shift) -> frozenset[str]:
    """`night` for a turn with three hours or more between 23:00 and 6:00."""
    starts = local_minute(shift.starts_at, frame.zone)
    ends = starts + shift.minutes
    in_night = sum(max(0, min(ends, until) - max(starts, since)) for since, until in NIGHTS)
    return frozenset({"night"}) if in_night >= NIGHT_MIN else frozenset()


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


def turn(frame: Frame, shift: Shift, kind: ActivityKind) -> Turn:
    return Turn(
        id=str(shift.id),
        kind=kind.code,
        place=f"post:{shift.post_id}" if shift.post_id else f"grid:{shift.grid_id}",
        day=frame.day(shift.starts_on),
        week=frame.week(shift.starts_on),
        starts_min=frame.minute(shift.starts_at),
        ends_min=frame.minute(shift.ends_at),
        least=shift.least,
        target=shift.target,
        most=shift.most,
        priority=shift.priority,
        heaviness_pct=kind.heaviness_pct,
        requires=frozenset(shift.requires),
        bars=frozenset(shift.bars),
        mixes=tuple(mix(rule) for rule in shift.mixes),
        labels=labels(frame, shift),
        series=f"recipient:{shift.recipient_id}" if shift.recipient_id else "",
    )


def mix(rule: dict[str, object]) -> Mix:
    return Mix(frozenset({str(rule["tag"])}), at_least=int(str(rule.get("at_least", 1))))


def familiar(session: Session, roster: Roster, known: set[int]) -> frozenset[tuple[str, str]]:
    """Who has visited whom in the half year before the roster."""
    rows = session.execute(
        select(Assignment.person_id, Shift.recipient_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(
            Assignment.community_id == roster.community_id,
            Assignment.state.in_(COMING_STATES),
            Shift.recipient_id.is_not(None),
            Shift.starts_on < roster.from_on,
            Shift.starts_on >= roster.from_on - timedelta(days=180),
        )
        .distinct()
    )
    return frozenset((str(person), f"recipient:{recipient}") for person, recipient in rows if person in known)
