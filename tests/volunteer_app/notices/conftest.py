import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.attendance.factory import Month


@pytest.fixture
def month(session: Session, clock: SetClock, make: Factory) -> Month:
    return Month(session, clock, make)
