"""One unit of work on the ledger: accounts locked in one order, balanced transactions sealed onto the chain.

Everything that moves goes through `Book.post`, which hands a draft to writing.py. Statements are SQLAlchemy Core: rows
read here are read under the lock and never out of the session's memory. Knows nothing of what a cause means.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, select, tuple_
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import add_if_absent
from volunteer_app.core.language import Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.driver import as_usual, cursor_of, first, loaded
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, LOTS, TXNS
from volunteer_app.ledger.rules import Key, Taken
from volunteer_app.ledger.writing import Draft, Leg, NewLot, in_lock_order, write


@dataclass(slots=True)
class Slot:
    """An account as this unit of work sees it; `posted` follows what the unit of work posts."""

    id: int
    key: Key
    least: int | None
    most: int | None
    posted: int
    version: int

    @property
    def is_kept(self) -> bool:
        """It has a limit, so its balance is stored and its row is locked."""
        return self.least is not None or self.most is not None

    def leg(self, kind: str, amount: int) -> Leg:
        """The posting of `amount` by a transaction of that kind, as the account would stand after it."""
        told = rules.sum_of(kind, amount) if self.key.kind in rules.MEMBER_KINDS else None
        if not self.is_kept:
            return Leg(self.id, self.key, amount, None, None, told)
        return Leg(self.id, self.key, amount, self.posted + amount, self.version + 1, told)


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction to be posted. `legs` is account id -> amount; zero legs are left out. `keeps` is what the hold that
    it opens says for good (rules.kept), to be sealed with it.
    """

    kind: str
    cause: str
    reason: Text | str
    content: str
    legs: Mapping[int, int]
    uses: Sequence[Taken] = ()
    lots: Sequence[NewLot] = ()
    reverses_seq: int | None = None
    continues_seq: int | None = None
    checker_id: int | None = None
    by_system: bool = False
    keeps: Sequence[list[object]] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """A sealed transaction: its row id, its number in the chain, and whether this call wrote it."""

    id: int
    seq: int
    cause: str
    recorded_at: datetime
    is_new: bool


@dataclass(slots=True)
class Book:
    """The accounts of one community that this transaction has locked. `cursor` is SQLite's driver's, else None."""

    session: Session
    actor: Actor
    now: datetime
    slots: dict[int, Slot] = field(default_factory=dict)
    ids: dict[Key, int] = field(default_factory=dict)
    any_hold_lapsed: bool | None = None
    cursor: Any = None

    def __post_init__(self) -> None:
        self.cursor = cursor_of(self.session)

    @property
    def community_id(self) -> int:
        return self.actor.community_id

    def __getitem__(self, key: Key) -> Slot:
        return self.slots[self.ids[key]]

    def find(self, keys: Iterable[Key]) -> set[int]:
        """Ids of the accounts, not locked yet; opens those that don't exist."""
        wanted = set(keys)
        self.read(wanted)
        missing = sorted(wanted - self.ids.keys())
        if missing:
            add_if_absent(self.session, ACCOUNTS, [new_account(self.community_id, key) for key in missing])
            self.read(set(missing))
        return {self.ids[key] for key in wanted}

    def read(self, keys: set[Key]) -> None:
        if self.cursor:
            with as_usual:
                found = [first(self.cursor, NAMED_ONE, self.community_id, *key) for key in keys]
            self.remember(row for row in found if row)
        elif keys:
            self.remember(self.session.execute(NAMED, {"here": self.community_id, "keys": sorted(keys)}))

    def lock(self, ids: Iterable[int]) -> None:
        """Locks the accounts that have limits, everybody's own first, shared ones last, and reads them anew. SQLite's
        one write lock is held already, so there what has been read still stands.
        """
        wanted = set(ids)
        if not self.cursor:
            self.remember(self.session.execute(LOCKED, {"here": self.community_id, "ids": list(wanted)}))
        if unread := list(wanted - self.slots.keys()):
            self.remember(self.session.execute(NUMBERED, {"here": self.community_id, "ids": unread}))

    def remember(self, rows: Iterable[Any]) -> None:
        for id_, owner, kind, unit, least, most, posted, version in rows:
            key = Key(owner, kind, unit)
            self.ids[key] = id_
            self.slots[id_] = Slot(id_, key, least, most, posted, version)

    def booked(self, cause: str, content: str) -> Booked | None:
        """The transaction that this cause has already made; refuses when it was asked for something else."""
        if self.cursor:
            with as_usual:
                row = first(self.cursor, CAUSED_ONE, self.community_id, cause)
        else:
            row = self.session.execute(CAUSED, {"here": self.community_id, "cause": cause}).first()
        if row is None:
            return None
        txn_id, seq, at, said = row
        asked = said if isinstance(said, str) else said.hex()
        if asked != content:
            raise rules.CauseTaken
        return Booked(txn_id, seq, cause, loaded(at) if isinstance(at, str) else at, is_new=False)

    def spend_lots(self, account_id: int, amount: int, *, first_origin: int | None = None) -> list[Taken]:
        """Lots of a locked account that make up `amount`: that of transaction `first_origin`, then the oldest first."""
        rows = self.session.execute(OLDEST_LOTS, {"account": account_id, "first": first_origin})
        return rules.first_in_first_out([Taken(row.id, row.remaining) for row in rows], amount)

    def post(self, entry: Entry) -> Booked:
        """Checks the limits, moves the balances, and seals the transaction as the next one of the chain."""
        ids = in_lock_order((self.slots[id_].key.kind, id_) for id_, amount in entry.legs.items() if amount)
        legs = [(self.slots[id_], entry.legs[id_]) for id_ in ids]
        for slot, amount in legs:
            check_limits(slot, amount)
        txn_id, seq, at = write(self.session, self.cursor, self.draft(entry, legs), self.now)
        for slot, amount in legs:
            slot.posted += amount
            slot.version += 1
        return Booked(txn_id, seq, entry.cause, at, is_new=True)

    def draft(self, entry: Entry, legs: list[tuple[Slot, int]]) -> Draft:
        actor_id = None if entry.by_system else self.actor.person_id
        alone = actor_id is None or entry.checker_id is None
        if (entry.checker_id == actor_id and not alone) or (alone and entry.kind in rules.TWO_PEOPLE):
            raise rules.SecondPersonNeeded
        return Draft(
            community_id=self.community_id,
            kind=entry.kind,
            cause=entry.cause,
            content=entry.content,
            reason=rules.dump_text(entry.reason),
            actor_id=actor_id,
            checker_id=entry.checker_id,
            reverses_seq=entry.reverses_seq,
            continues_seq=entry.continues_seq,
            legs=[slot.leg(entry.kind, amount) for slot, amount in legs],
            keeps=[list(line) for line in entry.keeps],
            lots=entry.lots,
            uses=sorted(entry.uses),
        )

    def end_of_chain(self) -> Row[Any, Any, Any]:
        """The community's chain, locked until the commit; begun when this is its first transaction."""
        end = CHAINS.c
        statement = select(end.seq, end.hash, end.at).where(end.community_id == self.community_id).with_for_update()
        row = self.session.execute(statement).first()
        if row is None:
            begun = {"community_id": self.community_id, "seq": 0, "hash": rules.GENESIS, "at": None}
            add_if_absent(self.session, CHAINS, [begun])
            row = self.session.execute(statement).one()
        return row


def check_limits(slot: Slot, amount: int) -> None:
    after = slot.posted + amount
    if slot.least is not None and after < slot.least:
        raise rules.shortage(slot.key, slot.least - after)
    if slot.most is not None and after > slot.most:
        assert slot.key.kind == "due", f"{slot.key} would exceed {slot.most}"
        raise rules.shortage(slot.key, after - slot.most)


READ = ("id", "owner", "kind", "unit", "least", "most", "posted", "version")
HERE = select(*[ACCOUNTS.c[name] for name in READ]).where(ACCOUNTS.c.community_id == bindparam("here"))
NAMED = HERE.where(tuple_(ACCOUNTS.c.owner, ACCOUNTS.c.kind, ACCOUNTS.c.unit).in_(bindparam("keys", expanding=True)))
NUMBERED = HERE.where(ACCOUNTS.c.id.in_(bindparam("ids", expanding=True)))
LOCK_PLACE = case({kind: number for number, kind in enumerate(rules.LOCKED_LAST, 1)}, value=ACCOUNTS.c.kind, else_=0)
LOCKED = (
    NUMBERED.where(ACCOUNTS.c.least.is_not(None) | ACCOUNTS.c.most.is_not(None))
    .order_by(LOCK_PLACE, ACCOUNTS.c.id)
    .with_for_update()
)
CAUSED = select(TXNS.c.id, TXNS.c.seq, TXNS.c.recorded_at, TXNS.c.content).where(
    TXNS.c.community_id == bindparam("here"), TXNS.c.cause == bindparam("cause")
)
OLDEST_LOTS = (
    select(LOTS.c.id, LOTS.c.remaining)
    .where(LOTS.c.account_id == bindparam("account"), LOTS.c.remaining > 0)
    .order_by(case((LOTS.c.origin_seq == bindparam("first"), 0), else_=1))
    .order_by(LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id)
)
NAMED_ONE = (
    f"SELECT {', '.join(READ)} FROM ledger_account WHERE community_id = ? AND owner = ? AND kind = ? AND unit = ?"
)
CAUSED_ONE = "SELECT id, seq, recorded_at, content FROM ledger_txn WHERE community_id = ? AND cause = ?"
"""Statements that every unit of work needs, made once; the last two are for SQLite's driver."""


def new_account(community_id: int, key: Key) -> dict[str, object]:
    least, most = rules.LIMITS.get(key.kind, (None, None))
    return {"community_id": community_id, **key._asdict(), "least": least, "most": most, "posted": 0, "version": 0}
