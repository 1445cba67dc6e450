"""The entries of the books, readable: what happened, from where to where, how much, by whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, Txn
from volunteer_app.people.models import Person
from volunteer_app.people.owners import person_of
from volunteer_app.sheets.months import Month
from volunteer_app.sheets.owners import Side, people_by_id, side

KINDS = {"fund": N_("追加预算"), "issue": N_("发放")}
REVERSAL = N_("冲正第%(row)d笔")


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction. `points` moved from `sources` to `targets`; `goods` is unit -> pieces that moved beside them.

    `by` is who did it; None is the system. `is_own`: the member himself did it; `for_other`: somebody for the member.
    """

    seq: int
    at: datetime
    kind: str
    cause: str
    reverses_seq: int | None
    reason: Text
    sources: list[Side]
    targets: list[Side]
    points: int
    goods: dict[str, int]
    by: Person | None
    is_own: bool
    hash: str

    @property
    def kind_text(self) -> Text | None:
        """发放, 冲正第3391笔; None for a kind that is all said by its reason (预约：大米1袋)."""
        if self.reverses_seq is not None:
            return Text(REVERSAL, {"row": self.reverses_seq})
        return Text(KINDS[self.kind]) if self.kind in KINDS else None

    @property
    def for_other(self) -> bool:
        """Staff did what members do for themselves: 吕桂芳（代）."""
        return self.kind in ("hold", "release") and self.by is not None and not self.is_own


def entries_of(community_id: int, month: Month) -> Select[Txn]:
    """The month's transactions, newest first."""
    statement = select(Txn).where(Txn.community_id == community_id)
    return statement.where(Txn.recorded_at >= month.from_at, Txn.recorded_at < month.to_at).order_by(Txn.seq.desc())


@dataclass(slots=True)
class Legs:
    """The legs of one transaction, points and goods apart."""

    points: list[Any] = field(default_factory=list)
    goods: list[Any] = field(default_factory=list)


def readable(session: Session, community_id: int, txns: Sequence[Txn]) -> list[Entry]:
    """The transactions in the order given; two queries, however many."""
    legs = legs_of(session, community_id, [txn.seq for txn in txns])
    owners = {person_of(leg.owner) for found in legs.values() for leg in (*found.points, *found.goods)}
    people = people_by_id(session, community_id, [*owners, *(txn.actor_id for txn in txns)])
    return [entry(txn, legs[txn.seq], people) for txn in txns]


def legs_of(session: Session, community_id: int, seqs: Iterable[int]) -> dict[int, Legs]:
    statement = select(POSTINGS.c.txn_seq, ACCOUNTS.c.owner, ACCOUNTS.c.kind, POSTINGS.c.unit, POSTINGS.c.amount)
    statement = statement.select_from(POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id))
    statement = statement.where(POSTINGS.c.community_id == community_id, POSTINGS.c.txn_seq.in_(list(seqs)))
    found: dict[int, Legs] = defaultdict(Legs)
    for leg in session.execute(statement.order_by(POSTINGS.c.txn_seq, POSTINGS.c.leg)):
        own = found[leg.txn_seq]
        (own.points if leg.unit == rules.POINTS else own.goods).append(leg)
    return found


def entry(txn: Txn, legs: Legs, people: dict[int, Person]) -> Entry:
    shown = legs.points or legs.goods
    members = {person_of(leg.owner) for leg in shown}
    goods: dict[str, int] = defaultdict(int)
    for leg in legs.goods:
        goods[leg.unit] += max(0, leg.amount)
    return Entry(
        seq=txn.seq,
        at=txn.recorded_at,
        kind=txn.kind,
        cause=txn.cause,
        reverses_seq=txn.reverses_seq,
        reason=rules.load_text(txn.reason),
        sources=sides([leg for leg in shown if leg.amount < 0], people),
        targets=sides([leg for leg in shown if leg.amount > 0], people),
        points=sum(max(0, leg.amount) for leg in legs.points),
        goods=dict(goods),
        by=people.get(txn.actor_id or 0),
        is_own=txn.actor_id is not None and txn.actor_id in members,
        hash=txn.hash,
    )


def sides(legs: Iterable[Any], people: dict[int, Person]) -> list[Side]:
    """The accounts in words, each once."""
    return list(dict.fromkeys(side(leg.owner, leg.kind, people) for leg in legs))
