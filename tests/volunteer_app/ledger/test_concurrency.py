"""Simultaneous writers on real files and a real server: nothing is granted twice and nothing is overdrawn."""

from collections import Counter
from datetime import timedelta

from sqlalchemy.orm import Session

from tests.race import race
from tests.volunteer_app.ledger.books import SHELF, Books
from volunteer_app.core.errors import AppError
from volunteer_app.ledger import actions, holds, rules
from volunteer_app.ledger.book import Booked
from volunteer_app.ledger.rules import Key
from volunteer_app.ledger.verify import verify


def outcomes(found: list[Booked | AppError]) -> Counter[str]:
    return Counter(type(one).__name__ for one in found)


def verified(books: Books) -> bool:
    books.session.rollback()
    return verify(books.session, books.actor.community_id) == []


def test_100_points_and_320_withdrawals_grant_exactly_100(books: Books, database_url: str) -> None:
    books.issue("person:1", 100, "service_record:1")
    now = books.clock()

    def withdraw(session: Session, number: int) -> Booked:
        lines = [holds.Line(Key("person:1", "points"), Key(SHELF, "income"), 1)]
        until = now + timedelta(days=7)
        held = holds.hold(
            session, lines, cause=f"order:{number}", reason="预约", expires_at=until, actor=books.actor, now=now
        )
        return holds.collect(session, held.hold_id, reason="取走", actor=books.actor, now=now)

    found = race(database_url, withdraw, writers=8, each=40)

    assert outcomes(found) == {"Booked": 100, "NotEnoughPoints": 220}
    assert (books.balance("person:1").available, books.balance("person:1").spent) == (0, 100)
    assert verified(books)


def test_one_piece_and_40_simultaneous_redemptions_have_one_winner(books: Books, database_url: str) -> None:
    for number in range(40):
        books.issue(f"person:{number}", 30, f"service_record:{number}")
    books.stock("K01", 1)
    now = books.clock()

    def redeem(session: Session, number: int) -> Booked:
        lines = [
            holds.Line(Key(f"person:{number}", "points"), Key(SHELF, "income"), 30),
            holds.Line(Key(SHELF, "on_hand", "sku:K01"), Key(SHELF, "handed_over", "sku:K01"), 1),
        ]
        until = now + timedelta(days=7)
        return holds.hold(
            session, lines, cause=f"order:{number}", reason="预约", expires_at=until, actor=books.actor, now=now
        ).booked

    found = race(database_url, redeem, writers=40)

    assert outcomes(found) == {"Booked": 1, "NotEnoughStock": 39}
    assert sum(books.balance(f"person:{number}").held for number in range(40)) == 30
    assert verified(books)


def test_the_same_cause_at_once_posts_once(books: Books, database_url: str) -> None:
    now = books.clock()

    def credit(session: Session, _number: int) -> Booked:
        return actions.issue(
            session,
            to="person:1",
            points=20,
            cause="service_record:1",
            reason="日巡逻",
            expires_at=None,
            actor=books.actor,
            now=now,
        )

    found = race(database_url, credit, writers=16)

    assert len({one.id for one in found if isinstance(one, Booked)}) == 1
    assert [one.is_new for one in found if isinstance(one, Booked)].count(True) == 1
    assert books.balance("person:1").available == 20


def test_a_hold_collected_released_and_lapsing_at_once_ends_once(books: Books, database_url: str) -> None:
    books.issue("person:1", 100, "service_record:1")
    held = books.hold("person:1", 30, "order:1")
    now, late = books.clock(), books.clock() + timedelta(days=8)

    def end(session: Session, number: int) -> Booked:
        if number % 3 == 0:
            return holds.collect(session, held.hold_id, reason="取走", actor=books.actor, now=now)
        return holds.release(
            session, held.hold_id, reason="取消", actor=books.actor, now=now if number % 3 == 1 else late
        )

    found = race(database_url, end, writers=12)

    assert [one.is_new for one in found if isinstance(one, Booked)].count(True) <= 1
    after = books.balance("person:1")
    assert (after.available, after.spent, after.held) in {(70, 30, 0), (100, 0, 0)}
    assert verified(books)


def test_batches_of_credits_in_opposite_orders_do_not_block_each_other(books: Books, database_url: str) -> None:
    now = books.clock()
    owners = [f"person:{number}" for number in range(12)]

    def batch(session: Session, number: int) -> int:
        order = owners if number % 2 else owners[::-1]
        actions.lock_owners(session, order, actor=books.actor, now=now)
        for owner in order:
            cause = f"service_record:{number}:{owner}"
            actions.issue(
                session, to=owner, points=5, cause=cause, reason="日巡逻", expires_at=None, actor=books.actor, now=now
            )
        return number

    assert sorted(race(database_url, batch, writers=6)) == list(range(6))  # type: ignore[type-var]

    assert {books.balance(owner).available for owner in owners} == {30}
    assert verified(books)


def test_the_budget_is_not_exceeded_by_simultaneous_credits(books: Books, database_url: str) -> None:
    now = books.clock()

    def credit(session: Session, number: int) -> Booked:
        cause = f"service_record:{number}"
        return actions.issue(
            session,
            to=f"person:{number}",
            points=10_000,
            cause=cause,
            reason="日巡逻",
            expires_at=None,
            actor=books.actor,
            now=now,
        )

    assert outcomes(race(database_url, credit, writers=16)) == {"Booked": 10, rules.BudgetSpent.__name__: 6}
    assert verified(books)
