"""Balances and statements, right at any moment whether or not a job has run: what has lapsed by then doesn't count."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.language import Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, HOLD_LINES, HOLDS, LOT_USES, LOTS, POSTINGS, TXNS


@dataclass(frozen=True, slots=True)
class Balance:
    """An owner's points: earned (credits less reversals, gifts got) = available + held + spent + expired - debt."""

    available: int
    held: int
    debt: int
    earned: int
    spent: int
    expired: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transaction as its owner reads it; `available`, `held` and `debt` say how each of them changed."""

    seq: int
    txn_id: int
    at: datetime
    kind: str
    cause: str
    reason: Text
    available: int
    held: int
    debt: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Available and held points before, line by line, and after: opening + lines = closing."""

    opening: int
    opening_held: int
    lines: list[StatementLine]
    closing: int
    closing_held: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """The next points to run out."""

    expires_at: datetime
    points: int
    earned_at: datetime


def balance(session: Session, community_id: int, owner: str, *, now: datetime) -> Balance:
    """What the owner may spend at `now` (the present), what is held, owed, spent and run out."""
    return balances(session, community_id, [owner], now=now)[owner]


def balances(session: Session, community_id: int, owners: Sequence[str], *, now: datetime) -> dict[str, Balance]:
    """The same for many owners in a fixed number of queries."""
    asked = {"here": community_id, "owners": list(owners), "now": now}
    stands = standing(session, asked)
    ran_out, back = summed(session, LAPSED_LOTS, asked), summed(session, RETURNING, asked)
    back_lapsed = summed(session, RETURNING_TO_LAPSED_LOTS, asked) if back else Counter[str]()
    pays = {owner for owner in owners if back[owner] and stands[owner, "debt"]}
    returns = returns_of(session, asked) if pays else {}
    found = {}
    for owner in owners:
        debt, gone, paid = -stands[owner, "debt"], ran_out[owner] + back_lapsed[owner], 0
        free = stands[owner, "points"] + back[owner] - gone
        if owner in pays:
            free, paid = rules.come_back(returns[owner], debt, now)
            gone = ran_out[owner] + back[owner] - free - paid
        found[owner] = Balance(
            available=free,
            held=stands[owner, "held"] - back[owner],
            debt=debt - paid,
            earned=stands[owner, "earned"],
            spent=stands[owner, "spent"],
            expired=stands[owner, "expired"] + gone,
        )
    return found


Filters = tuple[ColumnElement[bool], ...]
Asked = Mapping[str, object]
"""Values of the statements that are made once: `here` the community, `owners`, `now`."""

MINE = (
    ACCOUNTS.c.community_id == bindparam("here"),
    ACCOUNTS.c.owner.in_(bindparam("owners", expanding=True)),
    ACCOUNTS.c.unit == rules.POINTS,
)
SUMS = ("earned", "spent", "expired")
STANDING = select(ACCOUNTS.c.owner, ACCOUNTS.c.kind, ACCOUNTS.c.posted, *[ACCOUNTS.c[name] for name in SUMS]).where(
    *MINE, ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS)
)


def standing(session: Session, asked: Asked) -> Counter[tuple[str, str]]:
    """Stored figures per (owner, kind of account) and per (owner, sum)."""
    stands: Counter[tuple[str, str]] = Counter()
    for owner, kind, posted, *told in session.execute(STANDING, asked):
        stands[owner, kind] = posted
        for name, amount in zip(SUMS, told, strict=True):
            stands[owner, name] += amount
    return stands


POSTED = POSTINGS.join(
    TXNS, (TXNS.c.community_id == POSTINGS.c.community_id) & (TXNS.c.seq == POSTINGS.c.txn_seq)
).join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)


LAPSED_LOTS = (
    select(ACCOUNTS.c.owner, func.sum(LOTS.c.remaining))
    .select_from(LOTS.join(ACCOUNTS, ACCOUNTS.c.id == LOTS.c.account_id))
    .where(*MINE, LOTS.c.expires_at <= bindparam("now"), LOTS.c.remaining > 0)
    .group_by(ACCOUNTS.c.owner)
)
"""What is left in lots whose time is over, per owner."""

LAPSED = (HOLDS.c.state == "open", HOLDS.c.expires_at <= bindparam("now"))
LINES = HOLD_LINES.join(HOLDS, HOLDS.c.id == HOLD_LINES.c.hold_id)

RETURNING = (
    select(ACCOUNTS.c.owner, func.sum(HOLD_LINES.c.amount))
    .select_from(LINES.join(ACCOUNTS, ACCOUNTS.c.id == HOLD_LINES.c.from_id))
    .where(*MINE, *LAPSED)
    .group_by(ACCOUNTS.c.owner)
)
"""Points in open holds whose time is over, per owner."""

HELD_USES = (
    HOLDS.join(
        LOT_USES,
        (LOT_USES.c.community_id == HOLDS.c.community_id) & (LOT_USES.c.txn_seq == HOLDS.c.opened_seq),
    )
    .join(LOTS, LOTS.c.id == LOT_USES.c.lot_id)
    .join(ACCOUNTS, ACCOUNTS.c.id == LOTS.c.account_id)
)

RETURNING_TO_LAPSED_LOTS = (
    select(ACCOUNTS.c.owner, func.sum(LOT_USES.c.amount))
    .select_from(HELD_USES)
    .where(*MINE, *LAPSED, LOTS.c.expires_at <= bindparam("now"))
    .group_by(ACCOUNTS.c.owner)
)
"""The part of those that belongs to lots whose time is over too."""

RETURNS = (
    select(ACCOUNTS.c.owner, HOLDS.c.expires_at, HOLDS.c.opened_seq, LOTS.c.id, LOTS.c.expires_at, LOT_USES.c.amount)
    .select_from(HELD_USES)
    .where(*MINE, *LAPSED)
)


def returns_of(session: Session, asked: Asked) -> dict[str, list[rules.Return]]:
    """Owner -> what each lapsed hold gives back to each lot."""
    found: dict[str, list[rules.Return]] = defaultdict(list)
    for owner, *part in session.execute(RETURNS, asked):
        found[owner].append(rules.Return(*part))
    return found


def summed(session: Session, statement: Select[Any, Any], asked: Asked) -> Counter[str]:
    return Counter({owner: int(total) for owner, total in session.execute(statement, asked)})


OF_KIND = (
    ACCOUNTS.c.community_id == bindparam("here"),
    ACCOUNTS.c.owner == bindparam("by"),
    ACCOUNTS.c.kind == bindparam("kind"),
)
STORED = select(ACCOUNTS.c.unit, ACCOUNTS.c.posted).where(*OF_KIND)


def given_back(account: ColumnElement[int]) -> Select[Any, Any]:
    """Unit -> what the lines of lapsed holds have on such accounts in this column of theirs."""
    back = select(ACCOUNTS.c.unit, func.sum(HOLD_LINES.c.amount))
    back = back.select_from(LINES.join(ACCOUNTS, ACCOUNTS.c.id == account))
    return back.where(*OF_KIND, *LAPSED).group_by(ACCOUNTS.c.unit)


GIVEN_BACK = ((given_back(HOLD_LINES.c.from_id), 1), (given_back(HOLD_LINES.c.kept_id), -1))


def amounts(session: Session, community_id: int, *, owner: str, kind: str, now: datetime) -> dict[str, int]:
    """Unit -> what the owner has of it in accounts of that kind, counting what lapsed holds give back."""
    asked = {"here": community_id, "by": owner, "kind": kind}
    found: Counter[str] = Counter({row.unit: row.posted for row in session.execute(STORED, asked)})
    for back, sign in GIVEN_BACK:
        for unit, total in summed(session, back, {**asked, "now": now}).items():
            found[unit] += sign * total
    return dict(found)


ENDS = (
    select(ACCOUNTS.c.unit, HOLDS.c.expires_at, func.sum(HOLD_LINES.c.amount))
    .select_from(LINES.join(ACCOUNTS, ACCOUNTS.c.id == HOLD_LINES.c.kept_id))
    .where(*OF_KIND, HOLDS.c.state == "open", HOLDS.c.expires_at > bindparam("now"))
    .group_by(ACCOUNTS.c.unit, HOLDS.c.expires_at)
)


def ends_of_holds(
    session: Session, community_id: int, *, owner: str, kind: str, now: datetime
) -> dict[str, dict[datetime, int]]:
    """Unit -> end of open holds -> what they keep in the owner's accounts of that kind; lapsed ones don't count."""
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for unit, expires_at, amount in session.execute(
        ENDS, {"here": community_id, "by": owner, "kind": kind, "now": now}
    ):
        found[unit][expires_at] = int(amount)
    return dict(found)


def statement(session: Session, community_id: int, owner: str, *, from_at: datetime, to_at: datetime) -> Statement:
    """What happened to the owner's points in [from_at, to_at), as far as it is booked."""
    seqs = last_before(session, community_id, from_at), last_before(session, community_id, to_at)
    opening = stood_at(session, community_id, owner, seqs[0])
    lines = [line_of(row) for row in session.execute(statement_rows(community_id, owner, seqs))]
    return Statement(
        opening=opening["points"],
        opening_held=opening["held"],
        lines=lines,
        closing=opening["points"] + sum(line.available for line in lines),
        closing_held=opening["held"] + sum(line.held for line in lines),
    )


def moments(session: Session, community_id: int, owner: str) -> list[datetime]:
    """When anything was booked on the owner's points, oldest first."""
    mine = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.owner == owner, ACCOUNTS.c.unit == rules.POINTS)
    found = select(TXNS.c.recorded_at).select_from(POSTED).where(*mine).distinct()
    return list(session.execute(found.order_by(TXNS.c.recorded_at)).scalars())


def last_before(session: Session, community_id: int, at: datetime) -> int:
    """Number of the last transaction recorded before `at`, 0 for none. Times never go back along the chain, so a
    span of time is a span of numbers, which every index of the postings knows.
    """
    seq = select(TXNS.c.seq).where(TXNS.c.community_id == community_id, TXNS.c.recorded_at < at)
    return session.execute(seq.order_by(TXNS.c.recorded_at.desc(), TXNS.c.seq.desc()).limit(1)).scalar() or 0


def stood(seq: int) -> ColumnElement[int]:
    """What an account with a limit stood at after transaction `seq`: its last posting until then says it."""
    last = select(POSTINGS.c.balance_after).where(POSTINGS.c.account_id == ACCOUNTS.c.id, POSTINGS.c.txn_seq <= seq)
    return func.coalesce(last.order_by(POSTINGS.c.txn_seq.desc()).limit(1).correlate(ACCOUNTS).scalar_subquery(), 0)


def stood_at(session: Session, community_id: int, owner: str, seq: int) -> Counter[str]:
    """Booked balance per kind of account after transaction `seq`."""
    mine = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.owner == owner, ACCOUNTS.c.unit == rules.POINTS)
    rows = session.execute(select(ACCOUNTS.c.kind, stood(seq)).where(*mine, ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS)))
    return Counter({kind: int(total) for kind, total in rows})


def statement_rows(community_id: int, owner: str, seqs: tuple[int, int]) -> Select[Any, Any]:
    def part(kind: str) -> ColumnElement[int]:
        return func.sum(case((ACCOUNTS.c.kind == kind, POSTINGS.c.amount), else_=0)).label(kind)

    named = [TXNS.c[name] for name in ("seq", "id", "recorded_at", "kind", "cause", "reason")]
    found = select(*named, *[part(kind) for kind in rules.MEMBER_KINDS]).select_from(POSTED)
    mine = (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.owner == owner, ACCOUNTS.c.unit == rules.POINTS)
    found = found.where(*mine, POSTINGS.c.txn_seq > seqs[0], POSTINGS.c.txn_seq <= seqs[1])
    return found.group_by(*named).order_by(TXNS.c.seq)


def line_of(row: Row[Any, Any]) -> StatementLine:
    return StatementLine(
        seq=row.seq,
        txn_id=row.id,
        at=row.recorded_at,
        kind=row.kind,
        cause=row.cause,
        reason=rules.load_text(row.reason),
        available=int(row.points),
        held=int(row.held),
        debt=-int(row.debt),
    )


def next_expiry(session: Session, community_id: int, owner: str, *, now: datetime) -> Expiry | None:
    """The points that run out next, and when they were earned; None when nothing ever will."""
    found = expiring(community_id, now).where(ACCOUNTS.c.owner == owner).order_by(LOTS.c.expires_at).limit(1)
    row = session.execute(found).first()
    return None if row is None else Expiry(row.expires_at, int(row.points), row.at)


def expiries(session: Session, community_id: int, *, now: datetime, until: datetime) -> dict[str, list[Expiry]]:
    """Owner -> all points that run out in (now, until], those that do first at the beginning."""
    found: dict[str, list[Expiry]] = defaultdict(list)
    due = expiring(community_id, now).where(LOTS.c.expires_at <= until).order_by(ACCOUNTS.c.owner, LOTS.c.expires_at)
    for row in session.execute(due):
        found[row.owner].append(Expiry(row.expires_at, int(row.points), row.at))
    return found


def expiring(community_id: int, now: datetime) -> Select[Any, Any]:
    """What is left in lots that run out after `now`, per owner and moment."""
    lots = LOTS.join(ACCOUNTS, ACCOUNTS.c.id == LOTS.c.account_id).join(
        TXNS, (TXNS.c.community_id == LOTS.c.community_id) & (TXNS.c.seq == LOTS.c.origin_seq)
    )
    points, earned = func.sum(LOTS.c.remaining).label("points"), func.min(TXNS.c.recorded_at).label("at")
    found = select(ACCOUNTS.c.owner, LOTS.c.expires_at, points, earned).select_from(lots)
    where = (ACCOUNTS.c.community_id == community_id, LOTS.c.remaining > 0, LOTS.c.expires_at > now)
    return found.where(*where).group_by(ACCOUNTS.c.owner, LOTS.c.expires_at)


def chain_head(session: Session, community_id: int) -> tuple[int, str]:
    """Number of the last transaction and its hash; (0, sixty-four noughts) for empty books."""
    row = session.execute(select(CHAINS.c.seq, CHAINS.c.hash).where(CHAINS.c.community_id == community_id)).first()
    return (0, rules.GENESIS) if row is None else (row.seq, row.hash)
