"""Random histories against the plain reference: after every step balances agree and the books verify."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.conftest import MONDAY
from tests.factory import Factory
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.ledger.reference import Kept, Lot, Reference
from volunteer_app.core.errors import Refused
from volunteer_app.ledger import actions
from volunteer_app.ledger.book import Booked
from volunteer_app.ledger.holds import Held
from volunteer_app.ledger.verify import verify

OWNERS = ("person:1", "person:2")
BUDGET, PIECES = 400, 4
STEP = st.one_of(
    st.tuples(st.just("issue"), st.sampled_from(OWNERS), st.integers(1, 60), st.sampled_from([3, 9, 30])),
    st.tuples(st.just("hold"), st.sampled_from(OWNERS), st.integers(1, 50), st.sampled_from([2, 7])),
    st.tuples(st.just("collect"), st.integers(0, 5)),
    st.tuples(st.just("release"), st.integers(0, 5)),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(st.just("repeat"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([1, 4])),
)


class Pair:
    """The database and the reference, driven side by side."""

    def __init__(self, books: Books) -> None:
        self.books = books
        books.clock.moment = MONDAY
        books.stock("K01", PIECES)
        self.reference = Reference(BUDGET, {"K01": PIECES})
        self.number = 0
        self.credits: list[tuple[Booked, str, int, Lot, str, float]] = []
        self.holds: list[tuple[Held, Kept]] = []
        self.reversed: set[int] = set()

    def step(self, name: str, *values: object) -> None:
        self.reference.now = (self.books.clock() - MONDAY) / timedelta(days=1)
        self.number += 1
        verbs: dict[str, Callable[..., None]] = {
            "issue": self.issue,
            "hold": self.hold,
            "collect": self.collect,
            "release": self.release,
            "reverse": self.reverse,
            "repeat": self.repeat,
            "wait": self.wait,
        }
        verbs[name](*values)
        self.compare()

    def issue(self, owner: str, points: int, days: float) -> None:
        self.reference.settle()
        cause, expires = f"service_record:{self.number}", self.books.clock() + timedelta(days=days)
        lot = self.reference.issue(owner, points, self.reference.now + days)
        try:
            booked = self.books.issue(owner, points, cause, expires_at=expires)
        except Refused:
            assert lot is None
            return
        assert lot is not None
        self.credits.append((booked, owner, points, lot, cause, days + self.reference.now))

    def hold(self, owner: str, points: int, days: float) -> None:
        self.reference.settle()
        kept = self.reference.hold(owner, points, "K01", self.reference.now + days)
        try:
            held = self.books.hold(owner, points, f"order:{self.number}", code="K01", days=days)
        except Refused:
            assert kept is None
            return
        assert kept is not None
        self.holds.append((held, kept))

    def collect(self, which: int) -> None:
        self.end(which, "collected", self.books.collect)

    def release(self, which: int) -> None:
        self.end(which, "released", self.books.release)

    def end(self, which: int, state: str, action: Callable[[Held], Booked]) -> None:
        if which >= len(self.holds):
            return
        held, kept = self.holds[which]
        self.reference.settle()
        allowed = kept.state in ("open", state) or (state == "released" and kept.state == "expired")
        if kept.state == "open" and state == "collected":
            self.reference.collect(kept)
        elif kept.state == "open":
            self.reference.give_back(kept, state)
            self.reference.settle()
        try:
            action(held)
        except Refused:
            assert not allowed
        else:
            assert allowed

    def reverse(self, which: int) -> None:
        if which >= len(self.credits) or which in self.reversed:
            return
        self.reversed.add(which)
        booked, owner, points, lot, _, _ = self.credits[which]
        self.reference.settle()
        reversal = self.books.write(actions.reverse, booked.id, cause=f"reverse:{booked.id}", reason="记错了")
        lapsed = self.lapsed_of(booked, reversal)
        self.reference.reverse(owner, lot, points, lapsed)

    def lapsed_of(self, booked: Booked, reversal: Booked) -> int:
        """How much of the credit had run out before it was reversed, from the lot uses themselves."""
        query = """SELECT COALESCE(SUM(u.amount), 0) FROM ledger_lot l JOIN ledger_lot_use u ON u.lot_id = l.id
        JOIN ledger_txn t ON t.community_id = u.community_id AND t.seq = u.txn_seq
        WHERE l.origin_seq = :origin AND t.kind = 'expire' AND t.seq < :before AND l.community_id = :c"""
        values = {"origin": booked.seq, "before": reversal.seq, "c": self.books.actor.community_id}
        return int(self.books.session.execute(text(query), values).scalar_one())

    def repeat(self, which: int) -> None:
        if which < len(self.credits):
            booked, owner, points, _, cause, days = self.credits[which]
            expires = MONDAY + timedelta(days=days)
            assert self.books.issue(owner, points, cause, expires_at=expires).id == booked.id
            self.reference.settle()

    def wait(self, days: int) -> None:
        self.books.clock.tick(days=days)
        self.reference.now += days

    def compare(self) -> None:
        """The database's answer at this moment, with nothing booked for it, is the reference's after settling."""
        self.reference.settle()
        for owner in OWNERS:
            found = self.books.balance(owner)
            told = (found.available, found.held, found.debt, found.spent)
            reference = self.reference
            assert told == (
                reference.available(owner),
                reference.held(owner),
                reference.debt.get(owner, 0),
                reference.spent.get(owner, 0),
            )
            assert found.earned == found.available + found.held + found.spent + found.expired - found.debt
        assert self.books.on_hand("K01") == self.reference.shelf["K01"]
        assert verify(self.books.session, self.books.actor.community_id) == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=st.lists(STEP, min_size=10, max_size=30))
def run(books_of: Callable[[], Books], steps: list[tuple[object, ...]]) -> None:
    pair = Pair(books_of())
    for name, *values in steps:
        pair.step(str(name), *values)


def test_random_histories_agree_with_the_reference(books: Books, make: Factory) -> None:
    """Each history has a community of its own in the same database."""
    count = iter(range(1000))

    def fresh() -> Books:
        community = make.community(f"c{next(count)}", "邻村")
        return Books(books.session, books.clock, community.id, budget=BUDGET)

    run(fresh)
