"""Are the books right? Runs every invariant, walks the hash chain, and names the first bad row. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, Table, and_, bindparam, select, text
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
    return first_broken(session, LATE, {"c": community_id, "at": now - SWEPT_WITHIN}, bindparam("at", type_=Moment()))


def first_broken(
    session: Session, check: Check, values: dict[str, object], *types: BindParameter[Any]
) -> Finding | None:
    row = session.execute(text(check.query).bindparams(*types), {**check.values, **values}).first()
    return None if row is None else Finding(check.invariant, str(row[0]), row[1], str(row[2]), check.number)


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
    above = 0
    while True:
        wanted = select(TXNS).where(TXNS.c.community_id == community_id, TXNS.c.seq > above)
        txns = list(session.execute(wanted.order_by(TXNS.c.seq).limit(CHUNK)))
        if not txns:
            return
        ends = (above, txns[-1].seq)
        postings = parts_of(session, community_id, POSTINGS, "txn_seq", ends)
        lots = parts_of(session, community_id, LOTS, "origin_seq", ends)
        uses = parts_of(session, community_id, LOT_USES, "txn_seq", ends)
        accounts, keeps = accounts_of(session, community_id, ends), keeps_of(session, community_id, ends)
        for txn in txns:
            seq = txn.seq
            yield (
                txn,
                {
                    "postings": postings[seq],
                    "lots": lots[seq],
                    "lot_uses": uses[seq],
                    "keeps": keeps[seq],
                    "accounts": accounts[seq],
                },
            )
        above = ends[1]


def accounts_of(session: Session, community_id: int, ends: tuple[int, int]) -> dict[int, list[list[object]]]:
    """Transaction number -> number, owner, kind and unit of the accounts of its postings."""
    seq = POSTINGS.c.txn_seq
    columns = (ACCOUNTS.c.id, ACCOUNTS.c.owner, ACCOUNTS.c.kind, ACCOUNTS.c.unit)
    joined = POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)
    rows = select(seq.label("of"), *columns).select_from(joined)
    rows = rows.where(POSTINGS.c.community_id == community_id, seq > ends[0], seq <= ends[1])
    found: dict[int, list[list[object]]] = defaultdict(list)
    for of, *values in session.execute(rows.order_by(seq, POSTINGS.c.leg)):
        found[of].append(values)
    return found


def keeps_of(session: Session, community_id: int, ends: tuple[int, int]) -> dict[int, list[list[object]]]:
    """Transaction number -> what the hold that it opened says for good, a line each."""
    seq, line = HOLDS.c.opened_seq, HOLD_LINES.c
    columns = (HOLDS.c.expires_at, line.line, line.unit, line.from_id, line.kept_id, line.to_id, line.amount)
    lines = HOLDS.join(HOLD_LINES, and_(line.community_id == HOLDS.c.community_id, line.hold_id == HOLDS.c.id))
    rows = select(seq.label("of"), *columns).select_from(lines)
    rows = rows.where(HOLDS.c.community_id == community_id, seq > ends[0], seq <= ends[1])
    found: dict[int, list[list[object]]] = defaultdict(list)
    for of, expires_at, *rest in session.execute(rows.order_by(seq, line.line)):
        found[of].append(rules.kept(expires_at, rest))
    return found


SEALED_COLUMNS = {
    "ledger_posting": ("leg", "account_id", "unit", "amount", "balance_after", "account_version"),
    "ledger_lot": ("id", "account_id", "amount", "expires_at"),
    "ledger_lot_use": ("lot_id", "amount"),
}


def parts_of(
    session: Session, community_id: int, table: Table, seq_column: str, ends: tuple[int, int]
) -> dict[int, list[list[object]]]:
    """Transaction number -> the sealed columns of its rows, for numbers in (ends[0], ends[1]]."""
    seq = table.c[seq_column]
    columns = [table.c[name] for name in SEALED_COLUMNS[table.name]]
    rows = select(seq.label("of"), *columns).where(table.c.community_id == community_id, seq > ends[0], seq <= ends[1])
    found: dict[int, list[list[object]]] = defaultdict(list)
    for row in session.execute(rows.order_by(seq, columns[0])):
        values = list(row)[1:]
        if table is LOTS:
            values[-1] = rules.iso(values[-1])
        found[row.of].append(values)
    return found
