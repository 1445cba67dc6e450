from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.ledger.books import Books
from volunteer_app.ledger.verify import verify


@pytest.fixture
def books(session: Session, clock: SetClock, make: Factory) -> Iterator[Books]:
    """Books that must verify when the test is over, unless the test forged a row."""
    found = Books(session, clock, make.community().id)
    yield found
    session.rollback()
    assert found.forged or verify(session, found.actor.community_id) == []
