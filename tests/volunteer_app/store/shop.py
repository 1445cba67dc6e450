"""A stocked store in a community, with people who have points."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.store import founding
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order

CODES = Codes("test")


class Shop:
    """Calls the actions with the values that a test doesn't care about; every call is one write transaction."""

    def __init__(self, session: Session, clock: SetClock, make: Factory, community: Community | None = None) -> None:
        self.session, self.clock, self.make = session, clock, make
        self.community = community or make.community()
        self.keeper = make.person(self.community, "keeper", name="钱阿福")
        self.system = Actor(self.community.id, None, "job")
        self.write(ledger.fund, 100_000, cause="budget:2026", reason="年度预算", actor=self.system)
        self.write(founding.load_price_list, from_on=date(2026, 10, 1), place="南站", actor=self.system)

    def write(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        return in_transaction(self.session, lambda: action(self.session, *args, now=self.clock(), **kwargs))

    def member(self, points: int = 0, *roles: str, **fields: object) -> Person:
        """A volunteer with points that never run out."""
        person = self.make.person(self.community, *(roles or ("volunteer",)), **fields)
        if points:
            to, cause = owner_of(person.id), f"gift:{person.id}"
            self.write(
                ledger.issue, to=to, points=points, cause=cause, reason="日巡逻", expires_at=None, actor=self.system
            )
        return person

    def as_keeper(self, keeper: Person | None = None) -> Actor:
        return self.make.actor(keeper or self.keeper, "keeper")

    def reserve(self, person: Person, **wanted: int) -> Order:
        actor = self.make.actor(person, "volunteer")
        found: Order = self.write(reserving.reserve, person.id, wanted, actor=actor, codes=CODES)
        return found

    def hand_over(self, order: Order, **changes: Any) -> Order:
        values = {"ticked": [line.id for line in order.lines], "name_checked": True, "actor": self.as_keeper()}
        found: Order = self.write(counter.hand_over, order.id, **(values | changes))
        return found

    def walk_in(self, person: Person, keeper: Person | None = None, **wanted: int) -> Order:
        actor = self.as_keeper(keeper)
        found: Order = self.write(counter.walk_in, person.id, wanted, name_checked=True, actor=actor, codes=CODES)
        return found

    def cancel(self, order: Order, actor: Actor | None = None) -> Order:
        owner = self.make.actor(order.person, "volunteer")
        found: Order = self.write(orders.cancel, order.id, actor=actor or owner)
        return found

    def code(self, order: Order) -> str:
        return CODES.code(order.community_id, order.id, order.code_turn)

    def balance(self, person: Person) -> books.Balance:
        self.session.rollback()
        return books.balance(self.session, self.community.id, owner_of(person.id), now=self.clock())

    def left(self, code: str, kind: str = "on_hand") -> int:
        self.session.rollback()
        found = books.amounts(self.session, self.community.id, owner=SHELF, kind=kind, now=self.clock())
        return found.get(f"sku:{code}", 0)
