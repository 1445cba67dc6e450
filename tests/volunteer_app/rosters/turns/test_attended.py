from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.turns import queries as turns


def test_attendance_marks_published_seats_only(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    seat = town.seat(roster, town.shift(), town.volunteer("姚文娟"))
    with pytest.raises(NotFound):
        queries.assignment(session, seat.id + 99)
    town.publish(roster)
    clock.tick(days=1)
    for state in ("signed_in", "signed_out", "confirmed"):
        assert actions.mark(session, seat.id, state=state, actor=town.staff, now=clock()).state == state
    session.commit()
    assert [one.id for one in turns.assignments_on(session, TUESDAY)] == [seat.id]
    assert turns.assignments_on(session, TUESDAY + timedelta(days=1)) == []
