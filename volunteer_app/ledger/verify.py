"""Are the books right? Runs every invariant, walks the hash chain, and names the first bad row. Reads only."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, Table, TextClause, and_, bindparam, select, text
from sqlalchemy.orm import Session

from volunteer_app.core.database import Moment
from volunteer_app.ledger import rules, witness
from volunteer_app.ledger.invariants import every_check
from volunteer_app.ledger.invariants.check import Check
from volunteer_app.ledger.invariants.holds import LATE
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, HOLD_LINES, HOLDS, LOT_USES, LOTS, POSTINGS, TXNS
from volunteer_app.ledger.writing import sealed_part

CHUNK = 1000
SWEPT_WITHIN = timedelta(minutes=1)
AT = bindparam("at", type_=Moment())


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: its name, the row that breaks it first, what is wrong there, and the invariant's number.

    `seq` is the transaction concerned, None when the row belongs to none (an account, a hold).
    """

    invariant: str
    row: str
    seq: int | None
    what: str
    number: str = ""


def verify(session: Session, community_id: int) -> list[Finding]:
    """Every broken invariant of the community's books with its first bad row; empty when the books are right."""
    found = [first_broken(session, check, {"c": community_id}) for check in every_check()]
    found += [first_broken_seal(session, community_id), first_unwitnessed(session, community_id)]
    return [finding for finding in found if finding is not None]


def late(session: Session, community_id: int, *, now: datetime) -> Finding | None:
    """The first lapsed hold that no sweep has booked for a minute: the job doesn't run. No balance is wrong for it."""
    return first_broken(session, LATE, {"c": community_id, "at": now - SWEPT_WITHIN}, AT)


def first_broken(
    session: Session, check: Check, values: dict[str, object], *types: BindParameter[Any]
) -> Finding | None:
    row = session.execute(asking(check.query, *types), {**check.values, **values}).first()
    return None if row is None else Finding(check.invariant, str(row[0]), row[1], str(row[2]), check.number)


@lru_cache(maxsize=200)
def asking(query: str, *types: BindParameter[Any]) -> TextClause:
    """The statement, made once: the same few are asked again and again."""
    return text(query).bindparams(*types)


def first_bad(findings: list[Finding]) -> Finding | None:
    """The earliest entry that doesn't match; a finding without a number comes last."""
    return min(findings, key=lambda finding: (finding.seq is None, finding.seq or 0), default=None)


def first_broken_seal(session: Session, community_id: int) -> Finding | None:
    """Walks the chain from its first transaction and recomputes every hash."""
    before, last, at, is_newer = rules.GENESIS, 0, None, False
    for txn, parts in sealed(session, community_id):
        is_newer = is_newer or txn.hash == hash_of(txn, parts)
        if txn.prev_hash != before or txn.hash != hash_of(txn, parts if is_newer else older(parts)):
            return Finding("the hash chain is unbroken", f"txn {txn.seq}", txn.seq, "the hash does not match", "I13c")
        before, last, at = txn.hash, txn.seq, txn.recorded_at
    end = session.execute(select(CHAINS).where(CHAINS.c.community_id == community_id)).first()
    if (end is None and last) or (end is not None and (end.seq, end.hash, end.at) != (last, before, at)):
        stored = end.seq if end else 0
        what = f"says {stored}, last txn is {last}"
        return Finding("the chain ends where it says", "chain end", last + 1, what, "I13d")
    return None


def first_unwitnessed(session: Session, community_id: int) -> Finding | None:
    changed = witness.first_changed(session, community_id)
    name = "proposals and periods say what was witnessed when they were written"
    return Finding(name, changed[0], None, changed[1], "I13g") if changed else None


Parts = dict[str, list[list[object]]]


def hash_of(txn: Row[Any], parts: Parts) -> str:
    return rules.seal(sealed_part(dict(txn._mapping)), parts)


def older(parts: Parts) -> Parts:
    """What a hash covered until 0.1.0; books may begin with such transactions, but they don't come back to them."""
    return {name: parts[name] for name in ("postings", "lots", "lot_uses")}


def sealed(session: Session, community_id: int) -> Iterator[tuple[Row[Any], Parts]]:
    """Each transaction with everything that its hash covers, in order, in chunks."""
    asked = {"here": community_id, "above": 0}
    while txns := session.execute(CHAINED, asked).all():
        span = {**asked, "to": txns[-1].seq}
        parts = {name: parts_of(session, name, span) for name in PARTS}
        for txn in txns:
            yield txn, {name: of[txn.seq] for name, of in parts.items()}
        asked["above"] = span["to"]


def in_span(seq: ColumnElement[int], community_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Of community `here`, numbers in (above, to]."""
    return community_id == bindparam("here"), seq > bindparam("above"), seq <= bindparam("to")


def columns_of(table: Table, seq_column: str, *names: str) -> Select[Any, Any]:
    """The number of the transaction that each row belongs to and the row's sealed columns, in order."""
    seq, columns = table.c[seq_column], [table.c[name] for name in names]
    rows = select(seq.label("of"), *columns).where(*in_span(seq, table.c.community_id))
    return rows.order_by(seq, columns[0])


CHAINED = (
    select(TXNS)
    .where(TXNS.c.community_id == bindparam("here"), TXNS.c.seq > bindparam("above"))
    .order_by(TXNS.c.seq)
    .limit(CHUNK)
)
KEPT = HOLDS.join(
    HOLD_LINES, and_(HOLD_LINES.c.community_id == HOLDS.c.community_id, HOLD_LINES.c.hold_id == HOLDS.c.id)
)
PARTS: dict[str, Select[Any, Any]] = {
    "postings": columns_of(
        POSTINGS, "txn_seq", "leg", "account_id", "unit", "amount", "balance_after", "account_version"
    ),
    "lots": columns_of(LOTS, "origin_seq", "id", "account_id", "amount", "expires_at"),
    "lot_uses": columns_of(LOT_USES, "txn_seq", "lot_id", "amount"),
    "keeps": select(
        HOLDS.c.opened_seq.label("of"),
        HOLDS.c.expires_at,
        *[HOLD_LINES.c[name] for name in ("line", "unit", "from_id", "kept_id", "to_id", "amount")],
    )
    .select_from(KEPT)
    .where(*in_span(HOLDS.c.opened_seq, HOLDS.c.community_id))
    .order_by(HOLDS.c.opened_seq, HOLD_LINES.c.line),
    "accounts": select(POSTINGS.c.txn_seq.label("of"), *[ACCOUNTS.c[name] for name in ("id", "owner", "kind", "unit")])
    .select_from(POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id))
    .where(*in_span(POSTINGS.c.txn_seq, POSTINGS.c.community_id))
    .order_by(POSTINGS.c.txn_seq, POSTINGS.c.leg),
}
"""What a hash covers beside the transaction's own row: legs, the lots that it made, what it took out of lots, what the
hold that it opened says for good, and whose accounts the legs are on.
"""


def parts_of(session: Session, name: str, span: Mapping[str, int]) -> dict[int, list[list[object]]]:
    """Transaction number -> the sealed columns of its rows."""
    found: dict[int, list[list[object]]] = defaultdict(list)
    for of, *values in session.execute(PARTS[name], span):
        if name == "lots":
            values[-1] = rules.iso(values[-1])
        found[of].append(rules.kept(values[0], values[1:]) if name == "keeps" else values)
    return found
