"""What has lapsed counts in the order in which it lapsed, whoever comes next and whenever it is booked."""

from datetime import timedelta

from tests.volunteer_app.ledger.books import Books
from volunteer_app.ledger import actions
from volunteer_app.ledger.past import Stood, stood_at

DAI, WU = "person:17", "person:18"


def test_somebody_else_takes_what_two_lapsed_orders_of_one_person_kept(books: Books) -> None:
    """Two lapsed orders are tied through their owner: whoever wants one of the goods has both booked first."""
    books.stock("K01", 1)
    books.stock("K02", 1)
    books.issue(DAI, 50, "service_record:1")
    books.issue(WU, 50, "service_record:2")
    books.hold(DAI, 10, "order:1", code="K01", days=1)
    books.hold(DAI, 10, "order:2", code="K02", days=1)
    books.clock.tick(days=2)

    books.hold(WU, 10, "order:3", code="K01")

    assert (books.balance(DAI).available, books.balance(WU).held) == (50, 10)
    assert (books.on_hand("K01"), books.on_hand("K02")) == (0, 1)


def test_what_came_back_pays_a_debt_although_its_lot_ran_out_later(books: Books) -> None:
    """50 points for 9 days, all held for 7, then taken back: on day 7 they come back and pay; on day 9 nothing is
    left to run out. It is the same told on day 8, told on day 10, and booked on day 10.
    """
    start = books.clock()
    credit = books.issue(DAI, 50, "service_record:1", expires_at=start + timedelta(days=9))
    books.hold(DAI, 50, "order:1")
    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")
    assert books.balance(DAI).debt == 50

    for day in (8, 10):
        books.clock.moment = start + timedelta(days=day)
        told = books.balance(DAI)
        assert (told.available, told.debt, told.expired, told.earned) == (0, 0, 0, 0)
        assert stood_at(books.session, books.actor.community_id, DAI, at=books.clock()) == Stood(0, 0, 0)
    books.issue(DAI, 5, "service_record:2")

    told = books.balance(DAI)
    assert (told.available, told.debt, told.expired, told.earned) == (5, 0, 0, 5)
