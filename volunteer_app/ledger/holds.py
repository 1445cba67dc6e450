"""Keeping points and goods for somebody: hold, collect, release, refund. Each ends once and posts once.

A hold is one transaction that moves everything into holding accounts; collecting and releasing are the second one. So
points and stock are held together, collected together and come back together, to the lots that they came from.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.ledger import closing, rules
from volunteer_app.ledger.book import Book, Booked, Entry
from volunteer_app.ledger.lapses import NOT_COLLECTED, open_book, settle
from volunteer_app.ledger.models import HOLD_LINES, HOLDS, LOTS
from volunteer_app.ledger.rules import Key, Taken
from volunteer_app.ledger.writing import NewLot


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` to be kept out of `source`, meant for `target`."""

    source: Key
    target: Key
    amount: int

    @property
    def kept(self) -> Key:
        """The account that keeps it meanwhile."""
        return Key(self.source.owner, rules.KEPT[self.source.kind], self.source.unit)


@dataclass(frozen=True, slots=True)
class Held:
    """A hold: its id and the transaction that opened it."""

    hold_id: int
    booked: Booked


@dataclass(frozen=True, slots=True)
class Grace:
    """Points that come back after their date are good `until` then; `reason` says so in place of the usual one."""

    until: datetime
    reason: Text | str


def hold(
    session: Session,
    lines: Sequence[Line],
    *,
    cause: str,
    reason: Text | str,
    expires_at: datetime,
    actor: Actor,
    now: datetime,
) -> Held:
    """Takes all lines or none; they are numbered from 1 in the order given. Refuses NotEnoughPoints, NotEnoughStock."""
    assert expires_at > now
    assert all(line.amount > 0 for line in lines)
    keys = {key for line in lines for key in (line.source, line.kept, line.target)}
    book = open_book(session, keys, actor=actor, now=now)
    content = rules.content_of("hold", [(line.source, line.target, line.amount) for line in lines])
    if done := book.booked(cause, content):
        return Held(held_by(session, actor.community_id, done.seq), done)
    legs: Counter[int] = Counter()
    for line in lines:
        legs[book.ids[line.source]] -= line.amount
        legs[book.ids[line.kept]] += line.amount
    kept = [rules.kept(expires_at, line.values()) for line in sealed_lines(book, lines)]
    booked = book.post(Entry("hold", cause, reason, content, legs, uses=spend(book, legs), keeps=kept))
    return Held(keep(book, booked, lines, expires_at), booked)


def collect(
    session: Session,
    hold_id: int,
    *,
    reason: Text | str,
    actor: Actor,
    now: datetime,
    collected: Mapping[int, int] | None = None,
) -> Booked:
    """Hands over what was held, all of it or `collected` (line number -> amount); the rest comes back.

    Repeated it returns the first transaction. Refuses HoldClosed, HoldLapsed.
    """
    book, found = open_hold(session, hold_id, actor=actor, now=now)
    whole = {line.line: line.amount for line in closing.lines_of(session, hold_id)}
    ending = closing.Ending("collected", reason, whole if collected is None else collected)
    if found.state == "open":
        return ended(book, closing.close(book, found, ending))
    if found.state == "expired":
        raise rules.HoldLapsed
    return same_ending(book, found, ending)


def release(session: Session, hold_id: int, *, reason: Text | str, actor: Actor, now: datetime) -> Booked:
    """Gives everything back. Repeated, or after the hold lapsed by itself, it changes nothing. Refuses HoldClosed."""
    book, found = open_hold(session, hold_id, actor=actor, now=now)
    if found.state == "open":
        return ended(book, closing.close(book, found, closing.Ending("released", reason, {})))
    if found.state == "collected":
        raise rules.HoldClosed
    return same_ending(book, found, closing.Ending(found.state, NOT_COLLECTED, {}))


def settle_holds(session: Session, hold_ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Books those of the holds that have lapsed, with all their accounts locked at once."""
    accounts = closing.accounts_of(session, actor.community_id, hold_ids)
    open_book(session, (), actor=actor, now=now, ids=accounts)


def refund(
    session: Session,
    hold_id: int,
    lines: Mapping[int, int],
    *,
    cause: str,
    reason: Text | str,
    actor: Actor,
    now: datetime,
    checker_id: int | None = None,
    grace: Grace | None = None,
) -> Booked:
    """Takes back goods that were collected and returns their points to the lots they came from; those whose lot has run
    out meanwhile are lost with it, or come as a new lot by `grace`.

    `lines` is line number -> amount. Refuses MoreThanCollected.
    """
    book, found = open_hold(session, hold_id, actor=actor, now=now)
    content = rules.content_of("refund", hold_id, sorted(lines.items()))
    if done := book.booked(cause, content):
        return done
    legs: Counter[int] = Counter()
    all_lines = closing.lines_of(session, hold_id)
    for line in all_lines:
        amount = lines.get(line.line, 0)
        if amount > line.collected - line.refunded:
            raise rules.MoreThanCollected
        legs[line.to_id] -= amount
        legs[line.from_id] += amount
    count_refunds(session, hold_id, lines)
    uses = closing.give_back(book, found.opened_seq, legs, all_lines)
    lots: list[NewLot] = []
    if grace is not None:
        uses, lots = spare_lapsed(session, uses, now=now, until=grace.until)
        reason = grace.reason if lots else reason
    entry = Entry(
        "refund", cause, reason, content, legs, uses, lots, continues_seq=found.opened_seq, checker_id=checker_id
    )
    return ended(book, book.post(entry))


def spare_lapsed(
    session: Session, uses: list[Taken], *, now: datetime, until: datetime
) -> tuple[list[Taken], list[NewLot]]:
    """The uses that give back to lots still running, and new lots for what belonged to the others."""
    named = select(LOTS.c.id, LOTS.c.account_id).where(LOTS.c.id.in_([use.lot_id for use in uses]))
    lapsed = {row.id: row.account_id for row in session.execute(named.where(LOTS.c.expires_at <= now))}
    spared = [NewLot(lapsed[use.lot_id], -use.amount, until) for use in uses if use.lot_id in lapsed]
    return [use for use in uses if use.lot_id not in lapsed], spared


def ended(book: Book, booked: Booked) -> Booked:
    """Books what the returned points turn into at once: nothing, if their lot has run out or their owner is in debt."""
    settle(book)
    return booked


def spend(book: Book, legs: Mapping[int, int]) -> list[Taken]:
    """The lots that pay for the points among the legs."""
    spent = [(id_, -amount) for id_, amount in legs.items() if amount < 0 and book.slots[id_].key.kind == "points"]
    for account_id, amount in spent:
        short = amount - book.slots[account_id].posted
        if short > 0:
            raise rules.NotEnoughPoints(short=short)
    return [use for account_id, amount in spent for use in book.spend_lots(account_id, amount)]


def sealed_lines(book: Book, lines: Sequence[Line]) -> list[dict[str, object]]:
    """The columns of the hold's lines that never change, in the order in which they are sealed."""
    return [
        {
            "line": number,
            "unit": line.source.unit,
            "from_id": book.ids[line.source],
            "kept_id": book.ids[line.kept],
            "to_id": book.ids[line.target],
            "amount": line.amount,
        }
        for number, line in enumerate(lines, 1)
    ]


def keep(book: Book, booked: Booked, lines: Sequence[Line], expires_at: datetime) -> int:
    row = {"community_id": book.community_id, "cause": booked.cause, "state": "open"}
    row |= {"expires_at": expires_at, "opened_seq": booked.seq}
    hold_id: int = book.session.execute(ADD_HOLD, row).scalar_one()
    of_hold = {"community_id": book.community_id, "hold_id": hold_id, "collected": 0, "refunded": 0}
    book.session.execute(ADD_LINES, [of_hold | line for line in sealed_lines(book, lines)])
    return hold_id


ADD_HOLD, ADD_LINES = insert(HOLDS).returning(HOLDS.c.id), insert(HOLD_LINES)


def open_hold(session: Session, hold_id: int, *, actor: Actor, now: datetime) -> tuple[Book, Row[Any]]:
    """Locks everything that the hold touches and reads it as it is then; a lapsed one is booked as expired first."""
    hold_row(session, actor.community_id, hold_id)
    accounts = closing.accounts_of(session, actor.community_id, [hold_id])
    book = open_book(session, (), actor=actor, now=now, ids=accounts)
    return book, hold_row(session, actor.community_id, hold_id)


def hold_row(session: Session, community_id: int, hold_id: int) -> Row[Any]:
    row = session.execute(select(HOLDS).where(HOLDS.c.community_id == community_id, HOLDS.c.id == hold_id)).first()
    if row is None:
        raise NotFound
    return row


def held_by(session: Session, community_id: int, seq: int) -> int:
    """Id of the hold that a transaction opened."""
    where = (HOLDS.c.community_id == community_id, HOLDS.c.opened_seq == seq)
    return int(session.execute(select(HOLDS.c.id).where(*where)).scalar_one())


def same_ending(book: Book, found: Row[Any], ending: closing.Ending) -> Booked:
    """The transaction that closed the hold in the same way; HoldClosed when it ended otherwise."""
    if found.state != ending.state:
        raise rules.HoldClosed
    done = book.booked(f"close:{found.cause}", closing.content_of(ending))
    assert done is not None
    return done


def count_refunds(session: Session, hold_id: int, lines: Mapping[int, int]) -> None:
    for line, amount in lines.items():
        where = (HOLD_LINES.c.hold_id == hold_id, HOLD_LINES.c.line == line)
        session.execute(update(HOLD_LINES).where(*where).values(refunded=HOLD_LINES.c.refunded + amount))
