"""How a hold ends: a part goes where it was meant for, the rest comes back to the accounts and lots it came from.

The caller has locked every account that `accounts_of` names; a hold changes only under those locks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.book import Book, Booked, Entry
from volunteer_app.ledger.models import ACCOUNTS, HOLD_LINES, HOLDS, LOT_USES, LOTS, TXNS
from volunteer_app.ledger.rules import Key, Taken

SET_OFF = N_("从积分里抵扣以前记错的分")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a hold is closed: `state` collected, released or expired; `collected` is line number -> amount."""

    state: str
    reason: Text | str
    collected: Mapping[int, int]
    by_system: bool = False


def close(book: Book, hold: Row[Any], ending: Ending) -> Booked:
    """Posts the end of an open hold and marks it; its cause is the hold's own, so a hold ends once."""
    lines = lines_of(book.session, hold.id)
    legs: Counter[int] = Counter()
    for line in lines:
        collected = ending.collected.get(line.line, 0)
        legs[line.kept_id] -= line.amount
        legs[line.to_id] += collected
        legs[line.from_id] += line.amount - collected
    booked = book.post(
        Entry(
            kind=KINDS[ending.state],
            cause=f"close:{hold.cause}",
            reason=ending.reason,
            content=content_of(ending),
            legs=legs,
            uses=give_back(book, hold.opened_seq, legs, lines),
            continues_seq=hold.opened_seq,
            by_system=ending.by_system,
        )
    )
    mark_closed(book.session, hold.id, ending, booked.seq)
    return booked


def content_of(ending: Ending) -> str:
    """What was asked for at the end of a hold."""
    return rules.content_of(ending.state, sorted(ending.collected.items()))


KINDS = {"collected": "collect", "released": "release", "expired": "release"}


CLOSE = (
    update(HOLDS)
    .where(HOLDS.c.id == bindparam("hold"))
    .values(state=bindparam("ending"), closed_seq=bindparam("closed"))
)
COLLECT = (
    update(HOLD_LINES)
    .where(HOLD_LINES.c.hold_id == bindparam("hold"), HOLD_LINES.c.line == bindparam("place"))
    .values(collected=bindparam("part"))
)


def mark_closed(session: Session, hold_id: int, ending: Ending, seq: int) -> None:
    session.execute(CLOSE, {"hold": hold_id, "ending": ending.state, "closed": seq})
    for line, amount in ending.collected.items():
        if amount:
            session.execute(COLLECT, {"hold": hold_id, "place": line, "part": amount})


def give_back(book: Book, opened_seq: int, legs: Mapping[int, int], lines: Iterable[Row[Any]]) -> list[Taken]:
    """Lot uses, negative, that return what each points account gets back; what was taken last returns first."""
    back: list[Taken] = []
    for account_id in {line.from_id for line in lines if line.unit == rules.POINTS}:
        if legs[account_id] > 0:
            owed = still_out(book.session, opened_seq, account_id, book.community_id)
            back += [Taken(lot, -amount) for lot, amount in rules.first_in_first_out(owed, legs[account_id])]
    return back


OUT = func.sum(LOT_USES.c.amount)
STILL_OUT = (
    select(LOTS.c.id, OUT.label("out"))
    .select_from(
        LOT_USES.join(LOTS, LOTS.c.id == LOT_USES.c.lot_id).join(
            TXNS, (TXNS.c.community_id == LOT_USES.c.community_id) & (TXNS.c.seq == LOT_USES.c.txn_seq)
        )
    )
    .where(TXNS.c.community_id == bindparam("here"), LOTS.c.account_id == bindparam("account"))
    .where((TXNS.c.seq == bindparam("opened")) | (TXNS.c.continues_seq == bindparam("opened")))
    .group_by(LOTS.c.id, LOTS.c.expires_at)
    .having(OUT > 0)
    .order_by(LOTS.c.expires_at.desc().nulls_first(), LOTS.c.id.desc())
)


def still_out(session: Session, opened_seq: int, account_id: int, community_id: int) -> list[Taken]:
    """Per lot of the account: what the hold took and hasn't given back yet, the lot that runs out last first."""
    rows = session.execute(STILL_OUT, {"here": community_id, "account": account_id, "opened": opened_seq})
    return [Taken(row.id, int(row.out)) for row in rows]


def set_off(book: Book) -> None:
    """Points that came back pay what their owner still owes."""
    for account in [slot for slot in book.slots.values() if slot.key.kind == "points" and slot.posted > 0]:
        debt_id = book.ids.get(Key(account.key.owner, "debt"))
        amount = min(account.posted, -book.slots[debt_id].posted) if debt_id else 0
        if debt_id and amount > 0:
            cause = f"set_off:{account.id}:{account.version}"
            legs = {account.id: -amount, debt_id: amount}
            content = rules.content_of(cause, amount)
            uses = book.spend_lots(account.id, amount)
            book.post(Entry("set_off", cause, SET_OFF, content, legs, uses, by_system=True))


LINES_OF = select(HOLD_LINES).where(HOLD_LINES.c.hold_id == bindparam("hold")).order_by(HOLD_LINES.c.line)


def lines_of(session: Session, hold_id: int) -> list[Row[Any]]:
    """The hold's lines in order."""
    return list(session.execute(LINES_OF, {"hold": hold_id}))


LINES_OF_ALL = select(HOLD_LINES).where(HOLD_LINES.c.hold_id.in_(bindparam("holds", expanding=True)))
DEBTS = select(ACCOUNTS.c.id).where(
    ACCOUNTS.c.community_id == bindparam("here"),
    ACCOUNTS.c.kind == "debt",
    ACCOUNTS.c.owner.in_(select(ACCOUNTS.c.owner).where(ACCOUNTS.c.id.in_(bindparam("touched", expanding=True)))),
)


def accounts_of(session: Session, community_id: int, hold_ids: Sequence[int]) -> set[int]:
    """Every account that closing the holds may touch: those of their lines, and the debts of the same owners."""
    if not hold_ids:
        return set()
    lines = session.execute(LINES_OF_ALL, {"holds": list(hold_ids)})
    touched = {id_ for line in lines for id_ in (line.from_id, line.kept_id, line.to_id)}
    return touched | set(session.scalars(DEBTS, {"here": community_id, "touched": list(touched)}))
