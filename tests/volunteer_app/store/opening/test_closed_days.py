from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, words
from tests.volunteer_app.store.shop import Shop
from tests.volunteer_app.store.vouchers.test_vouchers import Barber
from volunteer_app.store.opening import actions as opening
from volunteer_app.store.opening.queries import closed_dates, openings
from volunteer_app.store.opening.rules import DayOver, is_open, next_openings


def test_who_could_not_come_on_any_day_is_told_before_and_after_reserving(client: FlaskClient, shop: Shop) -> None:
    """Kept from the 12th to the 19th: the store is open on Thursday the 15th, and on Friday the 16th, when eggs go."""
    dai = shop.member(600)
    Barber(shop)
    sign_in(client, dai)
    shop.write(opening.close_day, date(2026, 10, 16), reason="", actor=shop.as_keeper())
    warning = "到10月19日都没有能取的日子"
    assert warning in words(page(client, "/store/reserve/K07"))
    assert warning not in words(page(client, "/store/reserve/K01"))

    shop.write(opening.close_day, date(2026, 10, 15), reason="", actor=shop.as_keeper())
    assert warning in words(page(client, "/store/reserve/K01"))
    assert warning not in words(page(client, "/store/reserve/S01"))  # a partner shop has times of its own
    order_id = shop.reserve(dai, K01=1).id
    ticket = words(page(client, f"/store/orders/{order_id}"))
    assert ("什么时候来" in ticket, warning in ticket) == (True, True)

    send(client, f"/store/orders/{order_id}/extend")
    assert "10月23日 周五 下午 2点到5点" in words(page(client, f"/store/orders/{order_id}"))


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
