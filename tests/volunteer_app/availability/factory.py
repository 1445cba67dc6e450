"""Availability for tests."""

from datetime import date

from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.availability.actions import apply_template
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.workdays.actions import load_calendar

OCTOBER = date(2026, 10, 1)
SHANGHAI = "Asia/Shanghai"


def with_calendar(session: Session, make: Factory, clock: SetClock) -> Community:
    """A community with the delivered calendar."""
    made = make.community()
    load_calendar(session, made.id, actor=make.system(made), now=clock())
    session.commit()
    return made


def pattern(session: Session, make: Factory, person: Person, code: str, *, month: date = OCTOBER) -> None:
    apply_template(session, person.id, month, code, actor=make.actor(person), now=make.clock())
    session.commit()
