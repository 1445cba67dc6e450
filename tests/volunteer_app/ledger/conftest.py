import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.ledger.books import Books


@pytest.fixture
def books(session: Session, clock: SetClock, make: Factory) -> Books:
    return Books(session, clock, make.community().id)
