"""A history out of a seed: requests as a busy community sends them, chosen by what its books look like."""

import random
from datetime import timedelta

from tests.nets.asked import Asked, Collect, Count, Fund, Hold, Issue, Refund, Release, Reverse, StockIn, Sweep
from tests.nets.model import State

CODES = ("K01", "K02", "K03")
PERSON, CHECKER = 7, 8
WEIGHTS = {"issue": 22, "hold": 26, "collect": 14, "release": 6, "refund": 6, "reverse": 5, "stock_in": 4, "count": 4}
WEIGHTS |= {"fund": 2, "sweep": 2, "stale": 3}


class History:
    """`next` is the next request; causes are numbered, so that no two new ones are alike."""

    def __init__(self, seed: int | str, *, people: int = 6, name: str = "") -> None:
        self.random = random.Random(seed)
        self.owners = [f"person:{number}" for number in range(1, people + 1)]
        self.number = 0
        self.name = name
        self.sent: list[Asked] = []

    def opening(self) -> list[Asked]:
        """A funded programme and a stocked shelf."""
        return [Fund(self.cause("budget"), 2000), *[StockIn(self.cause("delivery"), code, 4) for code in CODES]]

    def cause(self, word: str) -> str:
        self.number += 1
        return f"{word}:{self.name}{self.number}"

    def next(self, state: State, now: object) -> Asked:
        verb = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        asked: Asked = getattr(self, verb)(state, now)
        self.sent.append(asked)
        return asked

    def issue(self, _state: State, now: object) -> Asked:
        days = self.random.choice([3, 10, 30, 90, 365, 0])
        until = now + timedelta(days=days) if days else None  # type: ignore[operator]
        return Issue(self.cause("record"), self.random.choice(self.owners), self.random.randint(1, 60), until)

    def hold(self, state: State, _now: object) -> Asked:
        rich = [owner for owner in self.owners if state.posted[owner, "points", "points"]] or self.owners
        owner = self.random.choice(rich if self.random.random() < 0.9 else self.owners)
        has = state.posted[owner, "points", "points"]
        most = max(1, has if self.random.random() < 0.3 else min(has, 40))
        goods = self.random.sample(CODES, self.random.choice([0, 1, 1, 1, 2]))
        points = self.random.randint(0 if goods else 1, most + (self.random.random() < 0.1))
        kept = tuple((code, self.random.choice([1, 1, 2])) for code in sorted(goods))
        return Hold(self.cause("order"), owner, points, kept, timedelta(days=self.random.choice([1, 3, 7, 7, 7])))

    def some_hold(self, causes: list[str], state: State) -> str:
        """One of these nine times in ten, any old one otherwise."""
        every = list(state.holds)
        chosen = causes if causes and self.random.random() < 0.9 else every
        return self.random.choice(chosen) if chosen else "nothing"

    def collect(self, state: State, _now: object) -> Asked:
        of = self.some_hold(sorted(state.open), state)
        if of == "nothing" or self.random.random() < 0.75:
            return Collect(self.cause("collect"), of)
        some = tuple(self.random.randint(0, line.amount) for line in state.holds[of].lines)
        return Collect(self.cause("collect"), of, some)

    def release(self, state: State, _now: object) -> Asked:
        return Release(self.cause("release"), self.some_hold(sorted(state.open), state))

    def refund(self, state: State, now: object) -> Asked:
        got = [one.cause for one in state.holds.values() if any(line.collected > line.refunded for line in one.lines)]
        of = self.some_hold(got, state)
        if of == "nothing":
            return self.issue(state, now)
        lines = state.holds[of].lines
        back = tuple(self.random.randint(0, line.collected - line.refunded) for line in lines)
        return Refund(self.cause("return"), of, back if any(back) else tuple(line.amount for line in lines))

    def reverse(self, state: State, _now: object) -> Asked:
        kinds = self.random.choice([("issue",), ("issue",), ("issue",), ("stock_in",), ("fund",), ("hold", "collect")])
        causes = [cause for cause, told in state.told.items() if told.kind in kinds]
        return Reverse(self.cause("reverse"), self.random.choice(causes[-20:]) if causes else "nothing")

    def stock_in(self, _state: State, _now: object) -> Asked:
        return StockIn(self.cause("delivery"), self.random.choice(CODES), self.random.randint(1, 6))

    def count(self, _state: State, _now: object) -> Asked:
        more = self.random.choice([-2, -1, 1, 2])
        return Count(
            self.cause("count"), self.random.choice(CODES), more, self.random.choice([CHECKER, CHECKER, PERSON])
        )

    def fund(self, _state: State, _now: object) -> Asked:
        return Fund(self.cause("budget"), self.random.randint(50, 400))

    def sweep(self, _state: State, _now: object) -> Asked:
        return Sweep(self.cause("sweep"))

    def stale(self, _state: State, _now: object) -> Asked:
        """An old credit's cause with other points in it."""
        old = [one for one in self.sent if isinstance(one, Issue)]
        if not old:
            return Sweep(self.cause("sweep"))
        cause = self.random.choice(old).cause
        return Issue(cause, self.random.choice(self.owners), self.random.randint(61, 90), None)
