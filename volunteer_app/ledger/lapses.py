"""What ran out is booked before anything else touches an account, so no job has to have run for a balance to be right.

A lot lapses at its `expires_at`, a hold at its own; both moments belong to the time after.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_
from volunteer_app.ledger import closing, rules
from volunteer_app.ledger.book import Book, Entry
from volunteer_app.ledger.models import HOLD_LINES, HOLDS, LOT_USES, LOTS
from volunteer_app.ledger.rules import Key, Taken

BREAKAGE = Key("programme", "breakage")
NOT_COLLECTED = N_("过期没有来取，退回来了")
RAN_OUT = N_("过了有效期，作废了")


def open_book(session: Session, keys: Iterable[Key], *, actor: Actor, now: datetime, ids: Iterable[int] = ()) -> Book:
    """Locks the accounts and those that a lapsed hold ties to them, then books what has lapsed on them."""
    book = Book(session, actor, now)
    wanted = book.find({*keys, BREAKAGE}) | set(ids)
    tied = closing.accounts_of(session, book.community_id, [hold.id for hold in lapsed_holds(book, wanted)])
    book.lock(wanted | tied)
    settle(book)
    return book


def settle(book: Book) -> None:
    """Books every lapsed hold and lot of the locked accounts; what came back then pays debts."""
    for hold in lapsed_holds(book, book.slots):
        closing.close(book, hold, closing.Ending("expired", NOT_COLLECTED, {}, by_system=True))
    for lot in lapsed_lots(book):
        expire(book, lot)
    closing.set_off(book)


def lapsed_holds(book: Book, account_ids: Iterable[int]) -> list[Row[Any]]:
    """Open holds past their time that took something from one of the accounts."""
    lines = select(HOLD_LINES.c.hold_id).where(HOLD_LINES.c.from_id.in_(set(account_ids)))
    statement = select(HOLDS).where(HOLDS.c.community_id == book.community_id, HOLDS.c.state == "open")
    statement = statement.where(HOLDS.c.expires_at <= book.now, HOLDS.c.id.in_(lines))
    return list(book.session.execute(statement.order_by(HOLDS.c.id)))


def lapsed_lots(book: Book) -> list[Row[Any]]:
    """Lots of the locked accounts with something left after their time, and the transaction that touched each last."""
    accounts = [slot.id for slot in book.slots.values() if slot.key.kind == "points"]
    if not accounts:
        return []
    last = func.max(LOT_USES.c.txn_seq)
    statement = select(
        LOTS.c.id, LOTS.c.account_id, LOTS.c.remaining, func.coalesce(last, LOTS.c.origin_seq).label("seq")
    )
    statement = statement.select_from(LOTS.outerjoin(LOT_USES, LOT_USES.c.lot_id == LOTS.c.id))
    statement = statement.where(LOTS.c.account_id.in_(accounts), LOTS.c.remaining > 0)
    statement = statement.where(LOTS.c.expires_at <= book.now)
    return list(book.session.execute(statement.group_by(LOTS.c.id).order_by(LOTS.c.expires_at, LOTS.c.id)))


def expire(book: Book, lot: Row[Any]) -> None:
    """Moves what is left of a lapsed lot to breakage; once for each time that something was left."""
    cause = f"expire:{lot.id}:{lot.seq}"
    book.post(
        Entry(
            kind="expire",
            cause=cause,
            reason=RAN_OUT,
            content=rules.content_of(cause, lot.remaining),
            legs={lot.account_id: -lot.remaining, book.ids[BREAKAGE]: lot.remaining},
            uses=[Taken(lot.id, lot.remaining)],
            by_system=True,
        )
    )
