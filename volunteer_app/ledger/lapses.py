"""What ran out is booked before anything else touches an account, so no job has to have run for a balance to be right.

A lot lapses at its `expires_at`, a hold at its own; both moments belong to the time after.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_
from volunteer_app.ledger import closing, rules
from volunteer_app.ledger.book import Book, Entry
from volunteer_app.ledger.driver import as_usual, first, stored
from volunteer_app.ledger.models import HOLD_LINES, HOLDS, LOT_USES, LOTS
from volunteer_app.ledger.rules import Key, Taken

BREAKAGE = Key("programme", "breakage")
NOT_COLLECTED = N_("过期没有来取，退回来了")
RAN_OUT = N_("过了有效期，作废了")


def open_book(session: Session, keys: Iterable[Key], *, actor: Actor, now: datetime, ids: Iterable[int] = ()) -> Book:
    """Locks the accounts and those that lapsed holds tie to them, then books what has lapsed on them."""
    book = Book(session, actor, now)
    wanted = book.find(keys) | set(ids)
    book.lock(with_tied(book, wanted) if any_hold_lapsed(book) else wanted)
    settle(book)
    return book


def any_hold_lapsed(book: Book) -> bool:
    """Some hold of the community has: seldom, and quickly said. Asked once: a hold opened meanwhile ends later."""
    if book.any_hold_lapsed is None:
        if book.cursor:
            with as_usual:
                found = first(book.cursor, ONE_LAPSED_HOLD, book.community_id, stored(book.now))
        else:
            found = book.session.execute(A_LAPSED_HOLD, {"here": book.community_id, "at": book.now}).first()
        book.any_hold_lapsed = found is not None
    return book.any_hold_lapsed


ONE_LAPSED_HOLD = "SELECT id FROM ledger_hold WHERE community_id = ? AND state = 'open' AND expires_at <= ? LIMIT 1"
A_LAPSED_HOLD = (
    select(HOLDS.c.id)
    .where(HOLDS.c.community_id == bindparam("here"), HOLDS.c.state == "open", HOLDS.c.expires_at <= bindparam("at"))
    .limit(1)
)


def with_tied(book: Book, wanted: set[int]) -> set[int]:
    """The accounts, and all that lapsed holds tie to them, directly or through one another."""
    while True:
        tied = closing.accounts_of(book.session, book.community_id, [hold.id for hold in lapsed_holds(book, wanted)])
        if tied <= wanted:
            return wanted
        wanted = wanted | tied


def settle(book: Book) -> None:
    """Books every lapsed hold and lot of the locked accounts in the order in which they lapsed, so that it comes to the
    same whenever it is booked: what came back pays debts, if it hasn't run out by the moment it came back.
    """
    for hold in lapsed_holds(book, book.slots) if any_hold_lapsed(book) else ():
        closing.close(book, hold, closing.Ending("expired", NOT_COLLECTED, {}, by_system=True))
        if any(slot.key.kind == "debt" and slot.posted < 0 for slot in book.slots.values()):
            expire_lots(book, hold.expires_at)
            closing.set_off(book)
    expire_lots(book, book.now)
    closing.set_off(book)


def expire_lots(book: Book, until: datetime) -> None:
    for lot in lapsed_lots(book, until):
        expire(book, lot)


def lapsed_holds(book: Book, account_ids: Iterable[int]) -> list[Row[Any]]:
    """Open holds past their time that took something from one of the accounts, in the order in which they lapsed."""
    asked = {"here": book.community_id, "at": book.now, "accounts": list(set(account_ids))}
    return list(book.session.execute(LAPSED_HOLDS, asked))


LAPSED_HOLDS = (
    select(HOLDS)
    .where(HOLDS.c.community_id == bindparam("here"), HOLDS.c.state == "open", HOLDS.c.expires_at <= bindparam("at"))
    .where(
        HOLDS.c.id.in_(
            select(HOLD_LINES.c.hold_id).where(HOLD_LINES.c.from_id.in_(bindparam("accounts", expanding=True)))
        )
    )
    .order_by(HOLDS.c.expires_at, HOLDS.c.opened_seq)
)


def lapsed_lots(book: Book, until: datetime) -> list[Row[Any]]:
    """Lots of the locked accounts with something left after their time, and the transaction that touched each last."""
    accounts = [slot.id for slot in book.slots.values() if slot.key.kind == "points"]
    if not accounts:
        return []
    return list(book.session.execute(LAPSED_LOTS, {"accounts": accounts, "until": until}))


LAPSED_LOTS = (
    select(
        LOTS.c.id,
        LOTS.c.account_id,
        LOTS.c.remaining,
        func.coalesce(func.max(LOT_USES.c.txn_seq), LOTS.c.origin_seq).label("seq"),
    )
    .select_from(LOTS.outerjoin(LOT_USES, LOT_USES.c.lot_id == LOTS.c.id))
    .where(LOTS.c.account_id.in_(bindparam("accounts", expanding=True)), LOTS.c.remaining > 0)
    .where(LOTS.c.expires_at <= bindparam("until"))
    .group_by(LOTS.c.id)
    .order_by(LOTS.c.expires_at, LOTS.c.id)
)


def expire(book: Book, lot: Row[Any]) -> None:
    """Moves what is left of a lapsed lot to breakage; once for each time that something was left."""
    (breakage,) = book.find({BREAKAGE})
    cause = f"expire:{lot.id}:{lot.seq}"
    book.post(
        Entry(
            kind="expire",
            cause=cause,
            reason=RAN_OUT,
            content=rules.content_of(cause, lot.remaining),
            legs={lot.account_id: -lot.remaining, breakage: lot.remaining},
            uses=[Taken(lot.id, lot.remaining)],
            by_system=True,
        )
    )
