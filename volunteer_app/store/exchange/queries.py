"""Orders across communities, as each side reads them: a person's own elsewhere, guests at our counter. Reads only."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.places.queries import zone_of
from volunteer_app.store.counter import looking_up
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import WAITING, AwayOrder, GuestLine, GuestOrder
from volunteer_app.store.orders.rules import check_waiting
from volunteer_app.store.orders.words import listed


def away_orders_of(session: Session, person_id: int, *, limit: int = 20) -> list[AwayOrder]:
    """A person's orders elsewhere, newest first."""
    statement = select(AwayOrder).where(AwayOrder.person_id == person_id)
    return list(session.scalars(statement.order_by(AwayOrder.id.desc()).limit(limit)))


def own_away_order(session: Session, away_id: int, person_id: int) -> AwayOrder:
    """The person's own order elsewhere; NotFound for anybody else's."""
    found = session.scalars(select(AwayOrder).where(AwayOrder.id == away_id, AwayOrder.person_id == person_id)).first()
    if found is None:
        raise NotFound
    return found


def with_lines() -> Select[GuestOrder]:
    return select(GuestOrder).options(selectinload(GuestOrder.lines).selectinload(GuestLine.product))


def half_of(session: Session, order: AwayOrder) -> GuestOrder:
    """The other community's half; the session is there."""
    mine = (GuestOrder.home_id == order.community_id, GuestOrder.away_id == order.id)
    return session.scalars(with_lines().where(*mine)).one()


def waiting_guests(session: Session, *, now: datetime) -> list[GuestOrder]:
    """Guests' orders that may be collected, those that lapse first at the top."""
    statement = with_lines().where(GuestOrder.state.in_(WAITING), GuestOrder.expires_at > now)
    return list(session.scalars(statement.order_by(GuestOrder.expires_at, GuestOrder.id)))


def guest_by_code(
    session: Session, code: str, *, community_id: int, keeper_id: int, codes: Codes, now: datetime
) -> GuestOrder:
    """The guest's waiting order with this code. Refuses UnknownCode, MistypedCode, AlreadyCollected, OrderExpired,
    OrderCancelled, TooManyCodes.
    """
    looking_up.check_tries(session, keeper_id, now=now)
    hashed = codes.hash(community_id, looking_up.digits_of(code))
    found = looking_up.newest_with(session, with_lines(), GuestOrder, code, hashed=hashed)
    check_waiting(found, now, zone_of(session, community_id))
    return found


def goods_of(order: GuestOrder) -> Text:
    """The goods of a guest's order in a sentence."""
    return listed([(line.product, line.quantity, line.points_each) for line in order.lines])
