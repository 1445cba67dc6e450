"""Batches, write-offs, donors. Monday 12 October 2026, 8:30."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.factory import sign_in
from tests.volunteer_app.store.batches import empty_shelf, left, right, soap
from tests.volunteer_app.store.pages import page, send
from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger.rules import SecondPersonNeeded
from volunteer_app.store.counter import returns
from volunteer_app.store.orders import offers
from volunteer_app.store.orders.rules import SoldOut
from volunteer_app.store.shelf import batches, stock, write_offs
from volunteer_app.store.shelf.batch_models import WriteOff
from volunteer_app.store.shelf.models import Delivery
from volunteer_app.store.shelf.rules import (
    BatchEmpty,
    CountSettled,
    KeptForOrders,
    KeptFresh,
    NothingFresh,
    most_to_keep,
)


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
    over, good = soap(shop, 1, date(2026, 10, 13)), soap(shop, 1, date(2026, 12, 1))
    empty_shelf(shop)
    shop.clock.tick(days=2)

    shop.hand_over(shop.reserve(shop.member(100), K01=1))

    assert (left(shop, over), left(shop, good)) == (1, 0)
    with pytest.raises(NothingFresh):
        shop.walk_in(shop.member(100), K01=1)
    assert right(shop)


def test_pieces_that_fade_first_count_for_the_orders_that_end_first(shop: Shop) -> None:
    """Two pieces are good to the 22nd and kept for an order to the 19th, so the two fresh ones may be kept to the
    23rd, and no third: whoever comes first gets the older pieces, and the others still find good ones.
    """
    empty_shelf(shop)
    old, fresh = soap(shop, 2, date(2026, 10, 22)), soap(shop, 2, date(2026, 12, 31))
    early = shop.reserve(shop.member(100), K01=2)
    shop.clock.tick(days=4)  # Friday the 16th
    dai = shop.member(100)
    offer = offers.offer(shop.session, dai, "K01", now=shop.clock())
    assert (offer.verdict, offer.left) == ("ok", 2)
    shop.session.rollback()

    late = shop.reserve(dai, K01=2)
    with pytest.raises(SoldOut):
        shop.reserve(shop.member(100), K01=1)
    shop.hand_over(late)
    assert (left(shop, old), left(shop, fresh)) == (0, 2)
    shop.clock.tick(days=3)  # Monday the 19th
    shop.hand_over(early)
    assert right(shop)


def test_what_fades_before_an_order_ends_is_not_kept_for_it_beside_others(shop: Shop) -> None:
    """One of two pieces good to the 22nd is kept to the 19th; the other one can't be kept to the 23rd."""
    empty_shelf(shop)
    soap(shop, 2, date(2026, 10, 22))
    shop.reserve(shop.member(100), K01=1)
    shop.clock.tick(days=4)
    dai = shop.member(100)

    assert offers.offer(shop.session, dai, "K01", now=shop.clock()).left == 0
    shop.session.rollback()
    with pytest.raises(NothingFresh):
        shop.reserve(dai, K01=1)
    shop.walk_in(dai, K01=1)
    assert right(shop)


def test_as_many_are_kept_as_everybody_finds_good_whoever_comes_first() -> None:
    """Against trying out: every way in which the orders can be collected, each on any day until its last."""
    chance, first = Random(17), date(2026, 10, 12)
    for _ in range(300):
        days = [first + timedelta(days=number) for number in range(4)]
        shelf = sorted(chance.choice(days) for _ in range(chance.randint(0, 4)))
        ends: list[date] = []
        for _ in range(3):
            end = chance.choice(days)
            free = len(shelf) - len(ends)
            most = most_to_keep(Counter(shelf), Counter(ends), free, end)
            assert (most >= 1) == all_find_good(shelf, [*ends, end], first), (shelf, ends, end)
            if most >= 1:
                ends.append(end)


def all_find_good(shelf: list[date], ends: list[date], today: date) -> bool:
    """Whoever comes, in whichever order and on whichever day until the last one, gets the oldest good piece."""
    ways = product(*[[(today + timedelta(days=n)) for n in range((end - today).days + 1)] for end in ends])
    return all(served(shelf, sorted(way)) for way in ways)


def served(shelf: list[date], comings: list[date]) -> bool:
    left = list(shelf)
    for day in comings:
        good = [until for until in left if until >= day]
        if not good:
            return False
        left.remove(min(good))
    return True


def test_the_list_of_what_runs_out_soon_is_in_order(shop: Shop) -> None:
    second, first, far = (soap(shop, 1, date(2026, month, 12)) for month in (11, 10, 12))

    found = batches.running_out(shop.session, date(2026, 10, 14))

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
    with pytest.raises(BatchEmpty):
        shop.write(write_offs.set_aside, batch.id, 62, reason="受潮", actor=shop.as_keeper())
    with pytest.raises(NotFound):
        shop.write(write_offs.set_aside, 987_654, 1, reason="受潮", actor=shop.as_keeper())
    assert right(shop)


def test_fresh_pieces_that_are_reserved_are_not_set_aside_while_the_others_run_out(shop: Shop) -> None:
    """Two are good to the 14th, three longer; two of these are kept through the 19th. One may go, and what runs out."""
    empty_shelf(shop)
    soon, fresh = soap(shop, 2, date(2026, 10, 14)), soap(shop, 3, date(2026, 12, 31))
    order = shop.reserve(shop.member(100), K01=2)
    shop.write(write_offs.set_aside, fresh.id, 1, reason="受潮", actor=shop.as_keeper())

    with pytest.raises(KeptFresh) as refusal:
        shop.write(write_offs.set_aside, fresh.id, 1, reason="受潮", actor=shop.as_keeper())

    assert str(refusal.value) == "“香皂”还新鲜的有人预约了，不能放到一边；要是坏了，请先取消预约"
    shop.write(write_offs.set_aside, soon.id, 1, reason="受潮", actor=shop.as_keeper())
    shop.clock.tick(days=7)
    assert (shop.hand_over(order).state, left(shop, soon), left(shop, fresh)) == ("picked_up", 1, 0)
    assert right(shop)


def test_what_runs_out_is_set_aside_whatever_else_is_missing(shop: Shop) -> None:
    """The date of the fresh batch was written down wrongly: nothing good is left for the order, and nothing to save."""
    empty_shelf(shop)
    soon, fresh = soap(shop, 2, date(2026, 10, 14)), soap(shop, 2, date(2026, 12, 31))
    shop.reserve(shop.member(100), K01=2)
    shop.session.get_one(Delivery, fresh.id).best_before = date(2026, 10, 14)
    shop.session.commit()

    shop.write(write_offs.set_aside, soon.id, 2, reason="受潮", actor=shop.as_keeper())

    assert (left(shop, soon), right(shop)) == (0, True)


def test_what_is_kept_for_orders_is_neither_set_aside_nor_counted_away(shop: Shop) -> None:
    empty_shelf(shop)
    batch = soap(shop, 2, date(2026, 10, 30))
    order = shop.reserve(shop.member(100), K01=2)
    second = shop.as_keeper(shop.member(0, "keeper"))
    found = shop.write(stock.count, "K01", 1, actor=shop.as_keeper())

    with pytest.raises(KeptForOrders) as refusal:
        shop.write(write_offs.set_aside, batch.id, 1, reason="受潮", actor=shop.as_keeper())
    assert str(refusal.value) == "这几件留给预约了，请先取消预约，或者等取走"
    with pytest.raises(KeptForOrders):
        shop.write(stock.confirm_count, found.id, actor=second)
    assert right(shop)

    shop.cancel(order)
    assert shop.write(stock.confirm_count, found.id, actor=second).state == "booked"
    assert (left(shop, batch), right(shop)) == (1, True)


def test_the_database_itself_wants_two_people_for_a_write_off(shop: Shop) -> None:
    batch = soap(shop, 1, date(2026, 10, 30))
    found = shop.write(write_offs.set_aside, batch.id, 1, reason="受潮", actor=shop.as_keeper())
    alone = text(
        "UPDATE store_write_off SET state = 'booked', txn_id = 1, checked_by_id = set_aside_by_id WHERE id = :i"
    )

    with pytest.raises(IntegrityError):
        shop.session.execute(alone, {"i": found.id})
    shop.session.rollback()


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
