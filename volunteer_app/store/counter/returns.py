"""Things that come back: returned goods, lent things."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import last_day
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import holds
from volunteer_app.places.queries import zone_of
from volunteer_app.store.counter import actions, rules
from volunteer_app.store.lending import actions as lending
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.models import Order, OrderLine
from volunteer_app.store.orders.rules import kept_until
from volunteer_app.store.orders.words import listed
from volunteer_app.store.shelf import batches, write_offs
from volunteer_app.store.shelf.batch_models import BatchUse

GRACE_DAYS = 30
"""How long returned points stay good whose own date passed while the goods were out, the last day through."""
RETURNED = N_("退回%(goods)s")
RETURNED_LATE = N_("退回%(goods)s，过了期的积分还能用到%(month)d月%(day)d日")


def take_back(
    session: Session, order_id: int, line_id: int, pieces: int, *, reason: str, actor: Actor, now: datetime
) -> Order:
    """Something collected comes back (returned goods, lent things): pieces to the shelf, points to their own lots.
    Points whose date has passed meanwhile stay good for thirty days more.

    Refuses NotCollected, OwnOrder, and VoucherUsed: a service can't be brought back.
    """
    order = orders.locked_order(session, order_id, actor=actor, now=now, may_be=("picked_up",))
    if order.partner_id:
        raise rules.VoucherUsed
    line = next((one for one in order.lines if one.id == line_id), None)
    if line is None:
        raise NotFound
    actions.refuse_two_hats(actor)
    reserving.refuse_own_household(session, order.person, actor)
    if order.state != "picked_up" or not 1 <= pieces <= line.quantity - line.returned:
        raise rules.NotCollected
    assert order.hold_id is not None
    back = {line.points_line: pieces * line.points_each, line.stock_line: pieces}
    goods = listed([(line.product, pieces, line.points_each)])
    zone = zone_of(session, order.community_id)
    until = kept_until(now, GRACE_DAYS, zone)
    last = last_day(until, zone)
    late = Text(RETURNED_LATE, {"goods": goods, "month": last.month, "day": last.day})
    holds.refund(
        session,
        order.hold_id,
        {number: amount for number, amount in back.items() if number is not None},
        cause=f"return:{line.id}:{line.returned + pieces}",
        reason=Text(RETURNED, {"goods": goods}),
        actor=actor,
        now=now,
        grace=holds.Grace(until, late),
    )
    line.returned += pieces
    batches.give_back(session, line.id, pieces)
    if line.product.kind == "lending":
        lending.take_back(session, line.id, left=line.kept, actor=actor, now=now)
    subject = f"store_order:{order.id}"
    audit.record(session, "take_back", subject, actor=actor, now=now, acting_for=order.person_id, note=reason)
    return order


def bring_back(session: Session, loan_id: int, *, state: str, note: str, actor: Actor, now: datetime) -> Loan:
    """What is still out came back: `state` back, damaged or lost. What isn't good is set aside for two people to decide
    on.

    Refuses LoanClosed, OwnOrder.
    """
    assert state in ("back", "damaged", "lost")
    found = lending.open_loan(session, loan_id, actor)
    line = session.get_one(OrderLine, found.line_id)
    reason, out = note or state, batches_out(session, line.id)
    take_back(session, line.order_id, line.id, line.kept, reason=reason, actor=actor, now=now)
    if state != "back":
        for delivery_id, pieces in out.items():
            write_offs.set_aside(session, delivery_id, pieces, reason=reason, actor=actor, now=now)
    found.state, found.note = state, note
    audit.record(session, state, f"store_loan:{found.id}", actor=actor, now=now, acting_for=found.person_id, note=note)
    return found


def extend_loan(session: Session, loan_id: int, *, actor: Actor, now: datetime) -> Loan:
    """It stays out some more days. Refuses LoanClosed, AlreadyExtended, OwnOrder."""
    reserving.refuse_own_household(session, lending.open_loan(session, loan_id, actor).person, actor)
    return lending.extend(session, loan_id, actor=actor, now=now)


def batches_out(session: Session, line_id: int) -> dict[int, int]:
    """Delivery id -> pieces that went out with the line and aren't back."""
    left = (BatchUse.pieces - BatchUse.returned).label("left")
    uses = select(BatchUse.delivery_id, left).where(BatchUse.line_id == line_id, left > 0)
    return {row.delivery_id: row.left for row in session.execute(uses)}
