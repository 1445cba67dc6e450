"""What only two people may book: adjustments, and expired points brought back. Gifts move points with their dates.

Whose household somebody is and who may give to whom is known above; an owner is a word here.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.actions import BUDGET, legs_of, reversed_already, txn_of
from volunteer_app.ledger.book import Book, Booked, Entry
from volunteer_app.ledger.holds import ended, spend
from volunteer_app.ledger.lapses import BREAKAGE, open_book
from volunteer_app.ledger.models import ACCOUNTS, LOTS
from volunteer_app.ledger.rules import Key, Taken
from volunteer_app.ledger.writing import NewLot

ADJUSTMENT = Key("programme", "adjustment")


def give(
    session: Session,
    *,
    source: str,
    target: str,
    points: int,
    cause: str,
    reason: Text | str,
    actor: Actor,
    now: datetime,
    checker_id: int | None = None,
) -> Booked:
    """Moves points to another owner, each with the date on which it runs out. Who gives what isn't his own names a
    second person. Refuses NotEnoughPoints, SecondPersonNeeded.
    """
    assert points > 0
    assert source != target
    keys = Key(source, "points"), Key(target, "points"), Key(target, "debt")
    book = open_book(session, keys, actor=actor, now=now)
    content = rules.content_of("give", source, target, points)
    if done := book.booked(cause, content):
        return done
    legs = {book.ids[keys[0]]: -points, book.ids[keys[1]]: points}
    uses = spend(book, legs)
    lots = with_dates(session, uses, book.ids[keys[1]])
    return ended(book, book.post(Entry("give", cause, reason, content, legs, uses, lots, checker_id=checker_id)))


def with_dates(session: Session, uses: list[Taken], account_id: int) -> list[NewLot]:
    """What was taken out of lots as lots of another account, with the same dates."""
    named = select(LOTS.c.id, LOTS.c.expires_at).where(LOTS.c.id.in_([use.lot_id for use in uses]))
    dates = {row.id: row.expires_at for row in session.execute(named)}
    return [NewLot(account_id, use.amount, dates[use.lot_id]) for use in uses]


def adjust(
    session: Session,
    *,
    owner: str,
    points: int,
    expires_at: datetime | None,
    cause: str,
    reason: Text | str,
    checker_id: int,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Adds points (negative: takes them away) by two people's word. What is taken away is kept for later additions;
    what they need beyond it comes out of the budget. Refuses SecondPersonNeeded, NotEnoughPoints, BudgetSpent.
    """
    assert points != 0
    keys = Key(owner, "points"), Key(owner, "debt"), ADJUSTMENT, BUDGET
    book = open_book(session, keys, actor=actor, now=now)
    content = rules.content_of("adjust", owner, points, expires_at)
    if done := book.booked(cause, content):
        return done
    account, _, kept, budget = (book[key] for key in keys)
    spare = min(points, kept.posted)
    legs = {account.id: points, kept.id: -spare, budget.id: spare - points}
    uses = spend(book, legs) if points < 0 else []
    lots = [NewLot(account.id, points, expires_at)] if points > 0 else []
    return ended(book, book.post(Entry("adjust", cause, reason, content, legs, uses, lots, checker_id=checker_id)))


def reinstate(
    session: Session,
    txn_id: int,
    *,
    expires_at: datetime | None,
    cause: str,
    reason: Text | str,
    checker_id: int,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Brings the points of one expiry back, once, as a lot with a new date. Refuses SecondPersonNeeded,
    AlreadyReversed, CannotReverse when the transaction isn't an expiry.
    """
    expiry = txn_of(session, actor.community_id, txn_id)
    if expiry.kind != "expire":
        raise rules.CannotReverse
    book, account_id, points = opened_for(session, legs_of(session, expiry), actor, now)
    content = rules.content_of("reinstate", expiry.seq, expires_at)
    if done := book.booked(cause, content):
        return done
    if reversed_already(session, expiry):
        raise rules.AlreadyReversed
    (breakage,) = book.find({BREAKAGE})
    entry = Entry(
        kind="reinstate",
        cause=cause,
        reason=reason,
        content=content,
        legs={breakage: -points, account_id: points},
        lots=[NewLot(account_id, points, expires_at)],
        reverses_seq=expiry.seq,
        checker_id=checker_id,
    )
    return ended(book, book.post(entry))


def opened_for(session: Session, legs: dict[int, int], actor: Actor, now: datetime) -> tuple[Book, int, int]:
    """The book with the account that lost points by an expiry, that account and the points."""
    lost = [(account_id, -amount) for account_id, amount in legs.items() if amount < 0]
    assert len(lost) == 1
    account_id, points = lost[0]
    owner = session.execute(select(ACCOUNTS.c.owner).where(ACCOUNTS.c.id == account_id)).scalar_one()
    keys = Key(owner, "points"), Key(owner, "debt")
    return open_book(session, keys, actor=actor, now=now), account_id, points
