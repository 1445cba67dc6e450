"""Two at once for the same row: whoever loses tries again and meets the winner's row."""

import threading
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.race import race
from volunteer_app.places.models import Community

PATIENCE_S = 0.5


def test_who_loses_the_race_for_a_unique_row_gets_the_winners(session: Session, database_url: str) -> None:
    both_have_looked = threading.Barrier(2)

    def founded(session: Session, _number: int) -> int:
        found = session.scalars(select(Community.id).where(Community.code == "north")).first()
        with suppress(threading.BrokenBarrierError):  # on SQLite the second looks only when the first has written
            both_have_looked.wait(PATIENCE_S)
        if found is not None:
            return found
        made = Community(code="north", name="北苑", contact_name="小顾", contact_phone="1", issuer="居委会")
        session.add(made)
        session.flush()
        return made.id

    session.rollback()
    one, other = race(database_url, founded, writers=2)

    assert one == other
