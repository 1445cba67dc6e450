from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import RosterVersion
from volunteer_app.rosters.rules import (
    AlreadySignedUp,
    BreaksRule,
    NotServing,
    NotYours,
    ShiftFull,
    SignUpAnswered,
    WeekFull,
)
from volunteer_app.rosters.turns import queries as turns


def open_seat(town: Town, *, seats: int = 2) -> tuple[int, int]:
    """(roster, shift) published with one of `seats` taken."""
    roster, shift = town.roster(), town.shift(seats=seats)
    town.seat(roster, shift, town.volunteer("郑翠萍"))
    town.publish(roster)
    return roster.id, shift.id


def test_a_sign_up_counts_once_confirmed_and_makes_a_new_version(session: Session, town: Town, clock: SetClock) -> None:
    roster_id, shift_id = open_seat(town)
    ren = town.volunteer("任锦良")
    row = actions.sign_up(session, shift_id, actor=town.own(ren), now=clock())
    assert turns.turns_of(session, ren.id, since=clock()) == []

    seat = actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    session.commit()

    assert (seat.state, seat.origin) == ("accepted", "sign_up")
    assert [one.shift_id for one in turns.turns_of(session, ren.id, since=clock())] == [shift_id]
    newest = session.scalars(select(RosterVersion).where(RosterVersion.version == 2)).one()
    assert newest.changes == {"added": [[shift_id, ren.id]], "removed": []}
    assert [shift_id, ren.id] in newest.seats
    with pytest.raises(SignUpAnswered):
        actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    assert roster_id == newest.roster_id


def test_a_confirmed_sign_up_lets_the_one_go_who_cannot_come(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, yao = town.roster(), town.shift(seats=1), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    row = actions.sign_up(session, shift.id, actor=town.own(town.volunteer("任锦良")), now=clock())
    actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    assert seat.state == "declined"
    with pytest.raises(NotYours):
        actions.accept(session, seat.id, actor=town.own(yao), now=clock())


def test_the_second_of_two_sign_ups_finds_the_turn_full(session: Session, town: Town, clock: SetClock) -> None:
    _roster_id, shift_id = open_seat(town)
    first, second = town.volunteer("任锦良"), town.volunteer("蔡卫东")
    one = actions.sign_up(session, shift_id, actor=town.own(first), now=clock())
    other = actions.sign_up(session, shift_id, actor=town.own(second), now=clock())
    with pytest.raises(AlreadySignedUp):
        actions.sign_up(session, shift_id, actor=town.own(first), now=clock())
    actions.confirm_sign_up(session, one.id, actor=town.staff, now=clock())
    with pytest.raises(ShiftFull, match="刚刚有人先报了"):
        actions.confirm_sign_up(session, other.id, actor=town.staff, now=clock())


def test_who_has_not_agreed_yet_is_told_so_and_not_that_the_turn_has_begun(
    session: Session, town: Town, clock: SetClock
) -> None:
    _roster_id, shift_id = open_seat(town)
    ren = town.volunteer("任锦良", state="invited")
    with pytest.raises(NotServing, match="任锦良还没答应参加"):
        actions.sign_up(session, shift_id, actor=town.own(ren), now=clock())


def test_a_full_week_is_refused_kindly(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift()
    elsewhere = town.shift(date(2026, 10, 15))
    ren = town.volunteer("任锦良", shifts=1)
    town.seat(roster, elsewhere, ren)
    town.publish(roster)
    with pytest.raises(WeekFull, match="已经排满1次"):
        actions.sign_up(session, shift.id, actor=town.own(ren), now=clock())


def test_a_sign_up_outside_of_ones_own_times_is_refused_with_the_rule(
    session: Session, town: Town, clock: SetClock
) -> None:
    _roster_id, shift_id = open_seat(town)
    with pytest.raises(BreaksRule, match="任锦良这个时间没有空"):
        actions.sign_up(session, shift_id, actor=town.own(town.volunteer("任锦良", free=False)), now=clock())


def test_a_turn_of_an_unpublished_roster_is_not_open(session: Session, town: Town, clock: SetClock) -> None:
    town.roster()
    shift = town.shift()
    with pytest.raises(NotFound):
        actions.sign_up(session, shift.id, actor=town.own(town.volunteer("任锦良")), now=clock())
