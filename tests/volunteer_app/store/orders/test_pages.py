"""The shop: what can be taken, reserving, the code, cancelling, and what nobody else gets to see."""

import re
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, shown_points, words
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.ledger import actions as ledger
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.orders import basket
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf import prices
from volunteer_app.web.models import Submission


def test_the_shop_says_what_can_be_taken_and_what_is_missing(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(288)
    sign_in(client, dai)

    text = words(page(client, "/store"))

    assert "爱心积分超市" in text
    assert "每周五下午2点到5点开门，每月15日上午9点到11点也开" in text
    assert "还有60块 · 每月2块" in text
    assert "还差 32 分" in text
    assert "这个月还可以换 400 分" in text


def test_what_costs_more_than_is_left_of_the_month_says_how_much_is_left(client: FlaskClient, shop: Shop) -> None:
    """320 of 400 points are used: washing liquid for 120 has to wait, and 80 may still be used."""
    dai = shop.member(900)
    shop.reserve(dai, K08=1)
    sign_in(client, dai)

    text = words(page(client, "/store"))

    assert "这个月还可以换 80 分" in text
    assert "这个月只能再换80分，下个月1日再来" in text
    assert "这个月的分用满了" not in text
    shop.reserve(dai, K04=1)
    assert "这个月的分用满了，下个月1日再来" in words(page(client, "/store"))


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


def test_the_price_that_was_shown_is_the_price_that_is_charged(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)
    shown = shown_points(page(client, "/store/reserve/K01"))
    assert shown == {"points-K01": "30"}
    office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
    shop.write(prices.set_price, "K01", 90, from_on=date(2026, 10, 12), actor=office)

    again = send(client, "/store/reserve/K01", 409, **shown)

    assert "“香皂”的价格刚刚变了，现在是90分，没有扣您的分" in again
    assert ("用90分，预约一块香皂？" in again, shop.balance(dai).held) == (True, 0)
    asked = {"items": [{"product": "K01", "pieces": 1, "points": 30}]}
    assert client.post("/api/v1/store/orders", json=asked).status_code == 409
    send(client, "/store/reserve/K01", **shown_points(again))
    assert shop.balance(dai).held == 90


def test_prices_that_no_page_has_shown_are_passed_over(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)

    send(client, "/store/reserve/K01", **{"points-K01": "many", "points-K02": "1", "points-K03": "9" * 5000})

    assert shop.balance(dai).held == 30


def test_cancelling_gives_back(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1)
    sign_in(client, dai)

    send(client, f"/store/orders/{order.id}/cancel")

    assert shop.balance(dai).available == 100
    assert "已经取消" in words(page(client, f"/store/orders/{order.id}"))


def test_cancelling_says_that_the_points_came_back(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(30)

    assert "取消了，30分退回来了。" in cancelled(client, shop, dai, shop.reserve(dai, K01=1))
    assert "取消了，东西不留了。" in cancelled(client, shop, dai, shop.reserve(dai, L01=1))


def test_cancelling_says_where_the_points_went_that_did_not_come_back(client: FlaskClient, shop: Shop) -> None:
    """Of soap and salt for 55 points, 20 run out while they are held, 10 were a mistake that is put right meanwhile."""
    dai = shop.member(25)
    gift = {"to": owner_of(dai.id), "reason": "日巡逻", "actor": shop.system}
    wrong = shop.write(ledger.issue, points=10, cause="wrong", expires_at=None, **gift)
    shop.write(ledger.issue, points=20, cause="soon", expires_at=shop.clock() + timedelta(days=2), **gift)
    order = shop.reserve(dai, K01=1, K02=1)
    shop.write(ledger.reverse, wrong.id, cause="mistake", reason="记错", actor=shop.system)
    shop.clock.tick(days=3)

    said = cancelled(client, shop, dai, order)

    assert "取消了，25分退回来了，10分抵了以前记错的分，20分过了有效期，不能再用。" in said
    assert (shop.balance(dai).available, shop.balance(dai).debt) == (25, 0)
    for address in (f"/store/orders/{order.id}", "/store/orders"):
        assert "积分已经退回" not in page(client, address)
    assert "已经取消，东西不留了" in page(client, f"/store/orders/{order.id}")


def cancelled(client: FlaskClient, shop: Shop, person: Person, order: Order) -> str:
    """What the page says after the owner has cancelled."""
    assert person.id == order.person_id
    order_id = order.id
    shop.session.rollback()
    sign_in(client, person)
    assert "过期就不留了" in page(client, f"/store/orders/{order_id}")
    send(client, f"/store/orders/{order_id}/cancel")
    return words(page(client, "/store/orders"))


def test_other_peoples_orders_are_not_found(client: FlaskClient, shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    sign_in(client, shop.member(100))

    page(client, f"/store/orders/{order.id}", 404)
    send(client, f"/store/orders/{order.id}/cancel", 404)


def test_pages_are_english_too(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(288, language="en")
    shop.reserve(dai, K01=1)
    sign_in(client, dai)

    text = words(page(client, "/store"))

    assert "Care-points store" in text
    assert "soap" in text.lower()
    assert "You can take now" in text
    assert "Open Fridays 14:00–17:00, and on the 15th of each month 9:00–11:00" in text


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


def test_the_code_is_told_over_json_each_time_and_stored_nowhere(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(300)
    sign_in(client, dai)
    shop.write(basket.put, dai.id, "K02", actor=shop.make.actor(dai, "volunteer"))

    def told(address: str, sent: dict[str, object]) -> list[str | None]:
        answers = [client.post(address, json=sent, headers={"Idempotency-Key": address}).get_json() for _ in range(2)]
        assert answers[0] == answers[1]
        return [one["code"] for one in (answers[0] if isinstance(answers[0], list) else answers[:1])]

    codes = told("/api/v1/store/orders", {"items": [{"product": "K01", "pieces": 1}]})
    codes += told("/api/v1/store/basket/orders", {})
    orders = shop.session.query(Order).order_by(Order.id).all()
    assert codes == [shop.code(order) for order in orders]
    assert told(f"/api/v1/store/orders/{orders[0].id}/extend", {}) == codes[:1]
    assert told(f"/api/v1/store/orders/{orders[0].id}/cancel", {}) == [None]
    assert client.get(f"/api/v1/store/orders/{orders[1].id}").get_json()["code"] == codes[1]
    stored = " ".join(shop.session.scalars(select(Submission.answer)))
    assert '"state": "reserved"' in stored
    assert not [code for code in codes if str(code) in stored]


def test_a_repeated_key_has_the_same_answer_whatever_has_become_of_the_order(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(100))
    asked = {"json": {"items": [{"product": "K01", "pieces": 1}]}, "headers": {"Idempotency-Key": "reserve-1"}}
    first = client.post("/api/v1/store/orders", **asked)
    assert len(str(first.get_json()["code"])) == 6
    order_id = first.get_json()["id"]
    assert client.post(f"/api/v1/store/orders/{order_id}/cancel", json={}).get_json()["code"] is None

    again = client.post("/api/v1/store/orders", **asked)

    assert (again.status_code, again.data) == (first.status_code, first.data)


def test_the_api_names_its_refusals(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(10))

    answer = client.post("/api/v1/store/orders", json={"items": [{"product": "K01", "pieces": 1}]})

    assert answer.status_code == 409
    assert answer.content_type.startswith("application/problem+json")
    assert "积分还差20分" in answer.get_data(as_text=True)
    assert client.post("/api/v1/store/orders", json={"items": []}).status_code == 422
    assert client.post("/api/v1/store/orders", json={"items": [], "extra": 1}).status_code == 422
