from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.core.errors import NotFound
from volunteer_app.messages import actions as messages
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import Assignment
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


def wanted(session: Session) -> list[str]:
    """The states of the notices that somebody is wanted."""
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "open_turn").order_by(OutboxMessage.id))
    return [row.state for row in rows]


def test_a_no_that_is_taken_back_takes_back_the_notice_and_another_no_puts_one(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift, yao = town.roster(), town.shift(), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    actions.accept(session, seat.id, actor=town.own(yao), now=clock())
    assert wanted(session) == ["void"]
    clock.tick(minutes=5)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    assert wanted(session) == ["void", "waiting"]


def test_whoever_covers_the_turn_ends_the_notice(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift(seats=1)
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    row = actions.sign_up(session, shift.id, actor=town.own(ren), now=clock())
    actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    assert (seat.state, wanted(session)) == ("declined", ["void"])


def test_who_comes_after_all_by_a_sign_up_ends_the_notice(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(seats=1), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    row = actions.sign_up(session, shift.id, actor=town.own(yao), now=clock())
    actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    assert (seat.state, wanted(session)) == ("accepted", ["void"])


@pytest.mark.parametrize("how", ["decline", "replace", "exchange"])
def test_a_reminder_that_nobody_has_told_goes_with_the_holder(
    session: Session, town: Town, clock: SetClock, how: str
) -> None:
    roster, shift = town.roster(), town.shift(seats=1)
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    other = town.seat(roster, town.shift(date(2026, 10, 15), seats=1), ren)
    town.publish(roster)
    first, second = (remind(session, one, clock) for one in (seat, other))
    if how == "decline":
        actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    elif how == "replace":
        actions.replace(session, seat.id, person_id=town.volunteer("蔡卫东").id, actor=town.staff, now=clock())
        assert first.state == "waiting"
        town.publish(roster)
    else:
        actions.settle_swap(session, seat.id, other.id, actor=town.staff, now=clock())
    assert [first.state, second.state] == ["void", "void" if how == "exchange" else "waiting"]


def remind(session: Session, seat: Assignment, clock: SetClock) -> OutboxMessage:
    cause = f"remind:{seat.id}:{seat.shift.starts_on.isoformat()}"
    return messages.put(
        session,
        community_id=seat.community_id,
        person_id=seat.person_id,
        kind="reminder",
        text="明天是您的班。",
        cause=cause,
        now=clock(),
    )


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
