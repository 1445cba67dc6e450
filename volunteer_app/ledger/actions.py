"""Points and stock in and out. Each action posts its cause once: repeated with the same content it returns the first
transaction, with other content it refuses. Holds have their own verbs in holds.py.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.book import Book, Booked, Entry
from volunteer_app.ledger.lapses import BREAKAGE, open_book
from volunteer_app.ledger.models import ACCOUNTS, CHAINS, LOT_USES, LOTS, POSTINGS, TXNS
from volunteer_app.ledger.rules import Key, Taken
from volunteer_app.ledger.writing import NewLot

GRANT = Key("programme", "grant")
BUDGET = Key("programme", "budget")
MIRRORED = ("fund", "stock_in", "stock_out")
BATCH = 200


def lock_owners(session: Session, owners: Iterable[str], *, actor: Actor, now: datetime) -> None:
    """Locks the points of many owners at once, in order: call it before a batch of credits in one transaction."""
    keys = [Key(owner, kind) for owner in owners for kind in ("points", "debt")]
    open_book(session, [*keys, BUDGET], actor=actor, now=now)


def fund(session: Session, points: int, *, cause: str, reason: Text | str, actor: Actor, now: datetime) -> Booked:
    """Adds approved points to the programme's budget: nothing is ever credited that wasn't funded."""
    assert points > 0
    book = open_book(session, [GRANT, BUDGET], actor=actor, now=now)
    content = rules.content_of("fund", points)
    legs = {book.ids[GRANT]: -points, book.ids[BUDGET]: points}
    return book.booked(cause, content) or book.post(Entry("fund", cause, reason, content, legs))


def issue(
    session: Session,
    *,
    to: str,
    points: int,
    cause: str,
    reason: Text | str,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Booked:
    """Credits points from the budget to an owner; a debt is paid off first, the rest is a lot that runs out at
    `expires_at`. Refuses BudgetSpent.
    """
    assert points > 0
    keys = Key(to, "points"), Key(to, "debt"), BUDGET
    book = open_book(session, keys, actor=actor, now=now)
    content = rules.content_of("issue", to, points, expires_at)
    if done := book.booked(cause, content):
        return done
    account, debt, budget = (book[key] for key in keys)
    owed = min(points, -debt.posted)
    lots = [NewLot(account.id, points - owed, expires_at)] if points > owed else []
    legs = {budget.id: -points, debt.id: owed, account.id: points - owed}
    return book.post(Entry("issue", cause, reason, content, legs, lots=lots))


def reverse(session: Session, txn_id: int, *, cause: str, reason: Text | str, actor: Actor, now: datetime) -> Booked:
    """Undoes a transaction, once. Of a credit it takes back what is there, leaves alone what has run out, and books the
    rest as a debt that the next credits pay. Refuses AlreadyReversed, CannotReverse; NotFound for an unknown one.
    """
    original = txn_of(session, actor.community_id, txn_id)
    is_credit = original.kind == "issue"
    if not is_credit and original.kind not in MIRRORED:
        raise rules.CannotReverse
    postings = legs_of(session, original)
    owner = member_of(session, postings) if is_credit else ""
    keys = [Key(owner, "points"), Key(owner, "debt"), BUDGET] if is_credit else []
    book = open_book(session, keys, actor=actor, now=now, ids=postings)
    content = rules.content_of("reverse", original.seq)
    if done := book.booked(cause, content):
        return done
    if reversed_already(session, original):
        raise rules.AlreadyReversed
    legs, uses = claw_back(book, original, owner) if is_credit else (mirror(postings), [])
    kind = "reverse" if is_credit else f"un_{original.kind}"
    return book.post(Entry(kind, cause, reason, content, legs, uses, reverses_seq=original.seq))


def mirror(postings: dict[int, int]) -> dict[int, int]:
    return {account_id: -amount for account_id, amount in postings.items()}


def claw_back(book: Book, original: Row[Any], owner: str) -> tuple[dict[int, int], list[Taken]]:
    """Legs and lot uses that take a credit back: out of its own lot first, then out of the owner's oldest."""
    account, debt, budget = book[Key(owner, "points")], book[Key(owner, "debt")], book[BUDGET]
    total = -legs_of(book.session, original)[budget.id]
    lapsed = ran_out(book.session, original)
    back = min(account.posted, total - lapsed)
    (breakage,) = book.find({BREAKAGE})
    legs = {
        account.id: -back,
        debt.id: -(total - lapsed - back),
        breakage: -lapsed,
        budget.id: total,
    }
    return legs, book.spend_lots(account.id, back, first_origin=original.seq)


def move(
    session: Session,
    kind: str,
    moves: Iterable[tuple[Key, Key, int]],
    *,
    cause: str,
    reason: Text | str,
    actor: Actor,
    now: datetime,
    checker_id: int | None = None,
) -> Booked:
    """Moves stock (or points of accounts without lots) as one transaction: each move is (from, to, amount).

    Refuses NotEnoughStock, and SecondPersonNeeded when the checker is the actor.
    """
    listed = list(moves)
    keys = {key for source, target, _ in listed for key in (source, target)}
    assert not any(key.kind == "points" for key in keys), "members' points move by issue, holds and reversal only"
    book = open_book(session, keys, actor=actor, now=now)
    legs: Counter[int] = Counter()
    for source, target, amount in listed:
        legs[book.ids[source]] -= amount
        legs[book.ids[target]] += amount
    content = rules.content_of(kind, listed)
    done = book.booked(cause, content)
    return done or book.post(Entry(kind, cause, reason, content, legs, checker_id=checker_id))


def expire_lots(session: Session, community_id: int, *, now: datetime) -> int:
    """Books what has lapsed, at most 200 accounts at a time; returns how many lots and holds. Safe to repeat."""
    due = select(LOTS.c.account_id).where(LOTS.c.community_id == community_id, LOTS.c.remaining > 0)
    due = due.where(LOTS.c.expires_at <= now).distinct().order_by(LOTS.c.account_id).limit(BATCH)
    accounts = list(session.scalars(due))
    before = length(session, community_id)
    if accounts:
        open_book(session, [], actor=Actor(community_id, None, "job"), now=now, ids=accounts)
    return length(session, community_id) - before


def length(session: Session, community_id: int) -> int:
    """Number of transactions in the community's chain."""
    return session.scalar(select(CHAINS.c.seq).where(CHAINS.c.community_id == community_id)) or 0


def txn_of(session: Session, community_id: int, txn_id: int) -> Row[Any]:
    """The transaction's row; NotFound for an unknown id and for another community's."""
    row = session.execute(select(TXNS).where(TXNS.c.community_id == community_id, TXNS.c.id == txn_id)).first()
    if row is None:
        raise NotFound
    return row


def legs_of(session: Session, txn: Row[Any]) -> dict[int, int]:
    """Account id -> amount of a transaction."""
    legs = select(POSTINGS.c.account_id, POSTINGS.c.amount)
    legs = legs.where(POSTINGS.c.community_id == txn.community_id, POSTINGS.c.txn_seq == txn.seq)
    return {row.account_id: row.amount for row in session.execute(legs)}


def member_of(session: Session, account_ids: Iterable[int]) -> str:
    """The owner whom a credit went to: as points, or against a debt."""
    where = (ACCOUNTS.c.id.in_(set(account_ids)), ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS))
    return str(session.execute(select(ACCOUNTS.c.owner).where(*where).distinct()).scalar_one())


def reversed_already(session: Session, txn: Row[Any]) -> bool:
    found = select(TXNS.c.id).where(TXNS.c.community_id == txn.community_id, TXNS.c.reverses_seq == txn.seq)
    return session.execute(found).first() is not None


def ran_out(session: Session, txn: Row[Any]) -> int:
    """How much of the transaction's own lots was booked as expired, and not brought back since (or ran out again)."""
    uses = LOT_USES.join(LOTS, LOTS.c.id == LOT_USES.c.lot_id).join(
        TXNS, (TXNS.c.community_id == LOT_USES.c.community_id) & (TXNS.c.seq == LOT_USES.c.txn_seq)
    )
    own = (LOTS.c.community_id == txn.community_id, LOTS.c.origin_seq == txn.seq, TXNS.c.kind == "expire")
    expiries = session.execute(select(TXNS.c.seq, LOT_USES.c.amount).select_from(uses).where(*own)).all()
    undone = select(TXNS).where(
        TXNS.c.community_id == txn.community_id, TXNS.c.reverses_seq.in_([expiry.seq for expiry in expiries])
    )
    back = {found.reverses_seq: found for found in session.execute(undone)} if expiries else {}
    return sum(ran_out(session, back[expiry.seq]) if expiry.seq in back else int(expiry.amount) for expiry in expiries)
