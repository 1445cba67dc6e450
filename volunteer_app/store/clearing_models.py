"""Redeeming in another community: an order has a half in each one's tables, and so has its clearing.

The two halves are the only rows that point across communities, and their keys say so.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key
from volunteer_app.store.models import WAITING, Product, product_key


class Neighbour(InCommunity, Base):
    """Another community that this one exchanges goods with, as soon as the other says the same of this one."""

    __tablename__ = "store_neighbour"
    __table_args__ = (
        key_in_community(),
        person_key("added_by_id"),
        UniqueConstraint("community_id", "other_id"),
        CheckConstraint("other_id <> community_id", name="another"),
    )

    other_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    added_by_id: Mapped[int | None]
    added_at: Mapped[datetime]


class Waits:
    """What both halves have in common."""

    state: Mapped[str] = mapped_column(String(10), default="reserved")
    points: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hold_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    def state_at(self, now: datetime) -> str:
        """The state as it is, whether or not the expiry has been written down yet."""
        return "expired" if self.state in WAITING and self.expires_at <= now else self.state


def hold_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "hold_id"], ["ledger_hold.community_id", "ledger_hold.id"])


class AwayOrder(Waits, InCommunity, Base):
    """The half of the person's own community: the points. `other_id` is where the goods are.

    `made_on` is the local date that the monthly limit counts by; `goods` a sentence as the ledger keeps them.
    """

    __tablename__ = "store_away_order"
    __table_args__ = (
        key_in_community(),
        person_key(),
        hold_key(),
        CheckConstraint("points > 0", name="points"),
        Index("ix_store_away_order_person_id_made_on", "person_id", "made_on"),
        Index("ix_store_away_order_state_expires_at", "community_id", "state", "expires_at"),
    )

    person_id: Mapped[int]
    other_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    made_on: Mapped[date]
    goods: Mapped[str] = mapped_column(Text)


class GuestOrder(Waits, InCommunity, Base):
    """The half of the community that has the goods. `guest_id` is a person of `home_id`, known here by nothing else."""

    __tablename__ = "store_guest_order"
    __table_args__ = (
        key_in_community(),
        hold_key(),
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
    code_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    code_turn: Mapped[int] = mapped_column(default=0)
    handed_by_id: Mapped[int | None]

    lines: Mapped[list["GuestLine"]] = relationship(viewonly=True, order_by="GuestLine.id")


class GuestLine(InCommunity, Base):
    """Pieces of one product at the price of the day."""

    __tablename__ = "store_guest_line"
    __table_args__ = (
        key_in_community(),
        product_key(),
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
