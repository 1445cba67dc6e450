"""The counter: by code, by proxy, for somebody who comes by."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, shown_points, words
from tests.volunteer_app.store.shop import Shop
from volunteer_app.people.models import Household
from volunteer_app.sharing import actions as sharing
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf import prices


def test_the_counter_opens_an_order_by_code_and_hands_it_over(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(368, name="姚文娟")
    order = shop.reserve(dai, K04=1, K01=1)
    code = shop.code(order)
    sign_in(client, shop.keeper)

    text = send(client, "/counter/code", 200, code=f"{code[:3]} {code[3:]}")
    assert "姚文娟" not in text
    assert "等取，留到10月19日" in text
    assert ("请本人说出姓名，对上再交" in text, "交好了" in text, "她" in text) == (True, True, False)
    for shown in (text, page(client, f"/counter/orders/{order.id}")):
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', shown) == ["/counter"]
    assert "+" not in words(text).split("原来能用")[1][:20]

    half = send(client, f"/counter/orders/{order.id}", 409, goods=[order.lines[0].id])
    assert "还有1样没勾" in half
    send(client, f"/counter/orders/{order.id}", goods=[line.id for line in order.lines])

    assert shop.balance(dai).spent == 110
    again = send(client, "/counter/code", 409, code=code)
    assert "这个码10月12日已经取过了" in again


def test_the_counter_sells_at_the_price_that_it_shows(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, shop.keeper)
    shown = shown_points(page(client, f"/counter/people/{dai.id}")) | {"pieces-K01": "1"}
    office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
    shop.write(prices.set_price, "K01", 90, from_on=date(2026, 10, 12), actor=office)

    for keep in ("", "1"):
        again = send(client, f"/counter/people/{dai.id}", 409, keep=keep, **shown)
        assert "“香皂”的价格刚刚变了，现在是90分" in again
    asked = {"items": [{"product": "K01", "pieces": 1, "points": 30}], "person_id": dai.id, "name_checked": True}
    assert client.post("/api/v1/counter/walk-in", json=asked).status_code == 409
    send(client, f"/counter/people/{dai.id}", **(shown | shown_points(again)))
    assert shop.balance(dai).spent == 90


@pytest.mark.parametrize("kind", ["deceased", "moved"])
def test_points_of_somebody_who_has_gone_are_not_spent(client: FlaskClient, shop: Shop, kind: str) -> None:
    """Neither by a page that was open before, nor by the address, nor over JSON, by the keeper or the office."""
    dai = shop.member(100)
    office = shop.member(0, "coordinator")
    sign_in(client, shop.keeper)
    page(client, f"/counter/people/{dai.id}")
    shop.write(sharing.leave, dai.id, kind, date(2026, 10, 1), actor=shop.make.actor(office, "coordinator"))

    page(client, f"/counter/people/{dai.id}", 404)
    for keep in ("", "1"):
        assert client.post(f"/counter/people/{dai.id}", data={"pieces-K01": "1", "keep": keep}).status_code == 404
    asked = {"items": [{"product": "K01", "pieces": 1}], "person_id": dai.id}
    assert client.post("/api/v1/counter/walk-in", json=asked | {"name_checked": True}).status_code == 404
    for who in (shop.keeper, office):
        sign_in(client, who)
        assert client.post("/api/v1/store/orders", json=asked).status_code == 404

    assert (shop.balance(dai).available, shop.session.query(Order).count()) == (100, 0)


def test_a_proxy_gives_a_name(client: FlaskClient, shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    goods = [line.id for line in order.lines]
    sign_in(client, shop.keeper)

    assert "请写代领人的姓名" in send(client, f"/counter/orders/{order.id}", 422, goods=goods, proxy="1")
    neither = send(client, f"/counter/orders/{order.id}", 422, proxy="1")
    assert ("请写代领人的姓名" in neither, "还有1样没勾" in neither) == (True, True)
    named = {"goods": goods, "proxy": "1", "collector": "戴小明"}
    assert "代领要报取货码" in send(client, f"/counter/orders/{order.id}", 409, **named)
    send(client, f"/counter/orders/{order.id}", code=shop.code(order), **named)

    shop.session.expire_all()
    assert shop.session.get_one(Order, order.id).proxy_name == "戴小明"


def test_unknown_codes_are_counted_and_bad_ones_are_not(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.keeper)

    assert "没有这个码，看看是不是少了一位" in send(client, "/counter/code", 409, code="000000")
    assert "取货码是6位数字" in send(client, "/counter/code", 422, code="12345")
    shop.session.rollback()
    assert shop.session.query(CodeAttempt).count() == 1


def test_the_queue_shows_masked_names_and_no_codes(client: FlaskClient, shop: Shop) -> None:
    order = shop.reserve(shop.member(100, name="刘桂芳", channel="paper"), K01=1)
    code = shop.code(order)
    sign_in(client, shop.keeper)

    for address in ("/counter", "/counter/today", "/counter/today/print", f"/counter/orders/{order.id}"):
        text = page(client, address)
        assert "刘桂芳" not in text
        assert code not in re.sub(r"\D", "", words(text))
    assert "纸条" in page(client, "/counter")


def test_clerk_mode_finds_somebody_by_number_or_name_and_serves(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100, name="刘桂芳", state="invited")  # points of the household's, say
    sign_in(client, shop.keeper)
    for typed in (dai.number, "刘桂"):
        found = page(client, f"/counter/people?who={typed}")
        assert (dai.number in found, "刘桂芳" in found) == (True, False)

    assert "件数请写整数" in send(client, f"/counter/people/{dai.id}", 422, **{"pieces-K01": "一块"})
    send(client, f"/counter/people/{dai.id}", **{"pieces-K01": "2", "pieces-K02": ""})
    assert shop.balance(dai).spent == 60

    refusal = send(client, f"/counter/people/{dai.id}", 409, **{"pieces-K03": "1"})
    assert "刚才那一单没有交。积分还差20分，什么都没有登记" in refusal


def test_a_keeper_keeps_longer_and_cancels_for_somebody_without_a_telephone(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100, channel="paper")
    sign_in(client, shop.keeper)
    send(client, f"/counter/people/{dai.id}", keep="1", **{"pieces-K01": "1"})
    order_id = shop.session.query(Order).one().id
    address = f"/counter/orders/{order_id}"
    assert f'action="{address}/extend"' in page(client, address)

    send(client, f"{address}/extend")
    shown = page(client, address)
    assert ("最晚10月26日" in words(shown), f'action="{address}/extend"' in shown) == (True, False)
    assert "已经延过一次了" in send(client, f"{address}/extend", 409)
    send(client, f"{address}/cancel")

    assert "取消了，30分退回来了。" in words(page(client, "/counter"))
    assert (shop.balance(dai).available, shop.left("K01")) == (100, 60)
    assert f'action="{address}/cancel"' not in page(client, address)


def test_a_keeper_does_neither_for_himself_nor_for_his_household(client: FlaskClient, shop: Shop) -> None:
    home = Household(community_id=shop.community.id, code="5-302")
    shop.make.save(home)
    wife = shop.member(100, household_id=home.id)
    husband = shop.member(100, "keeper", household_id=home.id)
    ids = [shop.reserve(person, K01=1).id for person in (wife, husband)]
    sign_in(client, husband)

    for order_id in ids:
        assert f"/counter/orders/{order_id}/cancel" not in page(client, f"/counter/orders/{order_id}")
        for verb in ("cancel", "extend"):
            refusal = send(client, f"/counter/orders/{order_id}/{verb}", 409)
            assert "不能给自己或者家里人办，请另一位来办" in refusal
    assert client.post(f"/api/v1/store/orders/{ids[0]}/cancel").get_json()["code"] == "OwnOrder"
    assert shop.left("K01") == 58


def test_returned_goods_and_ready_ones(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    order, other = shop.hand_over(shop.reserve(dai, K01=1)), shop.reserve(dai, K02=1)
    sign_in(client, shop.keeper)

    send(client, f"/counter/orders/{order.id}/back", 422, line=order.lines[0].id, pieces="0", reason="破了")
    send(client, f"/counter/orders/{order.id}/back", line=order.lines[0].id, pieces="1", reason="破了")
    send(client, f"/counter/orders/{other.id}/ready")

    assert (shop.balance(dai).available, shop.left("K01")) == (75, 60)
    assert "都退回来了" in page(client, f"/counter/orders/{order.id}")
    assert shop.session.get_one(Order, other.id).state == "ready"
