"""The ledger once more, in plain Python, for one community: what each request must book or be refused.

Shares no code with the product. Nothing is optimised but the copying. `settled` says how the books stand at a moment
with everything that has lapsed counted, in the order in which it lapsed, whether or not any job has run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.nets.asked import SHELF
from tests.nets.asked_by_two import Wish

Key = tuple[str, str, str]
GRANT, BUDGET = ("programme", "grant", "points"), ("programme", "budget", "points")
ADJUSTMENT = ("programme", "adjustment", "points")
BREAKAGE, INCOME = ("programme", "breakage", "points"), (SHELF, "income", "points")
NEVER = datetime.max.replace(tzinfo=UTC)
NOT_NEGATIVE = ("points", "held", "budget", "on_hand", "on_hold")


@dataclass(frozen=True)
class Lot:
    id: int
    owner: str
    origin: int
    amount: int
    left: int
    expires: datetime


@dataclass(frozen=True)
class Line:
    source: Key
    kept: Key
    target: Key
    amount: int
    collected: int = 0
    refunded: int = 0


@dataclass(frozen=True)
class Kept:
    """A hold; `out` is lot -> points that it took and hasn't given back."""

    cause: str
    opened: int
    expires: datetime
    lines: tuple[Line, ...]
    out: dict[int, int]
    state: str = "open"


@dataclass
class Move:
    """What one transaction books. `uses` is lot -> points taken out of it (negative: given back)."""

    kind: str
    cause: str
    legs: Counter[Key]
    uses: dict[int, int] = field(default_factory=dict)
    lots: list[tuple[str, int, datetime]] = field(default_factory=list)
    content: object = None
    closes: str = ""
    collected: tuple[int, ...] = ()
    refunded: tuple[int, ...] = ()
    opens: Kept | None = None
    reverses: int | None = None


@dataclass(frozen=True)
class Told:
    """A transaction that is in the books."""

    seq: int
    kind: str
    content: object
    legs: Counter[Key]


@dataclass(frozen=True)
class Period:
    """[starts, ends); `last` is the number of the last transaction when it was closed."""

    id: int
    starts: datetime
    ends: datetime
    last: int
    is_closed: bool


@dataclass(frozen=True)
class Paper:
    """A proposal that the request `cause` of person `by` has made; `wish` as it is booked, `period_id` to be opened."""

    id: int
    cause: str
    by: int
    state: str
    wish: Wish
    period_id: int | None = None


class No(Exception):
    """The refusal's name."""


class Same(Exception):
    """The request has been booked before with the same content: nothing new."""


def points(owner: str, kind: str = "points") -> Key:
    return owner, kind, "points"


@dataclass
class State:
    """The books after some number of transactions.

    `lapses` is origin of a lot -> (number, points) of the transactions in which it ran out; `brought_back` is number of
    such a transaction -> number of the one that brought its points back.
    """

    posted: Counter[Key] = field(default_factory=Counter)
    version: Counter[Key] = field(default_factory=Counter)
    lots: dict[int, Lot] = field(default_factory=dict)
    holds: dict[str, Kept] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    live: set[int] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    lapses: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    brought_back: dict[int, int] = field(default_factory=dict)
    periods: dict[int, Period] = field(default_factory=dict)
    papers: dict[int, Paper] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    expired: Counter[str] = field(default_factory=Counter)
    earned: Counter[str] = field(default_factory=Counter)
    seq: int = 0

    # ---- lots

    def take(self, owner: str, amount: int, first: int = 0) -> dict[int, int]:
        """Lots that pay: that of transaction `first`, then whichever runs out first."""
        mine = [self.lots[id_] for id_ in self.live if self.lots[id_].owner == owner]
        return shared_out(
            [(lot.id, lot.left) for lot in sorted(mine, key=lambda lot: (lot.origin != first, lot.expires, lot.id))],
            amount,
        )

    def back(self, kept: Kept, legs: Counter[Key]) -> dict[int, int]:
        """Lots that get points back: the one that runs out last first."""
        owner = next((line.source[0] for line in kept.lines if line.source[1] == "points"), "")
        amount = legs[points(owner)] if owner else 0
        lots = sorted(kept.out, key=lambda id_: (self.lots[id_].expires, id_), reverse=True)
        given = shared_out([(id_, kept.out[id_]) for id_ in lots], amount)
        return {id_: -part for id_, part in given.items()}

    def ran_out(self, origin: int) -> int:
        """Points out of the lots of transaction `origin` that ran out and are not back, or ran out once more."""
        return sum(
            self.ran_out(self.brought_back[seq]) if seq in self.brought_back else amount
            for seq, amount in self.lapses.get(origin, ())
        )

    # ---- what lapses

    def expiry(self, lot: Lot) -> Move:
        legs = Counter({points(lot.owner): -lot.left, BREAKAGE: lot.left})
        return Move("expire", "", legs, {lot.id: lot.left})

    def ending(self, kept: Kept, kind: str, collected: tuple[int, ...], content: object) -> Move:
        legs: Counter[Key] = Counter()
        for line, amount in zip(kept.lines, collected, strict=True):
            legs[line.kept] -= line.amount
            legs[line.target] += amount
            legs[line.source] += line.amount - amount
        uses = self.back(kept, legs)
        cause = f"close:{kept.cause}"
        return Move(kind, cause, legs, uses, content=content, closes=kept.cause, collected=collected)

    def lapse(self, kept: Kept) -> Move:
        move = self.ending(kept, "release", (0,) * len(kept.lines), ("expired",))
        move.content = ("expired",)
        return move

    def set_off(self, owner: str) -> Move | None:
        amount = min(self.posted[points(owner)], -self.posted[points(owner, "debt")])
        if amount <= 0:
            return None
        legs = Counter({points(owner): -amount, points(owner, "debt"): amount})
        return Move("set_off", "", legs, self.take(owner, amount))

    def pay_debts(self) -> None:
        """Whoever has points owes none."""
        for owner in [key[0] for key, amount in self.posted.items() if key[1] == "debt" and amount < 0]:
            if paid := self.set_off(owner):
                self.book(paid)

    def settled(self, now: datetime) -> State:
        """A copy with everything that has lapsed by `now` booked, in the order in which it lapsed."""
        state = self.copy()
        while lapsed := [state.holds[cause] for cause in state.open if state.holds[cause].expires <= now]:
            kept = min(lapsed, key=lambda one: (one.expires, one.opened))
            state.expire_lots(kept.expires)
            state.book(state.lapse(kept))
            state.expire_lots(kept.expires)
            for owner in {line.source[0] for line in kept.lines if line.source[1] == "points"}:
                if paid := state.set_off(owner):
                    state.book(paid)
        state.expire_lots(now)
        return state

    def expire_lots(self, now: datetime) -> None:
        for id_ in [id_ for id_ in self.live if self.lots[id_].expires <= now]:
            self.book(self.expiry(self.lots[id_]))

    def copy(self) -> State:
        counters = ("posted", "version", "spent", "expired", "earned")
        others = ("lots", "holds", "told", "reversed", "live", "open", "lapses", "brought_back")
        return replace(self, **{name: getattr(self, name).copy() for name in counters + others})

    # ---- booking

    def book(self, move: Move, *, lot_ids: tuple[int, ...] = (), expires: datetime | None = None) -> None:
        """Writes the move down as the next transaction; `expires` is that of the hold which it opens."""
        self.seq += 1
        for key, amount in move.legs.items():
            if amount:
                self.posted[key] += amount
                self.version[key] += 1
        for id_, amount in move.uses.items():
            lot = self.lots[id_] = replace(self.lots[id_], left=self.lots[id_].left - amount)
            (self.live.add if lot.left else self.live.discard)(id_)
            if move.kind == "expire":
                self.lapses[lot.origin] = (*self.lapses.get(lot.origin, ()), (self.seq, amount))
                self.expired[lot.owner] += amount
        for id_, (owner, amount, until) in zip(lot_ids, move.lots, strict=True):
            self.lots[id_] = Lot(id_, owner, self.seq, amount, amount, until)
            self.live.add(id_)
        self.follow_hold(move, expires)
        self.note(move)

    def follow_hold(self, move: Move, expires: datetime | None) -> None:
        if move.opens:
            assert expires is not None
            self.holds[move.cause] = replace(move.opens, opened=self.seq, expires=expires)
            self.open.add(move.cause)
        if not move.closes:
            return
        kept = self.holds[move.closes]
        out = {id_: left for id_, amount in kept.out.items() if (left := amount + move.uses.get(id_, 0))}
        parts, lines = move.collected or move.refunded, []
        for line, part in zip(kept.lines, parts, strict=True):
            told = {"collected": part} if move.collected else {"refunded": line.refunded + part}
            lines.append(replace(line, **told))
        state = kept.state
        if move.collected:
            state = "collected" if move.kind == "collect" else str(move.content[0])  # type: ignore[index]
            self.open.discard(kept.cause)
        self.holds[move.closes] = replace(kept, out=out, lines=tuple(lines), state=state)

    def note(self, move: Move) -> None:
        """Figures of the five-figure statement, and what repeats and reversals ask for."""
        for key, amount in move.legs.items():
            if key[1] not in ("points", "held", "debt"):
                continue
            if move.kind in ("issue", "reverse", "adjust") or (move.kind == "give" and amount > 0):
                self.earned[key[0]] += amount
            if move.kind in ("collect", "refund") or (move.kind == "give" and amount < 0):
                self.spent[key[0]] -= amount
            if move.kind == "reinstate":
                self.expired[key[0]] -= amount
        if move.reverses is not None:
            self.reversed.add(move.reverses)
            if move.kind == "reinstate":
                self.brought_back[move.reverses] = self.seq
        if move.cause:
            self.told[move.cause] = Told(self.seq, move.kind, move.content, move.legs)

    def ends(self) -> list[datetime]:
        """When the open holds and the lots with points lapse."""
        ends = [self.holds[cause].expires for cause in self.open] + [self.lots[id_].expires for id_ in self.live]
        return [end for end in ends if end < NEVER]

    def standing(self) -> dict[object, int]:
        """What every account has, and every owner's points by the date on which they run out."""
        stands: Counter[object] = Counter(self.posted)
        for id_ in self.live:
            stands[self.lots[id_].owner, self.lots[id_].expires] += self.lots[id_].left
        return {key: amount for key, amount in stands.items() if amount}

    # ---- periods and proposals

    def period(self, starts: datetime) -> Period | None:
        """The newest one that begins then."""
        return next((one for one in reversed(self.periods.values()) if one.starts == starts), None)

    def is_closed(self, at: datetime) -> bool:
        return any(one.is_closed and one.starts <= at < one.ends for one in self.periods.values())

    def paper(self, cause: str) -> Paper | None:
        """The newest proposal that the request has made."""
        return next((one for one in reversed(self.papers.values()) if one.cause == cause), None)

    def figures(self, owner: str) -> tuple[int, ...]:
        """available, held, debt, earned, spent, expired."""
        own = (self.posted[points(owner)], self.posted[points(owner, "held")], -self.posted[points(owner, "debt")])
        return (*own, self.earned[owner], self.spent[owner], self.expired[owner])


def shared_out(lots: list[tuple[int, int]], amount: int) -> dict[int, int]:
    taken = {}
    for id_, left in lots:
        if part := min(left, amount):
            taken[id_] = part
            amount -= part
    assert amount == 0, f"lots are short by {amount}"
    return taken
