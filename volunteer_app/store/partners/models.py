"""A shop and a community that the store works with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key


class Partner(InCommunity, Base):
    """A shop of the neighbourhood (爱心商户) that takes vouchers. `person_id` is who signs in there."""

    __tablename__ = "store_partner"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("community_id", "name"),
        UniqueConstraint("person_id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    open_words: Mapped[str] = mapped_column(String(60), default="")
    person_id: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def owner(self) -> str:
        """The word that names the shop in the ledger."""
        return f"partner:{self.id}"


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
