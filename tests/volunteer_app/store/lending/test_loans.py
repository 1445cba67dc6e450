"""What is lent comes back on a day, late, broken or not at all."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.batches import right
from tests.volunteer_app.store.pages import page, send
from tests.volunteer_app.store.shop import Shop
from volunteer_app.jobs.timetable import remind_of_loans
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import Household, Person
from volunteer_app.store.counter import returns
from volunteer_app.store.lending import actions as lending
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.lending.rules import LoanClosed, StillBorrowed
from volunteer_app.store.orders.models import Order
from volunteer_app.store.rules import AlreadyExtended
from volunteer_app.store.shelf import write_offs


def test_a_loan_has_a_day_to_come_back_and_may_stay_once_longer(shop: Shop, clock: SetClock) -> None:
    dai = shop.member()
    order = shop.walk_in(dai, L01=1)
    loan = shop.session.scalars(select(Loan)).one()
    assert (loan.lent_on, loan.due_on, loan.state) == (date(2026, 10, 12), date(2026, 10, 26), "out")
    clock.tick(days=10)

    shop.write(lending.extend, loan.id, actor=shop.as_keeper())
    assert loan.due_on == date(2026, 11, 5)
    with pytest.raises(AlreadyExtended):
        shop.write(lending.extend, loan.id, actor=shop.as_keeper())

    shop.write(returns.bring_back, loan.id, state="back", note="", actor=shop.as_keeper())
    assert (loan.state, loan.taken_by_id, shop.left("L01"), order.lines[0].returned) == ("back", shop.keeper.id, 5, 1)
    with pytest.raises(LoanClosed):
        shop.write(returns.bring_back, loan.id, state="back", note="", actor=shop.as_keeper())
    assert right(shop)


def test_nobody_extends_his_own_loan_or_his_households(client: FlaskClient, shop: Shop) -> None:
    home = Household(community_id=shop.community.id, code="5-302")
    shop.make.save(home)
    wife, husband = shop.member(household_id=home.id), shop.member(0, "keeper", household_id=home.id)
    sign_in(client, husband)
    for borrower in (wife, husband):
        loan_id = lent(shop, shop.walk_in(borrower, L01=1))

        assert "不能给自己或者家里人办" in send(client, f"/counter/loans/{loan_id}/extend", 409)
        assert client.post(f"/api/v1/counter/loans/{loan_id}/extend").status_code == 409
        assert not shop.session.get_one(Loan, loan_id).is_extended
        shop.write(returns.extend_loan, loan_id, actor=shop.as_keeper())


def lent(shop: Shop, order: Order) -> int:
    """The id of the order's loan."""
    return shop.session.scalars(select(Loan.id).where(Loan.line_id == order.lines[0].id)).one()


def test_whoever_is_late_borrows_nothing_more(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(100)
    shop.walk_in(dai, L01=1)
    clock.tick(days=15)

    with pytest.raises(StillBorrowed) as refusal:
        shop.reserve(dai, L01=1)
    assert str(refusal.value) == "借的“借用：工具、轮椅、雨伞”过了归还的日子，还了再借"
    assert shop.reserve(dai, K01=1).state == "reserved"


def test_what_was_reserved_in_time_is_not_lent_to_whoever_is_late_by_then(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(100)
    first = lent(shop, shop.walk_in(dai, L01=1))
    clock.tick(days=14)
    order, soap = shop.reserve(dai, L01=1), shop.reserve(dai, K01=1)
    clock.tick(days=2)

    with pytest.raises(StillBorrowed):
        shop.hand_over(order)
    assert shop.hand_over(soap).state == "picked_up"

    shop.write(returns.bring_back, first, state="back", note="", actor=shop.as_keeper())
    assert (shop.hand_over(order).state, shop.left("L01", "on_loan"), right(shop)) == ("picked_up", 1, True)


@pytest.mark.parametrize("state", ["damaged", "lost"])
def test_what_comes_back_broken_or_not_at_all_waits_for_a_second_person(shop: Shop, state: str) -> None:
    shop.walk_in(shop.member(), L01=1)
    loan = shop.session.scalars(select(Loan)).one()
    shop.session.rollback()

    shop.write(returns.bring_back, loan.id, state=state, note="轮子断了", actor=shop.as_keeper())

    waiting = write_offs.to_check(shop.session)
    assert [(one.pieces, one.reason) for one in waiting] == [(1, "轮子断了")]
    assert (shop.left("L01"), shop.left("L01", "on_loan"), shop.left("L01", "set_aside")) == (4, 0, 1)
    assert right(shop)


def test_one_of_two_that_is_back_leaves_the_other_one_out(client: FlaskClient, shop: Shop) -> None:
    order = shop.walk_in(shop.member(), L01=2)
    loan = shop.session.scalars(select(Loan)).one()
    shop.write(returns.take_back, order.id, order.lines[0].id, 1, reason="先还一件", actor=shop.as_keeper())
    assert (loan.state, loan.pieces, shop.left("L01", "on_loan")) == ("out", 1, 1)
    sign_in(client, shop.keeper)

    send(client, f"/counter/loans/{loan.id}", state="lost", note="丢了")

    assert [(one.pieces, one.reason) for one in write_offs.to_check(shop.session)] == [(1, "丢了")]
    assert (shop.left("L01"), shop.left("L01", "on_loan"), shop.left("L01", "set_aside")) == (4, 0, 1)
    assert (shop.session.get_one(Loan, loan.id).state, right(shop)) == ("lost", True)


def test_people_are_reminded_before_the_day_and_when_late_each_once(shop: Shop, clock: SetClock) -> None:
    shop.walk_in(shop.member(), L01=1)
    told = []
    for days in (5, 8, 1, 3, 5):  # 17, 25, 26, 29 October, 3 November; due on the 26th
        clock.tick(days=days)
        for _ in range(2):
            shop.write(lambda session, now: remind_of_loans(session, shop.community.id, now, now))
        told.append(shop.session.query(OutboxMessage).filter_by(kind="loan").count())

    assert told == [0, 1, 1, 2, 3]


def test_pages_of_loans(client: FlaskClient, shop: Shop, clock: SetClock) -> None:
    dai: Person = shop.member(0, name="刘桂芳")
    shop.walk_in(dai, L01=1)
    loan = shop.session.scalars(select(Loan)).one()
    clock.tick(days=16)
    sign_in(client, shop.keeper)
    listed = page(client, "/counter/loans")
    assert ("过了2天" in listed, "刘桂芳" in listed) == (True, False)
    assert "东西怎么样" in page(client, f"/counter/loans/{loan.id}")
    send(client, f"/counter/loans/{loan.id}/extend")
    assert "已经延过一次了" in send(client, f"/counter/loans/{loan.id}/extend", 409)
    assert "请从列出的里面选一个" in send(client, f"/counter/loans/{loan.id}", 422, state="eaten")
    sign_in(mine := client.application.test_client(), dai)
    assert "您借着的，哪天还" in page(mine, "/store")

    assert client.get("/api/v1/counter/loans").get_json()[0]["due_on"] == "2026-11-11"
    assert client.post(f"/api/v1/counter/loans/{loan.id}/extend").status_code == 409
    done = client.post(f"/api/v1/counter/loans/{loan.id}/back", json={"state": "back"}).get_json()
    assert done["state"] == "back"
    assert "这一件已经还过了" in send(client, f"/counter/loans/{loan.id}", 409, state="back")
    page(client, f"/counter/loans/{loan.id}", 404)
