import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.store.shop import Shop


@pytest.fixture
def shop(session: Session, clock: SetClock, make: Factory) -> Shop:
    return Shop(session, clock, make)
