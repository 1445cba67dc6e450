"""What is lent."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.store import keys
from volunteer_app.store.shelf.models import Product


class Loan(InCommunity, Base):
    """Something lent with a day by which it comes back. `state` out, back, damaged or lost.

    `pieces` are those that are still out; once it is closed, those that came back last.
    """

    __tablename__ = "store_loan"
    __table_args__ = (
        key_in_community(),
        keys.line_key(),
        keys.product_key(),
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
