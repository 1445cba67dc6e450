"""Keeping points and goods: together or not at all, and back to the lots that they came from."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import SetClock
from tests.volunteer_app.ledger.books import SHELF, Books
from volunteer_app.ledger import actions, holds, queries, rules
from volunteer_app.ledger.rules import Key
from volunteer_app.ledger.verify import verify

DAI = "person:17"


def expiry(books: Books) -> tuple[object, int]:
    found = queries.next_expiry(books.session, books.actor.community_id, DAI, now=books.clock())
    assert found is not None
    return found.expires_at, found.points


def test_a_hold_keeps_points_and_stock_together(books: Books) -> None:
    books.issue(DAI, 100, "service_record:1")
    books.stock("K04", 2)

    books.hold(DAI, 80, "order:1", code="K04")

    found = books.balance(DAI)
    assert (found.available, found.held, found.spent) == (20, 80, 0)
    assert books.on_hand("K04") == 1


def test_collecting_spends_what_was_held_and_repeats_harmlessly(books: Books) -> None:
    books.issue(DAI, 100, "service_record:1")
    books.stock("K04", 2)
    held = books.hold(DAI, 80, "order:1", code="K04")

    first = books.collect(held)
    assert books.collect(held).id == first.id

    found = books.balance(DAI)
    assert (found.available, found.held, found.spent) == (20, 0, 80)
    assert books.on_hand("K04") == 1


def test_releasing_gives_back_points_with_their_own_expiry(books: Books, clock: SetClock) -> None:
    until = clock() + timedelta(days=30)
    books.issue(DAI, 100, "service_record:1", expires_at=until)
    books.stock("K04", 2)
    held = books.hold(DAI, 80, "order:1", code="K04")
    assert expiry(books) == (until, 20)

    books.release(held)

    assert expiry(books) == (until, 100)
    assert (books.balance(DAI).available, books.on_hand("K04")) == (100, 2)


def test_what_is_kept_is_told_by_the_day_on_which_its_hold_ends(books: Books, clock: SetClock) -> None:
    """Two pieces to day 2, of which one is collected, and two to day 7; later nothing is kept."""
    books.issue(DAI, 100, "service_record:1")
    books.stock("K04", 5)
    began = clock()
    for number, days in enumerate((2, 2, 7, 7)):
        held = books.hold(DAI, 10, f"order:{number}", code="K04", days=days)
        if number == 0:
            books.collect(held)

    def ends() -> dict[str, dict[datetime, int]]:
        here = books.actor.community_id
        return queries.ends_of_holds(books.session, here, owner=SHELF, kind="on_hold", now=clock())

    assert ends() == {"sku:K04": {began + timedelta(days=2): 1, began + timedelta(days=7): 2}}
    clock.tick(days=2)
    assert ends() == {"sku:K04": {began + timedelta(days=7): 2}}
    clock.tick(days=30)
    assert ends() == {}


def test_a_hold_lapses_at_its_moment_although_no_job_ran(books: Books, clock: SetClock) -> None:
    until = clock() + timedelta(days=30)
    books.issue(DAI, 100, "service_record:1", expires_at=until)
    books.stock("K04", 1)
    held = books.hold(DAI, 80, "order:1", code="K04")
    clock.tick(days=7, microseconds=-1)
    assert (books.balance(DAI).available, books.on_hand("K04")) == (20, 0)

    clock.tick(microseconds=1)

    assert (books.balance(DAI).available, books.balance(DAI).held, books.on_hand("K04")) == (100, 0, 1)
    with pytest.raises(rules.HoldLapsed):
        books.collect(held)
    books.issue("person:18", 80, "service_record:2")
    books.hold("person:18", 80, "order:2", code="K04")
    assert expiry(books) == (until, 100)


def test_a_closed_hold_stays_closed(books: Books) -> None:
    books.issue(DAI, 100, "service_record:1")
    collected, released = books.hold(DAI, 30, "order:1"), books.hold(DAI, 30, "order:2")
    books.collect(collected)
    books.release(released)

    with pytest.raises(rules.HoldClosed):
        books.release(collected)
    with pytest.raises(rules.HoldClosed):
        books.collect(released)
    assert (books.balance(DAI).available, books.balance(DAI).spent) == (70, 30)


def test_collecting_a_part_gives_the_rest_back(books: Books, clock: SetClock) -> None:
    """Points and piece of line 1 and 2 are collected as 50 of 80 points; the piece stays on the shelf."""
    books.issue(DAI, 100, "service_record:1", expires_at=clock() + timedelta(days=30))
    books.stock("K04", 1)
    held = books.hold(DAI, 80, "order:1", code="K04")

    books.collect(held, collected={1: 50})

    found = books.balance(DAI)
    assert (found.available, found.held, found.spent, books.on_hand("K04")) == (50, 0, 50, 1)
    assert expiry(books)[1] == 50


def test_a_refund_returns_to_the_same_lots_and_never_more_than_was_collected(books: Books, clock: SetClock) -> None:
    soon = clock() + timedelta(days=30)
    books.issue(DAI, 50, "service_record:1", expires_at=soon)
    books.issue(DAI, 50, "service_record:2", expires_at=soon + timedelta(days=30))
    books.stock("K04", 1)
    held = books.hold(DAI, 80, "order:1", code="K04")
    books.collect(held)

    refund(books, held.hold_id, {1: 30}, "return:1")
    assert expiry(books) == (soon + timedelta(days=30), 50)
    refund(books, held.hold_id, {1: 50, 2: 1}, "return:2")
    assert expiry(books) == (soon, 50)
    assert (books.balance(DAI).available, books.balance(DAI).spent, books.on_hand("K04")) == (100, 0, 1)

    with pytest.raises(rules.MoreThanCollected):
        refund(books, held.hold_id, {1: 1}, "return:3")


def refund(books: Books, hold_id: int, lines: dict[int, int], cause: str) -> None:
    books.write(holds.refund, hold_id, lines, cause=cause, reason="退回")


def test_what_comes_back_pays_a_debt_first(books: Books) -> None:
    """20 credited, 15 held, the credit reversed: 5 taken back, 15 owed; the cancelled order then pays the 15."""
    credit = books.issue(DAI, 20, "service_record:1")
    held = books.hold(DAI, 15, "order:1")
    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")
    assert (books.balance(DAI).available, books.balance(DAI).held, books.balance(DAI).debt) == (0, 15, 15)

    books.release(held)

    assert (books.balance(DAI).available, books.balance(DAI).held, books.balance(DAI).debt) == (0, 0, 0)
    assert verify(books.session, books.actor.community_id) == []


def test_what_comes_back_by_lapse_pays_a_debt_before_it_is_booked(books: Books, clock: SetClock) -> None:
    credit = books.issue(DAI, 20, "service_record:1")
    books.hold(DAI, 15, "order:1")
    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")
    clock.tick(days=7)

    unbooked = books.balance(DAI)
    assert (unbooked.available, unbooked.held, unbooked.debt) == (0, 0, 0)
    books.issue(DAI, 10, "service_record:2")
    assert (books.balance(DAI).available, books.balance(DAI).debt) == (10, 0)


def test_a_hold_repeated_is_the_same_hold(books: Books) -> None:
    books.issue(DAI, 100, "service_record:1")

    assert books.hold(DAI, 30, "order:1").hold_id == books.hold(DAI, 30, "order:1").hold_id
    assert books.balance(DAI).held == 30


def test_a_hold_that_fails_in_one_line_takes_nothing_of_the_others(books: Books) -> None:
    books.issue(DAI, 100, "service_record:1")
    unit = "sku:K09"
    lines = [
        holds.Line(Key(DAI, "points"), Key(SHELF, "income"), 30),
        holds.Line(Key(SHELF, "on_hand", unit), Key(SHELF, "handed_over", unit), 1),
    ]

    with pytest.raises(rules.NotEnoughStock):
        books.write(holds.hold, lines, cause="order:1", reason="预约", expires_at=books.clock() + timedelta(days=7))
    assert (books.balance(DAI).available, books.balance(DAI).held) == (100, 0)
