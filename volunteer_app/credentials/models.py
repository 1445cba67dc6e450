"""Entries of the record, stars and certificates. Nothing is deleted: an entry is voided, a certificate revoked, with a
reason and by a second row or person.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.rosters.models import one_of

ENTRY_KINDS = ("training", "commendation", "evaluation")
STAR_STATES = ("applied", "publicised", "certified", "refused")
LIVE_STAR = text("state <> 'refused'")


class RecordEntry(InCommunity, Base):
    """A line of one of three of the five classes of a volunteer's record; the other two are the person and his service.

    Source of the classes: Order 67 of the Ministry of Civil Affairs (2020), article 4. `minutes` is the length of a
    training, `score` (1 to 5) belongs to an evaluation, `level` to a commendation.
    """

    __tablename__ = "record_entry"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        person_key("voided_by_id"),
        CheckConstraint(one_of("kind", ENTRY_KINDS), name="kind"),
        CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)", name="score"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided"),
        CheckConstraint("recorded_by_id <> person_id", name="not_by_oneself"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(14))
    happened_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(80))
    organiser: Mapped[str] = mapped_column(String(60), default="")
    minutes: Mapped[int | None]
    score: Mapped[int | None]
    level: Mapped[str] = mapped_column(String(40), default="")
    recorded_by_id: Mapped[int]
    recorded_at: Mapped[datetime]
    voided_by_id: Mapped[int | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")


class StarGrant(InCommunity, Base):
    """A star on its way: applied, publicised until `closes_on`, certified by somebody else, or refused with a reason.

    `minutes` are the final service minutes when it was applied for.
    """

    __tablename__ = "star_grant"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("publicised_by_id"),
        person_key("decided_by_id"),
        CheckConstraint(one_of("state", STAR_STATES), name="state"),
        CheckConstraint("stars >= 1 AND stars <= 5", name="stars"),
        CheckConstraint(
            "state <> 'certified' OR (decided_by_id <> publicised_by_id AND decided_by_id <> person_id)",
            name="second_person",
        ),
        Index(
            "uq_star_grant_live",
            "community_id",
            "person_id",
            "stars",
            unique=True,
            sqlite_where=LIVE_STAR,
            postgresql_where=LIVE_STAR,
        ),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    stars: Mapped[int]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="applied")
    applied_on: Mapped[date]
    publicised_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    publicised_by_id: Mapped[int | None]
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(StarGrant.person_id) == Person.id", viewonly=True, lazy="joined"
    )


class Certificate(InCommunity, Base):
    """A service certificate: what was final between two days when it was issued. `number` can't be guessed."""

    __tablename__ = "service_certificate"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("issued_by_id"),
        UniqueConstraint("number"),
        CheckConstraint("from_on <= to_on AND minutes > 0 AND times > 0", name="served"),
        CheckConstraint("issued_by_id <> person_id", name="not_to_oneself"),
    )

    number: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    minutes: Mapped[int]
    times: Mapped[int]
    issued_by_id: Mapped[int]
    issued_at: Mapped[datetime]

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Certificate.person_id) == Person.id", viewonly=True, lazy="joined"
    )
    revocation: Mapped["Revocation | None"] = relationship(
        primaryjoin="foreign(Revocation.certificate_id) == Certificate.id", viewonly=True, uselist=False
    )


class Revocation(InCommunity, Base):
    """Takes a certificate back, once; the certificate itself stays as it was issued."""

    __tablename__ = "certificate_revocation"
    __table_args__ = (
        key_in_community(),
        person_key("revoked_by_id"),
        ForeignKeyConstraint(
            ["community_id", "certificate_id"], ["service_certificate.community_id", "service_certificate.id"]
        ),
        UniqueConstraint("certificate_id"),
    )

    certificate_id: Mapped[int]
    revoked_by_id: Mapped[int]
    revoked_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
