"""Public notices of service records, and the objections to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.rosters.models import one_of

OBJECTION_STATES = ("open", "proposed", "upheld", "stands")
OPEN_OBJECTION = ("open", "proposed")


class Notice(InCommunity, Base):
    """The list of [from_on, to_on], on the board from `published_on` to `closes_on`, both days included."""

    __tablename__ = "notice"
    __table_args__ = (
        key_in_community(),
        person_key("published_by_id"),
        CheckConstraint(one_of("state", ("open", "closed")), name="state"),
        CheckConstraint("from_on <= to_on AND closes_on > published_on", name="days_in_order"),
    )

    kind: Mapped[str] = mapped_column(String(10), default="hours")
    from_on: Mapped[date]
    to_on: Mapped[date]
    published_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None]
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="open")
    closed_at: Mapped[datetime | None]


class NoticeLine(InCommunity, Base):
    """One record on a list; a record is published once."""

    __tablename__ = "notice_line"
    __table_args__ = (
        key_in_community(),
        ForeignKeyConstraint(["community_id", "notice_id"], ["notice.community_id", "notice.id"]),
        ForeignKeyConstraint(
            ["community_id", "service_record_id"], ["service_record.community_id", "service_record.id"]
        ),
        UniqueConstraint("service_record_id"),
    )

    notice_id: Mapped[int] = mapped_column(index=True)
    service_record_id: Mapped[int]

    record: Mapped[ServiceRecord] = relationship(
        primaryjoin="foreign(NoticeLine.service_record_id) == ServiceRecord.id", viewonly=True, lazy="joined"
    )


class Objection(InCommunity, Base):
    """ "Something is wrong here", by the volunteer or by staff for him.

    `record_id` None: the day is missing from the list. `proposed` waits for the second person of the correction.
    """

    __tablename__ = "objection"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("taken_by_id"),
        person_key("answered_by_id"),
        ForeignKeyConstraint(["community_id", "record_id"], ["service_record.community_id", "service_record.id"]),
        ForeignKeyConstraint(["community_id", "correction_id"], ["correction.community_id", "correction.id"]),
        CheckConstraint(one_of("state", OBJECTION_STATES), name="state"),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> person_id", name="not_by_oneself"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    record_id: Mapped[int | None] = mapped_column(index=True)
    correction_id: Mapped[int | None]
    about_on: Mapped[date]
    said: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    taken_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Objection.person_id) == Person.id", viewonly=True, lazy="joined"
    )
