"""Opening, changing and stopping one's own calendar address. Each leaves an audit row."""

from datetime import datetime

from sqlalchemy.orm import Session

from volunteer_app.calendars import queries
from volunteer_app.calendars.models import CalendarFeed
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.database import absent, table_of


def renew(session: Session, *, actor: Actor, now: datetime) -> CalendarFeed:
    """A new address from now on; the former one, if there was any, no longer answers."""
    return change(session, is_open=True, actor=actor, now=now)


def stop(session: Session, *, actor: Actor, now: datetime) -> CalendarFeed:
    """No address any more. Safe to repeat."""
    return change(session, is_open=False, actor=actor, now=now)


def change(session: Session, *, is_open: bool, actor: Actor, now: datetime) -> CalendarFeed:
    assert actor.person_id is not None, "a calendar belongs to a person"
    row = {"community_id": actor.community_id, "person_id": actor.person_id}
    new = absent(session.get_bind().dialect.name, table_of(CalendarFeed))
    session.execute(new, row | {"serial": 0, "is_open": False, "changed_at": now})
    found = queries.own(session, actor.person_id, for_change=True)
    assert found is not None, "it was put there just now"
    found.is_open, found.serial, found.changed_at = is_open, found.serial + 1, now
    word = "renew_calendar" if is_open else "stop_calendar"
    record(session, word, f"calendar_feed:{found.id}", actor=actor, now=now)
    session.flush()
    return found
