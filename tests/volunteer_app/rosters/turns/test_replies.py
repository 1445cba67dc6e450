import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.core.errors import NotFound
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.rosters import actions
from volunteer_app.rosters.rules import TurnBegan
from volunteer_app.rosters.turns import queries as turns


def test_decline_keeps_the_seat_and_opens_the_turn_to_others(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.seat(roster, shift, ren)
    town.publish(roster)

    assert turns.open_turns(session, town.community.id, now=clock()) == []
    actions.decline(session, seat.id, reason="home", actor=town.own(yao), now=clock())
    session.commit()

    assert (seat.state, seat.reason) == ("seeking", "home")
    assert [(one.id, free) for one, free in turns.open_turns(session, town.community.id, now=clock())] == [
        (shift.id, 1)
    ]
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "open_turn")).one()
    assert told.person_id is None


def test_a_no_may_be_taken_back_while_nobody_covers(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, reason="health", actor=town.own(yao), now=clock())
    actions.accept(session, seat.id, actor=town.own(yao), now=clock())
    assert (seat.state, seat.reason) == ("accepted", "")


def test_declining_twice_tells_the_community_once(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    clock.tick(minutes=5)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "open_turn")).all()) == 1


def test_no_answer_is_taken_once_the_turn_has_begun(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    clock.moment = shift.starts_at
    with pytest.raises(TurnBegan, match="请直接打电话给小顾"):
        actions.decline(session, seat.id, actor=town.own(yao), now=clock())


def test_a_draft_seat_and_somebody_elses_seat_are_unknown_to_a_volunteer(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    with pytest.raises(NotFound):
        actions.accept(session, seat.id, actor=town.own(yao), now=clock())
    town.publish(roster)
    with pytest.raises(NotFound):
        actions.accept(session, seat.id, actor=town.own(ren), now=clock())


def test_staff_answers_for_a_volunteer_without_a_telephone(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(), town.volunteer("姚文娟", channel="paper")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.accept(session, seat.id, actor=town.staff, now=clock())
    assert seat.state == "accepted"
