"""Reads: the own household and its points, the wall, the care pool, who has left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as ledger
from volunteer_app.people.models import PRESENT, Household, Person
from volunteer_app.sharing.models import Collective, Departure, HouseholdPool
from volunteer_app.sharing.rules import CARE_POOL, collective_owner, household_owner


@dataclass(frozen=True, slots=True)
class Home:
    """A household: everybody in it, its pool (None: never opened), its head as in head_of, the points in it."""

    household: Household
    members: list[Person]
    pool: HouseholdPool | None
    head: Person | None
    points: int

    @property
    def is_open(self) -> bool:
        return self.pool is not None and self.pool.is_open

    def may_decide(self, member: Person) -> bool:
        """Opening and ending the pool is the head's; without one, anybody's who lives there."""
        return self.head is None or self.head.id == member.id


@dataclass(frozen=True, slots=True)
class OnWall:
    """One line of the score wall."""

    collective: Collective
    points: int


def home_of(session: Session, person: Person, *, now: datetime) -> Home | None:
    """The household in which the person lives; None when nobody has written it down."""
    if person.household_id is None:
        return None
    household = session.scalars(select(Household).where(Household.id == person.household_id)).one()
    members = select(Person).where(Person.household_id == household.id).order_by(Person.number)
    pool = pool_of(session, household.id)
    points = points_of(session, person.community_id, household.id, now=now)
    head = head_of(session, pool) if pool else None
    return Home(household, list(session.scalars(members)), pool, head, points)


def points_of(session: Session, community_id: int, household_id: int, *, now: datetime) -> int:
    """Points in the household's account."""
    return ledger.balance(session, community_id, household_owner(household_id), now=now).available


def pool_of(session: Session, household_id: int) -> HouseholdPool | None:
    return session.scalars(select(HouseholdPool).where(HouseholdPool.household_id == household_id)).first()


def head_of(session: Session, pool: HouseholdPool) -> Person | None:
    """Who agreed to the pool; None when he has died, left or moved out, so that another member may take his place."""
    return next((one for one in present_in(session, pool.household_id) if one.id == pool.head_id), None)


def present_in(session: Session, household_id: int) -> list[Person]:
    """Members of the household who are still here."""
    found = select(Person).where(Person.household_id == household_id, Person.state.in_(PRESENT))
    return list(session.scalars(found.order_by(Person.id)))


def wall(session: Session, community_id: int, *, now: datetime) -> list[OnWall]:
    """Every collective, in the order of their names: the wall compares nobody."""
    found = list(session.scalars(select(Collective).order_by(Collective.kind, Collective.name)))
    owners = [collective_owner(one.id) for one in found]
    balances = ledger.balances(session, community_id, owners, now=now) if owners else {}
    return [OnWall(one, balances[collective_owner(one.id)].available) for one in found]


def care_points(session: Session, community_id: int, *, now: datetime) -> int:
    """Points in the care pool."""
    return ledger.balance(session, community_id, CARE_POOL, now=now).available


def collective_here(session: Session, collective_id: int) -> Collective:
    found = session.scalars(select(Collective).where(Collective.id == collective_id)).first()
    if found is None:
        raise NotFound
    return found


def departure_of(session: Session, person_id: int) -> Departure | None:
    return session.scalars(select(Departure).where(Departure.person_id == person_id)).first()
