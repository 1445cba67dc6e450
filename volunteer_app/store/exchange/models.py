"""What one community owes another for a month."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key


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
