"""Outgoing messages and incoming feedback."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key


class OutboxMessage(InCommunity, Base):
    """Something to tell somebody, written in the transaction that causes it; a cause is told once.

    `template` and `values` make the sentence in the reader's language. `channel` is wechat, phone or paper, or board
    when `person_id` is None (a notice for everybody). Not to be told before `due_after`. `state` is waiting, told or
    void (overtaken by events).
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("community_id", "cause"),
        Index("ix_outbox_message_waiting", "community_id", "state", "channel"),
        CheckConstraint("state IN ('waiting', 'told', 'void')", name="state"),
        CheckConstraint("channel IN ('wechat', 'phone', 'paper', 'board')", name="channel"),
    )

    person_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    cause: Mapped[str] = mapped_column(String(120))
    is_emergency: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    due_after: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None]

    person: Mapped[Person | None] = relationship(viewonly=True)


class Feedback(InCommunity, Base):
    """A complaint, a suggestion or thanks, from anybody; name and telephone only if the writer wants an answer.

    `once` is the form's one-time key: pressing twice writes once.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("community_id", "once"),
        CheckConstraint("kind IN ('complaint', 'suggestion', 'thanks')", name="kind"),
        CheckConstraint("state IN ('open', 'answered')", name="state"),
    )

    person_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    once: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None]
