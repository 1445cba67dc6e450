"""Writes of sharing. Points keep their dates when they are given; giving what isn't one's own takes a second person."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import corrections, proposals
from volunteer_app.ledger import queries as ledger
from volunteer_app.ledger.book import Booked
from volunteer_app.ledger.models import Proposal
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.people.queries import person_here
from volunteer_app.places import queries as places
from volunteer_app.rewards.putting_right import refuse_own
from volunteer_app.sharing import queries, rules
from volunteer_app.sharing.households import home, lock_households
from volunteer_app.sharing.models import Collective, Departure, HouseholdPool
from volunteer_app.sharing.rules import CARE_POOL, household_owner

TO_HOME = N_("放到家里账上")
FROM_HOME = N_("从家里账上取出来")
TO_POOL = N_("捐给爱心池")
FROM_POOL = N_("爱心池给的")
"""What the books say of a gift; why somebody got it stays in the proposal, because the books can never be erased."""


def open_pool(session: Session, *, actor: Actor, now: datetime) -> HouseholdPool:
    """The actor becomes head and agrees that the household puts points together. Refuses NoHousehold, NotTheHead while
    another head lives there.
    """
    me, household_id = locked_home(session, actor)
    found = queries.pool_of(session, household_id)
    if found is None:
        found = HouseholdPool(
            community_id=actor.community_id, household_id=household_id, head_id=me.id, consented_at=now
        )
        session.add(found)
    else:
        take_the_lead(session, found, me)
        found.consented_at, found.ended_at = now, None
    session.flush()
    record(session, "open_pool", f"household:{household_id}", actor=actor, now=now)
    return found


def end_pool(session: Session, *, actor: Actor, now: datetime) -> HouseholdPool:
    """The head takes the agreement back; where he is gone, the actor becomes head and does. Refuses NotTheHead while
    another head lives there, PoolNotEmpty, PoolNotOpen.
    """
    me, household_id = locked_home(session, actor)
    found = opened(session, household_id)
    take_the_lead(session, found, me)
    points = queries.points_of(session, actor.community_id, household_id, now=now)
    if points:
        raise rules.PoolNotEmpty(points=points)
    found.ended_at = now
    record(session, "end_pool", f"household:{found.household_id}", actor=actor, now=now)
    return found


def take_the_lead(session: Session, pool: HouseholdPool, me: Person) -> None:
    head = queries.head_of(session, pool)
    if head is not None and head.id != me.id:
        raise rules.NotTheHead
    pool.head_id = me.id


def locked(session: Session, actor: Actor) -> Person:
    statement = select(Person).where(Person.id == actor.person_id, Person.community_id == actor.community_id)
    return session.scalars(statement.with_for_update(key_share=True)).one()


def locked_home(session: Session, actor: Actor) -> tuple[Person, int]:
    """The actor and the id of his household, both locked: what a household agrees on and what it puts in and takes out
    happens one at a time. Refuses NoHousehold.
    """
    me = locked(session, actor)
    household_id = home(me)
    lock_households(session, household_id)
    return me, household_id


def opened(session: Session, household_id: int) -> HouseholdPool:
    found = queries.pool_of(session, household_id)
    if found is None or not found.is_open:
        raise rules.PoolNotOpen
    return found


def give_home(session: Session, points: int, *, cause: str, actor: Actor, now: datetime) -> Booked:
    """Puts own points into the household's account. Refuses NoHousehold, PoolNotOpen, NotEnoughPoints."""
    me, household_id = locked_home(session, actor)
    owner = household_owner(opened(session, household_id).household_id)
    return moved(session, owner_of(me.id), owner, points, cause, TO_HOME, actor, now)


def take_from_home(session: Session, points: int, *, cause: str, actor: Actor, now: datetime) -> Booked:
    """Takes points of the household for oneself. Refuses NoHousehold, PoolNotOpen, NotEnoughPoints."""
    me, household_id = locked_home(session, actor)
    owner = household_owner(opened(session, household_id).household_id)
    return moved(session, owner, owner_of(me.id), points, cause, FROM_HOME, actor, now)


def donate(session: Session, points: int, *, cause: str, actor: Actor, now: datetime) -> Booked:
    """Gives own points to the care pool. Refuses NotEnoughPoints."""
    me = locked(session, actor)
    return moved(session, owner_of(me.id), CARE_POOL, points, cause, TO_POOL, actor, now)


def moved(
    session: Session, source: str, target: str, points: int, cause: str, words: str, actor: Actor, now: datetime
) -> Booked:
    given = corrections.give(
        session, source=source, target=target, points=points, cause=cause, reason=Text(words), actor=actor, now=now
    )
    record(session, "give_points", f"ledger_txn:{given.id}", actor=actor, now=now, note=f"{points} points")
    return given


def propose_care(
    session: Session, person_id: int, points: int, reason: str, *, actor: Actor, now: datetime
) -> Proposal:
    """Gives points of the care pool to somebody, once another person approves. Refuses NotForOneself."""
    person_here(session, person_id)
    refuse_own(session, person_id, actor)
    asked = {"source": CARE_POOL, "target": owner_of(person_id), "points": points, "words": FROM_POOL}
    return proposals.propose(session, "give", asked, reason=reason, actor=actor, now=now)


def add_collective(session: Session, name: str, kind: str, *, actor: Actor, now: datetime) -> Collective:
    """Refuses NameTaken."""
    if session.scalars(select(Collective.id).where(Collective.name == name)).first() is not None:
        raise rules.NameTaken
    made = Collective(community_id=actor.community_id, name=name, kind=kind, made_at=now)
    session.add(made)
    session.flush()
    record(session, "add_collective", f"collective:{made.id}", actor=actor, now=now)
    return made


def propose_score(
    session: Session, collective_id: int, points: int, reason: str, *, actor: Actor, now: datetime
) -> Proposal:
    """Adds points to a collective's score out of the budget, once another person approves."""
    found = queries.collective_here(session, collective_id)
    asked = {"owner": rules.collective_owner(found.id), "points": points, "expires_at": None}
    return proposals.propose(session, "adjust", asked, reason=reason, actor=actor, now=now)


def leave(session: Session, person_id: int, kind: str, left_on: date, *, actor: Actor, now: datetime) -> Departure:
    """Somebody has moved away or died: no turns and no signing in from now on; hours stay. Refuses HasLeftAlready,
    DayUnlikely after today and before EARLIEST.
    """
    if not rules.EARLIEST <= left_on <= places.today(session, actor.community_id, now):
        raise rules.DayUnlikely
    person = person_here(session, person_id)
    if queries.departure_of(session, person.id) is not None:
        raise rules.HasLeftAlready
    person.state = "deceased" if kind == "deceased" else "left"
    person.sign_in_epoch += 1
    made = Departure(
        community_id=actor.community_id,
        person_id=person.id,
        kind=kind,
        left_on=left_on,
        recorded_by_id=actor.person_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    record(session, "leave", f"person:{person.id}", actor=actor, now=now, acting_for=person.id, note=kind)
    return made


def propose_estate(
    session: Session, person_id: int, to_home: bool, reason: str, *, actor: Actor, now: datetime
) -> Proposal:
    """Passes on the points of somebody who has left, to the household or the care pool, once another person approves.

    Refuses EstateOver six months after, NothingToPassOn, NoHousehold, NobodyAtHome, NotForOneself.
    """
    person = person_here(session, person_id)
    refuse_own(session, person.id, actor)
    departure = queries.departure_of(session, person.id)
    last = rules.last_day_of_estate(departure.left_on) if departure else None
    if last is None or places.today(session, actor.community_id, now) > last:
        raise rules.EstateOver(last=last.isoformat() if last else "—")
    points = ledger.balance(session, actor.community_id, owner_of(person.id), now=now).available
    if not points:
        raise rules.NothingToPassOn
    target, words = (home_with_people(session, person), TO_HOME) if to_home else (CARE_POOL, TO_POOL)
    asked = {"source": owner_of(person.id), "target": target, "points": points, "words": words}
    return proposals.propose(session, "give", asked, reason=reason, actor=actor, now=now)


def home_with_people(session: Session, person: Person) -> str:
    """The owner of the household's points; NobodyAtHome when nobody could use them."""
    household_id = home(person)
    if not queries.present_in(session, household_id):
        raise rules.NobodyAtHome
    return household_owner(household_id)
