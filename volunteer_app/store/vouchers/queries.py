"""A shop's vouchers of a month. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_moment, month_after
from volunteer_app.places.queries import zone_of
from volunteer_app.store.counter import looking_up
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order
from volunteer_app.store.partners import shops
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.vouchers.models import Settlement


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


def statement(session: Session, shop: Partner, month: date) -> Statement:
    """What the shop took in during the month."""
    zone = zone_of(session, shop.community_id)
    from_at, to_at = local_moment(month, 0, zone), local_moment(month_after(month), 0, zone)
    taken = orders.with_lines().where(Order.partner_id == shop.id, Order.state == "picked_up")
    taken = taken.where(Order.closed_at >= from_at, Order.closed_at < to_at).order_by(Order.closed_at, Order.id)
    done = select(Settlement).where(Settlement.partner_id == shop.id, Settlement.month == month)
    return Statement(shop, month, list(session.scalars(taken)), session.scalars(done).first())


def voucher_by_code(
    session: Session, code: str, *, community_id: int, keeper_id: int, codes: Codes, now: datetime
) -> Order:
    """The voucher with this code at the shop that `keeper_id` stands behind. Refuses NoPartner and what
    `looking_up.order_by_code` refuses.
    """
    shop = shops.partner_of(session, keeper_id)
    return looking_up.order_by_code(
        session, code, community_id=community_id, keeper_id=keeper_id, codes=codes, now=now, partner_id=shop.id
    )
