"""Writes of the record. Each leaves an audit row; nothing here touches points, and nothing there touches hours."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.attendance.queries import own_household
from volunteer_app.core.audit import Actor, record
from volunteer_app.credentials import queries, rules
from volunteer_app.credentials.models import Certificate, RecordEntry, Revocation, StarGrant
from volunteer_app.people.models import Person
from volunteer_app.people.queries import person_here
from volunteer_app.places import queries as places
from volunteer_app.workdays.queries import add_working_days


def refuse_own(session: Session, person_id: int, actor: Actor) -> None:
    if person_id in own_household(session, actor.person_id):
        raise rules.OwnRecord


def add_entry(
    session: Session, person_id: int, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> RecordEntry:
    """Adds a training, commendation or evaluation. Refuses OwnRecord."""
    person = person_here(session, person_id)
    refuse_own(session, person.id, actor)
    made = RecordEntry(
        community_id=actor.community_id,
        person_id=person.id,
        recorded_by_id=actor.person_id,
        recorded_at=now,
        **{name: values.get(name) for name in ("kind", "happened_on", "title", "minutes", "score")},
        organiser=values.get("organiser") or "",
        level=values.get("level") or "",
    )
    session.add(made)
    session.flush()
    record(session, "add_entry", f"record_entry:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def void_entry(session: Session, entry_id: int, reason: str, *, actor: Actor, now: datetime) -> RecordEntry:
    """Marks an entry as void; it stays readable. Refuses AlreadyVoided, OwnRecord."""
    found = queries.entry_here(session, entry_id)
    refuse_own(session, found.person_id, actor)
    if found.voided_at is not None:
        raise rules.AlreadyVoided
    found.voided_at, found.voided_by_id, found.void_reason = now, actor.person_id, reason
    record(session, "void_entry", f"record_entry:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def apply_for_star(session: Session, person_id: int, *, actor: Actor, now: datetime) -> StarGrant:
    """Asks for the highest star that the hours reach. Refuses StarNotReached, StarInHand."""
    person = person_here(session, person_id)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    today = places.today(session, actor.community_id, now)
    stars = queries.stars_of(session, person.id, today)
    if stars.waiting is not None:
        raise rules.StarInHand
    if stars.reached <= stars.certified:
        wanted = min(stars.certified + 1, len(stars.hours))
        raise rules.StarNotReached(stars=wanted, hours=stars.hours[wanted - 1])
    made = StarGrant(
        community_id=actor.community_id,
        person_id=person.id,
        stars=stars.reached,
        minutes=queries.final_minutes(session, person.id),
        applied_on=today,
    )
    session.add(made)
    session.flush()
    record(session, "apply_for_star", f"star_grant:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def publicise_star(session: Session, grant_id: int, *, actor: Actor, now: datetime) -> StarGrant:
    """Puts it on the board for five working days. Refuses StarNotThere, OwnRecord."""
    found = queries.grant_here(session, grant_id)
    refuse_own(session, found.person_id, actor)
    if found.state != "applied":
        raise rules.StarNotThere
    today = places.today(session, actor.community_id, now)
    found.state, found.publicised_on, found.publicised_by_id = "publicised", today, actor.person_id
    found.closes_on = add_working_days(session, today, rules.NOTICE_DAYS, community_id=actor.community_id)
    record(session, "publicise_star", f"star_grant:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def certify_star(session: Session, grant_id: int, *, actor: Actor, now: datetime) -> StarGrant:
    """Grants it once the board's days are over. Refuses StarNotThere, NoticeNotOver, SecondPersonForStar, and
    StarNotReached when the hours have been corrected below it meanwhile.
    """
    found = queries.grant_here(session, grant_id)
    if found.state != "publicised" or found.closes_on is None:
        raise rules.StarNotThere
    today = places.today(session, actor.community_id, now)
    if today <= found.closes_on:
        raise rules.NoticeNotOver(last=found.closes_on.isoformat())
    if actor.person_id in (found.publicised_by_id, found.person_id):
        raise rules.SecondPersonForStar
    refuse_own(session, found.person_id, actor)
    stars = queries.stars_of(session, found.person_id, today)
    if stars.reached < found.stars:
        raise rules.StarNotReached(stars=found.stars, hours=stars.hours[found.stars - 1])
    return decide(session, found, "certified", "", actor=actor, now=now)


def refuse_star(session: Session, grant_id: int, reason: str, *, actor: Actor, now: datetime) -> StarGrant:
    """Ends an application with a reason; it may be asked for again. Refuses StarNotThere, OwnRecord."""
    found = queries.grant_here(session, grant_id)
    refuse_own(session, found.person_id, actor)
    if found.state not in ("applied", "publicised"):
        raise rules.StarNotThere
    return decide(session, found, "refused", reason, actor=actor, now=now)


def decide(session: Session, found: StarGrant, state: str, reason: str, *, actor: Actor, now: datetime) -> StarGrant:
    found.state, found.reason = state, reason
    found.decided_on, found.decided_by_id = places.today(session, actor.community_id, now), actor.person_id
    record(session, f"star_{state}", f"star_grant:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def issue_certificate(
    session: Session, person_id: int, *, from_on: date, to_on: date, actor: Actor, now: datetime
) -> Certificate:
    """Certifies the final service between two days, both included. Refuses NothingServed, OwnRecord."""
    person = person_here(session, person_id)
    refuse_own(session, person.id, actor)
    found = queries.served(session, person.id, from_on, to_on)
    if not found.minutes:
        raise rules.NothingServed
    made = Certificate(
        community_id=actor.community_id,
        number=rules.new_number(),
        person_id=person.id,
        from_on=from_on,
        to_on=to_on,
        minutes=found.minutes,
        times=found.times,
        issued_by_id=actor.person_id,
        issued_at=now,
    )
    session.add(made)
    session.flush()
    record(session, "issue_certificate", f"service_certificate:{made.id}", actor=actor, now=now, acting_for=person.id)
    return made


def revoke_certificate(
    session: Session, certificate_id: int, reason: str, *, actor: Actor, now: datetime
) -> Revocation:
    """Takes it back by a row of its own. Refuses AlreadyRevoked, OwnRecord."""
    found = queries.certificate_here(session, certificate_id)
    refuse_own(session, found.person_id, actor)
    if found.revocation is not None:
        raise rules.AlreadyRevoked
    made = Revocation(
        community_id=actor.community_id,
        certificate_id=found.id,
        revoked_by_id=actor.person_id,
        revoked_at=now,
        reason=reason,
    )
    session.add(made)
    subject = f"service_certificate:{found.id}"
    record(session, "revoke_certificate", subject, actor=actor, now=now, acting_for=found.person_id)
    return made
