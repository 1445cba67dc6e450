"""The ledger once more, in plain Python, for one community: what each request must book or be refused.

Shares no code with the product. Nothing is optimised but the copying. `settled` says how the books stand at a moment
with everything that has lapsed counted, in the order in which it lapsed, whether or not any job has run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.nets.asked import (
    SHELF,
    Asked,
    Collect,
    Count,
    Fund,
    Hold,
    Issue,
    Refund,
    Release,
    Reverse,
    StockIn,
)

Key = tuple[str, str, str]
GRANT, BUDGET = ("programme", "grant", "points"), ("programme", "budget", "points")
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


class No(Exception):
    """The refusal's name."""


class Same(Exception):
    """The request has been booked before with the same content: nothing new."""


def points(owner: str, kind: str = "points") -> Key:
    return owner, kind, "points"


@dataclass
class State:
    """The books after some number of transactions."""

    posted: Counter[Key] = field(default_factory=Counter)
    version: Counter[Key] = field(default_factory=Counter)
    lots: dict[int, Lot] = field(default_factory=dict)
    holds: dict[str, Kept] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    live: set[int] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    ran_out: Counter[int] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)
    expired: Counter[str] = field(default_factory=Counter)
    earned: Counter[str] = field(default_factory=Counter)
    seq: int = 0

    # ---- what a request must do

    def expect(self, asked: Asked) -> Move:
        """The transaction that the request books as the books stand; raises No or Same."""
        ways = {
            Fund: self.fund,
            Issue: self.issue,
            Reverse: self.reverse,
            StockIn: self.stock_in,
            Count: self.count,
            Hold: self.hold,
            Collect: self.collect,
            Release: self.release,
            Refund: self.refund,
        }
        move: Move = ways[type(asked)](asked)  # type: ignore[operator]
        for key, amount in sorted(move.legs.items(), key=lambda leg: leg[0][1] != "budget"):
            if key[1] in NOT_NEGATIVE and self.posted[key] + amount < 0:
                raise No({"points": "NotEnoughPoints", "budget": "BudgetSpent"}.get(key[1], "NotEnoughStock"))
        return move

    def new(self, cause: str, content: object) -> None:
        if cause in self.told:
            if self.told[cause].content == content:
                raise Same
            raise No("CauseTaken")

    def fund(self, asked: Fund) -> Move:
        content = ("fund", asked.points)
        self.new(asked.cause, content)
        return Move("fund", asked.cause, Counter({GRANT: -asked.points, BUDGET: asked.points}), content=content)

    def issue(self, asked: Issue) -> Move:
        content = ("issue", asked.owner, asked.points, asked.expires_at)
        self.new(asked.cause, content)
        owed = min(asked.points, -self.posted[points(asked.owner, "debt")])
        rest = asked.points - owed
        legs = Counter({BUDGET: -asked.points, points(asked.owner, "debt"): owed, points(asked.owner): rest})
        lots = [(asked.owner, rest, asked.expires_at or NEVER)] if rest else []
        return Move("issue", asked.cause, legs, lots=lots, content=content)

    def reverse(self, asked: Reverse) -> Move:
        if asked.of not in self.told:
            raise No("NotFound")
        original = self.told[asked.of]
        if original.kind not in ("issue", "fund", "stock_in"):
            raise No("CannotReverse")
        content = ("reverse", original.seq)
        self.new(asked.cause, content)
        if original.seq in self.reversed:
            raise No("AlreadyReversed")
        if original.kind != "issue":
            legs = Counter({key: -amount for key, amount in original.legs.items()})
            return Move(f"un_{original.kind}", asked.cause, legs, content=content, reverses=original.seq)
        total, gone = -original.legs[BUDGET], self.ran_out[original.seq]
        owner = next(key[0] for key in original.legs if key[1] in ("points", "debt"))
        back = min(self.posted[points(owner)], total - gone)
        legs = Counter({BUDGET: total, BREAKAGE: -gone, points(owner): -back})
        legs[points(owner, "debt")] = -(total - gone - back)
        uses = self.take(owner, back, first=original.seq)
        return Move("reverse", asked.cause, legs, uses, content=content, reverses=original.seq)

    def stock_in(self, asked: StockIn) -> Move:
        content = ("stock_in", asked.code, asked.pieces)
        self.new(asked.cause, content)
        unit = f"sku:{asked.code}"
        legs = Counter({("supplier", "purchase", unit): -asked.pieces, (SHELF, "on_hand", unit): asked.pieces})
        return Move("stock_in", asked.cause, legs, content=content)

    def count(self, asked: Count) -> Move:
        content = ("stock_count", asked.code, asked.more)
        self.new(asked.cause, content)
        unit = f"sku:{asked.code}"
        legs = Counter({("written_off", "count", unit): -asked.more, (SHELF, "on_hand", unit): asked.more})
        return Move("stock_count", asked.cause, legs, content=content)

    def hold(self, asked: Hold) -> Move:
        content = ("hold", asked.owner, asked.points, asked.goods)
        self.new(asked.cause, content)
        if asked.points > self.posted[points(asked.owner)]:
            raise No("NotEnoughPoints")
        lines = [Line(points(asked.owner), points(asked.owner, "held"), INCOME, asked.points)] if asked.points else []
        for code, pieces in asked.goods:
            shelf = [(SHELF, kind, f"sku:{code}") for kind in ("on_hand", "on_hold", "handed_over")]
            lines.append(Line(*shelf, pieces))
        legs: Counter[Key] = Counter()
        for line in lines:
            legs[line.source] -= line.amount
            legs[line.kept] += line.amount
        uses = self.take(asked.owner, asked.points)
        opens = Kept(asked.cause, 0, NEVER, tuple(lines), dict(uses))
        return Move("hold", asked.cause, legs, uses, content=content, opens=opens)

    def collect(self, asked: Collect) -> Move:
        kept = self.kept(asked.of)
        collected = asked.collected or tuple(line.amount for line in kept.lines)
        content = ("collected", collected)
        if kept.state == "expired":
            raise No("HoldLapsed")
        if kept.state == "released":
            raise No("HoldClosed")
        self.new(f"close:{kept.cause}", content)
        return self.ending(kept, "collect", collected, content)

    def release(self, asked: Release) -> Move:
        kept = self.kept(asked.of)
        if kept.state == "collected":
            raise No("HoldClosed")
        if kept.state != "open":
            raise Same
        return self.ending(kept, "release", (0,) * len(kept.lines), ("released",))

    def ending(self, kept: Kept, kind: str, collected: tuple[int, ...], content: object) -> Move:
        legs: Counter[Key] = Counter()
        for line, amount in zip(kept.lines, collected, strict=True):
            legs[line.kept] -= line.amount
            legs[line.target] += amount
            legs[line.source] += line.amount - amount
        uses = self.back(kept, legs)
        cause = f"close:{kept.cause}"
        return Move(kind, cause, legs, uses, content=content, closes=kept.cause, collected=collected)

    def refund(self, asked: Refund) -> Move:
        kept = self.kept(asked.of)
        content = ("refund", asked.of, asked.back)
        self.new(asked.cause, content)
        legs: Counter[Key] = Counter()
        for line, amount in zip(kept.lines, asked.back, strict=True):
            if amount > line.collected - line.refunded:
                raise No("MoreThanCollected")
            legs[line.target] -= amount
            legs[line.source] += amount
        uses = self.back(kept, legs)
        return Move("refund", asked.cause, legs, uses, content=content, closes=kept.cause, refunded=asked.back)

    def kept(self, cause: str) -> Kept:
        if cause not in self.holds:
            raise No("NotFound")
        return self.holds[cause]

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

    # ---- what lapses

    def expiry(self, lot: Lot) -> Move:
        legs = Counter({points(lot.owner): -lot.left, BREAKAGE: lot.left})
        return Move("expire", "", legs, {lot.id: lot.left})

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
        counters = ("posted", "version", "ran_out", "spent", "expired", "earned")
        others = ("lots", "holds", "told", "reversed", "live", "open")
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
                self.ran_out[lot.origin] += amount
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
            if move.kind in ("issue", "reverse"):
                self.earned[key[0]] += amount
            if move.kind in ("collect", "refund"):
                self.spent[key[0]] -= amount
        if move.reverses is not None:
            self.reversed.add(move.reverses)
        if move.cause:
            self.told[move.cause] = Told(self.seq, move.kind, move.content, move.legs)

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
