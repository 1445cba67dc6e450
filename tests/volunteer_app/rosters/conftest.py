import pytest
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.volunteer_app.rosters.factory import Town, town


@pytest.fixture(name="town")
def own_town(session: Session, make: Factory) -> Town:
    return town(session, make)
