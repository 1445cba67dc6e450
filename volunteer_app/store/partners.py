"""Partner shops: who they are, the vouchers that they take in, and what the community pays them for a month.

Points of a voucher stand in the shop's `claim` until two people have settled the month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.rules import Key, SecondPersonNeeded
from volunteer_app.people.models import Person, RoleGrant
from volunteer_app.store import actions, orders, queries, rules
from volunteer_app.store.models import Order, Partner, Product, Settlement

ROLE = "partner"
SETTLED = Key("programme", "settled")
PAID = N_("结给%(name)s：%(month)s的券")


@dataclass(frozen=True, slots=True)
class Statement:
    """A shop's vouchers of one month in the order in which they came in; `settlement` once the month was closed."""

    partner: Partner
    month: date
    vouchers: list[Order]
    settlement: Settlement | None

    @property
    def points(self) -> int:
        return sum(order.points for order in self.vouchers)

    @property
    def amount_fen(self) -> int:
        """What the services cost the community."""
        return sum(line.quantity * line.product.cost_fen for order in self.vouchers for line in order.lines)


def add_partner(
    session: Session,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    address: str = "",
    phone: str = "",
    open_words: str = "",
    sign_in: str = "",
    services: Sequence[str] = (),
) -> Partner:
    """Registers a shop; `sign_in` is the number of the person who stands behind it, `services` product codes that it
    gives from now on. Refuses PartnerTaken, NotAPartnerPerson; NotFound for an unknown number or product.
    """
    person_id = person_with(session, sign_in, actor) if sign_in else None
    same = select(Partner.id).where(Partner.community_id == actor.community_id)
    same = same.where(or_(Partner.name == name, Partner.person_id == person_id) if person_id else Partner.name == name)
    if session.scalar(same) is not None:
        raise rules.PartnerTaken
    made = Partner(
        community_id=actor.community_id,
        name=name,
        address=address,
        phone=phone,
        open_words=open_words,
        person_id=person_id,
    )
    session.add(made)
    session.flush()
    for code in services:
        give_service(session, made, code, actor)
    audit.record(session, "add_partner", f"store_partner:{made.id}", actor=actor, now=now)
    return made


def person_with(session: Session, number: str, actor: Actor) -> int:
    """Id of the person with this number, who holds the role of a partner shop."""
    named = select(Person.id).where(Person.community_id == actor.community_id, Person.number == number.strip().upper())
    person_id = session.scalar(named)
    if person_id is None:
        raise NotFound
    held = select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.role == ROLE)
    if session.scalar(held) is None:
        raise rules.NotAPartnerPerson
    return person_id


def give_service(session: Session, partner: Partner, code: str, actor: Actor) -> Product:
    """From now on the shop gives this service; vouchers that are out stay with whom they were made for."""
    product = queries.product(session, actor.community_id, code)
    if product.kind != "service" or product.is_counted:
        raise NotFound
    product.partner_id = partner.id
    return product


def partner_of(session: Session, person_id: int) -> Partner:
    """The shop that somebody signs in for. Refuses NoPartner."""
    found = session.scalars(select(Partner).where(Partner.person_id == person_id, Partner.is_active)).first()
    if found is None:
        raise rules.NoPartner
    return found


def partner(session: Session, partner_id: int) -> Partner:
    """A shop of the community."""
    found = session.scalars(select(Partner).where(Partner.id == partner_id)).first()
    if found is None:
        raise NotFound
    return found


def all_partners(session: Session) -> list[Partner]:
    """Every shop of the community, by name."""
    return list(session.scalars(select(Partner).order_by(Partner.name)))


def services_of(session: Session) -> dict[int, list[Product]]:
    """Partner id -> what it gives."""
    found: dict[int, list[Product]] = {}
    for one in session.scalars(select(Product).where(Product.partner_id.is_not(None)).order_by(Product.code)):
        assert one.partner_id is not None
        found.setdefault(one.partner_id, []).append(one)
    return found


def take_voucher(session: Session, order_id: int, *, actor: Actor, now: datetime) -> Order:
    """The shop has given the service: the voucher is used up and its points are the shop's claim.

    Refuses NoPartner, VoucherElsewhere, AlreadyCollected, OrderExpired, OrderCancelled, OwnOrder.
    """
    assert actor.person_id is not None
    actions.refuse_two_hats(actor)
    shop = partner_of(session, actor.person_id)
    order = actions.locked_order(session, order_id, actor=actor, now=now)
    orders.check_place(order, shop.id)
    actions.refuse_own_household(session, order.person, actor)
    return actions.settle_collected(session, order, actor=actor, now=now, proxy_name="")


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date) -> date:
    return month_start(month + timedelta(days=31))


def statement(session: Session, shop: Partner, month: date) -> Statement:
    """What the shop took in during the month."""
    zone = queries.zone_of(session, shop.community_id)
    from_at, to_at = local_moment(month, 0, zone), local_moment(month_after(month), 0, zone)
    taken = orders.with_lines().where(Order.partner_id == shop.id, Order.state == "picked_up")
    taken = taken.where(Order.closed_at >= from_at, Order.closed_at < to_at).order_by(Order.closed_at, Order.id)
    done = select(Settlement).where(Settlement.partner_id == shop.id, Settlement.month == month)
    return Statement(shop, month, list(session.scalars(taken)), session.scalars(done).first())


def close_month(session: Session, partner_id: int, month: date, *, actor: Actor, now: datetime) -> Settlement:
    """Writes down what the shop is owed for a month that is over; a second time gives the same row.

    Refuses MonthNotOver, NothingToSettle.
    """
    named = select(Partner).where(Partner.community_id == actor.community_id, Partner.id == partner_id)
    shop = session.scalars(named.with_for_update()).first()
    if shop is None:
        raise NotFound
    found = statement(session, shop, month_start(month))
    if found.settlement is not None:
        return found.settlement
    if local_date(now, queries.zone_of(session, shop.community_id)) < month_after(month):
        raise rules.MonthNotOver
    if not found.vouchers:
        raise rules.NothingToSettle
    assert actor.person_id is not None
    made = Settlement(
        community_id=shop.community_id,
        partner_id=shop.id,
        month=found.month,
        vouchers=len(found.vouchers),
        points=found.points,
        amount_fen=found.amount_fen,
        closed_at=now,
        closed_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, "close_month", f"store_settlement:{made.id}", actor=actor, now=now)
    return made


def pay(session: Session, settlement_id: int, *, actor: Actor, now: datetime) -> Settlement:
    """A second person has seen it paid: the claim is booked off. Refuses SecondPersonNeeded, AlreadyPaid."""
    named = select(Settlement).where(Settlement.community_id == actor.community_id, Settlement.id == settlement_id)
    found = session.scalars(named.with_for_update()).first()
    if found is None:
        raise NotFound
    if found.paid_by_id is not None:
        raise rules.AlreadyPaid
    if actor.person_id == found.closed_by_id:
        raise SecondPersonNeeded
    shop = partner(session, found.partner_id)
    txn = ledger.move(
        session,
        "settle",
        [(Key(shop.owner, "claim"), SETTLED, found.points)],
        cause=f"settlement:{found.id}",
        reason=Text(PAID, {"name": shop.name, "month": f"{found.month:%Y-%m}"}),
        actor=actor,
        now=now,
        checker_id=found.closed_by_id,
    )
    found.txn_id, found.paid_by_id, found.paid_at = txn.id, actor.person_id, now
    audit.record(session, "pay", f"store_settlement:{found.id}", actor=actor, now=now)
    return found
