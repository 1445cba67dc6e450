"""The store's pages and JSON: what people see, what is refused, and what nobody gets to see."""

import re

from flask.testing import FlaskClient

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf.models import StockCount


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, status: int = 303, **fields: object) -> str:
    answer = client.post(address, data=fields)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def words(html: str) -> str:
    """The text of a page without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_shop_says_what_can_be_taken_and_what_is_missing(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(288)
    sign_in(client, dai)

    text = words(page(client, "/store"))

    assert "爱心积分超市" in text
    assert "每周五 下午 2点到5点开门" in text.replace("每周五下午", "每周五 下午")
    assert "还有60块 · 每月2块" in text
    assert "还差 32 分" in text
    assert "这个月还可以换 400 分" in text


def test_reserving_asks_once_and_shows_the_code(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(368)
    sign_in(client, dai)
    question = words(page(client, "/store/reserve/K04"))
    assert "用80分，预约一条毛巾？" in question
    assert "换完还剩 288 分" in question

    send(client, "/store/reserve/K04")

    order = shop.session.query(Order).one()
    ticket = words(page(client, f"/store/orders/{order.id}"))
    assert "预约好了，凭码来取" in ticket
    assert "最晚10月19日" in ticket
    code = CODES.code(order.community_id, order.id, order.code_turn)
    assert code in re.sub(r"\s", "", ticket)
    assert "毛巾1条" in words(page(client, f"/store/orders/{order.id}/slip"))
    assert "等您来取" in words(page(client, "/store"))


def test_pressing_reserve_twice_reserves_once(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)

    send(client, "/store/reserve/K01", once_key="k1")
    send(client, "/store/reserve/K01", once_key="k1")

    assert shop.balance(dai).held == 30


def test_a_refused_reservation_is_the_same_page_with_its_sentence(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(10))

    assert "积分还差20分，什么都没有登记" in send(client, "/store/reserve/K01", status=409)


def test_cancelling_gives_back(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1)
    sign_in(client, dai)

    send(client, f"/store/orders/{order.id}/cancel")

    assert shop.balance(dai).available == 100
    assert "已经取消" in words(page(client, f"/store/orders/{order.id}"))


def test_other_peoples_orders_are_not_found(client: FlaskClient, shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    sign_in(client, shop.member(100))

    page(client, f"/store/orders/{order.id}", 404)
    send(client, f"/store/orders/{order.id}/cancel", 404)


def test_the_counter_opens_an_order_by_code_and_hands_it_over(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(368, name="姚文娟")
    order = shop.reserve(dai, K04=1, K01=1)
    code = shop.code(order)
    sign_in(client, shop.keeper)

    text = send(client, "/counter/code", 200, code=f"{code[:3]} {code[3:]}")
    assert "姚文娟" not in text
    assert "等取，留到10月19日" in text
    assert "+" not in words(text).split("原来能用")[1][:20]

    half = send(client, f"/counter/orders/{order.id}", 409, goods=[order.lines[0].id])
    assert "还有1样没勾" in half
    send(client, f"/counter/orders/{order.id}", goods=[line.id for line in order.lines])

    assert shop.balance(dai).spent == 110
    again = send(client, "/counter/code", 409, code=code)
    assert "这个码10月12日已经取过了" in again


def test_a_proxy_gives_a_name(client: FlaskClient, shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    goods = [line.id for line in order.lines]
    sign_in(client, shop.keeper)

    assert "请写代领人的姓名" in send(client, f"/counter/orders/{order.id}", 422, goods=goods, proxy="1")
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
    dai = shop.member(100, name="刘桂芳")
    sign_in(client, shop.keeper)
    for typed in (dai.number, "刘桂"):
        found = page(client, f"/counter/people?who={typed}")
        assert (dai.number in found, "刘桂芳" in found) == (True, False)

    assert "件数请写整数" in send(client, f"/counter/people/{dai.id}", 422, **{"pieces-K01": "一块"})
    send(client, f"/counter/people/{dai.id}", **{"pieces-K01": "2", "pieces-K02": ""})
    assert shop.balance(dai).spent == 60

    refusal = send(client, f"/counter/people/{dai.id}", 409, **{"pieces-K03": "1"})
    assert "刚才那一单没有交。积分还差20分，什么都没有登记" in refusal


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


def test_stock_in_and_a_count_by_two_people(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.keeper)
    wrong = send(client, "/stock/in", 422, product="K01", pieces="0", source="donated", donor="爱心商户")
    assert "请写1到10000之间的数。" in wrong
    assert 'value="爱心商户"' in wrong
    send(client, "/stock/in", product="K01", pieces="5", source="donated", donor="爱心商户", best_before="2027-03-01")
    assert shop.left("K01") == 65

    send(client, "/stock/count", product="K01", counted="64", reason="摔坏")
    found = shop.session.query(StockCount).one()
    assert "请另一位再数一遍来确认" in page(client, "/stock")
    send(client, f"/stock/counts/{found.id}/confirm", 409)
    assert shop.left("K01") == 65

    other = client.application.test_client()
    sign_in(other, shop.member(0, "keeper"))
    send(other, f"/stock/counts/{found.id}/confirm")
    assert shop.left("K01") == 64


def test_a_coordinator_sets_a_price_from_a_date_on(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(0, "coordinator"))
    assert "新价格从今天或者以后算起" in send(
        client, "/store/prices", 409, product="K01", points="35", from_on="2026-10-11"
    )
    assert "看不懂这个日期" in send(client, "/store/prices", 422, product="K01", points="35", from_on="明天")

    send(client, "/store/prices", product="K01", points="35", from_on="2026-10-13")
    send(client, "/store/prices", product="K01", points="36", from_on="2026-10-13")

    assert "10月13日起 36分" in page(client, "/store/prices")
    again = client.post("/api/v1/store/prices", json={"product": "K01", "points": 40, "from_on": "2026-11-01"})
    assert (again.status_code, again.get_json()["points"]) == (201, 40)
    sign_in(customer := client.application.test_client(), shop.member(0))
    assert customer.get("/store/prices").status_code == 403


def test_an_auditor_reads_the_stock_and_changes_nothing(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(0, "auditor"))

    assert "监督员只能看，不能改" in page(client, "/stock")
    page(client, "/stock/in", 403)
    send(client, "/stock/count", 403, product="K01", counted="1")
    page(client, "/counter", 403)


def test_pages_are_english_too(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(288, language="en")
    shop.reserve(dai, K01=1)
    sign_in(client, dai)

    text = words(page(client, "/store"))

    assert "Care-points store" in text
    assert "soap" in text.lower()
    assert "You can take now" in text


def test_the_api_reserves_once_per_key_and_tells_the_code_to_the_owner_only(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)
    asked = {"items": [{"product": "K01", "pieces": 1}]}

    first = client.post("/api/v1/store/orders", json=asked, headers={"Idempotency-Key": "a1"})
    again = client.post("/api/v1/store/orders", json=asked, headers={"Idempotency-Key": "a1"})

    assert (first.status_code, again.get_json()) == (201, first.get_json())
    order = shop.session.query(Order).one()
    assert first.get_json()["code"] == shop.code(order)
    keeper = client.application.test_client()
    sign_in(keeper, shop.keeper)
    seen = keeper.post("/api/v1/counter/code", json={"code": shop.code(order)})
    assert (seen.status_code, seen.get_json()["code"], seen.get_json()["masked_name"]) == (200, None, "姚*娟")
    done = keeper.post(
        f"/api/v1/counter/orders/{order.id}/hand-over",
        json={"ticked": [line["id"] for line in seen.get_json()["lines"]], "name_checked": True},
    )
    assert done.get_json()["state"] == "picked_up"
    assert client.get("/api/v1/store").get_json()["available"] == 70


def test_the_api_names_its_refusals(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(10))

    answer = client.post("/api/v1/store/orders", json={"items": [{"product": "K01", "pieces": 1}]})

    assert answer.status_code == 409
    assert answer.content_type.startswith("application/problem+json")
    assert "积分还差20分" in answer.get_data(as_text=True)
    assert client.post("/api/v1/store/orders", json={"items": []}).status_code == 422
    assert client.post("/api/v1/store/orders", json={"items": [], "extra": 1}).status_code == 422


def test_every_stock_address_of_the_api(client: FlaskClient, shop: Shop, clock: SetClock) -> None:
    sign_in(client, shop.keeper)
    arrived = client.post("/api/v1/stock/deliveries", json={"product": "K01", "pieces": 5, "source": "purchase"})
    counted = client.post("/api/v1/stock/counts", json={"product": "K01", "counted": 60})

    assert (arrived.status_code, counted.get_json()["state"]) == (201, "waiting")
    assert [one["id"] for one in client.get("/api/v1/stock/counts").get_json()] == [counted.get_json()["id"]]
    assert client.post(f"/api/v1/stock/counts/{counted.get_json()['id']}/confirm").status_code == 409
    assert client.post(f"/api/v1/stock/counts/{counted.get_json()['id']}/drop").get_json()["state"] == "dropped"
    lines = {one["code"]: one["on_hand"] for one in client.get("/api/v1/stock").get_json()}
    assert lines["K01"] == 65
    assert client.get("/api/v1/stock/deliveries").get_json()[0]["came_at"].startswith(clock().date().isoformat())
    assert client.get("/api/v1/counter/people/v999").status_code == 404
