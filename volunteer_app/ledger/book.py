"""One unit of work on the ledger: accounts locked in one order, balanced transactions sealed onto the chain.

Everything that moves goes through `Book.post`. Statements are SQLAlchemy Core: rows read here are read under the lock
and never out of the session's memory. Knows nothing of what a cause means.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, case, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, LOT_USES, LOTS, PERIODS, POSTINGS, TXNS
from volunteer_app.ledger.rules import Key, Taken


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


@dataclass(frozen=True, slots=True)
class NewLot:
    """Points that come in with the transaction and run out at `expires_at`; None never."""

    account_id: int
    amount: int
    expires_at: datetime | None


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
    """The accounts of one community that this transaction has locked."""

    session: Session
    actor: Actor
    now: datetime
    slots: dict[int, Slot] = field(default_factory=dict)
    ids: dict[Key, int] = field(default_factory=dict)

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
        named = tuple_(ACCOUNTS.c.owner, ACCOUNTS.c.kind, ACCOUNTS.c.unit).in_(sorted(keys))
        statement = select(ACCOUNTS).where(ACCOUNTS.c.community_id == self.community_id, named)
        for row in self.session.execute(statement) if keys else ():
            self.remember(row)

    def lock(self, ids: Iterable[int]) -> None:
        """Locks the accounts that have limits, everybody's own first, shared ones last, and reads them anew."""
        wanted = set(ids)
        statement = select(ACCOUNTS).where(ACCOUNTS.c.community_id == self.community_id)
        limited = ACCOUNTS.c.least.is_not(None) | ACCOUNTS.c.most.is_not(None)
        locked = statement.where(ACCOUNTS.c.id.in_(wanted), limited).order_by(*lock_order()).with_for_update()
        for row in self.session.execute(locked):
            self.remember(row)
        unread = wanted - self.slots.keys()
        for row in self.session.execute(statement.where(ACCOUNTS.c.id.in_(unread))) if unread else ():
            self.remember(row)

    def remember(self, row: Row[Any]) -> None:
        found = row._mapping
        key = Key(found["owner"], found["kind"], found["unit"])
        self.ids[key] = found["id"]
        self.slots[found["id"]] = Slot(
            found["id"], key, found["least"], found["most"], found["posted"], found["version"]
        )

    def booked(self, cause: str, content: str) -> Booked | None:
        """The transaction that this cause has already made; refuses when it was asked for something else."""
        statement = select(TXNS.c.id, TXNS.c.seq, TXNS.c.recorded_at, TXNS.c.content)
        row = self.session.execute(
            statement.where(TXNS.c.community_id == self.community_id, TXNS.c.cause == cause)
        ).first()
        if row is None:
            return None
        if row.content != content:
            raise rules.CauseTaken
        return Booked(row.id, row.seq, cause, row.recorded_at, is_new=False)

    def spend_lots(self, account_id: int, amount: int, *, first_origin: int | None = None) -> list[Taken]:
        """Lots of a locked account that make up `amount`: that of transaction `first_origin`, then the oldest first."""
        statement = select(LOTS.c.id, LOTS.c.remaining).where(LOTS.c.account_id == account_id, LOTS.c.remaining > 0)
        own_first = case((LOTS.c.origin_seq == first_origin, 0), else_=1)
        rows = self.session.execute(statement.order_by(own_first, LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id))
        return rules.first_in_first_out([Taken(row.id, row.remaining) for row in rows], amount)

    def post(self, entry: Entry) -> Booked:
        """Checks the limits, moves the balances, and seals the transaction as the next one of the chain."""
        legs = [(self.slots[account_id], amount) for account_id, amount in sorted(entry.legs.items()) if amount]
        for slot, amount in legs:
            check_limits(slot, amount)
        self.move(entry.kind, legs)
        chain = self.end_of_chain()
        seq, at = chain.seq + 1, max(self.now, chain.at or self.now)
        self.refuse_closed(at)
        postings = self.write_postings(seq, legs)
        lots, uses = self.write_lots(seq, entry)
        row = self.txn_row(entry, seq, at) | {"prev_hash": chain.hash}
        parts = {"postings": postings, "lots": lots, "lot_uses": uses, "keeps": list(entry.keeps)}
        parts["accounts"] = [[slot.id, *slot.key] for slot, _ in legs]
        row["hash"] = rules.seal(sealed_part(row), parts)
        txn_id = self.session.execute(insert(TXNS).values(row).returning(TXNS.c.id)).scalar_one()
        ends = update(CHAINS).where(CHAINS.c.community_id == self.community_id)
        self.session.execute(ends.values(seq=seq, hash=row["hash"], at=at))
        return Booked(txn_id, seq, entry.cause, at, is_new=True)

    def move(self, kind: str, legs: list[tuple[Slot, int]]) -> None:
        for slot, amount in legs:
            slot.posted += amount
            slot.version += 1
            if slot.is_kept:
                moved = {"posted": ACCOUNTS.c.posted + amount, "version": ACCOUNTS.c.version + 1}
                told = rules.sum_of(kind, amount) if slot.key.kind in rules.MEMBER_KINDS else None
                if told:
                    moved[told[0]] = ACCOUNTS.c[told[0]] + told[1]
                self.session.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == slot.id).values(moved))

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

    def refuse_closed(self, at: datetime) -> None:
        """Whoever closes a period locks the chain too, so that nothing slips in meanwhile."""
        closed = select(PERIODS.c.id).where(PERIODS.c.community_id == self.community_id)
        closed = closed.where(PERIODS.c.reopened_at.is_(None), PERIODS.c.starts_at <= at, PERIODS.c.ends_at > at)
        if self.session.execute(closed).first() is not None:
            raise rules.PeriodClosed

    def write_postings(self, seq: int, legs: list[tuple[Slot, int]]) -> list[list[object]]:
        rows: list[dict[str, object]] = [
            {
                "community_id": self.community_id,
                "txn_seq": seq,
                "leg": leg,
                "account_id": slot.id,
                "unit": slot.key.unit,
                "amount": amount,
                "balance_after": slot.posted if slot.is_kept else None,
                "account_version": slot.version if slot.is_kept else None,
            }
            for leg, (slot, amount) in enumerate(legs, 1)
        ]
        self.session.execute(insert(POSTINGS), rows)
        return [list(row.values())[2:] for row in rows]

    def write_lots(self, seq: int, entry: Entry) -> tuple[list[list[object]], list[list[object]]]:
        lots: list[list[object]] = []
        for lot in entry.lots:
            values = {"account_id": lot.account_id, "amount": lot.amount, "expires_at": lot.expires_at}
            row = values | {"community_id": self.community_id, "origin_seq": seq, "remaining": lot.amount}
            added = self.session.execute(insert(LOTS).values(row).returning(LOTS.c.id))
            lots.append([added.scalar_one(), lot.account_id, lot.amount, rules.iso(lot.expires_at)])
        uses = sorted(entry.uses)
        for lot_id, amount in uses:
            use = {"community_id": self.community_id, "txn_seq": seq, "lot_id": lot_id, "amount": amount}
            self.session.execute(insert(LOT_USES).values(use))
            left = update(LOTS).where(LOTS.c.id == lot_id)
            self.session.execute(left.values(remaining=LOTS.c.remaining - amount))
        return lots, [[lot_id, amount] for lot_id, amount in uses]

    def txn_row(self, entry: Entry, seq: int, at: datetime) -> dict[str, object]:
        actor_id = None if entry.by_system else self.actor.person_id
        alone = actor_id is None or entry.checker_id is None
        if (entry.checker_id == actor_id and not alone) or (alone and entry.kind in rules.TWO_PEOPLE):
            raise rules.SecondPersonNeeded
        return {
            "community_id": self.community_id,
            "seq": seq,
            "kind": entry.kind,
            "cause": entry.cause,
            "content": entry.content,
            "reason": rules.dump_text(entry.reason),
            "recorded_at": at,
            "actor_id": actor_id,
            "checker_id": entry.checker_id,
            "reverses_seq": entry.reverses_seq,
            "continues_seq": entry.continues_seq,
        }


def check_limits(slot: Slot, amount: int) -> None:
    after = slot.posted + amount
    if slot.least is not None and after < slot.least:
        raise rules.shortage(slot.key, slot.least - after)
    if slot.most is not None and after > slot.most:
        assert slot.key.kind == "due", f"{slot.key} would exceed {slot.most}"
        raise rules.shortage(slot.key, after - slot.most)


def sealed_part(row: Mapping[str, object]) -> dict[str, object]:
    """The columns of a transaction that its hash covers: all but the row id and the hash itself."""
    covered = {name: value for name, value in row.items() if name not in ("id", "hash")}
    at = covered["recorded_at"]
    assert isinstance(at, datetime)
    return covered | {"recorded_at": rules.iso(at)}


def lock_order() -> list[ColumnElement[int]]:
    place = {kind: number for number, kind in enumerate(rules.LOCKED_LAST, 1)}
    return [case(place, value=ACCOUNTS.c.kind, else_=0), ACCOUNTS.c.id]


def new_account(community_id: int, key: Key) -> dict[str, object]:
    least, most = rules.LIMITS.get(key.kind, (None, None))
    return {"community_id": community_id, **key._asdict(), "least": least, "most": most, "posted": 0, "version": 0}


def add_if_absent(session: Session, table: Table, rows: list[dict[str, object]]) -> None:
    """Inserts rows that nobody else has inserted meanwhile."""
    dialect = session.get_bind().dialect.name
    add = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    session.execute(add.on_conflict_do_nothing(), rows)
