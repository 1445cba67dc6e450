"""People, profiles, skills, consents, roles, recipients, sign-in."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community

ROLES = ("volunteer", "resident", "coordinator", "keeper", "partner", "auditor", "admin")
CHANNELS = ("wechat", "phone", "paper")
GENDERS = ("F", "M")


def person_key(column: str = "person_id") -> ForeignKeyConstraint:
    """Composite foreign key to a person of the same community."""
    return ForeignKeyConstraint(["community_id", column], ["person.community_id", "person.id"])


PRESENT = ("active", "invited")
"""States of people who are still here: they may sign in and be asked."""


class Household(InCommunity, Base):
    """People who live together; they may pool points and may not serve each other at the counter."""

    __tablename__ = "household"
    __table_args__ = (key_in_community(), UniqueConstraint("community_id", "code"))

    code: Mapped[str] = mapped_column(String(20))


class Person(InCommunity, Base):
    """Anybody with a number: volunteer, resident, staff. `state` is invited, active, left or deceased.

    `sign_in_epoch` goes up when all sessions of the person must end (new password, role change).
    """

    __tablename__ = "person"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("number"),
        Index("ix_person_phone", "phone"),
        ForeignKeyConstraint(["community_id", "grid_id"], ["area.community_id", "area.id"]),
        ForeignKeyConstraint(["community_id", "neighbourhood_id"], ["area.community_id", "area.id"]),
        ForeignKeyConstraint(["community_id", "microgrid_id"], ["area.community_id", "area.id"]),
        ForeignKeyConstraint(["community_id", "household_id"], ["household.community_id", "household.id"]),
    )

    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    gender: Mapped[str] = mapped_column(String(1))
    birth_year: Mapped[int | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(8), default="wechat")
    state: Mapped[str] = mapped_column(String(10), default="active")
    grid_id: Mapped[int | None]
    neighbourhood_id: Mapped[int | None]
    microgrid_id: Mapped[int | None]
    household_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2), default="zh")
    text_size: Mapped[str] = mapped_column(String(8), default="normal")
    password_hash: Mapped[str | None] = mapped_column(String(120))
    sign_in_epoch: Mapped[int] = mapped_column(default=0)
    code_fingerprint: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    profile: Mapped["VolunteerProfile | None"] = relationship(
        back_populates="person", viewonly=True, primaryjoin="Person.id == VolunteerProfile.person_id"
    )

    def age_on(self, day: date) -> int | None:
        """Age by year of birth, as the community's own lists count it; None when the year is unknown."""
        return None if self.birth_year is None else day.year - self.birth_year


class VolunteerProfile(InCommunity, Base):
    """What a volunteer can give. `engagement` is volunteer or employed (wardens on duty: labour law, no points).

    `max_nights_week`: None is two for wardens and no limit for volunteers. `max_days_row`: days in a row with a turn;
    None is no limit. `min_days_off`: days off between two runs of days. `effort`: the hardest work that suits (needs
    EFFORTS); None is any.
    """

    __tablename__ = "volunteer_profile"
    __table_args__ = (key_in_community(), person_key(), UniqueConstraint("person_id"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    engagement: Mapped[str] = mapped_column(String(10), default="volunteer")
    max_shifts_week: Mapped[int]
    max_minutes_week: Mapped[int]
    max_shifts_day: Mapped[int] = mapped_column(default=2)
    max_minutes_day: Mapped[int] = mapped_column(default=240)
    max_nights_week: Mapped[int | None]
    max_days_row: Mapped[int | None]
    min_days_off: Mapped[int] = mapped_column(default=1)
    effort: Mapped[int | None]
    insured_until: Mapped[date | None]
    joined_on: Mapped[date]

    person: Mapped[Person] = relationship(
        back_populates="profile", viewonly=True, primaryjoin="Person.id == VolunteerProfile.person_id"
    )


class PersonTag(InCommunity, Base):
    """An identity or a skill: `kind` identity (party_retired, student_returnee …) or skill (river, first_aid …).

    A skill may lapse: it counts on a date up to and including `valid_until`; None never lapses.
    """

    __tablename__ = "person_tag"
    __table_args__ = (key_in_community(), person_key(), UniqueConstraint("person_id", "kind", "code"))

    person_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(30))
    valid_until: Mapped[date | None]


class Consent(InCommunity, Base):
    """One agreement for one purpose: service, guardian, publish_name, health. Withdrawn, never deleted."""

    __tablename__ = "consent"
    __table_args__ = (key_in_community(), person_key())

    person_id: Mapped[int] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None]


class RoleGrant(InCommunity, Base):
    """A role in an area and everything below it."""

    __tablename__ = "role_grant"
    __table_args__ = (key_in_community(), person_key(), UniqueConstraint("person_id", "role", "area_id"))

    person_id: Mapped[int] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))


class Recipient(InCommunity, Base):
    """Somebody who is visited; public pages say 服务对象 and the number only. `tier` is high, key or general."""

    __tablename__ = "recipient"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "number"),
        ForeignKeyConstraint(["community_id", "grid_id"], ["area.community_id", "area.id"]),
    )

    number: Mapped[int]
    alias: Mapped[str] = mapped_column(String(40))
    gender: Mapped[str] = mapped_column(String(1))
    birth_year: Mapped[int | None]
    grid_id: Mapped[int]
    tier: Mapped[str] = mapped_column(String(8))
    wants: Mapped[str] = mapped_column(String(60), default="")


class SignInAttempt(Base):
    """A failed sign-in, counted per name typed; swept after a day."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


class ApiToken(InCommunity, Base):
    """A token for the JSON API; only its fingerprint is kept."""

    __tablename__ = "api_token"
    __table_args__ = (key_in_community(), person_key(), UniqueConstraint("fingerprint"))

    person_id: Mapped[int]
    label: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
