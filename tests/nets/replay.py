"""The surviving books replayed by number through the model: every transaction must be one that somebody asked for, or
that had really lapsed, must book exactly what the model books, and the stored balances must be what it comes to.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tests.nets.asked import Asked, Collect, Release
from tests.nets.model import NEVER, Key, Move, No, Same, State
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, HOLD_LINES, HOLDS, LOT_USES, LOTS, POSTINGS, TXNS

STORED = ("points", "held", "debt", "budget", "adjustment", "on_hand", "on_hold", "on_loan")


class Broken(AssertionError):
    """The books are not what they must be; the text says where."""


def need(condition: object, *what: object) -> None:
    if not condition:
        raise Broken(" ".join(map(str, what)))


@dataclass
class Booked:
    """A transaction as it stands in the books."""

    row: Row[Any]
    legs: Counter[Key]
    uses: dict[int, int]
    lots: list[Row[Any]]


@dataclass
class Replay:
    """`state` is what the books come to so far; `asked` is every request that anybody has sent, by cause."""

    community_id: int
    state: State = field(default_factory=State)
    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[int, Key] = field(default_factory=dict)
    last: Row[Any] | None = None

    def ask(self, asked: Asked) -> None:
        """Remembers a request before it is sent."""
        closes = isinstance(asked, Collect | Release)
        self.asked[f"close:{asked.of}" if closes else asked.cause].append(asked)  # type: ignore[attr-defined]

    def catch_up(self, session: Session) -> int:
        """Replays what is new in the books; returns how many transactions. Raises Broken."""
        new = self.read(session)
        for booked in new:
            try:
                self.follow(session, booked)
            except (No, Same, Broken) as error:
                raise Broken(f"txn {booked.row.seq} ({booked.row.kind} {booked.row.cause}): {error!r}") from error
        return len(new)

    def read(self, session: Session) -> list[Booked]:
        mine = self.community_id
        new = (TXNS.c.community_id == mine, TXNS.c.seq > self.state.seq)
        rows = session.execute(select(TXNS).where(*new).order_by(TXNS.c.seq)).all()
        if not rows:
            return []
        self.learn_accounts(session)
        parts = {}
        for table, column in ((POSTINGS, "txn_seq"), (LOT_USES, "txn_seq"), (LOTS, "origin_seq")):
            seq = table.c[column]
            found = session.execute(select(table).where(table.c.community_id == mine, seq > self.state.seq))
            parts[table.name] = group(found, column)
        return [self.booked(row, parts) for row in rows]

    def learn_accounts(self, session: Session) -> None:
        columns = (ACCOUNTS.c.id, ACCOUNTS.c.owner, ACCOUNTS.c.kind, ACCOUNTS.c.unit)
        for row in session.execute(select(*columns).where(ACCOUNTS.c.community_id == self.community_id)):
            self.keys[row.id] = (row.owner, row.kind, row.unit)

    def booked(self, row: Row[Any], parts: dict[str, dict[int, list[Row[Any]]]]) -> Booked:
        legs: Counter[Key] = Counter()
        for leg in parts["ledger_posting"][row.seq]:
            need(leg.unit == self.keys[leg.account_id][2], "txn", row.seq, "leg in another unit")
            legs[self.keys[leg.account_id]] += leg.amount
        self.check_running(row.seq, parts["ledger_posting"][row.seq])
        uses = {use.lot_id: use.amount for use in parts["ledger_lot_use"][row.seq]}
        return Booked(row, legs, uses, sorted(parts["ledger_lot"][row.seq], key=lambda lot: lot.id))

    def check_running(self, seq: int, legs: list[Row[Any]]) -> None:
        """Balanced in each unit; two legs at least."""
        units: Counter[str] = Counter()
        for leg in legs:
            units[leg.unit] += leg.amount
        need(len(legs) >= 2 and not any(units.values()), "txn", seq, "is not balanced", dict(units))

    # ---- one transaction

    def follow(self, session: Session, booked: Booked) -> None:
        row, before = booked.row, self.last
        need(row.seq == self.state.seq + 1, "numbered", row.seq, "after", self.state.seq)
        if before is not None:
            need(row.recorded_at >= before.recorded_at, "time goes back")
            need(row.prev_hash == before.hash, "is not chained")
        move = self.system_move(booked) if row.actor_id is None else self.asked_move(booked)
        need(plain(move.legs) == plain(booked.legs), "legs", plain(booked.legs), "should be", plain(move.legs))
        need(move.uses == booked.uses, "lot uses", booked.uses, "should be", move.uses)
        told = [(self.keys[lot.account_id][0], lot.amount, lot.expires_at or NEVER) for lot in booked.lots]
        need(told == move.lots, "lots", told, "should be", move.lots)
        need(move.reverses == row.reverses_seq, "reverses", row.reverses_seq)
        opened = self.state.holds[move.closes].opened if move.closes else None
        need(row.continues_seq == opened, "continues", row.continues_seq, "should be", opened)
        expires = self.expiry_of(session, row.cause) if move.opens else None
        self.state.book(move, lot_ids=tuple(lot.id for lot in booked.lots), expires=expires)
        self.last = row

    def asked_move(self, booked: Booked) -> Move:
        """What the request with this cause books as the books stood."""
        requests = self.asked.get(booked.row.cause, [])
        need(requests, "nobody asked for it")
        reasons = []
        for asked in requests:
            try:
                move = self.state.expect(asked)
            except (No, Same) as reason:
                reasons.append(repr(reason))
                continue
            if move.kind == booked.row.kind and plain(move.legs) == plain(booked.legs):
                return move
            reasons.append(f"{asked} books {plain(move.legs)}")
        raise Broken(f"no request books {plain(booked.legs)}: {reasons}")

    def system_move(self, booked: Booked) -> Move:
        """What the books do by themselves: only when it had lapsed, only as much as there was."""
        row = booked.row
        if row.kind == "release":
            kept = self.state.holds[row.cause.removeprefix("close:")]
            need(kept.state == "open" and kept.expires <= row.recorded_at, "the hold had not lapsed", kept)
            return self.state.lapse(kept)
        if row.kind == "expire":
            [lot_id] = booked.uses
            lot = self.state.lots[lot_id]
            need(lot.left > 0 and lot.expires <= row.recorded_at, "the lot had not lapsed", lot)
            return self.state.expiry(lot)
        need(row.kind == "set_off", "the system books no", row.kind)
        owner = next(key[0] for key in booked.legs)
        move = self.state.set_off(owner)
        need(move is not None, "nothing to set off")
        assert move is not None
        return move

    def expiry_of(self, session: Session, cause: str) -> datetime:
        found = select(HOLDS.c.expires_at).where(HOLDS.c.community_id == self.community_id, HOLDS.c.cause == cause)
        expires = session.execute(found).scalar()
        need(expires is not None, "has no hold")
        assert expires is not None
        return expires

    # ---- stored balances

    def check_stored(self, session: Session) -> None:
        """Everything that is stored beside the postings is what the replay comes to, row for row."""
        mine = self.community_id
        need(self.chain(session) == (self.state.seq, self.last.hash if self.last else "0" * 64), "the chain's end")
        for row in session.execute(select(ACCOUNTS).where(ACCOUNTS.c.community_id == mine)):
            key = (row.owner, row.kind, row.unit)
            told = (self.state.posted[key], self.state.version[key]) if row.kind in STORED else (0, 0)
            need((row.posted, row.version) == told, "account", key, "says", (row.posted, row.version), "not", told)
        for owner in [key[0] for key, amount in self.state.posted.items() if key[1] == "debt" and amount < 0]:
            need(not self.state.posted[owner, "points", "points"], owner, "owes points while having some")
        stored = {row.id: row.remaining for row in session.execute(select(LOTS).where(LOTS.c.community_id == mine))}
        need(stored == {lot.id: lot.left for lot in self.state.lots.values()}, "lots", stored)
        self.check_holds(session)

    def chain(self, session: Session) -> tuple[int, str]:
        row = session.execute(select(CHAINS).where(CHAINS.c.community_id == self.community_id)).first()
        return (row.seq, row.hash) if row else (0, "0" * 64)

    def check_holds(self, session: Session) -> None:
        lines = select(HOLD_LINES).where(HOLD_LINES.c.community_id == self.community_id).order_by(HOLD_LINES.c.line)
        by_hold = group(session.execute(lines), "hold_id")
        rows = session.execute(select(HOLDS).where(HOLDS.c.community_id == self.community_id)).all()
        need({row.cause for row in rows} == self.state.holds.keys(), "holds", [row.cause for row in rows])
        for row in rows:
            kept = self.state.holds[row.cause]
            told = (row.state, row.opened_seq, row.expires_at)
            need(told == (kept.state, kept.opened, kept.expires), "hold", told, "should be", kept)
            stored = [(line.amount, line.collected, line.refunded) for line in by_hold[row.id]]
            need(stored == [(line.amount, line.collected, line.refunded) for line in kept.lines], "hold", row.cause)


def group(rows: Any, column: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def plain(legs: Counter[Key]) -> dict[Key, int]:
    return {key: amount for key, amount in legs.items() if amount}
