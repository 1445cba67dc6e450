"""The surviving books replayed by number through the model: every transaction must be one that somebody asked for, or
that had really lapsed, must book exactly what the model books, and the stored balances must be what it comes to.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tests.nets import papers
from tests.nets.asked import PERSON, Asked, Collect, Release, Sweep
from tests.nets.asked_by_two import Approve, Close, Drop, Propose, Reopen
from tests.nets.expects import expect
from tests.nets.model import NEVER, Key, Move, No, Same, State
from tests.nets.rows import Rows

GENESIS = bytes(32)
"""The end of a chain before its first transaction, as it is stored."""

STORED = ("points", "held", "debt", "budget", "adjustment", "on_hand", "on_hold", "on_loan")


class Broken(AssertionError):
    """The books are not what they must be; the text says where."""


def need(condition: object, *what: object) -> None:
    if not condition:
        raise Broken(" ".join(map(str, what)))


@dataclass
class Booked:
    """A transaction as it stands in the books."""

    row: Any
    legs: Counter[Key]
    uses: dict[int, int]
    lots: list[Any]


@dataclass
class Replay:
    """`state` is what the books come to so far; `asked` is every request that anybody has sent, by cause."""

    community_id: int
    state: State = field(default_factory=State)
    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    sent: list[Asked] = field(default_factory=list)
    keys: dict[int, Key] = field(default_factory=dict)
    hashes: list[bytes] = field(default_factory=lambda: [GENESIS])
    txn_ids: dict[str, int] = field(default_factory=dict)
    last: Any = None
    person: int = PERSON

    def ask(self, asked: Asked) -> None:
        """Remembers a request before it is sent."""
        closes = isinstance(asked, Collect | Release)
        known = self.asked[f"close:{asked.of}" if closes else asked.cause]  # type: ignore[attr-defined]
        if asked not in known:
            known.append(asked)
            if isinstance(asked, Close | Reopen | Propose | Approve | Drop):
                self.sent.append(asked)

    def approvals(self, cause: str) -> list[Approve]:
        return [one for one in self.sent if isinstance(one, Approve) and one.of == cause]

    def has(self, asked: Asked) -> bool:
        """What the request asks for is in the books."""
        state = self.state
        if isinstance(asked, Collect | Release):
            ends = ("collected",) if isinstance(asked, Collect) else ("released", "expired")
            return asked.of in state.holds and state.holds[asked.of].state in ends
        if isinstance(asked, Close | Reopen):
            spans = [one for one in state.periods.values() if one.starts == asked.starts_at]
            return any(isinstance(asked, Close) or not one.is_closed for one in spans)
        if isinstance(asked, Propose | Approve | Drop):
            cause = asked.cause if isinstance(asked, Propose) else asked.of
            states = {Propose: ("waiting", "approved", "dropped"), Approve: ("approved",), Drop: ("dropped",)}
            return any(one.cause == cause and one.state in states[type(asked)] for one in state.papers.values())
        return isinstance(asked, Sweep) or asked.cause in state.told

    @staticmethod
    def need(condition: object, *what: object) -> None:
        need(condition, *what)

    def hash_at(self, seq: int) -> bytes | None:
        return self.hashes[seq] if seq < len(self.hashes) else None

    def catch_up(self, session: Session) -> int:
        """Replays what is new in the books; returns how many transactions. Raises Broken."""
        rows = Rows(session, self.community_id)
        proposals = rows.of("ledger_proposal", by="id")
        new = self.read(rows)
        self.hashes += [booked.row.hash for booked in new]
        papers.learn_periods(self, rows.of("ledger_period", by="id"))
        for booked in new:
            try:
                papers.learn_proposals(self, [row for row in proposals if f"proposal:{row.id}" == booked.row.cause])
                self.follow(rows, booked)
            except (No, Same, Broken) as error:
                raise Broken(f"txn {booked.row.seq} ({booked.row.kind} {booked.row.cause}): {error!r}") from error
        papers.learn_proposals(self, proposals)
        papers.follow_proposals(self, proposals)
        return len(new)

    def read(self, rows: Rows) -> list[Booked]:
        new = rows.of("ledger_txn", "seq > ?", by="seq", values=[self.state.seq])
        if not new:
            return []
        for row in rows.of("ledger_account", "id > ?", by="id", values=[max(self.keys, default=0)]):
            self.keys[row.id] = (row.owner, row.kind, row.unit)
        parts = {}
        for table, column, order in (
            ("ledger_posting", "txn_seq", "leg"),
            ("ledger_lot_use", "txn_seq", "lot_id"),
            ("ledger_lot", "origin_seq", "id"),
        ):
            parts[table] = group(rows.of(table, f"{column} > ?", by=order, values=[self.state.seq]), column)
        return [self.booked(row, parts) for row in new]

    def booked(self, row: Any, parts: dict[str, dict[int, list[Any]]]) -> Booked:
        legs: Counter[Key] = Counter()
        for leg in parts["ledger_posting"][row.seq]:
            need(leg.unit == self.keys[leg.account_id][2], "txn", row.seq, "leg in another unit")
            legs[self.keys[leg.account_id]] += leg.amount
        self.check_running(row.seq, parts["ledger_posting"][row.seq])
        uses = {use.lot_id: use.amount for use in parts["ledger_lot_use"][row.seq]}
        return Booked(row, legs, uses, parts["ledger_lot"][row.seq])

    def check_running(self, seq: int, legs: list[Any]) -> None:
        """Balanced in each unit; two legs at least."""
        units: Counter[str] = Counter()
        for leg in legs:
            units[leg.unit] += leg.amount
        need(len(legs) >= 2 and not any(units.values()), "txn", seq, "is not balanced", dict(units))

    # ---- one transaction

    def follow(self, rows: Rows, booked: Booked) -> None:
        row, before = booked.row, self.last
        need(row.seq == self.state.seq + 1, "numbered", row.seq, "after", self.state.seq)
        if before is not None:
            need(row.recorded_at >= before.recorded_at, "time goes back")
            need(row.prev_hash == before.hash, "is not chained")
        need(not self.state.is_closed(row.recorded_at), "was recorded into a closed period")
        move = self.system_move(booked) if row.actor_id is None else self.asked_move(booked)
        need(plain(move.legs) == plain(booked.legs), "legs", plain(booked.legs), "should be", plain(move.legs))
        need(move.uses == booked.uses, "lot uses", booked.uses, "should be", move.uses)
        told = [(self.keys[lot.account_id][0], lot.amount, lot.expires_at or NEVER) for lot in booked.lots]
        need(told == move.lots, "lots", told, "should be", move.lots)
        need(move.reverses == row.reverses_seq, "reverses", row.reverses_seq)
        opened = self.state.holds[move.closes].opened if move.closes else None
        need(row.continues_seq == opened, "continues", row.continues_seq, "should be", opened)
        expires = self.expiry_of(rows, row.cause) if move.opens else None
        self.state.book(move, lot_ids=tuple(lot.id for lot in booked.lots), expires=expires)
        self.last, self.txn_ids[row.cause] = row, row.id

    def asked_move(self, booked: Booked) -> Move:
        """What the request with this cause books as the books stood."""
        row, reasons = booked.row, []
        for asked, by in self.askers(row):
            try:
                move = expect(self.state, asked, now=row.recorded_at, by=by)
            except (No, Same) as reason:
                reasons.append(repr(reason))
                continue
            is_checked = getattr(asked, "checker_id", None) == row.checker_id
            if move.kind == row.kind and is_checked and plain(move.legs) == plain(booked.legs):
                return move
            reasons.append(f"{asked} books {plain(move.legs)}")
        raise Broken(f"no request books {plain(booked.legs)}: {reasons or 'nobody asked for it'}")

    def askers(self, row: Any) -> list[tuple[Asked, int]]:
        """Requests that may have booked the transaction, and by whom: the clerk himself, or who approved a proposal."""
        if row.cause.startswith("proposal:"):
            paper = self.state.papers[int(row.cause.removeprefix("proposal:"))]
            return [(paper.wish, one.by) for one in self.approvals(paper.cause) if one.by == row.actor_id]
        return [(asked, self.person) for asked in self.asked.get(row.cause, []) if row.actor_id == self.person]

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
            return replace(self.state.expiry(lot), cause=row.cause)
        need(row.kind == "set_off", "the system books no", row.kind)
        owner = next(key[0] for key in booked.legs)
        move = self.state.set_off(owner)
        need(move is not None, "nothing to set off")
        assert move is not None
        return move

    def expiry_of(self, rows: Rows, cause: str) -> datetime:
        [found] = rows.of("ledger_hold", "cause = ?", values=[cause]) or [None]
        need(found is not None, "has no hold")
        expires: datetime = found.expires_at  # type: ignore[union-attr]
        return expires

    # ---- stored balances

    def check_stored(self, session: Session) -> None:
        """Everything that is stored beside the postings is what the replay comes to, row for row."""
        rows = Rows(session, self.community_id)
        [chain] = rows.of("ledger_chain") or [None]
        end = (chain.seq, chain.hash) if chain else (0, GENESIS)
        need(end == (self.state.seq, self.hashes[-1]), "the chain's end", end)
        for row in rows.of("ledger_account"):
            key = (row.owner, row.kind, row.unit)
            told = (self.state.posted[key], self.state.version[key]) if row.kind in STORED else (0, 0)
            need((row.posted, row.version) == told, "account", key, "says", (row.posted, row.version), "not", told)
        for owner in [key[0] for key, amount in self.state.posted.items() if key[1] == "debt" and amount < 0]:
            need(not self.state.posted[owner, "points", "points"], owner, "owes points while having some")
        stored = {row.id: row.remaining for row in rows.of("ledger_lot")}
        need(stored == {lot.id: lot.left for lot in self.state.lots.values()}, "lots", stored)
        self.check_holds(rows)

    def check_holds(self, rows: Rows) -> None:
        by_hold = group(rows.of("ledger_hold_line", by="hold_id, line"), "hold_id")
        holds = rows.of("ledger_hold")
        need({row.cause for row in holds} == self.state.holds.keys(), "holds", [row.cause for row in holds])
        for row in holds:
            kept = self.state.holds[row.cause]
            told = (row.state, row.opened_seq, row.expires_at)
            need(told == (kept.state, kept.opened, kept.expires), "hold", told, "should be", kept)
            stored = [(line.amount, line.collected, line.refunded) for line in by_hold[row.id]]
            need(stored == [(line.amount, line.collected, line.refunded) for line in kept.lines], "hold", row.cause)


def group(rows: Any, column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def plain(legs: Counter[Key]) -> dict[Key, int]:
    return {key: amount for key, amount in legs.items() if amount}
