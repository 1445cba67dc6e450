"""A history out of a seed: requests as a busy community sends them, chosen by what its books look like."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from tests.nets.asked import (
    CHECKER,
    PERSON,
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
    Sweep,
)
from tests.nets.asked_by_two import Adjust, Approve, Close, Drop, Give, Propose, Reinstate, Reopen, Wish
from tests.nets.model import State

CODES = ("K01", "K02", "K03")
WEIGHTS = {"issue": 22, "hold": 26, "collect": 14, "release": 6, "refund": 6, "reverse": 5, "stock_in": 4, "count": 4}
WEIGHTS |= {"fund": 2, "sweep": 2, "stale": 3, "give": 6, "adjust": 4, "reinstate": 4}
WEIGHTS |= {"close": 2, "reopen": 2, "propose": 7, "approve": 9, "drop": 1}


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
        self.sent = [Fund(self.cause("budget"), 2000), *[StockIn(self.cause("delivery"), code, 4) for code in CODES]]
        return list(self.sent)

    def cause(self, word: str) -> str:
        self.number += 1
        return f"{word}:{self.name}{self.number}"

    def next(self, state: State, now: datetime) -> Asked:
        verb = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        asked: Asked = getattr(self, verb)(state, now)
        self.sent.append(asked)
        return asked

    def issue(self, _state: State, now: datetime) -> Asked:
        days = self.random.choice([3, 10, 30, 90, 365, 0])
        until = now + timedelta(days=days) if days else None
        return Issue(self.cause("record"), self.random.choice(self.owners), self.random.randint(1, 60), until)

    def hold(self, state: State, _now: datetime) -> Asked:
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

    def collect(self, state: State, _now: datetime) -> Asked:
        of = self.some_hold(sorted(state.open), state)
        if of == "nothing" or self.random.random() < 0.75:
            return Collect(self.cause("collect"), of)
        some = tuple(self.random.randint(0, line.amount) for line in state.holds[of].lines)
        return Collect(self.cause("collect"), of, some)

    def release(self, state: State, _now: datetime) -> Asked:
        return Release(self.cause("release"), self.some_hold(sorted(state.open), state))

    def refund(self, state: State, now: datetime) -> Asked:
        got = [one.cause for one in state.holds.values() if any(line.collected > line.refunded for line in one.lines)]
        of = self.some_hold(got, state)
        if of == "nothing":
            return self.issue(state, now)
        lines = state.holds[of].lines
        back = tuple(self.random.randint(0, line.collected - line.refunded) for line in lines)
        return Refund(self.cause("return"), of, back if any(back) else tuple(line.amount for line in lines))

    def reverse(self, state: State, _now: datetime) -> Asked:
        """Mostly of credits, and of those often one whose points a hold keeps: that makes a debt."""
        kinds = self.random.choice([("issue",), ("issue",), ("issue",), ("stock_in",), ("fund",), ("hold", "collect")])
        causes = [cause for cause, told in state.told.items() if told.kind in kinds]
        origins = {state.lots[id_].origin for cause in state.open for id_ in state.holds[cause].out}
        kept = [cause for cause in causes[-50:] if state.told[cause].seq in origins]
        chosen = kept if kept and self.random.random() < 0.5 else causes[-20:]
        return Reverse(self.cause("reverse"), self.random.choice(chosen) if chosen else "nothing")

    # ---- gifts, corrections, periods and proposals

    def until(self, now: datetime) -> datetime | None:
        days = self.random.choice([2, 9, 90, 0])
        return now + timedelta(days=days) if days else None

    def second(self) -> int:
        return self.random.choice([CHECKER, CHECKER, CHECKER, PERSON])

    def share(self, owner: str, state: State) -> int:
        """Some of what the owner has booked, all of it, or one too many."""
        has = state.posted[owner, "points", "points"]
        return self.random.choice([self.random.randint(1, max(1, has)), max(1, has), has + 1])

    def give(self, state: State, _now: datetime) -> Give:
        source, target = self.random.sample(self.owners, 2)
        checker = self.random.choice([None, None, self.second()])
        return Give(self.cause("gift"), source, target, self.share(source, state), checker)

    def adjust(self, state: State, now: datetime) -> Adjust:
        owner = self.random.choice(self.owners)
        points = -self.share(owner, state) if self.random.random() < 0.5 else self.random.randint(1, 40)
        return Adjust(self.cause("adjust"), owner, points, self.until(now), self.second())

    def reinstate(self, state: State, now: datetime) -> Reinstate:
        """Of an expiry, and rather of somebody's who owes points."""
        kind = "expire" if self.random.random() < 0.9 else "issue"
        causes = [cause for cause, told in state.told.items() if told.kind == kind]
        owing = {key[0] for key, amount in state.posted.items() if key[1] == "debt" and amount < 0}
        theirs = [cause for cause in causes if any(key[0] in owing for key in state.told[cause].legs)]
        chosen = (theirs if theirs and self.random.random() < 0.7 else causes)[-8:] or ["nothing"]
        return Reinstate(self.cause("reinstate"), self.random.choice(chosen), self.until(now), self.second())

    def close(self, _state: State, now: datetime) -> Asked:
        """Days up to the last midnight, or up to one to come: today's is the last day, tomorrow's is too early."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        ends = midnight + timedelta(days=self.random.choice([-9, 0, 0, 0, 0, 1, 2]))
        return Close(self.cause("close"), ends - timedelta(days=self.random.choice([1, 7, 30])), ends)

    def reopen(self, state: State, now: datetime) -> Reopen:
        closed = [one.starts for one in state.periods.values() if one.is_closed]
        every = [one.starts for one in state.periods.values()] or [now]
        starts = self.random.choice(closed if closed and self.random.random() < 0.9 else every)
        return Reopen(self.cause("reopen"), starts, self.second())

    def propose(self, state: State, now: datetime) -> Asked:
        by = self.second()
        kind = self.random.choice([self.give, self.give, self.adjust, self.adjust, self.reinstate, self.reopen])
        wish: Wish = kind(state, now)
        asks = replace(wish, checker_id=None if isinstance(wish, Give) else by, cause="")
        return Propose(self.cause("propose"), by, asks)

    def some_paper(self, state: State) -> str:
        """What asked for a waiting proposal nine times in ten, for any otherwise."""
        waiting = [one.cause for one in state.papers.values() if one.state == "waiting"]
        every = [one.cause for one in state.papers.values()] or ["nothing"]
        return self.random.choice(waiting if waiting and self.random.random() < 0.9 else every)

    def approve(self, state: State, _now: datetime) -> Asked:
        return Approve(self.cause("approve"), self.some_paper(state), self.random.choice([CHECKER, PERSON]))

    def drop(self, state: State, _now: datetime) -> Asked:
        return Drop(self.cause("drop"), self.some_paper(state), self.second())

    # ---- stock and budget

    def stock_in(self, _state: State, _now: datetime) -> Asked:
        return StockIn(self.cause("delivery"), self.random.choice(CODES), self.random.randint(1, 6))

    def count(self, _state: State, _now: datetime) -> Asked:
        more = self.random.choice([-2, -1, 1, 2])
        return Count(
            self.cause("count"), self.random.choice(CODES), more, self.random.choice([CHECKER, CHECKER, PERSON])
        )

    def fund(self, _state: State, _now: datetime) -> Asked:
        return Fund(self.cause("budget"), self.random.randint(50, 400))

    def sweep(self, _state: State, _now: datetime) -> Asked:
        return Sweep(self.cause("sweep"))

    def stale(self, _state: State, _now: datetime) -> Asked:
        """An old credit's cause with other points in it."""
        old = [one for one in self.sent if isinstance(one, Issue)]
        if not old:
            return Sweep(self.cause("sweep"))
        cause = self.random.choice(old).cause
        return Issue(cause, self.random.choice(self.owners), self.random.randint(61, 90), None)
