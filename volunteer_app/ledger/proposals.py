"""What one person asks for and another approves: adjustments, reinstatements, opening a closed period.

The proposal says what and why; approving books it at once, with both names.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import corrections, periods, rules, witness
from volunteer_app.ledger.book import Booked
from volunteer_app.ledger.models import PROPOSALS, Proposal

Asked = Mapping[str, object]
GIFT = N_("转来的积分")
"""What the books say of a gift that was asked for before its words were part of it."""


def propose(session: Session, kind: str, asked: Asked, *, reason: str, actor: Actor, now: datetime) -> Proposal:
    """Writes down what is asked for; nothing is booked yet. `asked` is what APPROVALS[kind] takes."""
    assert kind in APPROVALS
    assert actor.person_id is not None
    made = Proposal(
        community_id=actor.community_id,
        kind=kind,
        asked=rules.canonical(asked),
        reason=reason,
        state="waiting",
        proposed_at=now,
        proposed_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    witness.record(session, f"propose_{kind}", PROPOSALS, made.id, actor=actor, now=now)
    return made


def approve(session: Session, proposal_id: int, *, actor: Actor, now: datetime) -> Proposal:
    """A second person agrees and it is booked. Refuses SecondPersonNeeded, ProposalDecided, and what that refuses."""
    found = waiting(session, proposal_id, actor)
    if actor.person_id is None or actor.person_id == found.proposed_by_id:
        raise rules.SecondPersonNeeded
    booked = APPROVALS[found.kind](session, found, actor, now)
    return decide(session, found, "approved", booked, actor=actor, now=now)


def drop(session: Session, proposal_id: int, *, actor: Actor, now: datetime) -> Proposal:
    """It is put aside; nothing is booked. Refuses ProposalDecided."""
    return decide(session, waiting(session, proposal_id, actor), "dropped", None, actor=actor, now=now)


def decide(
    session: Session, found: Proposal, state: str, booked: Booked | None, *, actor: Actor, now: datetime
) -> Proposal:
    found.state, found.decided_at, found.decided_by_id = state, now, actor.person_id
    found.txn_seq = booked.seq if booked else None
    witness.record(session, f"{state}_{found.kind}", PROPOSALS, found.id, actor=actor, now=now)
    return found


def waiting(session: Session, proposal_id: int, actor: Actor) -> Proposal:
    named = select(Proposal).where(Proposal.community_id == actor.community_id, Proposal.id == proposal_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.state != "waiting":
        raise rules.ProposalDecided
    return found


def proposals(session: Session, community_id: int, *, state: str = "waiting") -> list[Proposal]:
    """Proposals in that state, oldest first."""
    where = (Proposal.community_id == community_id, Proposal.state == state)
    return list(session.scalars(select(Proposal).where(*where).order_by(Proposal.id)))


def approve_adjustment(session: Session, found: Proposal, actor: Actor, now: datetime) -> Booked:
    """{"owner", "points", "expires_at" (ISO moment or None)}."""
    asked = json.loads(found.asked)
    return corrections.adjust(
        session,
        owner=asked["owner"],
        points=asked["points"],
        expires_at=moment(asked["expires_at"]),
        cause=f"proposal:{found.id}",
        reason=found.reason,
        checker_id=found.proposed_by_id,
        actor=actor,
        now=now,
    )


def approve_reinstatement(session: Session, found: Proposal, actor: Actor, now: datetime) -> Booked:
    """{"txn_id" (an expiry), "expires_at" (ISO moment or None)}."""
    asked = json.loads(found.asked)
    return corrections.reinstate(
        session,
        asked["txn_id"],
        expires_at=moment(asked["expires_at"]),
        cause=f"proposal:{found.id}",
        reason=found.reason,
        checker_id=found.proposed_by_id,
        actor=actor,
        now=now,
    )


def approve_reopening(session: Session, found: Proposal, actor: Actor, now: datetime) -> None:
    """{"period_id"}."""
    asked = json.loads(found.asked)
    periods.reopen(session, asked["period_id"], asked_by=found.proposed_by_id, actor=actor, now=now)


def approve_gift(session: Session, found: Proposal, actor: Actor, now: datetime) -> Booked:
    """{"source", "target", "points", "words" (a msgid: what the books say, which can never be erased again)}."""
    asked = json.loads(found.asked)
    return corrections.give(
        session,
        source=asked["source"],
        target=asked["target"],
        points=asked["points"],
        cause=f"proposal:{found.id}",
        reason=Text(asked.get("words", GIFT)),
        checker_id=found.proposed_by_id,
        actor=actor,
        now=now,
    )


def moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


APPROVALS: dict[str, Callable[[Session, Proposal, Actor, datetime], Booked | None]] = {
    "adjust": approve_adjustment,
    "reinstate": approve_reinstatement,
    "reopen": approve_reopening,
    "give": approve_gift,
}
