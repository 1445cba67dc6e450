"""Orders at the counter: looked up by code, handed over once, returned."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from tests.conftest import SetClock
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.ledger.verify import verify
from volunteer_app.people.models import Household
from volunteer_app.store.counter import looking_up, returns
from volunteer_app.store.counter.rules import (
    TRIES,
    NameNotChecked,
    NotCollected,
    NotTicked,
    ProxyNeedsCode,
    TooManyCodes,
    UnknownCode,
)
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.rules import AlreadyCollected, OrderExpired, OwnOrder
from volunteer_app.store.shelf.rules import FridaysOnly


def test_handing_over_spends_the_points_and_empties_the_shelf(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.hand_over(shop.reserve(dai, K01=1, K02=1))

    assert (order.state, order.handed_by_id) == ("picked_up", shop.keeper.id)
    assert (shop.balance(dai).available, shop.balance(dai).spent) == (45, 55)
    assert (shop.left("K01"), shop.left("K01", "on_hold")) == (59, 0)
    assert verify(shop.session, shop.community.id) == []


def test_everything_is_ticked_before_it_is_handed_over(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1, K02=1)

    with pytest.raises(NotTicked) as refusal:
        shop.hand_over(order, ticked=[order.lines[0].id])
    assert str(refusal.value) == "还有1样没勾"
    assert shop.balance(dai).held == 55


def test_the_name_is_asked_unless_a_proxy_collects_by_name(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1)

    with pytest.raises(NameNotChecked):
        shop.hand_over(order, name_checked=False)
    with pytest.raises(NameNotChecked):
        shop.hand_over(order, name_checked=False, proxy_name="  ")
    for code_hash in ("", CODES.hash(shop.community.id, "123450")):
        with pytest.raises(ProxyNeedsCode):
            shop.hand_over(order, name_checked=False, proxy_name="戴小明", code_hash=code_hash)
    shown = CODES.hash(shop.community.id, shop.code(order))
    assert shop.hand_over(order, name_checked=False, proxy_name="戴小明", code_hash=shown).proxy_name == "戴小明"


def test_eggs_are_handed_over_on_fridays_only(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(300)
    order = shop.reserve(dai, K07=1)
    clock.moment = datetime(2026, 10, 15, 2, tzinfo=UTC)  # Thursday the 15th, when the store is open
    with pytest.raises(FridaysOnly) as refusal:
        shop.hand_over(order)
    assert str(refusal.value) == "“鸡蛋”只在周五取"

    clock.moment = datetime(2026, 10, 16, 6, tzinfo=UTC)
    assert shop.hand_over(order).state == "picked_up"


def test_nobody_serves_himself_or_his_household(shop: Shop) -> None:
    home = Household(community_id=shop.community.id, code="5-302")
    shop.make.save(home)
    wife = shop.member(100, household_id=home.id)
    husband = shop.member(100, "keeper", household_id=home.id)
    hers, his = shop.reserve(wife, K01=1), shop.reserve(husband, K01=1)

    for order in (hers, his):
        with pytest.raises(OwnOrder):
            shop.hand_over(order, actor=shop.as_keeper(husband))
    with pytest.raises(OwnOrder):
        shop.walk_in(wife, husband, K02=1)
    assert shop.hand_over(hers).state == "picked_up"


def test_the_database_itself_lets_nobody_serve_himself(shop: Shop) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    order.state, order.handed_by_id = "picked_up", order.person_id

    with pytest.raises(IntegrityError):
        shop.session.commit()
    shop.session.rollback()


def test_an_order_is_handed_over_once(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.hand_over(shop.reserve(dai, K01=1))

    with pytest.raises(AlreadyCollected) as refusal:
        shop.hand_over(order)
    assert str(refusal.value) == "这个码10月12日已经取过了"
    assert shop.balance(dai).spent == 30


def test_clerk_mode_reserves_and_hands_over_at_once(shop: Shop) -> None:
    dai = shop.member(100)

    order = shop.walk_in(dai, K01=2)

    assert (order.state, order.recorded_by_id) == ("picked_up", shop.keeper.id)
    assert (shop.balance(dai).spent, shop.left("K01")) == (60, 58)


def test_a_returned_piece_comes_back_with_its_points(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.hand_over(shop.reserve(dai, K01=2))
    line = order.lines[0].id

    shop.write(returns.take_back, order.id, line, 1, reason="破了", actor=shop.as_keeper())
    assert (shop.balance(dai).available, shop.balance(dai).spent, shop.left("K01")) == (70, 30, 59)

    shop.write(returns.take_back, order.id, line, 1, reason="破了", actor=shop.as_keeper())
    with pytest.raises(NotCollected):
        shop.write(returns.take_back, order.id, line, 1, reason="破了", actor=shop.as_keeper())
    assert (shop.balance(dai).available, shop.left("K01")) == (100, 60)
    assert verify(shop.session, shop.community.id) == []


def find(shop: Shop, code: str) -> Order:
    shop.session.rollback()
    return looking_up.order_by_code(
        shop.session, code, community_id=shop.community.id, keeper_id=shop.keeper.id, codes=CODES, now=shop.clock()
    )


def test_the_code_finds_the_order_and_is_stored_nowhere(shop: Shop) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, K01=1)
    code = shop.code(order)

    assert len(code) == 6
    assert find(shop, f"{code[:3]} {code[3:]}").id == order.id
    assert code not in str({column.name: getattr(order, column.name) for column in Order.__table__.columns})
    assert Codes("another secret").code(order.community_id, order.id, order.code_turn) != code


def test_a_used_an_expired_and_an_unknown_code_say_so(shop: Shop, clock: SetClock) -> None:
    dai = shop.member(200)
    used, lapsed = shop.hand_over(shop.reserve(dai, K01=1)), shop.reserve(dai, K02=1)

    with pytest.raises(AlreadyCollected):
        find(shop, shop.code(used))
    with pytest.raises(UnknownCode):
        find(shop, "41820")
    clock.tick(days=8)
    with pytest.raises(OrderExpired):
        find(shop, shop.code(lapsed))


def test_ten_unknown_codes_stop_the_keeper_for_ten_minutes(shop: Shop, clock: SetClock) -> None:
    order = shop.reserve(shop.member(100), K01=1)
    for _ in range(TRIES):
        shop.write(looking_up.note_unknown_code, actor=shop.as_keeper())

    with pytest.raises(TooManyCodes):
        find(shop, shop.code(order))
    clock.tick(minutes=10)
    assert find(shop, shop.code(order)).id == order.id


def test_another_communitys_code_is_unknown(shop: Shop) -> None:
    code = shop.code(shop.reserve(shop.member(100), K01=1))
    elsewhere = Shop(shop.session, shop.clock, shop.make, shop.make.community("other", "邻村"))

    with pytest.raises(UnknownCode):
        find(elsewhere, code)
