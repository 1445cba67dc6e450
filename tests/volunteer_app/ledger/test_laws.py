"""Gifts, corrections by two people, closed periods: what is booked, what is refused, and by whom it must be refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import SetClock
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.ledger.test_verify import take_triggers_off
from volunteer_app.core.audit import Actor
from volunteer_app.ledger import actions, corrections, periods, proposals, queries, rules
from volunteer_app.ledger.month import MonthSheet, month_sheet
from volunteer_app.ledger.verify import verify

DAI, HOME, CARE = "person:17", "household:3", "pool:care"
OCTOBER = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)  # local months in Shanghai
MAKER, CHECKER = 7, 8


def checker(books: Books) -> Actor:
    return Actor(books.actor.community_id, CHECKER, "web")


def give(books: Books, points: int, cause: str = "gift:1", target: str = HOME) -> object:
    return books.write(corrections.give, source=DAI, target=target, points=points, cause=cause, reason="给家里")


def adjusted(books: Books, points: int) -> proposals.Proposal:
    """An adjustment that one person proposed and another approved."""
    asked = {"owner": DAI, "points": points, "expires_at": None}
    made: proposals.Proposal = books.write(proposals.propose, "adjust", asked, reason="登记本漏记")
    found: proposals.Proposal = books.write(proposals.approve, made.id, actor=checker(books))
    return found


def october(books: Books) -> MonthSheet:
    books.session.rollback()
    return month_sheet(books.session, books.actor.community_id, from_at=OCTOBER[0], to_at=OCTOBER[1])


def test_a_gift_keeps_the_dates_of_the_points(books: Books, clock: SetClock) -> None:
    """30 given out of 20 that run out first and 40 later ones: 20 and 10, with their own dates."""
    sooner, later = clock() + timedelta(days=30), clock() + timedelta(days=60)
    books.issue(DAI, 40, "service_record:1", expires_at=later)
    books.issue(DAI, 20, "service_record:2", expires_at=sooner)

    give(books, 30)

    assert (books.balance(DAI).available, books.balance(HOME).available) == (30, 30)
    assert (books.balance(DAI).spent, books.balance(HOME).earned) == (30, 30)
    clock.tick(days=31)
    assert (books.balance(DAI).available, books.balance(HOME).available) == (30, 10)


def test_a_gift_is_booked_once_and_never_beyond_what_is_there(books: Books) -> None:
    books.issue(DAI, 20, "service_record:1")
    give(books, 15, target=CARE)
    give(books, 15, target=CARE)
    assert books.balance(CARE).available == 15
    with pytest.raises(rules.CauseTaken):
        give(books, 5, target=CARE)
    with pytest.raises(rules.NotEnoughPoints) as refusal:
        give(books, 6, cause="gift:2", target=CARE)
    assert refusal.value.text.values == {"short": 1}


def test_an_adjustment_needs_two_people(books: Books) -> None:
    asked = {"owner": DAI, "points": 30, "expires_at": None}
    made = books.write(proposals.propose, "adjust", asked, reason="登记本漏记")
    assert books.balance(DAI).available == 0

    with pytest.raises(rules.SecondPersonNeeded):
        books.write(proposals.approve, made.id)
    books.write(proposals.approve, made.id, actor=checker(books))
    with pytest.raises(rules.ProposalDecided):
        books.write(proposals.approve, made.id, actor=checker(books))

    assert books.balance(DAI).available == 30
    told = books.session.execute(text("SELECT actor_id, checker_id FROM ledger_txn WHERE kind = 'adjust'")).one()
    assert tuple(told) == (CHECKER, MAKER)


def test_what_an_adjustment_takes_away_pays_for_the_next_one(books: Books) -> None:
    """100 000 funded; 50 credited, 20 taken away and kept, 30 added: 20 of them kept ones, 10 from the budget."""
    books.issue(DAI, 50, "service_record:1")
    adjusted(books, -20)
    adjusted(books, 30)

    assert (books.balance(DAI).available, books.balance(DAI).earned) == (60, 60)
    stands = text(
        "SELECT kind, posted FROM ledger_account WHERE owner = 'programme' AND kind IN ('adjustment', 'budget')"
    )
    assert dict(books.session.execute(stands).all()) == {"adjustment": 0, "budget": 100_000 - 60}
    with pytest.raises(rules.NotEnoughPoints):
        adjusted(books, -61)


def test_a_dropped_proposal_books_nothing(books: Books) -> None:
    made = books.write(proposals.propose, "adjust", {"owner": DAI, "points": 30, "expires_at": None}, reason="漏记")
    books.write(proposals.drop, made.id)
    with pytest.raises(rules.ProposalDecided):
        books.write(proposals.approve, made.id, actor=checker(books))
    assert books.count() == 1


def test_expired_points_are_brought_back_once_by_two_people(books: Books, clock: SetClock) -> None:
    books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=3))
    clock.tick(days=4)
    books.issue(DAI, 5, "service_record:2")
    expiry = books.session.execute(text("SELECT id FROM ledger_txn WHERE kind = 'expire'")).scalar_one()
    asked = {"txn_id": expiry, "expires_at": (clock() + timedelta(days=30)).isoformat()}

    for _ in range(2):
        made = books.write(proposals.propose, "reinstate", asked, reason="住院没能来")
        with pytest.raises(rules.SecondPersonNeeded):
            books.write(proposals.approve, made.id)
    books.write(proposals.approve, made.id, actor=checker(books))
    with pytest.raises(rules.AlreadyReversed):
        books.write(proposals.approve, made.id - 1, actor=checker(books))

    assert (books.balance(DAI).available, books.balance(DAI).expired) == (25, 0)
    sheet = october(books)
    assert (sheet.issued, sheet.expired, sheet.corrected, sheet.closing) == (25, 20, 20, 25)
    clock.tick(days=31)
    assert books.balance(DAI).available == 5


def test_a_closed_period_takes_nothing_more_until_two_people_open_it(books: Books, clock: SetClock) -> None:
    with pytest.raises(rules.PeriodNotOver):
        books.write(periods.close, *OCTOBER)
    clock.moment = OCTOBER[1] - timedelta(hours=6)
    books.issue(DAI, 20, "service_record:1")
    closed = books.write(periods.close, *OCTOBER)
    assert books.write(periods.close, *OCTOBER) == closed
    assert october(books).closed_at == clock()

    with pytest.raises(rules.PeriodClosed):
        books.issue(DAI, 20, "service_record:2")
    made = books.write(proposals.propose, "reopen", {"period_id": closed}, reason="漏了一笔")
    with pytest.raises(rules.SecondPersonNeeded):
        books.write(proposals.approve, made.id)
    assert books.balance(DAI).available == 20
    books.write(proposals.approve, made.id, actor=checker(books))

    assert october(books).closed_at is None
    books.issue(DAI, 20, "service_record:2")
    books.write(periods.close, *OCTOBER)
    clock.tick(hours=7)
    books.issue(DAI, 20, "service_record:3")
    assert (books.balance(DAI).available, october(books).closing) == (60, 40)


FORGED = {
    "an entry in a closed period": "INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason,"
    " recorded_at, prev_hash, hash) SELECT community_id, seq + 1, 'gift', 'g', '', '', '2026-10-31 15:00:00', hash, 'x'"
    " FROM ledger_chain",
    "an adjustment by one": "INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at,"
    " actor_id, prev_hash, hash) SELECT community_id, seq + 1, 'adjust', 'g', '', '', '2027-01-01', 7, hash, 'x'"
    " FROM ledger_chain",
    "an adjustment checked by its maker": "INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason,"
    " recorded_at, actor_id, checker_id, prev_hash, hash) SELECT community_id, seq + 1, 'adjust', 'g', '', '',"
    " '2027-01-01', 7, 7, hash, 'x' FROM ledger_chain",
    "a period opened by one": "UPDATE ledger_period SET reopened_at = '2027-01-01', asked_by_id = 7,"
    " reopened_by_id = 7",
    "a period moved": "UPDATE ledger_period SET ends_at = '2026-10-02'",
    "a period gone": "DELETE FROM ledger_period",
    "a proposal approved by its maker": "UPDATE ledger_proposal SET state = 'approved', decided_at = '2027-01-01',"
    " decided_by_id = proposed_by_id",
    "a proposal changed": "UPDATE ledger_proposal SET asked = '{}'",
    "a proposal gone": "DELETE FROM ledger_proposal",
}
LEGS = (
    "INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount)"
    " SELECT a.community_id, c.seq + 1, {leg}, a.id, a.unit, {amount} FROM ledger_account a JOIN ledger_chain c"
    " ON c.community_id = a.community_id WHERE a.kind = '{kind}'"
)


def test_the_database_itself_refuses_what_two_people_must_do(books: Books, clock: SetClock) -> None:
    """The legs before each forged entry are right ones, so that nothing else can be what is refused."""
    clock.moment = OCTOBER[1] - timedelta(hours=6)
    books.write(periods.close, *OCTOBER)
    books.write(proposals.propose, "adjust", {"owner": DAI, "points": 30, "expires_at": None}, reason="漏记")
    said = {}
    for what, statement in FORGED.items():
        for leg, (kind, amount) in enumerate((("grant", -5), ("budget", 5)), 1):
            books.session.execute(text(LEGS.format(leg=leg, kind=kind, amount=amount)))
        with pytest.raises(DBAPIError) as refusal:
            books.session.execute(text(statement))
        said[what] = str(refusal.value.orig).splitlines()[0]
        books.session.rollback()
    assert "in a closed period" in said["an entry in a closed period"]
    assert "needs a second person" in said["an adjustment by one"]
    assert {what for what in FORGED if what.startswith("an adj") and "second person" not in said[what]} == set()


def test_the_sums_of_an_account_are_checked(books: Books) -> None:
    books.issue(DAI, 20, "service_record:1")
    with pytest.raises(DBAPIError, match="sums move with a posting"):
        books.session.execute(text("UPDATE ledger_account SET earned = 21 WHERE kind = 'points'"))
    books.session.rollback()
    take_triggers_off(books)
    books.session.execute(text("UPDATE ledger_account SET earned = 21 WHERE kind = 'points'"))

    found = verify(books.session, books.actor.community_id)

    assert [one.what for one in found] == ["earned 21, spent 0, expired 0"]
    assert queries.balance(books.session, books.actor.community_id, DAI, now=books.clock()).earned == 21


def test_a_credit_that_ran_out_and_was_brought_back_is_taken_back_whole(books: Books, clock: SetClock) -> None:
    """20 credited, run out, brought back: reversing the credit takes the 20 that are there. Run out a second time they
    stay run out, and nobody owes them.
    """
    first = books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=3))
    second = books.issue(HOME, 20, "service_record:2", expires_at=clock() + timedelta(days=3))
    clock.tick(days=4)
    for owner in (DAI, HOME):
        books.issue(owner, 5, f"touch:{owner}")  # books what ran out
    until = (clock() + timedelta(days=30)).isoformat()
    expiries = (
        books.session.execute(text("SELECT id FROM ledger_txn WHERE kind = 'expire' ORDER BY seq")).scalars().all()
    )
    for expiry in expiries:
        made = books.write(proposals.propose, "reinstate", {"txn_id": expiry, "expires_at": until}, reason="住院")
        books.write(proposals.approve, made.id, actor=checker(books))
    assert (books.balance(DAI).available, books.balance(HOME).available) == (25, 25)

    books.write(actions.reverse, first.id, cause="reverse:1", reason="记错了")
    assert (books.balance(DAI).available, books.balance(DAI).debt) == (5, 0)
    clock.tick(days=31)
    books.write(actions.reverse, second.id, cause="reverse:2", reason="记错了")
    assert (books.balance(HOME).available, books.balance(HOME).debt) == (5, 0)
    assert verify(books.session, books.actor.community_id) == []
