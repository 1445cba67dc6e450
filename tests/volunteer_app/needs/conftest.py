import pytest
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.volunteer_app.needs.factory import NeedsFactory


@pytest.fixture
def needs(session: Session, make: Factory) -> NeedsFactory:
    return NeedsFactory(session, make)
