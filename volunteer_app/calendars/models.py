"""Who has a calendar address. The address itself isn't kept: it is signed with the application's secret."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import person_key


class CalendarFeed(InCommunity, Base):
    """One a person. Only the address with the present `serial` (1, 2, ...) answers, and only while `is_open`: the row
    stays when it's stopped, so that no old address comes alive again.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (key_in_community(), person_key(), UniqueConstraint("person_id"))

    person_id: Mapped[int]
    serial: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
