"""The other half of an order across communities, and what one community owes another for a month.

The two halves are the only rows that point across communities, and their keys say so.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key
from volunteer_app.store import keys
from volunteer_app.store.orders.models import Coded
from volunteer_app.store.shelf.models import Product


class GuestOrder(Coded, InCommunity, Base):
    """The half of the community that has the goods. `guest_id` is a person of `home_id`, known here by nothing else."""

    __tablename__ = "store_guest_order"
    __table_args__ = (
        key_in_community(),
        keys.hold_key(),
        person_key("handed_by_id"),
        ForeignKeyConstraint(["home_id", "away_id"], ["store_away_order.community_id", "store_away_order.id"]),
        ForeignKeyConstraint(["home_id", "guest_id"], ["person.community_id", "person.id"]),
        UniqueConstraint("home_id", "away_id"),
        CheckConstraint("home_id <> community_id", name="another"),
        Index("ix_store_guest_order_guest_id", "guest_id"),
    )

    home_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    away_id: Mapped[int]
    guest_id: Mapped[int]
    points: Mapped[int]
    handed_by_id: Mapped[int | None]

    lines: Mapped[list["GuestLine"]] = relationship(viewonly=True, order_by="GuestLine.id")


class GuestLine(InCommunity, Base):
    """Pieces of one product at the price of the day."""

    __tablename__ = "store_guest_line"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        ForeignKeyConstraint(["community_id", "order_id"], ["store_guest_order.community_id", "store_guest_order.id"]),
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    order_id: Mapped[int]
    product_id: Mapped[int]
    quantity: Mapped[int]
    points_each: Mapped[int]

    product: Mapped[Product] = relationship(viewonly=True)


class Clearing(InCommunity, Base):
    """What this community owes another one for a month: written down here, and confirmed there when it has arrived.

    So the two persons who settle it belong to the two communities.
    """

    __tablename__ = "store_clearing"
    __table_args__ = (
        key_in_community(),
        person_key("closed_by_id"),
        ForeignKeyConstraint(["other_id", "received_by_id"], ["person.community_id", "person.id"]),
        UniqueConstraint("community_id", "other_id", "month"),
        CheckConstraint("other_id <> community_id", name="another"),
        CheckConstraint("(received_by_id IS NULL) = (txn_id IS NULL)", name="received"),
    )

    other_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    month: Mapped[date]
    orders: Mapped[int]
    points: Mapped[int]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int]
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None]
    txn_id: Mapped[int | None]
