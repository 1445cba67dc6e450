"""A guest at our counter: his community's books spend the points, ours give out the goods."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import holds
from volunteer_app.ledger.rules import HoldLapsed, load_text
from volunteer_app.places.queries import zone_of
from volunteer_app.store.accounts import INCOME
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.counter.actions import COLLECTED
from volunteer_app.store.counter.rules import NameNotChecked
from volunteer_app.store.exchange import halves
from volunteer_app.store.exchange.halves import Halves
from volunteer_app.store.orders.models import GuestOrder
from volunteer_app.store.orders.rules import OrderExpired, check_waiting
from volunteer_app.store.shelf import batches
from volunteer_app.store.shelf.rules import check_day


def hand_over(session: Session, guest_id: int, *, name_checked: bool, actor: Actor, now: datetime) -> GuestOrder:
    """Gives the goods to a guest: his community's books spend the points, ours give out the goods, and each notes what
    one owes the other. Refuses AlreadyCollected, OrderExpired, OrderCancelled, NameNotChecked, FridaysOnly.
    """
    found = session.scalars(
        select(GuestOrder).where(GuestOrder.community_id == actor.community_id, GuestOrder.id == guest_id)
    ).first()
    if found is None:
        raise NotFound
    counter.refuse_two_hats(actor)
    both = halves.locked(session, found.away_id, found.home_id)
    zone = zone_of(session, actor.community_id)
    check_waiting(both.guest, now, zone)
    if not name_checked:
        raise NameNotChecked
    for line in both.guest.lines:
        check_day(line.product, local_date(now, zone))
    collect(session, both, actor=actor, now=now)
    halves.close(session, both, "picked_up", now)
    both.guest.handed_by_id = actor.person_id
    audit.record(session, "hand_over_guest", f"store_guest_order:{found.id}", actor=actor, now=now)
    return both.guest


def collect(session: Session, both: Halves, *, actor: Actor, now: datetime) -> None:
    away, guest = both.away, both.guest
    reason = Text(COLLECTED, {"goods": load_text(away.goods)})

    def spend() -> None:
        assert away.hold_id is not None
        holds.collect(session, away.hold_id, reason=reason, actor=halves.nobody(away, actor), now=now)

    def give() -> None:
        assert guest.hold_id is not None
        holds.collect(session, guest.hold_id, reason=reason, actor=actor, now=now)
        today = local_date(now, zone_of(session, guest.community_id))
        for line in guest.lines:
            batches.take(session, line.product, line.quantity, on=today, guest=line.id)
        due = (halves.clearing_key(guest.home_id, "due"), INCOME, guest.points)
        ledger.move(session, "clear", [due], cause=f"clear:{guest.id}", reason=reason, actor=actor, now=now)

    try:
        halves.in_both(session, {away.community_id: spend, guest.community_id: give})
    except HoldLapsed as error:
        raise OrderExpired from error
