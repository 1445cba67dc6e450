"""Pieces of a batch that left the shelf: with an order, or because they are no good."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key
from volunteer_app.store import keys
from volunteer_app.store.shelf.models import Delivery, Product


class BatchUse(InCommunity, Base):
    """Pieces of a batch that went out with one line of an order: who has what, should a batch be called back."""

    __tablename__ = "store_batch_use"
    __table_args__ = (
        key_in_community(),
        keys.delivery_key(),
        keys.line_key(),
        keys.line_key("guest_line_id", "store_guest_line"),
        CheckConstraint("(line_id IS NULL) <> (guest_line_id IS NULL)", name="one_line"),
        CheckConstraint("pieces > 0 AND returned >= 0 AND returned <= pieces", name="pieces"),
        Index("ix_store_batch_use_line_id", "line_id"),
    )

    delivery_id: Mapped[int]
    line_id: Mapped[int | None]
    guest_line_id: Mapped[int | None]
    pieces: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)


class WriteOff(InCommunity, Base):
    """Pieces that are no good: set aside at once by one person, written off or put back by a second one.

    `state` waiting, booked or dropped. `delivery_id` is the batch.
    """

    __tablename__ = "store_write_off"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        keys.delivery_key(),
        person_key("set_aside_by_id"),
        person_key("checked_by_id"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> set_aside_by_id", name="two_people"),
        CheckConstraint("(state = 'booked') = (txn_id IS NOT NULL)", name="booked"),
        CheckConstraint("(state = 'waiting') = (checked_by_id IS NULL)", name="checked"),
        CheckConstraint("pieces > 0", name="pieces"),
    )

    product_id: Mapped[int]
    delivery_id: Mapped[int]
    pieces: Mapped[int]
    reason: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    set_aside_at: Mapped[datetime]
    set_aside_by_id: Mapped[int]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None]
    txn_id: Mapped[int | None]

    product: Mapped[Product] = relationship(viewonly=True)
    delivery: Mapped[Delivery] = relationship(viewonly=True)
