from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.race import overtake
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.core.errors import NotFound
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import Person
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.question.problem import problem_for
from volunteer_app.rosters.rules import AlreadyThere, BreaksRule, NotServing, TurnOver
from volunteer_app.rosters.versions import publishing


def test_hard_rules_refuse_hand_changes_in_words(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    morning, noon = town.shift(), town.shift(starts=645)
    yao = town.volunteer("姚文娟")
    town.seat(roster, morning, yao)
    # 10:30 to 10:45 is less than the 30 minutes that a volunteer gets between two turns
    with pytest.raises(BreaksRule, match="姚文娟前后两个班之间不到30分钟，没有改"):
        actions.fill(session, noon.id, person_id=yao.id, actor=town.staff, now=clock())
    with pytest.raises(AlreadyThere):
        actions.fill(session, morning.id, person_id=yao.id, actor=town.staff, now=clock())
    busy = town.volunteer("忙的人", shifts=0)
    with pytest.raises(BreaksRule, match="忙的人每周最多0个班"):
        actions.fill(session, morning.id, person_id=busy.id, actor=town.staff, now=clock())
    clock.moment = morning.starts_at
    with pytest.raises(TurnOver):
        actions.fill(session, morning.id, person_id=busy.id, actor=town.staff, now=clock())


def test_somebody_who_is_no_volunteer_gets_no_seat(session: Session, town: Town, clock: SetClock) -> None:
    town.roster()
    shift, neighbour = town.shift(), town.make.person(town.community, "resident", name="邻居")
    with pytest.raises(NotServing, match="邻居还没答应参加"):
        actions.fill(session, shift.id, person_id=neighbour.id, actor=town.staff, now=clock())
    with pytest.raises(NotFound):
        actions.fill(session, shift.id, person_id=neighbour.id + 99, actor=town.staff, now=clock())


def test_a_reserved_seat_is_kept_for_its_kind_of_people(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    shift = town.shift(mixes=[{"tag": "under70", "at_least": 1}])
    old, older = town.volunteer("老大哥", birth_year=1950), town.volunteer("老大姐", birth_year=1951)
    town.seat(roster, shift, old)
    with pytest.raises(BreaksRule, match="这个班要给不到70岁的人留1个座位"):
        actions.fill(session, shift.id, person_id=older.id, actor=town.staff, now=clock())


def test_a_heavy_load_is_allowed_with_a_notice(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift, other = town.roster(), town.shift(), town.shift(date(2026, 10, 15))
    yao = town.volunteer("姚文娟")
    for _ in range(3):
        town.volunteer("别人")
    town.seat(roster, other, yao)
    done = actions.fill(session, shift.id, person_id=yao.id, actor=town.staff, now=clock())
    # 240 of 600 minutes; one of four people has 120 of 600: 5 % on average
    assert [str(text) for text in done.notices] == ["姚文娟的负荷升到40%，平均5%。"]


def test_one_leader_a_shift(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift()
    first = town.seat(roster, shift, town.volunteer("姚文娟"))
    second = town.seat(roster, shift, town.volunteer("任锦良"))
    actions.lead(session, first.id, actor=town.staff, now=clock())
    actions.lead(session, second.id, actor=town.staff, now=clock())
    assert (first.leads, second.leads) == (False, True)


def test_pins_come_and_go(session: Session, town: Town, clock: SetClock) -> None:
    seat = town.seat(town.roster(), town.shift(), town.volunteer("姚文娟"))
    assert actions.pin(session, seat.id, actor=town.staff, now=clock()).pinned
    assert not actions.unpin(session, seat.id, actor=town.staff, now=clock()).pinned


@pytest.mark.parametrize("is_replaced", [False, True])
def test_who_could_not_come_and_gets_the_seat_again_is_asked_with_the_next_version(
    session: Session, town: Town, clock: SetClock, is_replaced: bool
) -> None:
    """Also when somebody else had the seat in the draft meanwhile; a solve keeps her where the hand put her."""
    roster, shift, yao = town.roster(), town.shift(seats=1), town.volunteer("姚文娟")
    old = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, old.id, reason="health", actor=town.own(yao), now=clock())
    if is_replaced:
        cai = town.volunteer("蔡卫东")
        other = actions.replace(session, old.id, person_id=cai.id, actor=town.staff, now=clock()).seat
        made = actions.replace(session, other.id, person_id=yao.id, actor=town.staff, now=clock()).seat
    else:
        made = actions.fill(session, shift.id, person_id=yao.id, actor=town.staff, now=clock()).seat
    assert (old.state, made.state, made.reason) == ("declined", "proposed", "")
    assert problem_for(session, roster, at=clock()).bars == ()
    assert told(session, yao) == [publishing.TOLD_NEW]

    clock.tick(hours=1)
    town.publish(roster)
    assert (made.state, made.told_at, made.reply_at) == ("notified", clock(), None)
    assert told(session, yao) == [publishing.TOLD_NEW, publishing.TOLD_NEW]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_no_that_is_taken_back_while_the_seat_is_filled_stays_taken_back(
    session: Session, town: Town, clock: SetClock, database_url: str
) -> None:
    roster, shift, yao = town.roster(), town.shift(seats=1), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    session.commit()
    seat_id, shift_id, yao_id, own, staff, now = seat.id, shift.id, yao.id, town.own(yao), town.staff, clock()
    session.commit()
    overtake(
        database_url,
        lambda first: actions.accept(first, seat_id, actor=own, now=now),
        lambda second: actions.fill(second, shift_id, person_id=yao_id, actor=staff, now=now),
    )
    assert session.scalars(select(Assignment.state)).all() == ["accepted"]


def told(session: Session, person: Person) -> list[str]:
    wanted = select(OutboxMessage.template).where(OutboxMessage.person_id == person.id).order_by(OutboxMessage.id)
    return list(session.scalars(wanted))
