"""What only two people may do with the books: correct somebody's points, bring expired ones back, open a closed month.

One proposes, another approves; neither does it for his own household. Closing a month needs one person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from volunteer_app.attendance.queries import own_household
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, local_moment, month_after
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.ledger import periods, proposals
from volunteer_app.ledger.models import ACCOUNTS, PERIODS, POSTINGS, TXNS, Proposal
from volunteer_app.ledger.queries import POSTED
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.people.owners import person_of as subject_of
from volunteer_app.people.queries import person_here
from volunteer_app.places import queries as places
from volunteer_app.rewards import queries
from volunteer_app.rewards.rules import expires_at

KINDS = ("adjust", "reinstate", "reopen", "give")
GRACE_DAYS = 92
"""How many days after the day of the proposal points that were brought back can be used."""


class NotForOneself(Refused):
    """Neither of the two people lives with whom it is about."""

    sentence = N_("不能办自己和家人的，请别的工作人员来。")


class AskedAlready(Refused):
    """One proposal for a thing at a time."""

    sentence = N_("这一件已经有人提了，等另一位来批。")


class DateOver(Refused):
    """Nobody would have a moment to use the points: the proposal has waited too long."""

    sentence = N_("这些积分的新到期日已经过了，请放下这一条，重新提一次。")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal in words: whom it is about (None: the books), points it would move, the month it would open.

    `owner` is the ledger's word for whose points they become.
    """

    proposal: Proposal
    by: Person
    person: Person | None
    owner: str
    points: int
    month: date | None


def propose_adjustment(
    session: Session, person_id: int, points: int, reason: str, *, actor: Actor, now: datetime
) -> Proposal:
    """Adds points to somebody, negative takes them away, once another person approves. Refuses NotForOneself."""
    person_here(session, person_id)
    refuse_own(session, person_id, actor)
    rules = queries.rules_on(session, places.today(session, actor.community_id, now)).rules
    until = expires_at(now, rules, places.zone_of(session, actor.community_id)).isoformat() if points > 0 else None
    asked = {"owner": owner_of(person_id), "points": points, "expires_at": until}
    return proposals.propose(session, "adjust", asked, reason=reason, actor=actor, now=now)


def propose_reinstatement(session: Session, txn_id: int, reason: str, *, actor: Actor, now: datetime) -> Proposal:
    """Brings the points of one expiry back for another three months. Refuses NotForOneself, AskedAlready."""
    found = expiry(session, actor.community_id, txn_id)
    if found is None:
        raise NotFound
    refuse_own(session, found.person_id, actor)
    zone = places.zone_of(session, actor.community_id)
    until = local_moment(local_date(now, zone) + timedelta(days=GRACE_DAYS + 1), 0, zone).isoformat()
    refuse_twice(session, "reinstate", "txn_id", txn_id, actor)
    asked = {"txn_id": txn_id, "expires_at": until}
    return proposals.propose(session, "reinstate", asked, reason=reason, actor=actor, now=now)


def propose_reopening(session: Session, period_id: int, reason: str, *, actor: Actor, now: datetime) -> Proposal:
    """Asks for a closed month to be opened again. Refuses AskedAlready."""
    refuse_twice(session, "reopen", "period_id", period_id, actor)
    return proposals.propose(session, "reopen", {"period_id": period_id}, reason=reason, actor=actor, now=now)


def refuse_twice(session: Session, kind: str, name: str, value: int, actor: Actor) -> None:
    waiting = proposals.proposals(session, actor.community_id)
    if any(one.kind == kind and json.loads(one.asked)[name] == value for one in waiting):
        raise AskedAlready


def approve(session: Session, proposal_id: int, *, actor: Actor, now: datetime) -> Proposal:
    """Books it with both names. Refuses NotForOneself, DateOver and what the ledger refuses."""
    found = proposals.waiting(session, proposal_id, actor)
    person_id = person_of(session, found)
    if person_id is not None:
        refuse_own(session, person_id, actor)
    until = proposals.moment(json.loads(found.asked).get("expires_at"))
    if until is not None and until <= now:
        raise DateOver
    return proposals.approve(session, proposal_id, actor=actor, now=now)


def close_month(session: Session, month: date, *, actor: Actor, now: datetime) -> int:
    """Nothing more is recorded into the month that begins on `month`. Refuses PeriodNotOver."""
    zone = places.zone_of(session, actor.community_id)
    starts, ends = local_moment(month, 0, zone), local_moment(month_after(month), 0, zone)
    return periods.close(session, starts, ends, actor=actor, now=now)


def refuse_own(session: Session, person_id: int, actor: Actor) -> None:
    if person_id in own_household(session, actor.person_id):
        raise NotForOneself


def waiting(session: Session, community_id: int, zone: str) -> list[Waiting]:
    """What waits for a second person, oldest first."""
    found = proposals.proposals(session, community_id)
    about = {one.id: person_of(session, one) for one in found}
    ids = {*(one.proposed_by_id for one in found), *(person_id for person_id in about.values() if person_id)}
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [
        Waiting(
            proposal=one,
            by=people[one.proposed_by_id],
            person=people.get(about[one.id] or 0),
            owner=owner_named(one),
            points=points_of(session, one),
            month=month_of(session, one, zone),
        )
        for one in found
        if one.kind in KINDS
    ]


def person_of(session: Session, found: Proposal) -> int | None:
    """Whose points the proposal is about."""
    asked: Mapping[str, Any] = json.loads(found.asked)
    if found.kind == "reinstate":
        lost = expiry(session, found.community_id, asked["txn_id"])
        return lost.person_id if lost else None
    named = (str(asked.get(name, "")) for name in ("owner", "source", "target"))
    return next((found for found in map(subject_of, named) if found is not None), None)


def owner_named(found: Proposal) -> str:
    asked = json.loads(found.asked)
    return str(asked.get("target") or asked.get("owner") or "")


def points_of(session: Session, found: Proposal) -> int:
    asked = json.loads(found.asked)
    if found.kind == "reinstate":
        lost = expiry(session, found.community_id, asked["txn_id"])
        return lost.points if lost else 0
    return int(asked.get("points", 0))


def month_of(session: Session, found: Proposal, zone: str) -> date | None:
    if found.kind != "reopen":
        return None
    period_id = json.loads(found.asked)["period_id"]
    starts = session.execute(select(PERIODS.c.starts_at).where(PERIODS.c.id == period_id)).scalar_one()
    return local_date(starts, zone)


@dataclass(frozen=True, slots=True)
class Lost:
    """Points of a person that ran out at a moment and haven't been brought back."""

    txn_id: int
    person_id: int
    points: int
    at: datetime


def expiry(session: Session, community_id: int, txn_id: int) -> Lost | None:
    """This one, while nobody has brought it back."""
    return next(iter(lost_points(session, community_id, TXNS.c.id == txn_id)), None)


def expiries(session: Session, community_id: int) -> list[Lost]:
    """Booked expiries of persons that nobody has brought back, newest first, at most two hundred."""
    return lost_points(session, community_id)


def lost_points(session: Session, community_id: int, *where: ColumnElement[bool]) -> list[Lost]:
    undone = select(TXNS.c.reverses_seq).where(TXNS.c.community_id == community_id, TXNS.c.reverses_seq.is_not(None))
    statement = select(TXNS.c.id, ACCOUNTS.c.owner, POSTINGS.c.amount, TXNS.c.recorded_at).select_from(POSTED)
    statement = statement.where(
        TXNS.c.community_id == community_id,
        TXNS.c.kind == "expire",
        ACCOUNTS.c.kind == "points",
        ACCOUNTS.c.owner.startswith("person:"),
        TXNS.c.seq.not_in(undone),
        *where,
    )
    rows = session.execute(statement.order_by(TXNS.c.seq.desc()).limit(200))
    return [Lost(row.id, int(row.owner.removeprefix("person:")), -int(row.amount), row.recorded_at) for row in rows]


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A month that takes no further entry; where the chain stood when it was closed."""

    period_id: int
    month: date
    closed_at: datetime
    last_seq: int
    last_hash: str


def closed_months(session: Session, community_id: int, zone: str) -> list[ClosedMonth]:
    """Closed months, newest first."""
    where = (PERIODS.c.community_id == community_id, PERIODS.c.reopened_at.is_(None))
    rows = session.execute(select(PERIODS).where(*where).order_by(PERIODS.c.starts_at.desc()))
    return [
        ClosedMonth(row.id, local_date(row.starts_at, zone), row.closed_at, row.last_seq, row.last_hash) for row in rows
    ]
