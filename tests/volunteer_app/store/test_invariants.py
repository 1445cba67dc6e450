"""What the store keeps beside the books: a changed row is named by its invariant's number."""

from sqlalchemy import text

from tests.volunteer_app.ledger.test_invariants import without_keys
from tests.volunteer_app.store.shop import Shop
from volunteer_app.ledger.verify import verify
from volunteer_app.store.invariants import CHECKS

TAMPERINGS = {
    "I10c": "UPDATE store_order SET handed_by_id = person_id WHERE state = 'picked_up'",
    "I12b": "UPDATE store_delivery SET pieces_left = pieces_left + 1 WHERE id = (SELECT MIN(id) FROM store_delivery)",
    "I12c": "UPDATE store_order SET state = 'picked_up' WHERE state = 'reserved'",
    "I12d": "UPDATE store_order SET code_hash = 'same' WHERE state = 'reserved'",
}


def test_every_invariant_of_the_store_is_named_when_it_is_broken(shop: Shop) -> None:
    dai = shop.member(200)
    shop.walk_in(dai, K01=1)
    shop.reserve(dai, K02=1)
    shop.reserve(shop.member(200), K02=1)
    here = shop.community.id
    assert verify(shop.session, here) == []
    shop.session.rollback()
    assert [check.number for check in CHECKS] == list(TAMPERINGS)

    unnamed = []
    for number, statement in TAMPERINGS.items():
        if "store_order" in statement:
            without_keys(shop.session, "store_order")
        assert shop.session.execute(text(statement)).rowcount > 0, number  # type: ignore[attr-defined]
        if number not in {finding.number for finding in verify(shop.session, here)}:
            unnamed.append(number)
        shop.session.rollback()

    assert unnamed == []
