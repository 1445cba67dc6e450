"""A transaction written in as few steps as the database allows: PostgreSQL takes one row of the view `ledger_entry`,
whose trigger does the rest in one round trip, SQLite the driver's own statements inside its one write transaction. The
rows and the hash are the same on both.

The caller holds the locks of every account with a limit. The chain is locked last, so that a community's postings wait
for one another as shortly as they can.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from volunteer_app.ledger import rules
from volunteer_app.ledger.driver import as_usual, first, loaded, stored
from volunteer_app.ledger.rules import Key, Taken


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting. `after` and `version` are None where the account keeps no balance; `told` is rules.sum_of."""

    account_id: int
    key: Key
    amount: int
    after: int | None
    version: int | None
    told: tuple[str, int] | None

    def adds(self, name: str) -> int:
        """What it adds to the account's sum of that name."""
        return self.told[1] if self.told and self.told[0] == name else 0


@dataclass(frozen=True, slots=True)
class NewLot:
    """Points that come in with the transaction and run out at `expires_at`; None never."""

    account_id: int
    amount: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction that lacks only its place in the chain. `legs` stand in the order of the locks.

    `keeps` is what the hold that it opens says for good.
    """

    community_id: int
    kind: str
    cause: str
    content: str
    reason: str
    actor_id: int | None
    checker_id: int | None
    reverses_seq: int | None
    continues_seq: int | None
    legs: Sequence[Leg]
    lots: Sequence[NewLot]
    uses: Sequence[Taken]
    keeps: list[list[object]]


class Written(NamedTuple):
    """Where it stands now: row id, number in the chain, moment."""

    id: int
    seq: int
    at: datetime


def write(session: Session, cursor: Any, draft: Draft, now: datetime) -> Written:
    """Writes the draft as the next transaction of its chain; `cursor` is SQLite's driver's. Refuses PeriodClosed."""
    try:
        return by_driver(cursor, draft, now) if cursor else by_entry(session, draft, now)
    except DBAPIError as error:
        if "in a closed period" in str(error.orig):
            raise rules.PeriodClosed from error
        raise


SUMS = ("earned", "spent", "expired")
ENTRY = {
    **dict.fromkeys(("community_id", "kind", "cause", "content", "reason", "at", "actor_id", "checker_id"), "{}"),
    **dict.fromkeys(("reverses_seq", "continues_seq"), "{}"),
    **dict.fromkeys(("accounts", "lot_accounts", "use_lots"), "CAST({} AS int[])"),
    **dict.fromkeys(("amounts", *SUMS, "lot_amounts", "use_amounts"), "CAST({} AS bigint[])"),
    "lot_expires": "CAST({} AS timestamptz[])",
    "keeps": "{}",
}
POST = text(
    f"INSERT INTO ledger_entry ({', '.join(ENTRY)})"
    f" VALUES ({', '.join(value.format(f':{name}') for name, value in ENTRY.items())})"
    " RETURNING id, seq, recorded_at"
)


def by_entry(session: Session, draft: Draft, now: datetime) -> Written:
    values: dict[str, object] = {
        "at": now,
        "community_id": draft.community_id,
        "kind": draft.kind,
        "cause": draft.cause,
        "content": draft.content,
        "reason": draft.reason,
        "actor_id": draft.actor_id,
        "checker_id": draft.checker_id,
        "reverses_seq": draft.reverses_seq,
        "continues_seq": draft.continues_seq,
        "accounts": [leg.account_id for leg in draft.legs],
        "amounts": [leg.amount for leg in draft.legs],
        "lot_accounts": [lot.account_id for lot in draft.lots],
        "lot_amounts": [lot.amount for lot in draft.lots],
        "lot_expires": [lot.expires_at for lot in draft.lots],
        "use_lots": [use.lot_id for use in draft.uses],
        "use_amounts": [use.amount for use in draft.uses],
        "keeps": rules.canonical(draft.keeps),
    }
    values |= {name: [leg.adds(name) for leg in draft.legs] for name in SUMS}
    return Written(*session.execute(POST, values).one())


MOVE = (
    "UPDATE ledger_account SET posted = posted + ?, version = version + 1, earned = earned + ?, spent = spent + ?,"
    " expired = expired + ? WHERE id = ?"
)
END = "SELECT seq, hash, at FROM ledger_chain WHERE community_id = ?"
BEGIN = "INSERT INTO ledger_chain (community_id, seq, hash) VALUES (?, 0, ?)"
LEG = (
    "INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount, balance_after, account_version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
LOT = (
    "INSERT INTO ledger_lot (community_id, account_id, origin_seq, amount, remaining, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
USE = "INSERT INTO ledger_lot_use (community_id, txn_seq, lot_id, amount) VALUES (?, ?, ?, ?)"
TAKE = "UPDATE ledger_lot SET remaining = remaining - ? WHERE id = ?"
TXN_COLUMNS = (
    *("community_id", "seq", "kind", "cause", "content", "reason", "recorded_at", "actor_id", "checker_id"),
    *("reverses_seq", "continues_seq", "prev_hash"),
)
TXN = f"INSERT INTO ledger_txn ({', '.join(TXN_COLUMNS)}, hash) VALUES ({'?, ' * len(TXN_COLUMNS)}?)"
SEAL = "UPDATE ledger_chain SET seq = ?, hash = ?, at = ? WHERE community_id = ?"


def by_driver(cursor: Any, draft: Draft, now: datetime) -> Written:
    with as_usual:
        return run(cursor, draft, now)


def run(cursor: Any, draft: Draft, now: datetime) -> Written:
    here = draft.community_id
    kept = [leg for leg in draft.legs if leg.after is not None]
    cursor.executemany(MOVE, [(leg.amount, *map(leg.adds, SUMS), leg.account_id) for leg in kept])
    last, before, at = end_of_chain(cursor, here, now)
    seq = last + 1
    legs: list[list[object]] = [
        [place, leg.account_id, leg.key.unit, leg.amount, leg.after, leg.version]
        for place, leg in enumerate(draft.legs, 1)
    ]
    cursor.executemany(LEG, [(here, seq, *leg) for leg in legs])
    uses: list[list[object]] = [[*use] for use in draft.uses]
    parts = {"postings": legs, "lots": new_lots(cursor, draft, seq), "lot_uses": uses, "keeps": draft.keeps}
    parts["accounts"] = [[leg.account_id, *leg.key] for leg in draft.legs]
    if uses:
        cursor.executemany(USE, [(here, seq, *use) for use in draft.uses])
        cursor.executemany(TAKE, [(use.amount, use.lot_id) for use in draft.uses])
    row = {name: getattr(draft, name, None) for name in TXN_COLUMNS} | {"seq": seq, "prev_hash": before}
    sealed = rules.seal(row | {"recorded_at": rules.iso(at)}, parts)
    told = {"recorded_at": stored(at), "content": kept_as(draft.content), "prev_hash": kept_as(before)}
    cursor.execute(TXN, (*(row | told).values(), kept_as(sealed)))
    txn_id = cursor.lastrowid
    cursor.execute(SEAL, (seq, kept_as(sealed), stored(at), here))
    return Written(txn_id, seq, at)


def end_of_chain(cursor: Any, community_id: int, now: datetime) -> tuple[int, str, datetime]:
    """Number and hash of the last transaction, and the moment of the next, which is never earlier."""
    found = first(cursor, END, community_id)
    if found is None:
        cursor.execute(BEGIN, (community_id, kept_as(rules.GENESIS)))
        return 0, rules.GENESIS, now
    seq, last, at = found
    return seq, last.hex(), max(now, loaded(at)) if at else now


def new_lots(cursor: Any, draft: Draft, seq: int) -> list[list[object]]:
    made: list[list[object]] = []
    for lot in draft.lots:
        ends = stored(lot.expires_at)
        cursor.execute(LOT, (draft.community_id, lot.account_id, seq, lot.amount, lot.amount, ends))
        made.append([cursor.lastrowid, lot.account_id, lot.amount, rules.iso(lot.expires_at)])
    return made


kept_as = bytes.fromhex
"""A fingerprint as core.database.Fingerprint keeps it."""


def sealed_part(row: Mapping[str, object]) -> dict[str, object]:
    """The columns of a transaction that its hash covers: all but the row id and the hash itself."""
    covered = {name: value for name, value in row.items() if name not in ("id", "hash")}
    at = covered["recorded_at"]
    assert isinstance(at, datetime)
    return covered | {"recorded_at": rules.iso(at)}


def in_lock_order(kinds: Iterable[tuple[str, int]]) -> list[int]:
    """Account ids out of (kind, id): everybody's own first, shared ones last."""
    place = {kind: number for number, kind in enumerate(rules.LOCKED_LAST, 1)}
    return [id_ for _, id_ in sorted((place.get(kind, 0), id_) for kind, id_ in kinds)]
