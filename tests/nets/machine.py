"""T1: random requests side by side on the product's books and on the model; everything is compared after every step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.orm import Session

from tests.conftest import MONDAY
from tests.nets.asked import SHELF, Asked, Collect, Count, Fund, Hold, Issue, Refund, Release, Reverse, StockIn, Sweep
from tests.nets.model import No, Same
from tests.nets.replay import Broken, Replay
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError
from volunteer_app.ledger import queries
from volunteer_app.ledger.verify import verify

OWNERS = ("person:1", "person:2", "person:3")
CODES = ("K01", "K02")
PERSON, CHECKER = 7, 8


@dataclass
class Desk:
    """One community's books, the model beside them, and the clock. `ask` sends a request to both."""

    session: Session
    community_id: int
    now: datetime = MONDAY
    owners: tuple[str, ...] = OWNERS

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.community_id)

    @property
    def actor(self) -> Actor:
        return Actor(self.community_id, PERSON, "web")

    def ask(self, asked: Asked) -> str:
        """The answer's name; raises Broken when the product's isn't the model's."""
        expected = self.expected(asked)
        self.replay.ask(asked)
        try:
            in_transaction(self.session, lambda: asked.perform(self.session, self.actor, self.now))
            told = "ok"
        except AppError as refusal:
            told = refusal.code
        if told != expected:
            raise Broken(f"{asked} at {self.now}: {told}, the model says {expected}")
        self.replay.catch_up(self.session)
        return told

    def expected(self, asked: Asked) -> str:
        if isinstance(asked, Sweep):
            return "ok"
        try:
            self.replay.state.settled(self.now).expect(asked)
        except No as refusal:
            return str(refusal)
        except Same:
            return "ok"
        return "SecondPersonNeeded" if isinstance(asked, Count) and asked.checker_id == PERSON else "ok"

    def compare(self) -> None:
        """What the product says of everybody at this moment, with nothing booked for it, is what the model says."""
        settled = self.replay.state.settled(self.now)
        told = queries.balances(self.session, self.community_id, self.owners, now=self.now)
        for owner, one in told.items():
            said = (one.available, one.held, one.debt, one.earned, one.spent, one.expired)
            if said != settled.figures(owner):
                raise Broken(f"{owner} at {self.now} reads {said}, the model says {settled.figures(owner)}")
        shelf = queries.amounts(self.session, self.community_id, owner=SHELF, kind="on_hand", now=self.now)
        for code in CODES:
            unit = f"sku:{code}"
            if shelf.get(unit, 0) != settled.posted[SHELF, "on_hand", unit]:
                raise Broken(f"{unit}: {shelf}, the model says {settled.posted[SHELF, 'on_hand', unit]}")

    def check(self) -> None:
        """Every invariant of `youlin ledger verify`."""
        found = verify(self.session, self.community_id)
        if found:
            raise Broken(str(found))


PART = st.integers(0, 3)


def machine(new_desk: Callable[[], Desk], *, verify_each: int = 1) -> type[RuleBasedStateMachine]:
    """The machine over desks that `new_desk` opens, one for each history.

    After every step: answer, balances, new transactions and all stored rows against the model, which is every invariant
    of the books. `youlin ledger verify` says the same in SQL: after each `verify_each` writes, and at the end.
    """

    class Ledger(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.desk = new_desk()
            self.asked: list[Asked] = []
            self.steps = self.writes = 0
            self.told = (0, self.desk.now)
            self.send(Fund("budget:1", 300))
            for code in CODES:
                self.send(StockIn(f"in:{code}", code, 3))

        def send(self, asked: Asked) -> None:
            self.asked.append(asked)
            self.desk.ask(asked)

        def cause(self, word: str) -> str:
            return f"{word}:{len(self.asked)}"

        def some(self, kind: type[Asked], which: int) -> str:
            """The cause of an earlier request of the kind, the newest ones most often."""
            causes = [one.cause for one in self.asked if isinstance(one, kind)]
            return causes[-1 - which % len(causes)] if causes else "nothing"

        @rule(owner=st.sampled_from(OWNERS), points=st.integers(1, 60), days=st.sampled_from([2, 5, 9, 40, 0]))
        def issue(self, owner: str, points: int, days: int) -> None:
            until = self.desk.now + timedelta(days=days) if days else None
            self.send(Issue(self.cause("record"), owner, points, until))

        @rule(
            owner=st.sampled_from(OWNERS),
            points=st.integers(0, 50),
            goods=st.sets(st.sampled_from(CODES)),
            pieces=st.integers(1, 2),
            days=st.sampled_from([1, 3, 7]),
        )
        def hold(self, owner: str, points: int, goods: set[str], pieces: int, days: int) -> None:
            if points or goods:
                kept = tuple((code, pieces) for code in sorted(goods))
                self.send(Hold(self.cause("order"), owner, points, kept, timedelta(days=days)))

        @rule(which=PART, share=st.sampled_from([None, 0, 1, 2]))
        def collect(self, which: int, share: int | None) -> None:
            of = self.some(Hold, which)
            kept = self.desk.replay.state.holds.get(of)
            some = None if share is None or kept is None else tuple(line.amount * share // 2 for line in kept.lines)
            self.send(Collect(self.cause("collect"), of, some))

        @rule(which=PART)
        def release(self, which: int) -> None:
            self.send(Release(self.cause("release"), self.some(Hold, which)))

        @rule(which=PART, share=st.integers(1, 4))
        def refund(self, which: int, share: int) -> None:
            of = self.some(Hold, which)
            kept = self.desk.replay.state.holds.get(of)
            back = tuple(-(-line.collected * share // 3) for line in kept.lines) if kept else (1,)
            if any(back):
                self.send(Refund(self.cause("return"), of, back))

        @rule(which=PART, kind=st.sampled_from([Issue, Issue, Issue, StockIn, Fund, Reverse, Hold]))
        def reverse(self, which: int, kind: type[Asked]) -> None:
            self.send(Reverse(self.cause("reverse"), self.some(kind, which)))

        @rule(which=st.integers(0, 8))
        def repeat(self, which: int) -> None:
            """The same request arrives once more."""
            self.desk.ask(self.asked[-1 - which % len(self.asked)])

        @rule(which=PART, points=st.integers(1, 60))
        def other_content(self, which: int, points: int) -> None:
            """An old cause with something else in it."""
            self.send(Issue(self.some(Issue, which), OWNERS[0], points, None))

        @rule(code=st.sampled_from(CODES), more=st.integers(-3, 3), checker=st.sampled_from([PERSON, CHECKER, CHECKER]))
        def count(self, code: str, more: int, checker: int) -> None:
            if more:
                self.send(Count(self.cause("count"), code, more, checker))

        @rule(code=st.sampled_from(CODES), pieces=st.integers(1, 3))
        def stock_in(self, code: str, pieces: int) -> None:
            self.send(StockIn(self.cause("delivery"), code, pieces))

        @rule(points=st.integers(1, 50))
        def fund(self, points: int) -> None:
            self.send(Fund(self.cause("budget"), points))

        @rule(hours=st.sampled_from([1, 24, 48, 96, 240]))
        def wait(self, hours: int) -> None:
            self.desk.now += timedelta(hours=hours)

        @precondition(lambda self: self.steps % 3 == 0)
        @rule()
        def sweep(self) -> None:
            self.send(Sweep(self.cause("sweep")))

        @invariant()
        def agrees(self) -> None:
            self.steps += 1
            self.desk.session.rollback()
            self.desk.replay.check_stored(self.desk.session)
            if self.told != (told := (self.desk.replay.state.seq, self.desk.now)):
                self.desk.compare()
                self.told = told
            if self.desk.replay.state.seq >= self.writes + verify_each:
                self.writes = self.desk.replay.state.seq
                self.desk.check()

        def teardown(self) -> None:
            self.desk.session.rollback()
            self.desk.check()

    return Ledger
