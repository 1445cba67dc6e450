from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.core.errors import NotFound
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs.models import Need
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.models import RosterVersion
from volunteer_app.rosters.rules import (
    AlreadySolving,
    AlreadyThere,
    BreaksRule,
    NothingToFill,
    NothingToPublish,
    NotSolving,
    PeriodsOverlap,
    PeriodTooLong,
    TurnOver,
)
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.versions import queries as versions

MONDAY, SUNDAY = date(2026, 10, 12), date(2026, 10, 18)


def test_asking_twice_for_a_period_waits_for_the_first_solve(session: Session, town: Town, clock: SetClock) -> None:
    town.shift()
    run = actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    with pytest.raises(AlreadySolving):
        actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    actions.stop_run(session, run.id, discard=False, actor=town.staff, now=clock())
    assert run.state == "stopped"
    with pytest.raises(NotSolving):
        actions.stop_run(session, run.id, discard=False, actor=town.staff, now=clock())
    again = actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    assert again.roster_id == run.roster_id


def test_periods_that_overlap_are_too_long_or_empty_are_refused(session: Session, town: Town, clock: SetClock) -> None:
    town.roster(MONDAY, SUNDAY)
    town.shift(date(2026, 10, 20))
    with pytest.raises(PeriodsOverlap, match="2026-10-12到2026-10-18"):
        actions.ask_for_roster(session, SUNDAY, date(2026, 10, 24), actor=town.staff, now=clock())
    with pytest.raises(PeriodTooLong):
        actions.ask_for_roster(session, date(2026, 11, 1), date(2027, 1, 2), actor=town.staff, now=clock())
    with pytest.raises(NothingToFill):
        actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())


def test_publishing_tells_each_person_once_and_writes_the_version(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, first, second = town.roster(), town.shift(), town.shift(date(2026, 10, 14))
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良", channel="phone")
    for shift in (first, second):
        town.seat(roster, shift, yao)
    town.seat(roster, first, ren)
    made = actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert (made.version, roster.state, roster.version) == (1, "published", 1)
    assert made.seats == sorted([[first.id, yao.id], [second.id, yao.id], [first.id, ren.id]])
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "roster").order_by(OutboxMessage.id)).all()
    assert [(row.person_id, row.channel, row.values["n"]) for row in told] == [
        (yao.id, "wechat", 2),
        (ren.id, "phone", 1),
    ]
    assert {seat.state for seat in queries.draft_seats(session, roster.id)} == {"notified"}
    assert session.get_one(Need, first.need_id).state == "scheduled"
    with pytest.raises(NothingToPublish):
        actions.publish(session, roster.id, actor=town.staff, now=clock())


def test_a_change_after_publishing_reaches_people_with_the_next_version(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)

    actions.replace(session, seat.id, person_id=ren.id, actor=town.staff, now=clock())
    session.commit()
    assert [one.id for one in turns.turns_of(session, yao.id, since=clock())] == [seat.id]
    assert turns.turns_of(session, ren.id, since=clock()) == []

    made = actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert made.changes == {"added": [[shift.id, ren.id]], "removed": [[shift.id, yao.id]]}
    assert seat.state == "withdrawn"
    assert turns.turns_of(session, yao.id, since=clock()) == []
    assert len(turns.turns_of(session, ren.id, since=clock())) == 1
    causes = session.scalars(select(OutboxMessage.cause).where(OutboxMessage.cause.like("%version:2%"))).all()
    assert len(causes) == 2


def test_bringing_somebody_back_before_publishing_changes_nothing(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    change = actions.replace(session, seat.id, person_id=ren.id, actor=town.staff, now=clock())
    back = actions.replace(session, change.seat.id, person_id=yao.id, actor=town.staff, now=clock())
    session.commit()
    assert back.seat.id == seat.id
    assert not versions.has_changes(session, roster.id)


def test_publishing_lets_those_go_who_can_not_come_and_are_covered(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift(seats=1)
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    actions.fill(session, shift.id, person_id=ren.id, actor=town.staff, now=clock())
    assert seat.state == "seeking"
    actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert seat.state == "declined"
    newest = session.scalars(select(RosterVersion).where(RosterVersion.version == 2)).one()
    assert newest.seats == [[shift.id, ren.id]]
    assert newest.changes["removed"] == [[shift.id, yao.id]]


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
