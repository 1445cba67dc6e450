"""Who asked to be forgotten, and what was decided. Holds no name: afterwards it speaks of a number like the books."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key

HOW_ASKED = ("self", "phone", "paper", "visit")
STATES = ("waiting", "dropped", "done")
WAITING = text("state = 'waiting'")


class Erasure(InCommunity, Base):
    """One request. `asked_by_id` took it down: the person (`how` self) or staff; somebody else decides.

    `left_in`: tables in which the name still stood after the erasure, for an officer to look at.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("asked_by_id"),
        person_key("decided_by_id"),
        Index("uq_erasure_waiting", "person_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        CheckConstraint("how IN ('self', 'phone', 'paper', 'visit')", name="how"),
        CheckConstraint("state IN ('waiting', 'dropped', 'done')", name="state"),
        CheckConstraint("state <> 'done' OR decided_by_id NOT IN (asked_by_id, person_id)", name="two_people"),
    )

    person_id: Mapped[int]
    how: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(7), default="waiting")
    asked_by_id: Mapped[int]
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    left_in: Mapped[list[str]] = mapped_column(JSON, default=list)

    person: Mapped[Person] = relationship(
        viewonly=True, primaryjoin="and_(Erasure.community_id == Person.community_id, Erasure.person_id == Person.id)"
    )
