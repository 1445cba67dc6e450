"""The solver's question for one roster, read from the database. Refuses to know how it is answered.

Ids are the rows' ids as text. Minutes count from local midnight of the roster's first day; days are days of the roster,
weeks are Monday to Sunday, week 0 holding the first day. Turns that have begun by `at`, and turns of other rosters, are
given as held: they count for limits and rest, and nobody moves them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from solver.formats import native
from solver.problem import Bar, CrossMix, Pin, Problem, Way
from volunteer_app.core.ids import fingerprint
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.places import queries as places
from volunteer_app.places.models import Community
from volunteer_app.rosters.models import COMING_STATES, PUBLISHED_STATES, Assignment, Roster
from volunteer_app.rosters.question.frame import Frame, post_place, turn
from volunteer_app.rosters.question.members import LOOK_AROUND_DAYS, PAST_DAYS, members

LEADER = "skill:leader"
SETS = ("pins", "bars", "cross_mixes", "same_team", "ways")


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
        people=members(session, frame, people, given=seats.given, shifts=shifts),
        shifts=tuple(turn(frame, shift, shift.kind) for shift in shifts),
        pins=tuple(pin(seat) for seat in taking if is_pinned(seat)),
        bars=bars(session, people=people, shifts=shifts, taking=taking),
        cross_mixes=leaders(shifts),
        same_team=teams(shifts),
        ways=ways(session),
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
    """How many people, shifts, pins, refusals and reserved seats differ; 0 exactly when the problems are equal."""
    rows = (
        ({one.id: one for one in old.people}, {one.id: one for one in new.people}),
        ({one.id: one for one in old.shifts}, {one.id: one for one in new.shifts}),
    )
    differing = sum(before.get(key) != after.get(key) for before, after in rows for key in {*before, *after})
    differing += sum(len(set(getattr(old, name)) ^ set(getattr(new, name))) for name in SETS)
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
        .options(joinedload(Assignment.shift).joinedload(Shift.kind))
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


def bars(session: Session, *, people: list[Person], shifts: list[Shift], taking: list[Assignment]) -> tuple[Bar, ...]:
    """Who said no to a turn and hasn't been given it again."""
    known, ids = {person.id for person in people}, {shift.id for shift in shifts}
    said_no = session.execute(
        select(Assignment.person_id, Assignment.shift_id)
        .where(Assignment.state.in_(("declined", "seeking")), Assignment.shift_id.in_(ids))
        .distinct()
    )
    again = {(seat.person_id, seat.shift_id) for seat in taking}
    wanted = [(person, shift) for person, shift in said_no if person in known and (person, shift) not in again]
    found = {Bar(str(person), str(shift), "declined") for person, shift in wanted}
    return tuple(sorted(found, key=lambda bar: (int(bar.person), int(bar.shift))))


def leaders(shifts: Iterable[Shift]) -> tuple[CrossMix, ...]:
    """Seats kept for people who can lead, over all shifts of an activity at the same hours."""
    groups: dict[tuple[int, datetime, datetime], list[Shift]] = defaultdict(list)
    for shift in shifts:
        if shift.kind.leaders_at_once:
            groups[shift.kind_id, shift.starts_at, shift.ends_at].append(shift)
    return tuple(
        CrossMix(
            frozenset(str(shift.id) for shift in group),
            frozenset({LEADER}),
            at_least=min(group[0].kind.leaders_at_once, sum(shift.target for shift in group)),
        )
        for group in groups.values()
    )


def teams(shifts: Iterable[Shift]) -> tuple[frozenset[str], ...]:
    """Legs of one task that are still to come: the same people serve them."""
    legs: dict[object, set[str]] = defaultdict(set)
    for shift in shifts:
        legs[shift.task].add(str(shift.id))
    return tuple(frozenset(team) for team in legs.values() if len(team) > 1)


def ways(session: Session) -> tuple[Way, ...]:
    """How far posts are apart, as places of turns."""
    return tuple(Way(post_place(way.post_id), post_place(way.other_id), way.minutes) for way in places.ways(session))


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
