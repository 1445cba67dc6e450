"""An order kept longer, a part of it left, returned points that ran out, and codes typed wrongly."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.batches import right
from tests.volunteer_app.store.pages import page, send, words
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.core.clock import last_day
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.models import Lot, Txn
from volunteer_app.ledger.rules import load_text
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter import looking_up, returns
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.counter.rules import MistypedCode, NotCollected, NotTicked
from volunteer_app.store.opening.queries import closed_days
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import limits
from volunteer_app.store.orders.codes import is_mistyped
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.rules import AlreadyExtended
from volunteer_app.store.shelf.batch_models import BatchUse


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


def test_a_record_says_what_was_used_and_what_of_it_came_back(client: FlaskClient, shop: Shop) -> None:
    """Two soaps and a salt kept, the salt left at the counter: 60 were used, 25 came back, whatever was kept longer."""
    dai = shop.member(100)
    order = shop.reserve(dai, K01=2, K02=1)
    shop.write(orders.extend, order.id, actor=shop.make.actor(dai, "volunteer"))
    shop.hand_over(order, ticked=[order.lines[0].id], leaves_rest=True)
    sign_in(client, dai)

    found = client.get("/api/v1/my/points").get_json()
    record, statement = words(page(client, "/my/points")), words(page(client, "/my/statement"))

    assert [(line["text"], line["amount"]) for line in found["lines"][1:]] == [
        ("预约：香皂2块、食盐1袋", -85),
        ("换了香皂2块，没要的退回来了", 25),
    ]
    assert "10月12日换了香皂2块，用掉60分。" in record
    assert "多留几天" not in record
    assert "换了香皂2块，没要的退回来了" in statement
    client.get("/language/en")
    assert "On 12 October you took" in words(page(client, "/my/points"))


def test_everybody_reads_what_was_kept_and_spent_of_an_order(client: FlaskClient, shop: Shop) -> None:
    """Two pieces of soap for 60 are collected, salt for 25 is left; one piece comes back, then the other."""
    dai = shop.member(100)
    order = shop.reserve(dai, K01=2, K02=1)
    order_id, soap = order.id, order.lines[0].id
    shop.hand_over(order, ticked=[soap], leaves_rest=True)
    sign_in(client, dai)
    sign_in(keeper := client.application.test_client(), shop.keeper)

    def read() -> tuple[list[str], dict[str, int]]:
        addresses = ((client, "/store/orders"), (client, f"/store/orders/{order_id}"))
        addresses += ((keeper, "/counter/today"), (keeper, f"/counter/orders/{order_id}"))
        shown = [words(page(who, address)) for who, address in addresses]
        told = client.get(f"/api/v1/store/orders/{order_id}").get_json()
        assert told["points"] == sum(line["points"] for line in told["lines"]) == shop.balance(dai).spent
        return shown, told

    for text in read()[0]:
        assert ("香皂2块" in text, "60分" in text, "食盐" in text, "85分" in text) == (True, True, False, False)
    shop.write(returns.take_back, order_id, soap, 1, reason="破了", actor=shop.as_keeper())
    for text in read()[0]:
        assert ("香皂1块" in text, "30分" in text, "60分" in text, "食盐" in text) == (True, True, False, False)
    shop.write(returns.take_back, order_id, soap, 1, reason="破了", actor=shop.as_keeper())
    shown, told = read()
    assert (told["points"], "都退回来了" in shown[1], "都退回来了" in shown[3]) == (0, True, True)


def test_returned_points_that_ran_out_meanwhile_stay_good_through_the_thirtieth_day(
    shop: Shop, clock: SetClock
) -> None:
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
    clock.moment = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)  # a minute to midnight
    assert shop.balance(dai).available == 30
    clock.tick(minutes=1)
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


def test_pages_of_a_longer_a_partial_order_and_closed_days(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1, K02=1)
    sign_in(client, dai)
    send(client, f"/store/orders/{order.id}/extend")
    ticket = words(page(client, f"/store/orders/{order.id}"))
    assert "最晚10月26日" in ticket
    assert "或者10月16日 周五 下午 2点到5点、10月23日 周五 下午 2点到5点" in ticket
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
