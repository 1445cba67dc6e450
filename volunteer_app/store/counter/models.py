"""What the counter remembers."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key


class CodeAttempt(InCommunity, Base):
    """A pick-up code that was looked up and doesn't exist; too many of them stop the counter for a while."""

    __tablename__ = "store_code_attempt"
    __table_args__ = (key_in_community(), person_key(), Index("ix_store_code_attempt_person_id_at", "person_id", "at"))

    person_id: Mapped[int]
    at: Mapped[datetime]
