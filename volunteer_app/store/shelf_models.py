"""What lies on the shelf and how it leaves: batches handed out, things lent, things set aside, days without opening."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.store.models import Delivery, Product, product_key


def delivery_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "delivery_id"], ["store_delivery.community_id", "store_delivery.id"])


def line_key(column: str = "line_id", table: str = "store_order_line") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", column], [f"{table}.community_id", f"{table}.id"])


class BatchUse(InCommunity, Base):
    """Pieces of a batch that went out with one line of an order: who has what, should a batch be called back."""

    __tablename__ = "store_batch_use"
    __table_args__ = (
        key_in_community(),
        delivery_key(),
        line_key(),
        line_key("guest_line_id", "store_guest_line"),
        CheckConstraint("(line_id IS NULL) <> (guest_line_id IS NULL)", name="one_line"),
        CheckConstraint("pieces > 0 AND returned >= 0 AND returned <= pieces", name="pieces"),
        Index("ix_store_batch_use_line_id", "line_id"),
    )

    delivery_id: Mapped[int]
    line_id: Mapped[int | None]
    guest_line_id: Mapped[int | None]
    pieces: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)


class Loan(InCommunity, Base):
    """Something lent with a day by which it comes back. `state` out, back, damaged or lost."""

    __tablename__ = "store_loan"
    __table_args__ = (
        key_in_community(),
        line_key(),
        product_key(),
        person_key(),
        person_key("taken_by_id"),
        UniqueConstraint("line_id"),
        CheckConstraint("(state = 'out') = (closed_at IS NULL)", name="closed"),
        Index("ix_store_loan_state_due_on", "community_id", "state", "due_on"),
    )

    line_id: Mapped[int]
    product_id: Mapped[int]
    person_id: Mapped[int]
    pieces: Mapped[int]
    lent_on: Mapped[date]
    due_on: Mapped[date]
    is_extended: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="out")
    note: Mapped[str] = mapped_column(String(60), default="")
    closed_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None]

    product: Mapped[Product] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(
        viewonly=True, foreign_keys="Loan.person_id", primaryjoin="Loan.person_id == Person.id"
    )

    def days_late(self, today: date) -> int:
        """Days since it was due; 0 while it isn't late."""
        return max(0, (today - self.due_on).days) if self.state == "out" else 0


class WriteOff(InCommunity, Base):
    """Pieces that are no good: set aside at once by one person, written off or put back by a second one.

    `state` waiting, booked or dropped. `delivery_id` is the batch.
    """

    __tablename__ = "store_write_off"
    __table_args__ = (
        key_in_community(),
        product_key(),
        delivery_key(),
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


class ClosedDay(InCommunity, Base):
    """A day on which the store stays closed although it would be open."""

    __tablename__ = "store_closed_day"
    __table_args__ = (key_in_community(), UniqueConstraint("community_id", "on"))

    on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(40), default="")


class BasketLine(InCommunity, Base):
    """Something that a person has put into the basket and not reserved yet: it keeps neither points nor pieces."""

    __tablename__ = "store_basket_line"
    __table_args__ = (
        key_in_community(),
        person_key(),
        product_key(),
        UniqueConstraint("person_id", "product_id"),
        CheckConstraint("pieces > 0", name="pieces"),
    )

    person_id: Mapped[int]
    product_id: Mapped[int]
    pieces: Mapped[int]

    product: Mapped[Product] = relationship(viewonly=True)
