"""How work became points: rules by date, one award a service record, fixed bonuses. The books are the ledger's."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key
from volunteer_app.rosters.models import one_of

AWARD_STATES = ("pending", "credited", "reversed")
REFERRAL = text("kind = 'referral'")


class PointsRule(InCommunity, Base):
    """A version of the rules, in force for service from `effective_from` until a later version begins."""

    __tablename__ = "points_rule"
    __table_args__ = (key_in_community(), person_key("made_by_id"), UniqueConstraint("community_id", "version"))

    version: Mapped[int]
    effective_from: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by_id: Mapped[int | None]
    made_at: Mapped[datetime]


class Award(InCommunity, Base):
    """The points of one final service record, with what they were worked out from; at most one a record.

    `uncapped` is the amount before the day's and the month's cap. `txn_id` is the ledger's, None when points are 0.
    """

    __tablename__ = "award"
    __table_args__ = (
        key_in_community(),
        person_key(),
        ForeignKeyConstraint(
            ["community_id", "service_record_id"], ["service_record.community_id", "service_record.id"]
        ),
        ForeignKeyConstraint(["community_id", "rule_id"], ["points_rule.community_id", "points_rule.id"]),
        UniqueConstraint("service_record_id"),
        CheckConstraint(one_of("state", AWARD_STATES), name="state"),
        CheckConstraint("points >= 0 AND points <= uncapped", name="points_fit"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    service_record_id: Mapped[int]
    served_on: Mapped[date]
    rule_id: Mapped[int | None]
    coefficient_pct: Mapped[int]
    uncapped: Mapped[int]
    points: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    txn_id: Mapped[int | None]
    credited_at: Mapped[datetime]

    record: Mapped[ServiceRecord] = relationship(
        primaryjoin="foreign(Award.service_record_id) == ServiceRecord.id", viewonly=True
    )


class Bonus(InCommunity, Base):
    """A fixed bonus. `occasion` names what it is for and makes it payable once: `2026-10:neighbourhood:7`, `newcomer:9`
    (once for all people), of a suggestion the fingerprint of `note`. The note names nobody else by the system's hand.
    """

    __tablename__ = "bonus"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("given_by_id"),
        UniqueConstraint("person_id", "kind", "occasion"),
        Index(
            "uq_bonus_referral",
            "community_id",
            "occasion",
            unique=True,
            sqlite_where=REFERRAL,
            postgresql_where=REFERRAL,
        ),
        CheckConstraint("given_by_id IS NULL OR given_by_id <> person_id", name="not_to_oneself"),
    )

    person_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(16))
    occasion: Mapped[str] = mapped_column(String(80))
    earned_on: Mapped[date]
    points: Mapped[int]
    note: Mapped[str] = mapped_column(String(120), default="")
    given_by_id: Mapped[int | None]
    given_at: Mapped[datetime]
    txn_id: Mapped[int | None]
