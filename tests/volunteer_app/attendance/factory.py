"""A community in mid-month for tests: shifts in the past and today, seats on them, staff, a funded programme."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.attendance import actions, queries
from volunteer_app.attendance.actions import Entry
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import queries as books
from volunteer_app.needs.models import ActivityKind, Need, Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.workdays.models import CalendarDay

T = TypeVar("T")
ZONE = "Asia/Shanghai"
MONDAY = date(2026, 10, 12)
# October 2026 as the State Council published it: 1-3 statutory, 4-7 other rest days, Saturday 10 a workday.
CALENDAR = [
    *((day, "statutory_holiday") for day in (1, 2, 3)),
    *((day, "holiday_rest") for day in (4, 5, 6, 7)),
    (10, "makeup_workday"),
]


def minute(clock: str) -> int:
    hour, rest = clock.split(":")
    return int(hour) * 60 + int(rest)


class Month:
    """October 2026 of one community. `gu` and `shen` are coordinators; every call is one write transaction."""

    def __init__(self, session: Session, clock: SetClock, make: Factory) -> None:
        self.session, self.clock, self.make = session, clock, make
        self.community = make.community()
        self.grid = make.area(self.community)
        self.gu = make.person(self.community, "coordinator", name="顾敏", number="S01")
        self.shen = make.person(self.community, "coordinator", name="沈立", number="S02")
        make.save(*[self.calendar_day(day, kind) for day, kind in CALENDAR])
        self.roster = Roster(
            community_id=self.community.id,
            from_on=date(2026, 10, 1),
            to_on=date(2026, 10, 31),
            state="published",
            version=1,
        )
        make.save(self.roster)
        self.kinds: dict[str, ActivityKind] = {}
        self.write(ledger.fund, 100_000, cause="budget:2026", reason="年度预算", actor=self.actor(self.gu))

    def calendar_day(self, day: int, kind: str) -> CalendarDay:
        return CalendarDay(community_id=self.community.id, day=date(2026, 10, day), kind=kind, name="国庆节")

    def actor(self, person: Person) -> Actor:
        return Actor(self.community.id, person.id, "web", frozenset({"coordinator"}))

    def write(self, action: Callable[..., T], *args: Any, by: Person | None = None, **kwargs: Any) -> T:
        kwargs.setdefault("actor", self.actor(by or self.gu))
        return in_transaction(self.session, lambda: action(self.session, *args, now=self.clock(), **kwargs))

    def kind(self, level: str = "L1", name: str = "日巡逻") -> ActivityKind:
        if name not in self.kinds:
            made = ActivityKind(
                community_id=self.community.id,
                code=f"kind{len(self.kinds)}",
                name=name,
                name_en="Daily patrol",
                theme="green",
                points_level=level,
            )
            self.make.save(made)
            self.kinds[name] = made
        return self.kinds[name]

    def shift(
        self, planned: str = "8:30–10:30", *, day: date = MONDAY, kind: ActivityKind | None = None, urgent: bool = False
    ) -> Shift:
        kind = kind or self.kind()
        need = Need(
            community_id=self.community.id,
            number=self.session.query(Need).count() + 1,
            title=kind.name,
            kind_id=kind.id,
            grid_id=self.grid.id,
            urgency="urgent" if urgent else None,
            source="plan",
            reported_at=self.clock(),
        )
        self.make.save(need)
        starts, ends = (minute(clock) for clock in planned.split("–"))
        made = Shift(
            community_id=self.community.id,
            need_id=need.id,
            kind_id=kind.id,
            grid_id=self.grid.id,
            starts_at=local_moment(day, starts, ZONE),
            ends_at=local_moment(day, ends, ZONE),
            starts_on=day,
            least=1,
            target=2,
            most=6,
        )
        self.make.save(made)
        return made

    def volunteer(self, name: str = "姚文娟", **fields: object) -> Person:
        return self.make.volunteer(self.community, grid=self.grid, name=name, **fields)

    def seat(self, shift: Shift, person: Person, *, leads: bool = False, state: str = "accepted") -> Assignment:
        made = Assignment(
            community_id=self.community.id,
            roster_id=self.roster.id,
            shift_id=shift.id,
            person_id=person.id,
            state=state,
            origin="solver",
            leads=leads,
        )
        self.make.save(made)
        return made

    def at(self, clock: str, day: date = MONDAY) -> datetime:
        """Sets the clock to a local time."""
        self.clock.moment = local_moment(day, minute(clock), ZONE)
        return self.clock.moment

    def save(self, shift: Shift, person: Person, *times: str, verdict: str | None = None, how: str = "staff") -> int:
        arrived, left = (minute(clock) if clock else None for clock in (*times, "", "")[:2])
        entry = Entry(shift.id, person.id, arrived, left, verdict)
        return self.write(actions.save_sheet, shift.starts_on, [entry], how=how)

    def confirm(self, day: date = MONDAY, by: Person | None = None) -> actions.Confirmed:
        return self.write(actions.confirm_day, day, by=by)

    def served(
        self, person: Person, planned: str = "8:30–10:30", *, day: date = MONDAY, kind: ActivityKind | None = None
    ) -> ServiceRecord:
        """A confirmed record of a shift attended in full; the clock goes to that evening if it isn't later yet."""
        shift = self.shift(planned, day=day, kind=kind)
        self.seat(shift, person)
        if local_date(self.clock(), ZONE) <= day:
            self.at("22:00", day)
        self.save(shift, person, *planned.split("–"))
        self.confirm(day)
        found = queries.live_record(self.session, shift.id, person.id)
        assert found is not None
        return found

    def balance(self, person: Person) -> books.Balance:
        self.session.rollback()
        return books.balance(self.session, self.community.id, f"person:{person.id}", now=self.clock())
