"""What a partner shop is owed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key
from volunteer_app.store import keys


class Settlement(InCommunity, Base):
    """What a partner shop is owed for the vouchers of a calendar month; `month` is its first day.

    `closed_by_id` wrote it down, `paid_by_id` is the second person who saw it paid. `amount_fen` is what the services
    cost the community.
    """

    __tablename__ = "store_settlement"
    __table_args__ = (
        key_in_community(),
        keys.partner_key(),
        person_key("closed_by_id"),
        person_key("paid_by_id"),
        UniqueConstraint("partner_id", "month"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> closed_by_id", name="two_people"),
        CheckConstraint("(paid_by_id IS NULL) = (txn_id IS NULL)", name="paid"),
    )

    partner_id: Mapped[int]
    month: Mapped[date]
    vouchers: Mapped[int]
    points: Mapped[int]
    amount_fen: Mapped[int]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int]
    paid_at: Mapped[datetime | None]
    paid_by_id: Mapped[int | None]
    txn_id: Mapped[int | None]
