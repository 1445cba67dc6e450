"""The evening before: each turn is reminded of once for its day, and an answer that comes at that moment stands."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.race import overtake
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs import changes
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.turns import reminders
from volunteer_app.rosters.turns.touched import RosterSeats

MONDAY = TUESDAY - timedelta(days=1)
FRIDAY = date(2026, 10, 16)
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def seat(town: Town) -> Assignment:
    """姚文娟's turn on Tuesday morning."""
    roster = town.roster()
    seat = town.seat(roster, town.shift(seats=1), town.volunteer("姚文娟"))
    town.publish(roster)
    return seat


def remind(town: Town, on: date, clock: SetClock) -> int:
    return reminders.remind(town.session, community_id=town.community.id, on=on, now=clock())


def causes(session: Session) -> list[str]:
    wanted = select(OutboxMessage.cause).where(OutboxMessage.kind == "reminder").order_by(OutboxMessage.id)
    return list(session.scalars(wanted))


def test_a_turn_that_moved_is_reminded_of_again_for_its_new_day(
    session: Session, town: Town, seat: Assignment, clock: SetClock
) -> None:
    assert remind(town, MONDAY, clock) == 1
    change = ShiftChange(FRIDAY, 510, 630, 1, 1, 1, town.post.id)
    changes.change_shift(session, seat.shift_id, change, seats=RosterSeats(), actor=town.staff, now=clock())
    clock.tick(days=3)
    assert remind(town, date(2026, 10, 15), clock) == 1
    assert causes(session) == [f"remind:{seat.id}:2026-10-13", f"remind:{seat.id}:2026-10-16"]


def test_only_what_goes_out_is_counted(session: Session, town: Town, seat: Assignment, clock: SetClock) -> None:
    actions.accept(session, seat.id, actor=town.own(seat.person), now=clock())
    assert [remind(town, MONDAY, clock) for _ in range(2)] == [1, 0]
    assert len(causes(session)) == 1


@ON_POSTGRES
@pytest.mark.parametrize(("verb", "state", "told"), [(actions.decline, "seeking", 0), (actions.accept, "accepted", 1)])
def test_an_answer_at_the_moment_of_the_reminder_stands(
    session: Session,
    town: Town,
    seat: Assignment,
    clock: SetClock,
    database_url: str,
    verb: Callable[..., Assignment],
    state: str,
    told: int,
) -> None:
    """Who has just said that he can't come isn't reminded; who has just said yes isn't asked."""
    own, now, here, seat_id = town.own(seat.person), clock(), town.community.id, seat.id
    session.commit()
    done = overtake(
        database_url,
        lambda first: verb(first, seat_id, actor=own, now=now),
        lambda second: reminders.remind(second, community_id=here, on=MONDAY, now=now),
    )
    assert (done, seat.state) == (told, state)
    assert [row.template for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reminder"))] == [
        reminders.REMIND
    ] * told
