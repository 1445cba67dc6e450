"""Orders: reserved together or not at all; every refusal books nothing. Monday 12 October 2026, 8:30."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.conftest import SetClock
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.core.clock import last_day
from volunteer_app.core.errors import AppError, Forbidden, NotFound
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.ledger.verify import verify
from volunteer_app.store.counter import returns
from volunteer_app.store.lending.queries import loans_out
from volunteer_app.store.opening.queries import openings
from volunteer_app.store.opening.rules import is_open, next_openings
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import limits, offers, reserving
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.rules import (
    MonthLimit,
    NothingChosen,
    NotOffered,
    OrderCancelled,
    OrderExpired,
    ProductLimit,
    SoldOut,
    YearLimit,
)
from volunteer_app.store.shelf import queries as shelf
from volunteer_app.store.shelf.models import Price


def test_reserving_keeps_points_and_goods(shop: Shop) -> None:
    dai = shop.member(368)

    order = shop.reserve(dai, K04=1)

    assert (order.state, order.points) == ("reserved", 80)
    assert (shop.balance(dai).available, shop.balance(dai).held) == (288, 80)
    assert (shop.left("K04"), shop.left("K04", "on_hold")) == (39, 1)


def test_an_order_of_the_12th_is_kept_through_the_19th(shop: Shop) -> None:
    dai = shop.member(100)

    order = shop.reserve(dai, K01=1)

    assert order.expires_at == datetime(2026, 10, 19, 16, tzinfo=UTC)  # midnight in Shanghai, after the 19th
    assert last_day(order.expires_at, "Asia/Shanghai") == date(2026, 10, 19)


def refused(shop: Shop, kind: type[AppError], sentence: str, **wanted: int) -> None:
    dai = shop.member(340)
    before = shop.balance(dai)
    with pytest.raises(kind) as refusal:
        shop.reserve(dai, **wanted)
    assert str(refusal.value) == sentence
    assert shop.balance(dai) == before
    assert shop.session.query(Order).count() == 0


def test_350_with_340_is_refused(shop: Shop) -> None:
    refused(shop, NotEnoughPoints, "积分还差10分，什么都没有登记", K08=1, K01=1)
    assert (shop.left("K08"), shop.left("K01")) == (30, 60)


def test_more_than_the_product_allows_is_refused(shop: Shop) -> None:
    refused(shop, ProductLimit, "“香皂”每月2块，这个月已经换到了", K01=3)


def test_nothing_is_refused(shop: Shop) -> None:
    refused(shop, NothingChosen, "还没有选东西")


def test_no_pieces_is_refused(shop: Shop) -> None:
    refused(shop, NothingChosen, "还没有选东西", K01=0)


def test_an_unknown_product_is_not_found(shop: Shop) -> None:
    refused(shop, NotFound, "没找到。", K99=1)


def test_held_and_collected_pieces_count_for_the_limit_and_cancelled_ones_do_not(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(340)
    shop.hand_over(shop.reserve(dai, K01=1))
    second = shop.reserve(dai, K01=1)
    with pytest.raises(ProductLimit):
        shop.reserve(dai, K01=1)

    shop.cancel(second)
    again = shop.reserve(dai, K01=1)
    assert again.state == "reserved"

    clock.moment = datetime(2026, 10, 31, 16, tzinfo=UTC)  # 1 November in Shanghai
    assert shop.reserve(dai, K01=2).state == "reserved"


def test_400_points_a_month_and_not_one_more(shop: Shop, clock: SetClock) -> None:
    """320 held + 60 collected leave 20: salt for 25 is too much, and stays so until the order lapses."""
    dai = shop.member(900)
    shop.reserve(dai, K08=1)
    shop.hand_over(shop.reserve(dai, K03=1))

    with pytest.raises(MonthLimit) as refusal:
        shop.reserve(dai, K02=1)
    assert str(refusal.value) == "这个月换到400分了，下个月1日再来"

    clock.tick(days=8)
    assert shop.reserve(dai, K02=1).points == 25


def test_exactly_400_is_allowed(shop: Shop) -> None:
    dai = shop.member(400)

    assert shop.reserve(dai, K11=1).points == 400


def test_goods_with_a_limit_for_the_year_stand_outside_the_month(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(2800)
    shop.hand_over(shop.reserve(dai, K12=1))
    assert shop.reserve(dai, K11=1).points == 400

    clock.moment = datetime(2026, 12, 1, 1, tzinfo=UTC)
    with pytest.raises(YearLimit):
        shop.reserve(dai, K12=1)
    clock.moment = datetime(2027, 1, 4, 1, tzinfo=UTC)
    assert shop.reserve(dai, K12=1).state == "reserved"


def test_the_last_piece_goes_to_the_first(shop: Shop) -> None:
    first, second, third = (shop.member(1200) for _ in range(3))
    shop.reserve(first, K12=1)
    shop.reserve(second, K12=1)

    with pytest.raises(SoldOut) as refusal:
        shop.reserve(third, K12=1)
    assert str(refusal.value) == "刚刚换完了，没有扣您的分"
    assert (shop.balance(third).available, shop.balance(third).held) == (1200, 0)


def test_a_price_counts_from_its_date_and_an_order_keeps_its_own(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(340)
    soap = shelf.product(shop.session, shop.community.id, "K01")
    shop.make.save(Price(community_id=shop.community.id, product_id=soap.id, from_on=date(2026, 10, 13), points=35))
    order = shop.reserve(dai, K01=1)
    clock.tick(days=1)

    assert shop.reserve(dai, K01=1).points == 35
    assert shop.hand_over(order).points == 30
    assert shop.balance(dai).spent == 30


def test_what_is_not_offered_is_refused(shop: Shop) -> None:
    soap = shelf.product(shop.session, shop.community.id, "K01")
    soap.is_offered = False
    shop.make.save(soap)

    refused(shop, NotOffered, "“香皂”现在不能换", K01=1)


def test_nobody_comes_in_seven_days_and_all_comes_back(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1)
    clock.moment = order.expires_at
    assert (shop.balance(dai).available, shop.left("K01")) == (100, 60)

    with pytest.raises(OrderExpired) as refusal:
        shop.hand_over(order)
    assert str(refusal.value) == "这个码过期了，东西不留了"
    with pytest.raises(OrderExpired):
        shop.cancel(order)

    assert (expire(shop), expire(shop)) == (1, 0)
    assert shop.session.get_one(Order, order.id).state == "expired"
    assert (shop.balance(dai).available, shop.left("K01")) == (100, 60)
    assert verify(shop.session, shop.community.id) == []


def expire(shop: Shop) -> int:
    found: int = shop.write(orders.expire_due, shop.community.id)
    return found


def test_the_owner_cancels_once_and_others_do_not(shop: Shop) -> None:
    dai, other = shop.member(100), shop.member(100)
    order = shop.reserve(dai, K01=1)
    with pytest.raises(NotFound):
        shop.cancel(order, shop.make.actor(other, "volunteer"))

    assert shop.cancel(order).state == "cancelled"
    assert shop.cancel(order).state == "cancelled"
    assert (shop.balance(dai).available, shop.left("K01")) == (100, 60)
    with pytest.raises(OrderCancelled):
        shop.hand_over(order)


def test_only_staff_reserves_for_somebody_else(shop: Shop) -> None:
    dai, other = shop.member(100), shop.member(100)

    with pytest.raises(Forbidden):
        shop.write(reserving.reserve, dai.id, {"K01": 1}, actor=shop.make.actor(other, "volunteer"), codes=CODES)


def test_a_lent_thing_costs_nothing_and_comes_back(shop: Shop) -> None:
    dai = shop.member()
    order = shop.walk_in(dai, L01=1)
    assert (shop.left("L01"), shop.left("L01", "on_loan"), len(loans_out(shop.session))) == (4, 1, 1)

    shop.write(returns.take_back, order.id, order.lines[0].id, 1, reason="还了", actor=shop.as_keeper())
    assert (shop.left("L01"), shop.left("L01", "on_loan"), len(loans_out(shop.session))) == (5, 0, 0)


def test_a_service_is_a_voucher_without_stock(shop: Shop) -> None:
    dai = shop.member(100)

    assert shop.hand_over(shop.reserve(dai, S01=1)).state == "picked_up"
    assert shop.balance(dai).spent == 100


def test_two_waiting_orders_never_share_a_code(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order starts with code 000001; the second one must move on to its next."""

    def same_at_first(_codes: Codes, _community: int, order_id: int, turn: int) -> str:
        return "000001" if turn == 0 else f"{order_id:03d}{turn:03d}"

    monkeypatch.setattr(Codes, "code", same_at_first)
    first, second = shop.reserve(shop.member(100), K01=1), shop.reserve(shop.member(100), K01=1)

    assert (first.code_turn, second.code_turn) == (0, 1)
    assert first.code_hash != second.code_hash


def test_offers_say_what_stands_in_the_way(shop: Shop) -> None:
    dai = shop.member(268)
    shop.reserve(dai, K06=1)  # 120 held, 148 free

    found = {
        offer.product.code: (offer.verdict, offer.short) for offer in offers.offers(shop.session, dai, now=shop.clock())
    }

    assert found["K01"] == ("ok", 0)
    assert found["K06"] == ("limit", 0)
    assert found["K08"] == ("short", 172)
    assert limits.allowance(shop.session, dai, now=shop.clock()).left == 280


def test_openings_are_data(shop: Shop) -> None:
    rhythm = openings(shop.session)

    days = [
        (day.isoformat(), one.starts_minute)
        for day, one in next_openings(rhythm, date(2026, 10, 12), date(2026, 10, 19))
    ]
    assert days == [("2026-10-15", 540), ("2026-10-16", 840)]
    assert is_open(rhythm, datetime(2026, 10, 16, 6, tzinfo=UTC), "Asia/Shanghai")
    assert not is_open(rhythm, datetime(2026, 10, 16, 9, tzinfo=UTC), "Asia/Shanghai")
    assert timedelta(hours=3) == timedelta(minutes=rhythm[0].ends_minute - rhythm[0].starts_minute)
