"""Households that pool, collectives, people who have left. Balances are the ledger's; an owner there is a word."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.rosters.models import one_of

COLLECTIVE_KINDS = ("stairwell", "team", "neighbourhood")
DEPARTURES = ("moved", "deceased")


class HouseholdPool(InCommunity, Base):
    """A household whose head has agreed that its members put points together. `ended_at`: since when he has to
    agree again, because he took it back or somebody joined the household.
    """

    __tablename__ = "household_pool"
    __table_args__ = (
        key_in_community(),
        person_key("head_id"),
        ForeignKeyConstraint(["community_id", "household_id"], ["household.community_id", "household.id"]),
        UniqueConstraint("household_id"),
    )

    household_id: Mapped[int]
    head_id: Mapped[int]
    consented_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Collective(InCommunity, Base):
    """A stairwell, team or neighbourhood with points of its own on the wall; nobody takes goods for them."""

    __tablename__ = "collective"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "name"),
        CheckConstraint(one_of("kind", COLLECTIVE_KINDS), name="kind"),
    )

    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(14))
    made_at: Mapped[datetime]


class Departure(InCommunity, Base):
    """Somebody has moved away or died; hours stay for ever, points may go to the household or the pool."""

    __tablename__ = "departure"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        UniqueConstraint("person_id"),
        CheckConstraint(one_of("kind", DEPARTURES), name="kind"),
    )

    person_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    left_on: Mapped[date]
    recorded_by_id: Mapped[int]
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Departure.person_id) == Person.id", viewonly=True, lazy="joined"
    )
