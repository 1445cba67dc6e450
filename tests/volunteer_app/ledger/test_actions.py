"""Credits, debts, reversals and lots: the ledger cases of the October community and the laws around them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.ledger.books import Books
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import actions, queries, rules
from volunteer_app.ledger.rules import Key

DAI = "person:17"


def test_issue_credits_once_per_cause(books: Books) -> None:
    first = books.issue(DAI, 20, "service_record:1")
    again = books.issue(DAI, 20, "service_record:1")

    assert (again.id, again.is_new) == (first.id, False)
    assert books.balance(DAI).available == 20


def test_issue_refuses_the_same_cause_with_other_points(books: Books) -> None:
    books.issue(DAI, 20, "service_record:1")

    with pytest.raises(rules.CauseTaken):
        books.issue(DAI, 30, "service_record:1")
    assert books.balance(DAI).available == 20


def test_issue_never_exceeds_the_funded_budget(books: Books) -> None:
    with pytest.raises(rules.BudgetSpent) as refusal:
        books.issue(DAI, 100_001, "service_record:1")

    assert str(refusal.value) == "积分预算还差1分，请先追加预算"
    assert books.balance(DAI).available == 0


def test_redeeming_350_with_340_is_refused_and_books_nothing(books: Books) -> None:
    books.issue(DAI, 340, "service_record:1")
    books.stock("K08", 30)
    before = books.count()

    with pytest.raises(rules.NotEnoughPoints) as refusal:
        books.hold(DAI, 350, "order:1", code="K08")

    assert str(refusal.value) == "积分还差10分，什么都没有登记"
    assert books.count() == before
    assert (books.balance(DAI).available, books.on_hand("K08")) == (340, 30)


def test_reversal_of_20_after_15_were_spent_leaves_0_and_15_owed(books: Books) -> None:
    credit = books.issue(DAI, 20, "service_record:1")
    books.collect(books.hold(DAI, 15, "order:1"))

    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")

    found = books.balance(DAI)
    assert (found.available, found.debt, found.spent) == (0, 15, 15)


def test_the_next_credit_pays_the_debt_first(books: Books) -> None:
    credit = books.issue(DAI, 20, "service_record:1")
    books.collect(books.hold(DAI, 15, "order:1"))
    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")

    books.issue(DAI, 10, "service_record:2")
    assert (books.balance(DAI).available, books.balance(DAI).debt) == (0, 5)

    books.issue(DAI, 10, "service_record:3")
    assert (books.balance(DAI).available, books.balance(DAI).debt) == (5, 0)


def test_a_credit_is_reversed_once(books: Books) -> None:
    credit = books.issue(DAI, 20, "service_record:1")
    reversal = books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")

    assert books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了").id == reversal.id
    with pytest.raises(rules.AlreadyReversed):
        books.write(actions.reverse, credit.id, cause="reverse:2", reason="又一次")
    assert (books.balance(DAI).available, books.balance(DAI).debt) == (0, 0)


def test_a_reversal_leaves_alone_what_has_run_out(books: Books, clock: SetClock) -> None:
    """20 credited, 8 spent, 12 run out: nobody had the 12, so only 8 are owed."""
    credit = books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=30))
    books.collect(books.hold(DAI, 8, "order:1"))
    clock.tick(days=31)

    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")

    found = books.balance(DAI)
    assert (found.available, found.debt, found.spent, found.expired) == (0, 8, 8, 12)


def test_a_reversal_takes_no_other_points_for_what_has_run_out(books: Books, clock: SetClock) -> None:
    """20 credited, 8 spent, 12 run out; of 50 later points only 8 go."""
    credit = books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=30))
    books.collect(books.hold(DAI, 8, "order:1"))
    clock.tick(days=31)
    books.issue(DAI, 50, "service_record:2")

    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")

    found = books.balance(DAI)
    assert (found.available, found.debt, found.expired) == (42, 0, 12)


def test_a_reversal_takes_its_own_lot_first(books: Books, clock: SetClock) -> None:
    soon = clock() + timedelta(days=30)
    books.issue(DAI, 20, "service_record:1", expires_at=soon)
    credit = books.issue(DAI, 20, "service_record:2", expires_at=soon + timedelta(days=30))

    books.write(actions.reverse, credit.id, cause="reverse:2", reason="记错了")

    expiry = queries.next_expiry(books.session, books.actor.community_id, DAI, now=clock())
    assert expiry is not None
    assert (expiry.expires_at, expiry.points) == (soon, 20)


def test_points_that_run_out_first_are_spent_first(books: Books, clock: SetClock) -> None:
    later, sooner = clock() + timedelta(days=60), clock() + timedelta(days=30)
    books.issue(DAI, 20, "service_record:1", expires_at=later)
    books.issue(DAI, 20, "service_record:2", expires_at=sooner)
    books.issue(DAI, 20, "service_record:3")

    books.collect(books.hold(DAI, 25, "order:1"))

    expiry = queries.next_expiry(books.session, books.actor.community_id, DAI, now=clock())
    assert expiry is not None
    assert (expiry.expires_at, expiry.points) == (later, 15)


def test_lapsed_points_do_not_count_although_no_job_ran(books: Books, clock: SetClock) -> None:
    """The lot runs out at its very moment, not after it."""
    until = clock() + timedelta(days=30)
    books.issue(DAI, 20, "service_record:1", expires_at=until)
    clock.moment = until - timedelta(microseconds=1)
    assert books.balance(DAI).available == 20

    clock.moment = until
    assert (books.balance(DAI).available, books.balance(DAI).expired) == (0, 20)
    with pytest.raises(rules.NotEnoughPoints):
        books.hold(DAI, 1, "order:1")


def test_expire_lots_books_what_lapsed_and_is_safe_to_repeat(books: Books, clock: SetClock) -> None:
    books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=30))
    books.issue("person:18", 30, "service_record:2", expires_at=clock() + timedelta(days=31))
    clock.tick(days=30)
    before = books.balance(DAI)

    assert sweep(books) == 1
    assert sweep(books) == 0

    assert books.balance(DAI) == before
    assert (books.balance(DAI).expired, books.balance("person:18").available) == (20, 30)


def sweep(books: Books) -> int:
    community_id = books.actor.community_id
    return in_transaction(books.session, lambda: actions.expire_lots(books.session, community_id, now=books.clock()))


def test_points_of_a_lapsed_order_that_ran_out_meanwhile_are_gone(books: Books, clock: SetClock) -> None:
    """Held on day 0 with two days left, the order lapses on day 7: the points return to a lot that is over."""
    books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=2))
    books.hold(DAI, 15, "order:1")
    clock.tick(days=3)
    assert (books.balance(DAI).available, books.balance(DAI).held, books.balance(DAI).expired) == (0, 15, 5)

    clock.tick(days=4)
    unbooked = books.balance(DAI)
    assert (unbooked.available, unbooked.held, unbooked.expired) == (0, 0, 20)
    books.issue(DAI, 1, "service_record:2")
    assert (books.balance(DAI).available, books.balance(DAI).held, books.balance(DAI).expired) == (1, 0, 20)


def test_stock_moves_between_named_accounts_and_never_below_nothing(books: Books) -> None:
    books.stock("K12", 2)
    unit = "sku:K12"
    out = [(Key("store:main", "on_hand", unit), Key("written_off", "broken", unit), 3)]

    with pytest.raises(rules.NotEnoughStock):
        books.write(actions.move, "stock_out", out, cause="out:1", reason="坏了")
    assert books.on_hand("K12") == 2


def test_a_checker_is_somebody_else(books: Books) -> None:
    books.stock("K12", 2)
    unit = "sku:K12"
    out = [(Key("store:main", "on_hand", unit), Key("written_off", "broken", unit), 1)]

    with pytest.raises(rules.SecondPersonNeeded):
        books.write(actions.move, "stock_out", out, cause="out:1", reason="坏了", checker_id=books.actor.person_id)


def test_other_communities_transactions_are_not_found(books: Books, make: Factory) -> None:
    credit = books.issue(DAI, 20, "service_record:1")
    stranger = Actor(make.community("other", "邻村").id, 9, "web")

    with pytest.raises(NotFound):
        books.write(actions.reverse, credit.id, cause="reverse:1", reason="越界", actor=stranger)
    assert books.balance(DAI).available == 20


def test_recorded_at_never_goes_back(books: Books, clock: SetClock) -> None:
    first = books.issue(DAI, 20, "service_record:1")
    clock.moment = datetime(2026, 1, 1, tzinfo=UTC)

    assert books.issue(DAI, 20, "service_record:2").recorded_at == first.recorded_at
