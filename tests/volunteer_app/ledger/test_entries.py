"""PostgreSQL's `ledger_entry`: what is added there meets every law, and nothing else passes for it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.ledger.books import SHELF, Books
from tests.volunteer_app.ledger.test_laws import CHECKER, DAI, HOME, MAKER, OCTOBER
from volunteer_app.ledger import periods
from volunteer_app.ledger.guards import missing_guard
from volunteer_app.ledger.verify import verify
from volunteer_app.ledger.writing import POST

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


def add_entry(session: Session, *, accounts: list[int], **other: object) -> int:
    """Adds an entry of right values but for those that are named; returns its number."""
    none = [0] * len(accounts)
    values = {"kind": "gift", "cause": "x:1", "content": "0" * 64, "reason": "{}", "at": "2026-11-03 08:00+00"}
    people = {"actor_id": MAKER, "checker_id": CHECKER, "reverses_seq": None, "continues_seq": None}
    sums = {"amounts": [-5, 5], "earned": none, "spent": none, "expired": none}
    lots: dict[str, list[int]] = {
        name: [] for name in ("lot_accounts", "lot_amounts", "lot_expires", "use_lots", "use_amounts")
    }
    made = {**values, **people, **sums, **lots, "keeps": "[]", "accounts": accounts, **other}
    return int(session.execute(POST, made).one().seq)


@pytest.fixture
def pair(books: Books) -> list[int]:
    """Two accounts of points, with 20 on each."""
    books.issue(DAI, 20, "service_record:1")
    books.issue(HOME, 20, "service_record:2")
    return [number(books, DAI), number(books, HOME)]


def number(books: Books, owner: str, kind: str = "points") -> int:
    found = "SELECT id FROM ledger_account WHERE owner = :owner AND kind = :kind"
    return int(books.session.execute(text(found), {"owner": owner, "kind": kind}).scalar_one())


LAWS: dict[str, tuple[dict[str, object], str]] = {
    "one leg is missing": ({"accounts": 1, "amounts": [-5]}, "of fewer than two legs"),
    "no leg at all": ({"accounts": 0, "amounts": []}, "of fewer than two legs"),
    "it doesn't come out even": ({"amounts": [-5, 4]}, "not balanced"),
    "an amount is missing": ({"amounts": [-5, None]}, "null value"),
    "it moves nothing": ({"amounts": [0, 0]}, "of nothing"),
    "more than there is": ({"amounts": [-21, 21]}, "beyond its limit"),
    "one person alone adjusts": ({"kind": "adjust", "checker_id": None}, "needs a second person"),
    "nobody adjusts": ({"kind": "write_off", "actor_id": None}, "needs a second person"),
    "its maker checks it": ({"checker_id": MAKER}, "needs a second person, not its maker"),
    "a cause that is booked": ({"cause": "service_record:1"}, "uq_ledger_txn_community_id_cause"),
    "more than is left in a lot": ({"use_lots": [1], "use_amounts": [21]}, "ck_ledger_lot_remaining"),
    "an account that isn't there": ({"accounts": [999, 998]}, "no such account"),
    "another community's books": ({"community_id": 999}, "no such account"),
}


@pytest.mark.parametrize("law", LAWS)
def test_an_entry_that_breaks_a_law_is_refused_by_name(books: Books, pair: list[int], law: str) -> None:
    changes, words = LAWS[law]
    asked = {"community_id": books.actor.community_id, "accounts": pair, **changes}
    if isinstance(asked["accounts"], int):
        asked["accounts"] = pair[: asked["accounts"]]
    with pytest.raises(DBAPIError, match=words):
        add_entry(books.session, **asked)
    books.session.rollback()
    assert verify(books.session, books.actor.community_id) == []


def test_each_unit_comes_out_even_by_itself(books: Books, pair: list[int]) -> None:
    """5 points out and 5 rice in are nothing together, and yet not even."""
    books.stock("K01", 50)
    rice = number(books, SHELF, "on_hand")
    with pytest.raises(DBAPIError, match="not balanced"):
        add_entry(books.session, community_id=books.actor.community_id, accounts=[pair[0], rice])


def test_an_entry_in_a_closed_period_is_refused(books: Books, clock: SetClock, pair: list[int]) -> None:
    """The chain's end moves on with the clock, so the period that is closed holds it."""
    last = "SELECT at FROM ledger_chain"
    at = books.session.execute(text(last)).scalar_one()
    assert OCTOBER[0] < at < OCTOBER[1]
    clock.moment = OCTOBER[1] - timedelta(hours=6)
    books.write(periods.close, *OCTOBER)
    with pytest.raises(DBAPIError, match="in a closed period"):
        add_entry(books.session, community_id=books.actor.community_id, accounts=pair, at=at)


def test_a_right_entry_is_the_next_of_its_chain(books: Books, pair: list[int]) -> None:
    before = books.session.execute(text("SELECT MAX(seq) FROM ledger_txn")).scalar_one()
    seq = add_entry(books.session, community_id=books.actor.community_id, accounts=pair, use_lots=[1], use_amounts=[5])
    assert seq == before + 1
    kept = text("SELECT amount, balance_after FROM ledger_posting WHERE txn_seq = :seq ORDER BY leg")
    assert [tuple(row) for row in books.session.execute(kept, {"seq": seq})] == [(-5, 15), (5, 25)]


BY_HAND = {
    "ledger_chain: not in this order": "UPDATE ledger_chain SET seq = seq + 1, hash = decode(repeat('1', 64), 'hex')",
    "ledger_posting: of no transaction": "INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit,"
    " amount) SELECT community_id, 999, 1, id, unit, 5 FROM ledger_account WHERE kind = 'points' LIMIT 1",
    "ledger_chain: not the end of its entries": "INSERT INTO ledger_chain (community_id, seq, hash)"
    " SELECT id, 7, decode(repeat('0', 64), 'hex') FROM community WHERE code = 'other'",
}


@pytest.mark.parametrize("words", BY_HAND)
@pytest.mark.usefixtures("pair")
def test_what_is_written_by_hand_is_asked_by_the_tables(books: Books, words: str) -> None:
    """At once, or when it is committed."""
    copied = (
        "INSERT INTO community (code, name, contact_name, contact_phone, issuer, zone)"
        " SELECT 'other', name, contact_name, contact_phone, issuer, zone FROM community LIMIT 1"
    )
    books.session.execute(text(copied))
    books.session.commit()
    books.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    with pytest.raises(DBAPIError, match=words):
        books.session.execute(text(BY_HAND[words]))


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(("trigger", "table"), [("entry_added", "ledger_entry"), ("chain_begun", "ledger_chain")])
def test_a_guard_that_is_gone_is_missed(books: Books, trigger: str, table: str) -> None:
    books.session.execute(text(f"DROP TRIGGER ledger_{trigger}_row ON {table}"))
    found = missing_guard(books.session)
    assert found is not None
    assert (found.row, found.what) == (table, "nothing refuses INSERT")
