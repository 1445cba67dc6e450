from datetime import UTC, date, datetime

import pytest

from tests.volunteer_app.store.shop import Shop
from volunteer_app.store.opening import actions as opening
from volunteer_app.store.opening.queries import closed_dates, openings
from volunteer_app.store.opening.rules import DayOver, is_open, next_openings


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
