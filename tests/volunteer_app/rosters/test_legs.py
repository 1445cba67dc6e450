"""To the hospital at 8:00 and back at 11:00 by the same people: whatever is done to one seat is done to both."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from solver.check import check
from tests.conftest import SetClock
from tests.factory import sign_in
from tests.race import race
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.core.errors import AppError
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.messages.queries import text_of
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster
from volunteer_app.rosters.rules import AlreadySignedUp, AlreadyThere, BreaksRule, ShiftFull
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns.reminders import remind
from volunteer_app.rosters.turns.touched import RosterSeats
from volunteer_app.rosters.versions import queries as versions

Escort = tuple[Roster, Shift, Shift, Person]

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What doesn't depend on the database says nothing more on the second."""


def held(session: Session, *shifts: Shift) -> list[list[tuple[str, str]]]:
    """Who holds a seat on each shift, and in which state."""
    session.flush()
    session.expire_all()
    return [
        [
            (seat.person.name, "leaving" if seat.leaving else seat.state)
            for seat in session.scalars(queries.seats().where(Assignment.shift_id == shift.id))
            if seat.state in HOLDING_STATES
        ]
        for shift in shifts
    ]


def texts(session: Session, kind: str) -> list[str]:
    return [str(text_of(row)) for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))]


@pytest.fixture(name="escort")
def published_escort(town: Town) -> Escort:
    """Published: 姚文娟 goes there and back."""
    roster, (there, back), yao = town.roster(), town.escort(), town.volunteer("姚文娟")
    for leg in (there, back):
        town.seat(roster, leg, yao)
    town.publish(roster)
    return roster, there, back, yao


def seat_on(session: Session, shift: Shift) -> int:
    return session.scalars(select(Assignment.id).where(Assignment.shift_id == shift.id)).one()


def test_a_hand_change_gives_pins_and_takes_both_seats(session: Session, town: Town, clock: SetClock) -> None:
    roster, (there, back) = town.roster(), town.escort()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    staff = {"actor": town.staff, "now": clock()}
    first = actions.fill(session, back.id, person_id=yao.id, **staff).seat
    assert (first.shift_id, held(session, there, back)) == (back.id, [[("姚文娟", "proposed")]] * 2)
    with pytest.raises(AlreadyThere):
        actions.fill(session, there.id, person_id=yao.id, **staff)
    with pytest.raises(BreaksRule):  # one seat a leg
        actions.fill(session, there.id, person_id=ren.id, **staff)

    second = actions.replace(session, first.id, person_id=ren.id, **staff).seat
    assert held(session, there, back) == [[("任锦良", "proposed")]] * 2
    actions.unpin(session, second.id, **staff)
    actions.lead(session, second.id, **staff)
    rows = session.scalars(select(Assignment)).all()
    assert [(seat.pinned, seat.leads) for seat in rows] == [(False, True)] * 2
    actions.unseat(session, second.id, **staff)
    assert held(session, there, back) == [[], []]
    assert roster.version == 0


@ON_ONE
def test_candidates_are_judged_for_both_ways(session: Session, town: Town, clock: SetClock) -> None:
    """孙志强's load counts both ways, and so do the two hours a day of 张根宝."""
    roster, (there, _back) = town.roster(), town.escort()
    town.volunteer("孙志强", minutes=360)
    zhang = town.volunteer("张根宝")
    session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id == zhang.id)).one().max_minutes_day = 120
    session.commit()
    case = judging.case_of(session, roster, now=clock())
    found = {one.name: (round(one.load, 2), one.against is None) for one in judging.candidates(case, there.id)}
    assert found["孙志强"] == (0.5, True)  # two times 90 minutes of 360
    assert not found["张根宝"][1]
    with pytest.raises(BreaksRule, match="每天最多2小时"):
        actions.fill(session, there.id, person_id=zhang.id, actor=town.staff, now=clock())


@ON_ONE
def test_there_and_back_is_one_turn_of_the_day(session: Session, town: Town, clock: SetClock) -> None:
    """Both come once a day: for 钱惠英 both ways are that once; 冯建国 has the afternoon, so he goes neither way."""
    roster, (there, back), afternoon = town.roster(), town.escort(), town.shift(starts=900)
    qian, feng = town.volunteer("钱惠英"), town.volunteer("冯建国")
    session.execute(update(VolunteerProfile).values(max_shifts_day=1))
    session.commit()

    def fill(shift: Shift, person: Person) -> None:
        actions.fill(session, shift.id, person_id=person.id, actor=town.staff, now=clock())

    fill(afternoon, feng)
    with pytest.raises(BreaksRule, match="每天最多1个班"):
        fill(there, feng)
    fill(there, qian)
    assert held(session, there, back) == [[("钱惠英", "proposed")]] * 2
    for moment in (clock(), there.starts_at + timedelta(minutes=30)):  # before, and when they have set out
        clock.moment = moment
        case = judging.case_of(session, roster, now=clock())
        assert not check(case.problem, case.plan)
        with pytest.raises(BreaksRule, match="每天最多1个班"):
            fill(afternoon, qian)


def test_answers_are_for_both_ways(session: Session, town: Town, clock: SetClock, escort: Escort) -> None:
    _roster, there, back, yao = escort
    [told] = texts(session, "roster")
    assert "1个新的班，最早是10月13日上午8:00和11:00的日巡逻" in told
    actions.accept(session, seat_on(session, back), actor=town.own(yao), now=clock())
    assert held(session, there, back) == [[("姚文娟", "accepted")]] * 2
    for leg in (there, back):  # the second is a repeat
        actions.decline(session, seat_on(session, leg), actor=town.own(yao), now=clock())
    assert held(session, there, back) == [[("姚文娟", "seeking")]] * 2
    assert len(texts(session, "open_turn")) == 1
    assert [(one.id, free) for one, free in turns.open_turns(session, town.community.id, now=clock())] == [
        (there.id, 1)
    ]


@ON_ONE
def test_once_they_have_set_out_an_answer_is_for_the_way_back(
    session: Session,
    town: Town,
    clock: SetClock,
    escort: tuple,
) -> None:
    _roster, there, back, yao = escort
    actions.accept(session, seat_on(session, there), actor=town.own(yao), now=clock())
    actions.mark(session, seat_on(session, there), state="signed_in", actor=town.own(yao), now=there.starts_at)
    actions.decline(session, seat_on(session, back), actor=town.own(yao), now=there.ends_at)
    assert held(session, there, back) == [[("姚文娟", "signed_in")], [("姚文娟", "seeking")]]
    assert "10月13日上午11:00的日巡逻还缺1人" in texts(session, "open_turn")[0]


def test_a_sign_up_takes_both_ways(session: Session, town: Town, clock: SetClock, escort: Escort) -> None:
    roster, there, back, yao = escort
    ren = town.volunteer("任锦良")
    with pytest.raises(ShiftFull):
        actions.sign_up(session, back.id, actor=town.own(ren), now=clock())
    actions.decline(session, seat_on(session, there), actor=town.own(yao), now=clock())
    row = actions.sign_up(session, back.id, actor=town.own(ren), now=clock())
    assert row.shift_id == there.id
    with pytest.raises(AlreadySignedUp):
        actions.sign_up(session, there.id, actor=town.own(ren), now=clock())
    actions.confirm_sign_up(session, row.id, actor=town.staff, now=clock())
    assert held(session, there, back) == [[("任锦良", "accepted")]] * 2
    newest = versions.published(session, roster.id)[0]
    both = sorted([[there.id, ren.id], [back.id, ren.id]])
    assert (newest.changes["added"], newest.seats) == (both, both)


@ON_ONE
def test_a_new_time_of_one_way_asks_for_both_again_once(
    session: Session,
    town: Town,
    clock: SetClock,
    escort: tuple,
) -> None:
    _roster, there, back, yao = escort
    actions.accept(session, seat_on(session, there), actor=town.own(yao), now=clock())
    back.starts_at += timedelta(minutes=30)
    RosterSeats().changed(session, [back.id], actor=town.staff, now=clock())
    assert held(session, there, back) == [[("姚文娟", "notified")]] * 2
    assert ["8:00和11:30的日巡逻" in text for text in texts(session, "shift")] == [True]


@ON_ONE
def test_one_reminder_names_both_ways(session: Session, town: Town, clock: SetClock, escort: Escort) -> None:
    _roster, there, back, _yao = escort
    evening = TUESDAY - timedelta(days=1)
    assert remind(session, community_id=town.community.id, on=evening, now=clock()) == 1
    assert "8:00和11:00的日巡逻是您的班，您能去吗" in texts(session, "reminder")[0]
    assert held(session, there, back) == [[("姚文娟", "no_answer")]] * 2


def test_two_people_for_the_two_ways_at_once_one_gets_both(
    session: Session, town: Town, clock: SetClock, database_url: str
) -> None:
    town.roster()
    legs, staff, now = town.escort(), town.staff, clock()
    people = [town.volunteer(name).id for name in ("姚文娟", "任锦良")]
    leg_ids = [leg.id for leg in legs]
    session.rollback()

    def take(own: Session, number: int) -> int:
        return actions.fill(own, leg_ids[number], person_id=people[number], actor=staff, now=now).seat.person_id

    answers = race(database_url, take, writers=2)
    assert sum(isinstance(one, AppError) for one in answers) == 1
    [got] = [one for one in answers if isinstance(one, int)]
    session.expire_all()
    seats = session.scalars(select(Assignment).order_by(Assignment.shift_id)).all()
    assert [(seat.shift_id, seat.person_id) for seat in seats] == [(leg, got) for leg in leg_ids]


@ON_ONE
def test_pages_show_both_ways_as_one_turn(client: FlaskClient, session: Session, town: Town, escort: Escort) -> None:
    _roster, there, back, yao = escort

    def shown(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    sign_in(client, yao)
    mine = shown("/my/turn")
    assert "8点到9点半，11点到下午12点半" in mine
    assert "一共2程，都是您几位去，答一次就行" in mine
    assert "再往后" not in mine
    assert "几程都请别人接" in shown(f"/my/turn/{seat_on(session, back)}/cannot-come")
    client.post(f"/my/turn/{seat_on(session, there)}/cannot-come", data={})

    sign_in(client, town.volunteer("任锦良"))
    offered = shown("/my/open-turns")
    assert offered.count('class="y-open-turn"') == 1
    assert "上午 8点到9点半，11点到下午12点半" in offered
    [turn] = client.get("/api/v1/my/open-turns").get_json()
    assert turn["shift"]["legs"] == [there.id, back.id]

    sign_in(client, town.coordinator)
    week = shown(f"/roster?day=2026-10-13&gap={back.id}")
    assert "和11:00–12:30那一程是同一批人" in week
    assert "和8:00–9:30那一程是同一批人" in week
    assert "和11:00–12:30那一程是同一批人" in shown("/roster/print?day=2026-10-13")
    assert shown("/roster/wechat?day=2026-10-13").count("8:00–9:30、11:00–12:30 日巡逻") == 1
