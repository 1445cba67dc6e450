"""What every act of the demo's month needs: the session, who is who, and the time that the act happens at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.demo.community import Founded
from volunteer_app.demo.neighbour import NextDoor
from volunteer_app.needs.models import ActivityKind, Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters.models import COMING_STATES, Assignment
from volunteer_app.store.orders.codes import Codes

T = TypeVar("T")


def moment(text: str) -> datetime:
    """`10-09 14:05` of 2026 in the community's zone."""
    return datetime.fromisoformat(f"2026-{text}+08:00")


@dataclass(frozen=True, slots=True)
class Stage:
    """The month's stage. `write` is one transaction, as a page's would be."""

    session: Session
    founded: Founded
    next_door: NextDoor
    codes: Codes

    def write(self, work: Callable[[], T]) -> T:
        return in_transaction(self.session, work)

    @property
    def shop(self) -> Actor:
        """Who takes vouchers at the barber's."""
        return Actor(self.founded.community_id, self.founded.person["P01"], "demo", frozenset({"partner"}))

    def voice(self, person: Person) -> Actor:
        """Whoever answers for the person: himself, or the coordinator for those who ring or write."""
        if person.channel != "wechat":
            return self.founded.coordinator
        return Actor(self.founded.community_id, person.id, "demo", frozenset({"volunteer"}))

    def own(self, number: str) -> Actor:
        """The person with this number, acting himself."""
        return Actor(self.founded.community_id, self.founded.person[number], "demo", frozenset({"volunteer"}))

    def seats(self, kind: str, day: str, *, area: str = "", part: str = "") -> list[Assignment]:
        """Held seats of the shifts of one kind on a day (`10-12`), perhaps of one grid, perhaps `am` or `pm` only."""
        wanted = (
            select(Assignment)
            .join(Shift, Shift.id == Assignment.shift_id)
            .join(ActivityKind, ActivityKind.id == Shift.kind_id)
            .where(ActivityKind.code == kind, Shift.starts_on == moment(f"{day} 00:00").date())
            .where(Assignment.state.in_(COMING_STATES), Assignment.leaving.is_(False))
            .order_by(Shift.starts_at, Shift.id, Assignment.person_id)
        )
        if area:
            wanted = wanted.where(Shift.grid_id == self.founded.area[area])
        noon = moment(f"{day} 12:00")
        if part:
            wanted = wanted.where(Shift.starts_at < noon if part == "am" else Shift.starts_at >= noon)
        return list(self.session.scalars(wanted))
