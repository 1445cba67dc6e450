"""The ledger once more, in plain Python: what the database must agree with after every step. Knows one community.

Lots are [points left, runs out at]; a hold remembers which lots it took from. Nothing is optimised, nothing is shared.
"""

from dataclasses import dataclass, field


@dataclass
class Lot:
    left: int
    expires: float


@dataclass
class Kept:
    owner: str
    taken: list[tuple[Lot, int]]
    expires: float
    code: str
    state: str = "open"


@dataclass
class Reference:
    """`now` is a number of days; the budget and the shelf are plain counts."""

    budget: int
    shelf: dict[str, int]
    now: float = 0
    lots: dict[str, list[Lot]] = field(default_factory=dict)
    debt: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    holds: list[Kept] = field(default_factory=list)

    def settle(self) -> None:
        """Lapsed holds come back, lapsed lots go, and what came back pays debts."""
        for hold in self.holds:
            if hold.state == "open" and hold.expires <= self.now:
                self.give_back(hold, "expired")
        for owner, lots in self.lots.items():
            for lot in lots:
                if lot.expires <= self.now:
                    lot.left = 0
            paid = min(self.available(owner), self.debt.get(owner, 0))
            self.take(owner, paid)
            self.debt[owner] = self.debt.get(owner, 0) - paid

    def available(self, owner: str) -> int:
        return sum(lot.left for lot in self.lots.get(owner, []))

    def held(self, owner: str) -> int:
        open_holds = [hold for hold in self.holds if hold.owner == owner and hold.state == "open"]
        return sum(amount for hold in open_holds for _, amount in hold.taken)

    def take(self, owner: str, amount: int, first: Lot | None = None) -> list[tuple[Lot, int]]:
        taken = []
        order = sorted(self.lots.get(owner, []), key=lambda lot: (lot is not first, lot.expires))
        for lot in order:
            part = min(lot.left, amount)
            if part:
                lot.left -= part
                amount -= part
                taken.append((lot, part))
        assert amount == 0
        return taken

    def issue(self, owner: str, points: int, expires: float) -> Lot | None:
        """None when the budget is too small."""
        if points > self.budget:
            return None
        self.budget -= points
        paid = min(points, self.debt.get(owner, 0))
        self.debt[owner] = self.debt.get(owner, 0) - paid
        lot = Lot(points - paid, expires)
        self.lots.setdefault(owner, []).append(lot)
        return lot

    def reverse(self, owner: str, lot: Lot, points: int, lapsed: int) -> None:
        back = min(self.available(owner), points - lapsed)
        self.take(owner, back, lot)
        self.debt[owner] = self.debt.get(owner, 0) + points - lapsed - back
        self.budget += points

    def hold(self, owner: str, points: int, code: str, expires: float) -> Kept | None:
        """None when points or stock are short."""
        if points > self.available(owner) or self.shelf[code] < 1:
            return None
        self.shelf[code] -= 1
        made = Kept(owner, self.take(owner, points), expires, code)
        self.holds.append(made)
        return made

    def collect(self, hold: Kept) -> None:
        hold.state = "collected"
        self.spent[hold.owner] = self.spent.get(hold.owner, 0) + sum(amount for _, amount in hold.taken)

    def give_back(self, hold: Kept, state: str) -> None:
        hold.state = state
        self.shelf[hold.code] += 1
        for lot, amount in hold.taken:
            lot.left += amount
