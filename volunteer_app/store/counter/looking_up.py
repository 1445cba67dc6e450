"""Whose code this is. An unknown one counts as a try, so that codes can't be guessed."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.places.queries import zone_of
from volunteer_app.store.counter import rules
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.codes import Codes, is_mistyped
from volunteer_app.store.orders.models import WAITING, Coded, GuestOrder, Order
from volunteer_app.store.orders.rules import check_waiting

Found = TypeVar("Found")


def order_by_code(
    session: Session,
    code: str,
    *,
    community_id: int,
    keeper_id: int,
    codes: Codes,
    now: datetime,
    partner_id: int | None = None,
) -> Order:
    """The waiting order with this code, or the voucher when a partner shop asks. Refuses UnknownCode, MistypedCode
    and GuestsCode (which don't count as tries), AlreadyCollected, OrderExpired, OrderCancelled, VoucherElsewhere,
    NotAVoucher, and TooManyCodes when the keeper has typed too many unknown ones (see note_unknown_code).
    """
    check_tries(session, keeper_id, now=now)
    hashed = codes.hash(community_id, digits_of(code))
    try:
        found = newest_with(session, orders.with_lines(), Order, code, hashed=hashed)
    except rules.UnknownCode:
        if partner_id is None and is_guests(session, hashed):
            raise rules.GuestsCode from None
        raise
    check_place(found, partner_id)
    check_waiting(found, now, zone_of(session, community_id))
    return found


def newest_with(session: Session, statement: Select[Found], kind: type[Coded], code: str, *, hashed: str) -> Found:
    """The order (or guest's order: `kind`) with this code, a waiting one first. Refuses UnknownCode, MistypedCode."""
    named = statement.where(kind.code_hash == hashed).order_by(kind.state.in_(WAITING).desc(), kind.made_at.desc())
    found = session.scalars(named.limit(1)).first()
    if found is None:
        raise rules.MistypedCode if is_mistyped(digits_of(code)) else rules.UnknownCode
    return found


def is_guests(session: Session, hashed: str) -> bool:
    """Somebody from another community has or had this code."""
    return session.scalars(select(GuestOrder.id).where(GuestOrder.code_hash == hashed).limit(1)).first() is not None


def digits_of(typed: str) -> str:
    """The code as it is hashed: typed codes are grouped like 418 206."""
    return "".join(typed.split())


def check_tries(session: Session, keeper_id: int, *, now: datetime) -> None:
    """Refuses somebody who has typed too many unknown codes lately."""
    since = now - rules.TRIES_WITHIN
    wrong = select(func.count()).select_from(CodeAttempt)
    if (session.scalar(wrong.where(CodeAttempt.person_id == keeper_id, CodeAttempt.at > since)) or 0) >= rules.TRIES:
        raise rules.TooManyCodes


def check_place(found: Order, partner_id: int | None) -> None:
    """Refuses an order that is given out elsewhere: `partner_id` None is the store's own counter."""
    if found.partner_id == partner_id:
        return
    if found.partner is None:
        raise rules.NotAVoucher
    raise rules.VoucherElsewhere(name=found.partner.name)


def note_unknown_code(session: Session, *, actor: Actor, now: datetime) -> None:
    """Remembers that the keeper looked up a code that doesn't exist."""
    assert actor.person_id is not None
    session.add(CodeAttempt(community_id=actor.community_id, person_id=actor.person_id, at=now))


def forget_attempts(session: Session, *, before: datetime) -> int:
    """Sweeps old look-ups of codes that don't exist; harmless when run twice. Returns how many went."""
    done = session.execute(delete(CodeAttempt).where(CodeAttempt.at < before))
    return int(getattr(done, "rowcount", 0))
