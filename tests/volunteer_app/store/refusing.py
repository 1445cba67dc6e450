"""One way to expect a refusal."""

import pytest

from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.errors import AppError
from volunteer_app.store.orders.models import Order


def refused(shop: Shop, kind: type[AppError], sentence: str, **wanted: int) -> None:
    dai = shop.member(340)
    before = shop.balance(dai)
    with pytest.raises(kind) as refusal:
        shop.reserve(dai, **wanted)
    assert str(refusal.value) == sentence
    assert shop.balance(dai) == before
    assert shop.session.query(Order).count() == 0
