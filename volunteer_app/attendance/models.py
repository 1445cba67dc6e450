"""Who was there: sign-in and sign-out, the service record that follows, its corrections. Knows no points."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, person_key
from volunteer_app.rosters.models import one_of, shift_key

HOW = ("own_code", "staff", "paper")
ATTENDANCE_STATES = ("open", "to_check", "confirmed", "absent", "absent_excused")
RECORD_STATES = ("pending", "on_notice", "final", "objected", "corrected")
SOURCES = ("own_code", "staff", "paper", "backfill", "correction")
LIVE_RECORD = text("state <> 'corrected'")


class Attendance(InCommunity, Base):
    """One person at one shift, as it was written down; editable until the day is confirmed.

    `assignment_id` is None for somebody who came without being rostered. `how` says who wrote the times: the person
    with the code, staff, or staff from the paper sheet. `verdict` is staff's answer to a row that must be checked:
    `hours_only` (the minutes count, no points) or `in_full` (credit the full half-hours all the same).
    """

    __tablename__ = "attendance"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        shift_key(),
        ForeignKeyConstraint(["community_id", "assignment_id"], ["assignment.community_id", "assignment.id"]),
        UniqueConstraint("shift_id", "person_id"),
        CheckConstraint(one_of("how", HOW), name="how"),
        CheckConstraint(one_of("state", ATTENDANCE_STATES), name="state"),
    )

    assignment_id: Mapped[int | None] = mapped_column(index=True)
    shift_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(index=True)
    signed_in_at: Mapped[datetime | None]
    signed_out_at: Mapped[datetime | None]
    how: Mapped[str] = mapped_column(String(10))
    recorded_by_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(14), default="open")
    verdict: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(String(120), default="")


class ServiceRecord(InCommunity, Base):
    """Minutes that somebody gave, never edited: the database refuses another value and refuses deletion.

    `minutes` are the actual ones inside the planned time, `credited_minutes` the full half-hours that make points.
    A correction is a new record with `corrects_id`; it and a back-fill need two different people.
    """

    __tablename__ = "service_record"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        person_key("confirmed_by_id"),
        shift_key(),
        ForeignKeyConstraint(["community_id", "attendance_id"], ["attendance.community_id", "attendance.id"]),
        ForeignKeyConstraint(["community_id", "corrects_id"], ["service_record.community_id", "service_record.id"]),
        CheckConstraint(one_of("state", RECORD_STATES), name="state"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("minutes >= 0 AND credited_minutes >= 0 AND credited_minutes <= minutes", name="minutes_fit"),
        CheckConstraint(
            "source NOT IN ('backfill', 'correction') OR recorded_by_id <> confirmed_by_id", name="second_person"
        ),
        Index(
            "uq_service_record_live",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=LIVE_RECORD,
            postgresql_where=LIVE_RECORD,
        ),
        UniqueConstraint("corrects_id"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    shift_id: Mapped[int]
    attendance_id: Mapped[int | None]
    served_on: Mapped[date] = mapped_column(index=True)
    minutes: Mapped[int]
    credited_minutes: Mapped[int]
    leads: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="pending", index=True)
    source: Mapped[str] = mapped_column(String(10))
    corrects_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None]
    confirmed_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime]

    shift: Mapped[Shift] = relationship(
        primaryjoin="foreign(ServiceRecord.shift_id) == Shift.id", viewonly=True, lazy="joined"
    )
    person: Mapped[Person] = relationship(
        primaryjoin="foreign(ServiceRecord.person_id) == Person.id", viewonly=True, lazy="joined"
    )


class Correction(InCommunity, Base):
    """What one person says should stand instead, waiting for a second person.

    `corrects_id` None is a back-fill: somebody was there and nothing was written. No times: the record is void.
    """

    __tablename__ = "correction"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("proposed_by_id"),
        person_key("decided_by_id"),
        shift_key(),
        ForeignKeyConstraint(["community_id", "corrects_id"], ["service_record.community_id", "service_record.id"]),
        ForeignKeyConstraint(["community_id", "record_id"], ["service_record.community_id", "service_record.id"]),
        CheckConstraint(one_of("state", ("proposed", "confirmed", "refused")), name="state"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="second_person"),
    )

    person_id: Mapped[int]
    shift_id: Mapped[int]
    corrects_id: Mapped[int | None]
    record_id: Mapped[int | None]
    signed_in_at: Mapped[datetime | None]
    signed_out_at: Mapped[datetime | None]
    in_full: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by_id: Mapped[int]
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship(
        primaryjoin="foreign(Correction.shift_id) == Shift.id", viewonly=True, lazy="joined"
    )
    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Correction.person_id) == Person.id", viewonly=True, lazy="joined"
    )


class CodeMiss(InCommunity, Base):
    """A wrong sign-in code, counted per person so that four digits can't be guessed."""

    __tablename__ = "code_miss"
    __table_args__ = (key_in_community(), person_key())

    person_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime]
