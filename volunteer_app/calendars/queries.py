"""Reads of calendar addresses."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.calendars.models import CalendarFeed
from volunteer_app.core.errors import NotFound
from volunteer_app.people.models import PRESENT, Person, RoleGrant


def own(session: Session, person_id: int, *, for_change: bool = False) -> CalendarFeed | None:
    """The person's row, locked when it is about to change; None for somebody who never had an address."""
    wanted = select(CalendarFeed).where(CalendarFeed.person_id == person_id)
    return session.scalars(wanted.with_for_update() if for_change else wanted).first()


def answering(session: Session, feed_id: int, serial: int) -> CalendarFeed:
    """The row behind an address. NotFound for one that was changed or stopped, and for people who have left or are no
    volunteers any more.
    """
    wanted = select(CalendarFeed).join(Person, Person.id == CalendarFeed.person_id)
    same = (CalendarFeed.id == feed_id, CalendarFeed.serial == serial, CalendarFeed.is_open)
    serves = Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == "volunteer"))
    found = session.scalars(wanted.where(*same, Person.state.in_(PRESENT), serves)).first()
    if found is None:
        raise NotFound
    return found
