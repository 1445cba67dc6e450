"""Stock in, counts and their differences: two people, and the books follow the shelf."""

from datetime import date

import pytest

from tests.volunteer_app.store.batches import right, soap
from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.errors import BadInput
from volunteer_app.ledger.rules import SecondPersonNeeded
from volunteer_app.ledger.verify import verify
from volunteer_app.store.shelf import stock
from volunteer_app.store.shelf.models import StockCount
from volunteer_app.store.shelf.rules import CountSettled


def test_a_donation_goes_on_the_shelf_with_its_donor(shop: Shop) -> None:
    found = shop.write(
        stock.receive,
        "K04",
        5,
        source="donated",
        donor="爱心商户",
        best_before=date(2027, 3, 1),
        actor=shop.as_keeper(),
    )

    assert (found.donor, found.recorded_by_id, shop.left("K04")) == ("爱心商户", shop.keeper.id, 45)


def test_what_is_over_already_does_not_come_in(shop: Shop) -> None:
    """Monday the 12th: what is good through today comes in, what was good through yesterday doesn't."""
    soap(shop, 1, date(2026, 10, 12))

    with pytest.raises(BadInput) as refusal:
        soap(shop, 1, date(2026, 10, 11))
    assert [str(text) for text in refusal.value.fields["best_before"]] == ["这批已经过期了"]
    assert shop.left("K01") == 61


def test_a_count_that_matches_books_nothing(shop: Shop) -> None:
    shop.reserve(shop.member(100), K01=1)  # a kept piece still lies there

    found = shop.write(stock.count, "K01", 60, actor=shop.as_keeper())

    assert (found.state, found.txn_id) == ("matches", None)


@pytest.mark.parametrize(("counted", "left"), [(58, 58), (61, 61)])
def test_a_difference_is_booked_by_a_second_person(shop: Shop, counted: int, left: int) -> None:
    found = shop.write(stock.count, "K01", counted, actor=shop.as_keeper(), reason="摔碎")
    assert (found.state, shop.left("K01")) == ("waiting", 60)
    with pytest.raises(SecondPersonNeeded):
        shop.write(stock.confirm_count, found.id, actor=shop.as_keeper())
    assert shop.left("K01") == 60

    second = shop.member(0, "keeper")
    shop.write(stock.confirm_count, found.id, actor=shop.as_keeper(second))

    assert shop.left("K01") == left
    with pytest.raises(CountSettled):
        shop.write(stock.confirm_count, found.id, actor=shop.as_keeper(second))
    assert verify(shop.session, shop.community.id) == []


def test_a_wrong_count_is_dropped(shop: Shop) -> None:
    found = shop.write(stock.count, "K01", 6, actor=shop.as_keeper())

    assert shop.write(stock.drop_count, found.id, actor=shop.as_keeper()).state == "dropped"
    assert (shop.left("K01"), stock.counts_to_check(shop.session)) == (60, [])


@pytest.mark.parametrize(("counted", "state", "left"), [(58, "booked", 58), (57, "waiting", 60), (60, "matches", 60)])
def test_the_next_count_confirms_the_one_that_waits_or_takes_its_place(
    shop: Shop, counted: int, state: str, left: int
) -> None:
    first = shop.write(stock.count, "K01", 58, actor=shop.as_keeper())
    second = shop.as_keeper(shop.member(0, "keeper"))

    found = shop.write(stock.count, "K01", counted, actor=second)

    assert (found.state, shop.left("K01"), found.id == first.id) == (state, left, state == "booked")
    if found.id != first.id:
        assert shop.session.get_one(StockCount, first.id).state == "dropped"
        with pytest.raises(CountSettled):
            shop.write(stock.confirm_count, first.id, actor=second)
        dropped = shop.session.query(AuditEvent).filter_by(verb="drop_count", subject=f"store_count:{first.id}")
        assert dropped.count() == 1
    assert right(shop)


def test_the_same_difference_is_told_by_the_pieces_that_left_meanwhile(shop: Shop) -> None:
    """58 of 60, then one is handed over: whoever counts 58 of 59 has found another difference, and 57 the same."""
    shop.write(stock.count, "K01", 58, actor=shop.as_keeper())
    second = shop.as_keeper(shop.member(0, "keeper"))
    shop.walk_in(shop.member(100), K01=1)

    assert shop.write(stock.count, "K01", 58, actor=second).state == "waiting"
    assert shop.write(stock.count, "K01", 57, actor=shop.as_keeper()).state == "waiting"
    assert shop.write(stock.count, "K01", 57, actor=shop.as_keeper()).state == "waiting"
    assert shop.write(stock.count, "K01", 57, actor=second).state == "booked"
    assert (shop.left("K01"), stock.counts_to_check(shop.session), right(shop)) == (57, [], True)


def test_the_stock_list_tells_free_kept_and_lent(shop: Shop) -> None:
    shop.reserve(shop.member(100), K01=2)
    shop.walk_in(shop.member(), L01=1)

    lines = {line.product.code: line for line in stock.stock(shop.session, shop.community.id, now=shop.clock())}

    assert (lines["K01"].on_hand, lines["K01"].on_hold, lines["K01"].on_shelf) == (58, 2, 60)
    assert (lines["L01"].on_hand, lines["L01"].lent) == (4, 1)
    assert "S01" not in lines


def test_pieces_that_are_over_lie_on_the_shelf_and_cannot_be_had(shop: Shop) -> None:
    soap(shop, 3, date(2026, 10, 12))
    shop.reserve(shop.member(100), K01=2)
    shop.clock.tick(days=1)

    lines = {line.product.code: line for line in stock.stock(shop.session, shop.community.id, now=shop.clock())}

    assert (lines["K01"].free, lines["K01"].over, lines["K01"].on_hold, lines["K01"].on_shelf) == (58, 3, 2, 63)
    assert (lines["K02"].free, lines["K02"].over) == (80, 0)
