"""Who lives together, as staff write it down. What a household has together is nobody else's: see `pause`."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.ids import digits
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.people.models import Household, Person
from volunteer_app.people.queries import person_here
from volunteer_app.places.models import Community
from volunteer_app.rewards.putting_right import refuse_own
from volunteer_app.sharing import queries, rules

JOINED = N_(
    "社区把%(name)s登记成了您家的人，家里账上的积分先停着。是一家人，请在“一家人的积分”里再点一次同意合着用；"
    "不是，请打电话给%(contact)s %(phone)s。"
)


def live_together(session: Session, person_id: int, other_id: int, *, actor: Actor, now: datetime) -> Household:
    """Writes down that two people live together; whoever already lives with one of them is in it too. A pool rests
    until its head has agreed to who joins. Refuses NotForOneself, PointsLeftBehind, NobodyToAgree.
    """
    person, other = person_here(session, person_id), person_here(session, other_id)
    for one in (person, other):
        refuse_own(session, one.id, actor)
    lock_people(session, person.id, other.id)
    lock_households(session, *{one.household_id for one in (person, other) if one.household_id is not None})
    found = person.household_id or other.household_id or new_household(session, actor).id
    given_up = other.household_id if other.household_id != found else None
    mates = members_leaving(session, given_up, now=now) if given_up else []
    newcomers = [one for one in dict.fromkeys((person, other, *mates)) if one.household_id != found]
    pause(session, found, newcomers, actor=actor, now=now)
    for one in newcomers:
        one.household_id = found
    session.flush()
    record(session, "live_together", f"household:{found}", actor=actor, now=now, acting_for=person.id)
    return session.get_one(Household, found)


def new_household(session: Session, actor: Actor) -> Household:
    made = Household(community_id=actor.community_id, code=f"H{digits(6)}")
    session.add(made)
    session.flush()
    return made


def members_leaving(session: Session, household_id: int, *, now: datetime) -> list[Person]:
    """Everybody of a household that is given up; its points would be nobody's: PointsLeftBehind."""
    mates = list(session.scalars(select(Person).where(Person.household_id == household_id)))
    points = queries.points_of(session, mates[0].community_id, household_id, now=now)
    if points:
        raise rules.PointsLeftBehind(points=points)
    return mates


def pause(session: Session, household_id: int, newcomers: list[Person], *, actor: Actor, now: datetime) -> None:
    """A wrong number must not open a household's account to a stranger: its head is told, and asked once more."""
    pool = queries.pool_of(session, household_id)
    points = queries.points_of(session, actor.community_id, household_id, now=now)
    if not newcomers or not (points or (pool and pool.is_open)):
        return
    head = queries.head_of(session, pool) if pool else None
    if points and head is None:
        raise rules.NobodyToAgree(points=points)
    if pool and pool.is_open:
        pool.ended_at = now
    if head is not None:
        for one in newcomers:
            tell_of(session, one, head, household_id, now=now)


def tell_of(session: Session, newcomer: Person, head: Person, household_id: int, *, now: datetime) -> None:
    community = session.get_one(Community, head.community_id)
    messages.put(
        session,
        community_id=community.id,
        person_id=head.id,
        kind="household",
        text=Text(JOINED, {"name": newcomer.name, **community.whom_to_ring}),
        cause=f"household:{household_id}:joined:{newcomer.id}:{now.isoformat()}",
        now=now,
    )


def live_apart(session: Session, person_id: int, *, actor: Actor, now: datetime) -> Household:
    """Writes down that somebody no longer lives with the others; returns the household without him. Refuses
    NotForOneself, NoHousehold, StillNeeded.
    """
    person = person_here(session, person_id)
    refuse_own(session, person.id, actor)
    lock_people(session, person.id)
    household_id = home(person)
    lock_households(session, household_id)
    refuse_needed(session, person, household_id, now=now)
    person.household_id = None
    session.flush()
    record(session, "live_apart", f"household:{household_id}", actor=actor, now=now, acting_for=person.id)
    return session.get_one(Household, household_id)


def refuse_needed(session: Session, person: Person, household_id: int, *, now: datetime) -> None:
    """The head of a pool, and the last who could take its points out, stay until it is empty and ended."""
    pool = queries.pool_of(session, household_id)
    points = queries.points_of(session, person.community_id, household_id, now=now)
    leads = pool is not None and queries.head_of(session, pool) is person and (pool.is_open or points > 0)
    is_last = points > 0 and all(one is person for one in queries.present_in(session, household_id))
    if leads or is_last:
        raise rules.StillNeeded(name=person.name, points=points)


def lock_people(session: Session, *person_ids: int) -> None:
    """These people and whoever lives with them, before their households, as everybody locks."""
    homes = select(Person.household_id).where(Person.id.in_(person_ids), Person.household_id.is_not(None))
    of_ids = select(Person).where(or_(Person.id.in_(person_ids), Person.household_id.in_(homes))).order_by(Person.id)
    session.scalars(of_ids.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def lock_households(session: Session, *household_ids: int) -> None:
    """The household's row and not its pool's, because it stands before a pool is opened."""
    of_ids = select(Household.id).where(Household.id.in_(household_ids)).order_by(Household.id)
    session.execute(of_ids.with_for_update(key_share=True)).all()


def home(person: Person) -> int:
    if person.household_id is None:
        raise rules.NoHousehold
    return person.household_id
