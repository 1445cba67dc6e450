"""Submissions: a form or an API call that has been carried out, so that a second press finds the first one's answer."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base

KEY_LENGTH = 80


class Submission(Base):
    """`key` is the form's one-time key or the client's Idempotency-Key; `content` fingerprints what was sent."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("person_id", "key", name="uq_submission_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    content: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    at: Mapped[datetime]
