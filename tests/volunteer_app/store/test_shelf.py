"""Batches, write-offs, loans, partial and longer orders, closed days, donors. Monday 12 October 2026, 8:30."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.shop import CODES, Shop
from tests.volunteer_app.store.test_pages import page, send, words
from volunteer_app.core.errors import NotFound
from volunteer_app.jobs.timetable import remind_of_loans
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.models import Lot, Txn
from volunteer_app.ledger.rules import NotEnoughStock, SecondPersonNeeded, load_text
from volunteer_app.ledger.verify import verify
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import Person
from volunteer_app.store.accounts import owner_of
from volunteer_app.store.counter import looking_up, returns
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.counter.rules import MistypedCode, NotCollected, NotTicked
from volunteer_app.store.lending import actions as lending
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.lending.rules import LoanClosed, StillBorrowed
from volunteer_app.store.opening import actions as opening
from volunteer_app.store.opening.queries import closed_dates, closed_days, openings
from volunteer_app.store.opening.rules import DayOver, is_open, next_openings
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import limits, offers
from volunteer_app.store.orders.codes import is_mistyped
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.rules import last_day
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.rules import AlreadyExtended
from volunteer_app.store.shelf import batches, stock, write_offs
from volunteer_app.store.shelf.batch_models import BatchUse, WriteOff
from volunteer_app.store.shelf.models import Delivery, Product
from volunteer_app.store.shelf.rules import BatchEmpty, CountSettled, NothingFresh


def soap(shop: Shop, pieces: int, best_before: date, **more: object) -> Delivery:
    """A batch of soap that runs out; unlike eggs it is handed over on any day."""
    found: Delivery = shop.write(
        stock.receive, "K01", pieces, source="donated", best_before=best_before, actor=shop.as_keeper(), **more
    )
    return found


def empty_shelf(shop: Shop) -> None:
    """The sixty pieces without a date that every store begins with are gone."""
    first = shop.session.scalars(select(Delivery).join(Product, Product.id == Delivery.product_id)).all()
    sixty = next(one for one in first if one.pieces == 60)
    shop.session.rollback()
    shop.write(write_offs.set_aside, sixty.id, 60, reason="试验", actor=shop.as_keeper())


def left(shop: Shop, batch: Delivery) -> int:
    shop.session.rollback()
    return shop.session.get_one(Delivery, batch.id).pieces_left


def right(shop: Shop) -> bool:
    """The books verify, and the batches of every product add up to what is on the shelf."""
    shop.session.rollback()
    pieces = select(Delivery.product_id, func.sum(Delivery.pieces_left)).group_by(Delivery.product_id)
    counted = {row[0]: int(row[1]) for row in shop.session.execute(pieces)}
    lines = stock.stock(shop.session, shop.community.id, now=shop.clock())
    sums = all(counted.get(line.product.id, 0) == line.on_shelf for line in lines)
    return sums and verify(shop.session, shop.community.id) == []


def test_what_runs_out_first_is_handed_out_first_and_comes_back_where_it_was(shop: Shop) -> None:
    late, soon = soap(shop, 2, date(2026, 12, 1)), soap(shop, 1, date(2026, 10, 30))
    order = shop.walk_in(shop.member(100), K01=2)
    assert (left(shop, soon), left(shop, late)) == (0, 1)

    line = order.lines[0].id
    shop.write(returns.take_back, order.id, line, 1, reason="破了", actor=shop.as_keeper())

    assert (left(shop, soon), left(shop, late)) == (0, 2)
    assert right(shop)


def test_what_is_over_is_neither_handed_out_nor_kept(shop: Shop) -> None:
    """One piece is good to the 14th: it may be taken at once, and not be kept to the 19th."""
    batch = soap(shop, 2, date(2026, 10, 14))
    empty_shelf(shop)
    dai = shop.member(200)

    with pytest.raises(NothingFresh) as refusal:
        shop.reserve(dai, K01=1)
    assert str(refusal.value) == "“香皂”快过保质期了，不能再留，也不能交；没有扣您的分"
    assert (shop.balance(dai).held, shop.left("K01")) == (0, 2)
    offer = offers.offer(shop.session, dai, "K01", now=shop.clock())
    assert (offer.verdict, offer.left) == ("gone", 0)
    shop.session.rollback()
    shop.walk_in(dai, K01=1)

    shop.clock.tick(days=3)
    with pytest.raises(NothingFresh):
        shop.walk_in(dai, K01=1)
    assert left(shop, batch) == 1
    assert right(shop)


def test_a_batch_that_is_over_is_passed_by(shop: Shop) -> None:
    """It would go first by its date, and stays: the piece comes out of the good one."""
    over, good = soap(shop, 1, date(2026, 10, 11)), soap(shop, 1, date(2026, 12, 1))
    empty_shelf(shop)

    shop.hand_over(shop.reserve(shop.member(100), K01=1))

    assert (left(shop, over), left(shop, good)) == (1, 0)
    with pytest.raises(NothingFresh):
        shop.walk_in(shop.member(100), K01=1)
    assert right(shop)


def test_the_list_of_what_runs_out_soon_is_in_order(shop: Shop) -> None:
    second, first, far = (soap(shop, 1, date(2026, month, 10)) for month in (11, 10, 12))

    found = batches.running_out(shop.session, date(2026, 10, 12))

    assert [(one.delivery.id, one.days) for one in found] == [(first.id, -2), (second.id, 29)]
    assert far.id not in {one.delivery.id for one in found}


def test_a_count_moves_the_batches_with_the_books(shop: Shop) -> None:
    soon = soap(shop, 1, date(2026, 10, 30))
    second = shop.as_keeper(shop.member(0, "keeper"))
    for counted in (59, 63):
        found = shop.write(stock.count, "K01", counted, actor=shop.as_keeper())
        shop.write(stock.confirm_count, found.id, actor=second)
        assert right(shop)
    assert left(shop, soon) == 4  # missing pieces were the oldest batch's, found ones join the newest


def test_no_good_pieces_leave_the_shelf_at_once_and_the_books_by_two_people(shop: Shop) -> None:
    batch = soap(shop, 3, date(2026, 10, 14))
    found = shop.write(write_offs.set_aside, batch.id, 2, reason="受潮", actor=shop.as_keeper())
    assert (shop.left("K01"), shop.left("K01", "set_aside"), left(shop, batch)) == (61, 2, 1)
    for act in (write_offs.confirm, write_offs.put_back):
        with pytest.raises(SecondPersonNeeded):
            shop.write(act, found.id, actor=shop.as_keeper())
    second = shop.as_keeper(shop.member(0, "keeper"))

    shop.write(write_offs.confirm, found.id, actor=second)

    assert (shop.left("K01", "set_aside"), shop.session.get_one(WriteOff, found.id).state) == (0, "booked")
    with pytest.raises(CountSettled):
        shop.write(write_offs.put_back, found.id, actor=second)
    assert right(shop)


def test_what_turns_out_good_goes_back_into_its_batch(shop: Shop) -> None:
    batch = soap(shop, 3, date(2026, 10, 30))
    found = shop.write(write_offs.set_aside, batch.id, 3, reason="受潮", actor=shop.as_keeper())

    shop.write(write_offs.put_back, found.id, actor=shop.as_keeper(shop.member(0, "keeper")))

    assert (left(shop, batch), shop.left("K01")) == (3, 63)
    assert right(shop)


def test_no_more_is_set_aside_than_the_batch_has_or_than_is_free(shop: Shop) -> None:
    batch = soap(shop, 1, date(2026, 10, 30))
    with pytest.raises(BatchEmpty):
        shop.write(write_offs.set_aside, batch.id, 2, reason="受潮", actor=shop.as_keeper())
    with pytest.raises(NotEnoughStock):
        shop.write(write_offs.set_aside, batch.id, 62, reason="受潮", actor=shop.as_keeper())
    with pytest.raises(NotFound):
        shop.write(write_offs.set_aside, 987_654, 1, reason="受潮", actor=shop.as_keeper())
    assert right(shop)


def test_the_database_itself_wants_two_people_for_a_write_off(shop: Shop) -> None:
    batch = soap(shop, 1, date(2026, 10, 30))
    found = shop.write(write_offs.set_aside, batch.id, 1, reason="受潮", actor=shop.as_keeper())
    alone = text(
        "UPDATE store_write_off SET state = 'booked', txn_id = 1, checked_by_id = set_aside_by_id WHERE id = :i"
    )

    with pytest.raises(IntegrityError):
        shop.session.execute(alone, {"i": found.id})
    shop.session.rollback()


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


def test_whoever_is_late_borrows_nothing_more(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(100)
    shop.walk_in(dai, L01=1)
    clock.tick(days=15)

    with pytest.raises(StillBorrowed) as refusal:
        shop.reserve(dai, L01=1)
    assert str(refusal.value) == "借的“借用：工具、轮椅、雨伞”过了归还的日子，还了再借"
    assert shop.reserve(dai, K01=1).state == "reserved"


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


def test_people_are_reminded_before_the_day_and_when_late_each_once(shop: Shop, clock: SetClock) -> None:
    shop.walk_in(shop.member(), L01=1)
    told = []
    for days in (5, 8, 1, 3, 5):  # 17, 25, 26, 29 October, 3 November; due on the 26th
        clock.tick(days=days)
        for _ in range(2):
            shop.write(lambda session, now: remind_of_loans(session, shop.community.id, now, now))
        told.append(shop.session.query(OutboxMessage).filter_by(kind="loan").count())

    assert told == [0, 1, 1, 2, 3]


def test_an_order_is_kept_longer_once_and_its_points_keep_their_dates(shop: Shop, clock: SetClock) -> None:
    dai = shop.member()
    expiry = datetime(2027, 1, 1, tzinfo=UTC)
    owner = owner_of(dai.id)
    shop.write(ledger.issue, to=owner, points=50, cause="g", reason="日巡逻", expires_at=expiry, actor=shop.system)
    order = shop.reserve(dai, K01=1)
    clock.tick(days=6)
    actor = shop.make.actor(dai, "volunteer")

    shop.write(orders.extend, order.id, actor=actor)

    assert last_day(order.expires_at, "Asia/Shanghai") == date(2026, 10, 26)
    assert (shop.balance(dai).held, shop.left("K01", "on_hold")) == (30, 1)
    with pytest.raises(AlreadyExtended):
        shop.write(orders.extend, order.id, actor=actor)
    with pytest.raises(NotFound):
        shop.write(orders.extend, order.id, actor=shop.make.actor(shop.member(), "volunteer"))
    clock.moment = order.expires_at
    shop.write(orders.expire_due, shop.community.id)
    lots = select(Lot.remaining, Lot.expires_at).where(
        Lot.community_id == shop.community.id, Lot.expires_at.is_not(None)
    )
    assert [tuple(row) for row in shop.session.execute(lots)] == [(50, expiry)]
    assert (shop.balance(dai).available, right(shop)) == (50, True)


def test_the_rest_of_an_order_may_be_left_and_its_points_come_back(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=2, K02=1)
    soap, salt = order.lines
    with pytest.raises(NotTicked):
        shop.hand_over(order, ticked=[], leaves_rest=True)

    shop.hand_over(order, ticked=[soap.id], leaves_rest=True)

    assert (shop.balance(dai).spent, shop.balance(dai).available, shop.left("K02")) == (60, 40, 80)
    assert str(goods_of(order)) == "香皂2块"
    with pytest.raises(NotCollected):
        shop.write(returns.take_back, order.id, salt.id, 1, reason="x", actor=shop.as_keeper())
    assert limits.allowance(shop.session, dai, now=shop.clock()).used == 60
    assert right(shop)


def test_returned_points_that_ran_out_meanwhile_stay_good_for_thirty_days(shop: Shop, clock: SetClock) -> None:
    dai = shop.member()
    owner = owner_of(dai.id)
    ends = clock() + timedelta(days=5)
    shop.write(ledger.issue, to=owner, points=30, cause="g", reason="日巡逻", expires_at=ends, actor=shop.system)
    order = shop.walk_in(dai, K01=1)
    clock.tick(days=10)

    shop.write(returns.take_back, order.id, order.lines[0].id, 1, reason="破了", actor=shop.as_keeper())

    assert shop.balance(dai).available == 30
    last = shop.session.scalars(select(Txn.reason).order_by(Txn.id.desc()).limit(1)).one()
    assert str(load_text(last)) == "退回香皂1块，过了期的积分还能用到11月21日"
    clock.tick(days=30)
    assert shop.balance(dai).available == 0
    assert right(shop)


def test_a_mistyped_code_is_told_from_an_unknown_one(shop: Shop) -> None:
    """Every single wrong digit and every two neighbours that changed places, of one code."""
    code = CODES.code(1, 1, 0)
    wrong = {code[:i] + str(d) + code[i + 1 :] for i in range(6) for d in range(10)} - {code}
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(5)} - {code}
    assert all(is_mistyped(one) for one in wrong | swapped)
    assert not is_mistyped(code)

    order = shop.reserve(shop.member(100), K01=1)
    typed = shop.code(order)
    typed = typed[:-1] + str((int(typed[-1]) + 1) % 10)
    shop.session.rollback()
    with pytest.raises(MistypedCode):
        looking_up.order_by_code(
            shop.session,
            typed,
            community_id=shop.community.id,
            keeper_id=shop.keeper.id,
            codes=CODES,
            now=shop.clock(),
        )


def test_a_closed_day_is_no_day_to_collect(shop: Shop) -> None:
    friday = date(2026, 10, 16)
    office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
    with pytest.raises(DayOver):
        shop.write(opening.close_day, date(2026, 10, 11), reason="", actor=office)
    found = shop.write(opening.close_day, friday, reason="盘点", actor=office)
    shop.write(opening.close_day, friday, reason="盘点", actor=office)
    closed = closed_dates(shop.session, date(2026, 10, 12))
    rhythm = openings(shop.session)

    days = [day for day, _ in next_openings(rhythm, date(2026, 10, 12), date(2026, 10, 19), closed)]
    assert days == [date(2026, 10, 15)]
    assert not is_open(rhythm, datetime(2026, 10, 16, 6, tzinfo=UTC), "Asia/Shanghai", closed)
    shop.session.rollback()
    shop.write(opening.open_day, found.id, actor=office)
    assert closed_dates(shop.session, friday) == set()


def test_donors_are_named_on_the_shelf_only_when_they_agreed(client: FlaskClient, shop: Shop) -> None:
    soap(shop, 1, date(2026, 12, 1), donor="春风超市", names_donor=True)
    soap(shop, 1, date(2026, 12, 1), donor="不具名的人")
    dai, office = shop.member(100), shop.member(0, "coordinator")
    sign_in(client, dai)
    shown = page(client, "/store")
    assert ("春风超市捐赠" in shown, "不具名的人" in shown) == (True, False)

    sign_in(client, office)
    report = page(client, "/store/donations?month=2026-10")
    assert ("春风超市" in report, "不具名的人" in report, "同意写名字" in report) == (True, True, True)
    assert "这个月没有人捐东西" in page(client, "/store/donations?month=2026-09")


def test_pages_of_batches_and_write_offs(client: FlaskClient, shop: Shop) -> None:
    batch = soap(shop, 3, date(2026, 10, 14), batch="B7")
    sign_in(client, shop.keeper)
    assert "还有2天" in page(client, "/stock/batches")
    assert "保质期到" in page(client, f"/stock/batches/{batch.id}")
    page(client, "/stock/batches/987654", 404)
    assert "请写1到10000之间的数" in send(client, f"/stock/batches/{batch.id}", 422, pieces="0", reason="受潮")
    send(client, f"/stock/batches/{batch.id}", pieces="1", reason="受潮")
    found = shop.session.scalars(select(WriteOff)).one()
    assert "您放的，请另一位来看" in page(client, "/stock/batches")
    assert "请另一位来核对" in send(client, f"/stock/write-offs/{found.id}/confirm", 409)
    other = client.application.test_client()
    sign_in(other, shop.member(0, "keeper"))
    send(other, f"/stock/write-offs/{found.id}/confirm")

    set_aside = other.post(f"/api/v1/stock/deliveries/{batch.id}/set-aside", json={"pieces": 1, "reason": "x"})
    assert (set_aside.status_code, len(client.get("/api/v1/stock/write-offs").get_json())) == (201, 1)
    put_back = client.post(f"/api/v1/stock/write-offs/{set_aside.get_json()['id']}/back").get_json()
    assert (put_back["state"], shop.left("K01")) == ("dropped", 62)
    auditor = client.application.test_client()
    sign_in(auditor, shop.member(0, "auditor"))
    assert "B7" in page(auditor, "/stock/batches")


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


def test_pages_of_a_longer_a_partial_order_and_closed_days(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1, K02=1)
    sign_in(client, dai)
    send(client, f"/store/orders/{order.id}/extend")
    assert "最晚10月26日" in words(page(client, f"/store/orders/{order.id}"))
    assert "已经延过一次了" in send(client, f"/store/orders/{order.id}/extend", 409)
    assert client.post(f"/api/v1/store/orders/{order.id}/extend").status_code == 409

    keeper = client.application.test_client()
    sign_in(keeper, shop.keeper)
    typed = shop.code(order)
    wrong = typed[:-1] + str((int(typed[-1]) + 1) % 10)
    assert "这个码抄错了" in send(keeper, "/counter/code", 409, code=wrong)
    assert shop.session.query(CodeAttempt).count() == 0
    assert "没勾的不要了" in send(keeper, "/counter/code", 200, code=typed)
    send(keeper, f"/counter/orders/{order.id}", goods=[order.lines[0].id], rest="1")
    assert (shop.balance(dai).spent, shop.session.get_one(Order, order.id).state) == (30, "picked_up")
    assert shop.session.query(BatchUse).count() == 1

    assert "看不懂这个日期" in send(keeper, "/store/closed-days", 422, on="周五")
    send(keeper, "/store/closed-days", on="2026-10-16", reason="盘点")
    assert "盘点" in page(keeper, "/store/closed-days")
    day = closed_days(shop.session, date(2026, 10, 12))[0].id
    send(keeper, f"/store/closed-days/{day}/open")
    assert "后面没有不开门的日子" in page(keeper, "/store/closed-days")


def test_closed_days_and_donations_over_json(client: FlaskClient, shop: Shop) -> None:
    soap(shop, 2, date(2026, 12, 1), donor="春风超市", names_donor=True)
    sign_in(client, shop.keeper)

    closed = client.post("/api/v1/store/closed-days", json={"on": "2026-10-16", "reason": "盘点"})
    assert (closed.status_code, closed.get_json()["reason"]) == (201, "盘点")
    assert client.post("/api/v1/store/closed-days", json={"on": "2026-10-01"}).status_code == 409  # over
    assert client.post("/api/v1/store/closed-days", json={"on": "星期五"}).status_code == 422
    assert client.get("/api/v1/store/closed-days").get_json() == [closed.get_json()]
    day = f"/api/v1/store/closed-days/{closed.get_json()['id']}/open"
    assert (client.post(day).get_json(), client.post(day).status_code) == (closed.get_json(), 404)
    assert client.get("/api/v1/store/closed-days").get_json() == []

    [given] = [one for one in client.get("/api/v1/store/donations?month=2026-10-31").get_json() if one["donor"]]
    assert (given["product"], given["pieces"], given["is_named"], given["cost_fen"]) == ("K01", 2, True, 600)
    assert client.get("/api/v1/store/donations?month=10").status_code == 422
