"""A week of a roster, counted: its shifts, who sits on them, what is missing. Reads only; decides nothing."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Assignment, Roster


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to."""

    grid_id: int | None = None
    kind_id: int | None = None
    gaps_only: bool = False

    def keeps(self, shift: Shift) -> bool:
        return self.grid_id in (None, shift.grid_id) and self.kind_id in (None, shift.kind_id)


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday around `day`. `seats`: shift id -> draft seats; those that wait for cover are among them.

    `roster` is that of the day, or of the first day that has one; `rosters` are all that hold a day of the week.
    """

    monday: date
    roster: Roster | None
    rosters: list[Roster]
    shifts: list[Shift]
    seats: dict[int, list[Assignment]] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=step) for step in range(7)]

    @property
    def before(self) -> date:
        """Monday of the week before."""
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        """Monday of the week after."""
        return self.monday + timedelta(days=7)

    def missing(self, shift: Shift) -> int:
        """Seats up to the target that nobody fills; who can't come doesn't fill his."""
        there = sum(seat.state != "seeking" for seat in self.seats.get(shift.id, ()))
        return max(0, shift.target - there)

    @property
    def gaps(self) -> list[tuple[Shift, int]]:
        return [(shift, self.missing(shift)) for shift in self.shifts if self.missing(shift)]

    @property
    def wanted(self) -> int:
        return sum(shift.target for shift in self.shifts)

    @property
    def filled(self) -> int:
        return self.wanted - sum(missing for _shift, missing in self.gaps)

    def roster_on(self, day: date) -> Roster | None:
        """The roster whose period holds the day of this week."""
        return next((one for one in self.rosters if one.from_on <= day <= one.to_on), None)

    def on(self, day: date) -> list[Shift]:
        return [shift for shift in self.shifts if shift.starts_on == day]


def week_of(session: Session, community_id: int, day: date, *, wanted: Wanted) -> Week:
    """The week as the draft has it."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    rosters = queries.rosters_between(session, community_id, from_on=monday, to_on=sunday)
    shifts = [shift for shift in queries.shifts_between(session, monday, sunday) if wanted.keeps(shift)]
    seats = seats_of(session, shifts)
    week = Week(monday, None, rosters, shifts, seats)
    roster = week.roster_on(day) or next(iter(rosters), None)
    kept = [shift for shift in shifts if week.missing(shift)] if wanted.gaps_only else shifts
    return replace(week, roster=roster, shifts=kept)


def seats_of(session: Session, shifts: list[Shift]) -> dict[int, list[Assignment]]:
    """shift id -> seats in the draft, in the order in which they were given."""
    found: dict[int, list[Assignment]] = defaultdict(list)
    for seat in queries.draft_seats_on(session, [shift.id for shift in shifts]):
        found[seat.shift_id].append(seat)
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """One person's minutes in the week against his own limit."""

    person_id: int
    name: str
    minutes: int
    limit: int

    @property
    def share(self) -> float:
        return self.minutes / self.limit if self.limit else 0.0


def loads(session: Session, week: Week, *, grid_id: int | None) -> list[Load]:
    """Everybody of the grid (or all) with a limit, busiest first; counts all their turns of the week."""
    everywhere = queries.shifts_between(session, week.days[0], week.days[-1])
    minutes: dict[int, int] = defaultdict(int)
    for shift_id, seats in seats_of(session, everywhere).items():
        length = next(shift.minutes for shift in everywhere if shift.id == shift_id)
        for seat in seats:
            minutes[seat.person_id] += length if seat.state != "seeking" else 0
    rows = session.execute(
        select(Person.id, Person.name, VolunteerProfile.max_minutes_week)
        .join(VolunteerProfile, VolunteerProfile.person_id == Person.id)
        .where(Person.state == "active", *([Person.grid_id == grid_id] if grid_id is not None else []))
    )
    found = [Load(row.id, row.name, minutes[row.id], row.max_minutes_week) for row in rows]
    return sorted(found, key=lambda load: (-load.share, load.person_id))
