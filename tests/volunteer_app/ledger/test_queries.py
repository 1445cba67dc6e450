"""Statements and month sheets that add up, and balances of past moments."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.ledger.books import Books
from volunteer_app.core.audit import Actor
from volunteer_app.ledger import actions, holds, queries
from volunteer_app.ledger.month import StockMonth, month_sheet
from volunteer_app.ledger.past import Stood, stood_at

DAI = "person:17"


def two_months(books: Books) -> None:
    """Month one: 100 in, 30 spent. Month two: 50 in, 20 held, the 50 reversed, 10 of the first lot returned to it."""
    clock = books.clock
    books.stock("K01", 9)
    books.issue(DAI, 100, "service_record:1", expires_at=clock() + timedelta(days=60))
    books.collect(books.hold(DAI, 30, "order:1", code="K01"))
    clock.tick(days=30)
    second = books.issue(DAI, 50, "service_record:2")
    books.hold(DAI, 20, "order:2", code="K01")
    books.write(actions.reverse, second.id, cause="reverse:2", reason="记错了")
    first = books.hold(DAI, 10, "order:3", code="K01")
    books.collect(first)
    books.write(holds.refund, first.hold_id, {1: 10, 2: 1}, cause="return:3", reason="退回")


def test_the_statement_adds_up_line_by_line(books: Books, clock: SetClock) -> None:
    start = clock()
    two_months(books)

    found = queries.statement(
        books.session,
        books.actor.community_id,
        DAI,
        from_at=start + timedelta(days=1),
        to_at=clock() + timedelta(seconds=1),
    )

    assert (found.opening, found.opening_held) == (70, 0)
    told = [(line.kind, line.available, line.held) for line in found.lines]
    assert told == [
        ("issue", 50, 0),
        ("hold", -20, 20),
        ("reverse", -50, 0),
        ("hold", -10, 10),
        ("collect", 0, -10),
        ("refund", 10, 0),
    ]
    assert (found.closing, found.closing_held) == (50, 20)
    balance = books.balance(DAI)
    assert (found.closing, found.closing_held) == (balance.available, balance.held)
    assert str(found.lines[0].reason) == "日巡逻"


def test_the_month_sheet_is_an_equation(books: Books, clock: SetClock) -> None:
    start = clock()
    two_months(books)
    clock.tick(days=60)
    books.issue("person:18", 5, "service_record:3")
    books.write(sweep)

    whole = month_sheet(books.session, books.actor.community_id, from_at=start, to_at=clock() + timedelta(seconds=1))
    second = month_sheet(
        books.session,
        books.actor.community_id,
        from_at=start + timedelta(days=1),
        to_at=start + timedelta(days=31),
    )

    assert (whole.opening, whole.issued, whole.redeemed, whole.expired, whole.reversed) == (0, 155, 30, 70, -50)
    for sheet in (whole, second):
        assert sheet.opening + sheet.issued - sheet.redeemed - sheet.expired + sheet.reversed == sheet.closing
    assert (second.opening, second.issued, second.redeemed, second.reversed, second.closing) == (70, 50, 0, -50, 70)
    assert whole.stock == [StockMonth("sku:K01", 0, 10, 2, 8)]
    assert second.stock == [StockMonth("sku:K01", 8, 1, 1, 8)]
    assert whole.head == queries.chain_head(books.session, books.actor.community_id)


def sweep(session: Session, *, actor: Actor, now: datetime) -> int:
    return actions.expire_lots(session, actor.community_id, now=now)


def test_a_past_moment_is_told_as_it_was(books: Books, clock: SetClock) -> None:
    """What the present balance said at each moment is what the past says of it later."""
    told = []

    def remember() -> None:
        balance = books.balance(DAI)
        told.append((clock(), Stood(balance.available, balance.held, balance.debt)))
        clock.tick(hours=1)

    credit = books.issue(DAI, 20, "service_record:1", expires_at=clock() + timedelta(days=20))
    remember()
    held = books.hold(DAI, 15, "order:1")
    remember()
    clock.tick(days=8)
    remember()
    books.issue(DAI, 10, "service_record:2", expires_at=clock() + timedelta(days=2))
    remember()
    books.collect(books.hold(DAI, 25, "order:2"))
    remember()
    books.write(actions.reverse, credit.id, cause="reverse:1", reason="记错了")
    remember()
    books.issue(DAI, 30, "service_record:3", expires_at=clock() + timedelta(days=3))
    remember()
    clock.tick(days=4)
    remember()
    assert held.hold_id

    books.session.rollback()
    community_id = books.actor.community_id
    assert [(at, stood_at(books.session, community_id, DAI, at=at)) for at, _ in told] == told
    assert [stood for _, stood in told] == [
        Stood(20, 0, 0),
        Stood(5, 15, 0),
        Stood(20, 0, 0),
        Stood(30, 0, 0),
        Stood(5, 0, 0),
        Stood(0, 0, 15),
        Stood(15, 0, 0),
        Stood(0, 0, 0),
    ]


def test_next_expiry_tells_points_day_and_when_they_were_earned(books: Books, clock: SetClock) -> None:
    earned, until = clock(), clock() + timedelta(days=30)
    books.issue(DAI, 20, "service_record:1", expires_at=until)
    books.issue(DAI, 30, "service_record:2")

    found = queries.next_expiry(books.session, books.actor.community_id, DAI, now=clock())
    assert found == queries.Expiry(until, 20, earned)
    clock.moment = until
    assert queries.next_expiry(books.session, books.actor.community_id, DAI, now=clock()) is None


def test_the_command_tells_a_past_balance(app: Flask, books: Books, clock: SetClock) -> None:
    books.issue(DAI, 20, "service_record:1")
    before = clock()
    clock.tick(hours=1)
    books.hold(DAI, 15, "order:1")

    def said(*words: str) -> tuple[int, str]:
        answer = app.test_cli_runner().invoke(args=["ledger", "balance", *words])
        return answer.exit_code, answer.output

    then, now = before.isoformat(), clock().isoformat()
    assert said(DAI, "--at", then) == (0, f"{DAI} at {then}: 20 to spend, 0 held, 0 owed\n")
    assert said(DAI, "--at", now) == (0, f"{DAI} at {now}: 5 to spend, 15 held, 0 owed\n")
    assert said("person:99", "--at", now)[0] == 1
    assert "lacks its offset" in said(DAI, "--at", "2026-10-15")[1]
