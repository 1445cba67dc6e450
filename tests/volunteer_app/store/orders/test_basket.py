"""Several things in one order, the slip for somebody without a telephone, and roles that are kept apart."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, shown_points, words
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.people import actions as people
from volunteer_app.people.models import Person
from volunteer_app.store.counter.rules import TwoHats
from volunteer_app.store.orders import basket
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.rules import NothingChosen
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.partners import shops
from volunteer_app.store.shelf import prices


def put(shop: Shop, person: Person, *codes: str) -> None:
    for code in codes:
        shop.write(basket.put, person.id, code, actor=shop.make.actor(person, "volunteer"))


def test_a_basket_becomes_one_order_and_a_voucher_for_each_shop(shop: Shop) -> None:
    office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
    shop.write(shops.add_partner, "巧手理发店", services=["S01"], actor=office)
    dai = shop.member(300)
    put(shop, dai, "K01", "S01", "K01", "K02")

    made = shop.write(basket.reserve, dai.id, {}, actor=shop.make.actor(dai, "volunteer"), codes=CODES)

    assert [str(goods_of(one)) for one in made] == ["香皂2块、食盐1袋", "理发1次"]
    assert (shop.balance(dai).held, basket.lines_of(shop.session, dai.id)) == (185, [])


def test_what_is_refused_leaves_the_basket_as_it_was_and_books_nothing(shop: Shop) -> None:
    dai = shop.member(340)
    put(shop, dai, "K08", "K01")
    own = shop.make.actor(dai, "volunteer")

    with pytest.raises(NotEnoughPoints):
        shop.write(basket.reserve, dai.id, {}, actor=own, codes=CODES)
    assert (shop.balance(dai).held, len(basket.lines_of(shop.session, dai.id))) == (0, 2)
    shop.session.rollback()
    with pytest.raises(NothingChosen):
        shop.write(basket.reserve, dai.id, {"K08": 0, "K01": 0}, actor=own, codes=CODES)


def test_whoever_issues_points_or_audits_hands_out_nothing(shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    for other in ("coordinator", "auditor"):
        both = shop.make.actor(shop.member(0, "keeper", other), "keeper", other)
        with pytest.raises(TwoHats):
            shop.hand_over(order, actor=both)

    with pytest.raises(people.RolesApart):
        shop.write(people.grant, shop.keeper.id, "auditor", actor=shop.system)
    shop.write(people.grant, shop.keeper.id, "volunteer", actor=shop.system)


def test_pages_of_the_basket(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)
    assert "篮子是空的" in page(client, "/store/basket")
    assert "先放进篮子，再挑一样" in page(client, "/store/reserve/K01")
    send(client, "/store/basket/K01")
    send(client, "/store/basket/K02")
    send(client, "/store/basket/K99", 404)
    assert "我的篮子（2样）" in page(client, "/store")
    assert "件数请写整数" in send(client, "/store/basket", 422, **{"pieces-K01": "两块"})
    send(client, "/store/basket", do="change", **{"pieces-K01": "2", "pieces-K02": "1"})
    assert "换完还剩 15分" in words(page(client, "/store/basket"))
    assert "每月2块" in send(client, "/store/basket", 409, do="reserve", **{"pieces-K01": "3"})

    send(client, "/store/basket", do="reserve", **{"pieces-K01": "1", "pieces-K02": "0"})

    order = shop.session.query(Order).one()
    assert (order.points, shop.balance(dai).held) == (30, 30)
    assert "香皂1块" in page(client, f"/store/orders/{order.id}")


def test_a_basket_is_reserved_at_the_prices_that_it_shows(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(200)
    put(shop, dai, "K01", "K02")
    sign_in(client, dai)
    shown = shown_points(page(client, "/store/basket"))
    assert shown == {"points-K01": "30", "points-K02": "25"}
    office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
    shop.write(prices.set_price, "K02", 35, from_on=date(2026, 10, 12), actor=office)

    again = send(client, "/store/basket", 409, do="reserve", **shown)

    assert "“食盐”的价格刚刚变了，现在是35分" in again
    items = [{"product": "K02", "pieces": 1, "points": 25}]
    assert client.post("/api/v1/store/basket/orders", json={"items": items}).status_code == 409
    assert shop.balance(dai).held == 0
    send(client, "/store/basket", do="reserve", **shown_points(again))
    assert shop.balance(dai).held == 65


def test_the_keeper_reserves_for_somebody_and_prints_the_slip(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100, name="刘桂芳", channel="paper")
    sign_in(client, shop.keeper)
    send(client, f"/counter/people/{dai.id}", **{"pieces-K01": "1", "keep": "1"})
    order = shop.session.query(Order).one()
    assert (order.state, order.recorded_by_id) == ("reserved", shop.keeper.id)

    slip = page(client, f"/counter/orders/{order.id}/slip")
    assert (shop.code(order) in "".join(words(slip).split()), "刘桂芳" in slip) == (True, False)
    other = client.application.test_client()
    sign_in(other, shop.member(0, "keeper"))
    page(other, f"/counter/orders/{order.id}/slip", 404)
    shop.hand_over(order)
    page(client, f"/counter/orders/{order.id}/slip", 404)


def test_the_basket_over_json_is_reserved_once_per_key(client: FlaskClient, shop: Shop) -> None:
    dai = shop.member(100)
    sign_in(client, dai)
    for code in ("K01", "K02", "K01"):
        assert client.post(f"/api/v1/store/basket/{code}").status_code == 201
    assert client.post("/api/v1/store/basket/K99").status_code == 404
    assert client.get("/api/v1/store/basket").get_json() == [
        {"product": "K01", "pieces": 2},
        {"product": "K02", "pieces": 1},
    ]

    asked, key = {"items": [{"product": "K01", "pieces": 0}]}, {"Idempotency-Key": "b1"}
    first = client.post("/api/v1/store/basket/orders", json=asked, headers=key)
    again = client.post("/api/v1/store/basket/orders", json=asked, headers=key)

    assert (first.status_code, again.get_json()) == (201, first.get_json())
    assert [one["points"] for one in first.get_json()] == [25]
    assert (shop.balance(dai).held, client.get("/api/v1/store/basket").get_json()) == (25, [])
    assert client.post("/api/v1/store/basket/orders", json={}).status_code == 409  # empty by now
    assert client.post("/api/v1/store/basket/orders", json={"items": [{"product": "K01"}]}).status_code == 422
