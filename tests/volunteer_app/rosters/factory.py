"""Rosters for tests: a community of one grid with patrols, and people who are free all week."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factory import Factory
from volunteer_app.availability.models import AvailabilitySheet
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_moment
from volunteer_app.needs.models import ActivityKind, Need, Shift
from volunteer_app.people.models import Person
from volunteer_app.places.models import Area, Community, Post
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import Assignment, Roster

ALL_SQUARES = 2**21 - 1
SHANGHAI = "Asia/Shanghai"
TUESDAY = date(2026, 10, 13)  # the day after the tests' Monday


@dataclass
class Town:
    """A community with one grid, one post, a coordinator and a kind of patrol for two."""

    session: Session
    make: Factory
    community: Community
    grid: Area
    post: Post
    coordinator: Person
    kind: ActivityKind

    @property
    def staff(self) -> Actor:
        return self.make.actor(self.coordinator, "coordinator")

    def volunteer(self, name: str, *, free: bool = True, **fields: object) -> Person:
        made = self.make.volunteer(self.community, grid=self.grid, name=name, **fields)
        if free:
            self.free(made)
        return made

    def free(self, person: Person, squares: int = ALL_SQUARES) -> None:
        self.make.save(
            AvailabilitySheet(
                community_id=person.community_id,
                person_id=person.id,
                month=date(2026, 10, 1),
                squares=squares,
                filled_at=self.make.clock(),
            )
        )

    def shift(
        self, day: date = TUESDAY, *, starts: int = 510, minutes: int = 120, seats: int = 2, **fields: object
    ) -> Shift:
        """A patrol of `seats` people, by default 8:30 to 10:30."""
        number = len(self.session.scalars(select(Need.id)).all()) + 1
        need = Need(
            community_id=self.community.id,
            number=number,
            title="日巡逻",
            kind_id=self.kind.id,
            grid_id=self.grid.id,
            source="plan",
            state="verified",
            reported_at=self.make.clock(),
        )
        self.make.save(need)
        values: dict[str, object] = {
            "kind_id": self.kind.id,
            "grid_id": self.grid.id,
            "post_id": self.post.id,
            "starts_at": local_moment(day, starts, SHANGHAI),
            "ends_at": local_moment(day, starts + minutes, SHANGHAI),
            "starts_on": day,
            "least": seats,
            "target": seats,
            "most": seats,
        }
        made = Shift(community_id=self.community.id, **({"need_id": need.id} | values | fields))
        self.make.save(made)
        return made

    def escort(self, *, seats: int = 1) -> tuple[Shift, Shift]:
        """Tuesday to the hospital 8:00 to 9:30 and back 11:00 to 12:30, the same people both ways."""
        there = self.shift(starts=480, minutes=90, seats=seats, is_leg=True)
        back = self.shift(starts=660, minutes=90, seats=seats, is_leg=True, need_id=there.need_id)
        return there, back

    def roster(self, from_on: date = date(2026, 10, 12), to_on: date = date(2026, 10, 18)) -> Roster:
        made = Roster(community_id=self.community.id, from_on=from_on, to_on=to_on)
        self.make.save(made)
        return made

    def seat(self, roster: Roster, shift: Shift, person: Person, **fields: object) -> Assignment:
        values: dict[str, object] = {"state": "proposed", "origin": "solver"}
        made = Assignment(
            community_id=self.community.id,
            roster_id=roster.id,
            shift_id=shift.id,
            person_id=person.id,
            **(values | fields),
        )
        self.make.save(made)
        return made

    def publish(self, roster: Roster) -> None:
        actions.publish(self.session, roster.id, actor=self.staff, now=self.make.clock())
        self.session.commit()

    def own(self, person: Person) -> Actor:
        return self.make.actor(person, "volunteer")


def town(session: Session, make: Factory) -> Town:
    community = make.community()
    grid = make.area(community)
    kind = ActivityKind(
        community_id=community.id, code="daily_patrol", name="日巡逻", name_en="Daily patrol", theme="green"
    )
    make.save(kind)
    coordinator = make.person(community, "coordinator", name="施敏")
    return Town(session, make, community, grid, make.post(grid), coordinator, kind)


def at(day: date, minute: int) -> datetime:
    return local_moment(day, minute, SHANGHAI).astimezone(UTC)


def next_day(day: date) -> date:
    return day + timedelta(days=1)
