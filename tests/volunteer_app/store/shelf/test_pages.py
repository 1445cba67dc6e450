"""Stock, counts and prices on pages and over JSON."""

import re

from flask.testing import FlaskClient

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, words
from tests.volunteer_app.store.shop import Shop
from volunteer_app.store.shelf.models import StockCount


def test_stock_in_and_a_count_by_two_people(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.keeper)
    wrong = send(client, "/stock/in", 422, product="K01", pieces="0", source="donated", donor="爱心商户")
    assert "请写1到10000之间的数。" in wrong
    assert 'value="爱心商户"' in wrong
    over = send(client, "/stock/in", 422, product="K01", pieces="5", source="donated", best_before="2026-10-11")
    assert re.search(r'id="field-best_before-error".*?这批已经过期了', over)
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


def test_the_stock_page_tells_what_is_over(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.keeper)
    send(client, "/stock/in", product="K01", pieces="5", source="donated", best_before="2026-10-12")
    assert "件过期了" not in page(client, "/stock")
    shop.clock.tick(days=1)

    assert "K01 · 5件过期了 30分 60 0 0 65" in words(page(client, "/stock"))
    over = [one["over"] for one in client.get("/api/v1/stock").get_json() if one["code"] == "K01"]
    assert over == [5]


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


def test_a_service_is_never_free(client: FlaskClient, shop: Shop) -> None:
    """Goods for nothing still leave the shelf; of a service for nothing there would be nothing to keep."""
    sign_in(client, shop.member(0, "coordinator"))
    free = {"points": "0", "from_on": "2026-10-12"}

    assert "服务至少要1分" in send(client, "/store/prices", 409, product="S02", **free)
    asked = {"product": "S02", "points": 0, "from_on": "2026-10-12"}
    assert client.post("/api/v1/store/prices", json=asked).get_json()["code"] == "FreeService"
    send(client, "/store/prices", product="K01", **free)
    dai = shop.member(10)
    shop.hand_over(shop.reserve(dai, K01=1))
    assert (shop.balance(dai).available, shop.left("K01")) == (10, 59)


def test_an_auditor_reads_the_stock_and_changes_nothing(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(0, "auditor"))

    assert "监督员只能看，不能改" in page(client, "/stock")
    page(client, "/stock/in", 403)
    send(client, "/stock/count", 403, product="K01", counted="1")
    page(client, "/counter", 403)


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
