"""Asking for cover: a few at a time, the least loaded first; the first yes has the seat; nobody is asked twice."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.race import race
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from tests.volunteer_app.rosters.pages import text_of
from volunteer_app.core.errors import NotFound
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import Person
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, CoverAsk
from volunteer_app.rosters.rules import CoverOver, NobodyToAsk, ShiftFull
from volunteer_app.rosters.turns import covers
from volunteer_app.rosters.turns import queries as turns

NAMES = ("任锦良", "蔡卫东", "郑翠萍", "吴小平", "冯国华")


@pytest.fixture
def lacking(town: Town, clock: SetClock) -> Assignment:
    """姚文娟 can't come on Tuesday morning; five others are free, of whom 任锦良 has a turn on Wednesday already."""
    roster, shift = town.roster(), town.shift(seats=1)
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    others = [town.volunteer(name) for name in NAMES]
    town.seat(roster, town.shift(date(2026, 10, 14), seats=1), others[0])
    town.publish(roster)
    actions.decline(town.session, seat.id, actor=town.own(seat.person), now=clock())
    town.session.commit()
    return seat


def asked(session: Session) -> dict[str, str]:
    """Who was asked -> what came of it, in order."""
    rows = session.scalars(select(CoverAsk).order_by(CoverAsk.id).execution_options(populate_existing=True))
    return {row.person.name: row.state for row in rows}


def row_of(session: Session, name: str) -> CoverAsk:
    return session.scalars(
        select(CoverAsk).join(Person, Person.id == CoverAsk.person_id).where(Person.name == name)
    ).one()


def ask(town: Town, seat: Assignment, clock: SetClock) -> list[CoverAsk]:
    return actions.ask_for_cover(town.session, seat.shift_id, actor=town.staff, now=clock())


def test_three_are_asked_for_a_seat_and_the_loaded_one_last(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    """Neither the one who can't come, nor one without time, nor, before the others, the one with a turn that week."""
    town.volunteer("安守仁", free=False)
    ask(town, lacking, clock)
    assert asked(session) == dict.fromkeys(NAMES[1:4], "asked")
    clock.moment += timedelta(hours=4)
    covers.ask_next(session, community_id=town.community.id, now=clock())
    assert list(asked(session)) == [*NAMES[1:], NAMES[0]]
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.cause.like("cover:%"))).all()
    assert [row.template[:10] for row in told] == ["%(turn)s还缺"] * 5


def test_the_first_yes_has_the_seat_and_the_others_are_free(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    ask(town, lacking, clock)
    cai, zheng = (row_of(session, name) for name in ("蔡卫东", "郑翠萍"))
    seat = actions.agree_cover(session, cai.id, actor=town.own(cai.person), now=clock())
    assert (seat.person.name, seat.state, lacking.state) == ("蔡卫东", "accepted", "declined")
    assert asked(session) == {"蔡卫东": "agreed", "郑翠萍": "lapsed", "吴小平": "lapsed"}
    with pytest.raises(CoverOver):
        actions.agree_cover(session, zheng.id, actor=town.own(zheng.person), now=clock())
    with pytest.raises(ShiftFull):
        ask(town, lacking, clock)
    waiting = session.scalars(
        select(OutboxMessage.person_id).where(OutboxMessage.cause.like("cover:%"), OutboxMessage.state == "waiting")
    ).all()
    assert waiting == [cai.person_id]


def test_a_coordinator_in_a_hurry_asks_the_next_ones_beside_the_first(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    ask(town, lacking, clock)
    assert covers.ask_next(session, community_id=town.community.id, now=clock()) == 0
    ask(town, lacking, clock)
    assert list(asked(session)) == [*NAMES[1:], NAMES[0]]
    assert covers.ask_next(session, community_id=town.community.id, now=clock()) == 0
    with pytest.raises(NobodyToAsk):
        ask(town, lacking, clock)


def test_a_seat_filled_by_hand_asks_nobody_any_more(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    rows = ask(town, lacking, clock)
    assert covers.open_to(session, rows[0].person_id, now=clock()) == [rows[0]]
    actions.fill(
        session, lacking.shift_id, person_id=row_of(session, "吴小平").person_id, actor=town.staff, now=clock()
    )
    actions.publish(session, lacking.roster_id, actor=town.staff, now=clock())
    assert covers.open_to(session, rows[0].person_id, now=clock()) == []
    assert covers.ask_next(session, community_id=town.community.id, now=clock()) == 3
    assert set(asked(session).values()) == {"lapsed"}


def test_after_a_no_and_after_four_hours_the_next_are_asked_and_nobody_twice(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    """Asked at 8:30: who hasn't answered by 12:30 makes room for the others; then nobody is left."""
    ask(town, lacking, clock)
    cai = row_of(session, "蔡卫东")
    actions.refuse_cover(session, cai.id, actor=town.own(cai.person), now=clock())
    here = town.community.id
    assert covers.ask_next(session, community_id=here, now=clock()) == 1
    assert covers.ask_next(session, community_id=here, now=clock()) == 0
    assert asked(session) == {"蔡卫东": "refused", "郑翠萍": "asked", "吴小平": "asked", "冯国华": "asked"}
    clock.moment += timedelta(hours=4)
    # three end, the last one is asked
    assert covers.ask_next(session, community_id=here, now=clock()) == 4
    states = {"蔡卫东": "refused", "郑翠萍": "lapsed", "吴小平": "lapsed", "冯国华": "lapsed", "任锦良": "asked"}
    assert asked(session) == states
    clock.moment += timedelta(hours=4)
    assert covers.ask_next(session, community_id=here, now=clock()) == 1
    with pytest.raises(NobodyToAsk):
        ask(town, lacking, clock)


def test_a_turn_in_no_published_roster_lapses_and_the_others_are_asked_for(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    """One is moved past the roster by hand in the database, and comes first; for the other somebody says no."""
    elsewhere = town.shift(starts=420, seats=1)
    actions.ask_for_cover(session, elsewhere.id, actor=town.staff, now=clock())
    elsewhere.starts_on = date(2026, 11, 3)
    rows = ask(town, lacking, clock)
    actions.refuse_cover(session, rows[0].id, actor=town.staff, now=clock())
    assert covers.ask_next(session, community_id=town.community.id, now=clock()) == 4
    states = {row.state for row in turns.cover_asks(session, shift_ids=[elsewhere.id])}
    assert (states, asked_to(session, lacking)) == ({"lapsed"}, 4)


def asked_to(session: Session, seat: Assignment) -> int:
    return len(turns.cover_asks(session, shift_ids=[seat.shift_id]))


def test_an_answer_is_not_waited_for_over_night_but_ends_with_the_turn(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    """Asked at 19:30: the four hours end at 23:30, when nobody may be disturbed, so at 7:00."""
    clock.moment += timedelta(hours=11)
    [row, *_others] = ask(town, lacking, clock)
    assert row.until == lacking.shift.starts_at - timedelta(minutes=90)
    clock.moment = row.until
    with pytest.raises(CoverOver):
        actions.agree_cover(session, row.id, actor=town.own(row.person), now=clock())


def test_only_whoever_is_asked_and_staff_answer(
    session: Session, town: Town, lacking: Assignment, clock: SetClock
) -> None:
    [row, *_others] = ask(town, lacking, clock)
    with pytest.raises(NotFound):
        actions.agree_cover(session, row.id, actor=town.own(row_of(session, "郑翠萍").person), now=clock())
    actions.agree_cover(session, row.id, actor=town.staff, now=clock())
    assert turns.coming(session, [lacking.shift_id]) == {lacking.shift_id: 1}


def test_a_task_in_legs_is_asked_for_and_given_as_one(session: Session, town: Town, clock: SetClock) -> None:
    roster, (there, back) = town.roster(), town.escort()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    [first, second] = [town.seat(roster, leg, yao) for leg in (there, back)]
    town.publish(roster)
    actions.decline(session, first.id, actor=town.own(yao), now=clock())
    [row] = ask(town, second, clock)
    assert row.shift_id == there.id
    actions.agree_cover(session, row.id, actor=town.own(ren), now=clock())
    held = session.scalars(select(Assignment).where(Assignment.state.in_(HOLDING_STATES))).all()
    assert {(seat.person_id, seat.shift_id) for seat in held} == {(ren.id, there.id), (ren.id, back.id)}


def test_of_two_who_say_yes_at_once_one_comes(
    session: Session, town: Town, lacking: Assignment, clock: SetClock, database_url: str
) -> None:
    rows = ask(town, lacking, clock)
    answers = [(row.id, town.own(row.person)) for row in rows]
    now = clock()
    session.commit()

    def agree(session: Session, number: int) -> str:
        ask_id, actor = answers[number]
        return actions.agree_cover(session, ask_id, actor=actor, now=now).state

    said = race(database_url, agree, writers=len(answers))
    assert sorted(type(one).__name__ for one in said) == ["CoverOver", "CoverOver", "str"]
    session.rollback()
    assert turns.coming(session, [lacking.shift_id]) == {lacking.shift_id: 1}


def test_asking_on_the_board_and_answering_on_the_phone(
    session: Session, town: Town, lacking: Assignment, client: FlaskClient
) -> None:
    sign_in(client, town.coordinator)
    gap = f"/roster?day={TUESDAY.isoformat()}&gap={lacking.shift_id}"
    assert "问问合适的人" in text_of(client, gap)
    answer = client.post(f"/roster/shifts/{lacking.shift_id}/ask-for-cover", data={"back": gap}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "问了3个人" in page
    assert page.count("问了，等回话") == 3
    [one, *_others] = client.get(f"/api/v1/shifts/{lacking.shift_id}/cover-asks").get_json()

    row = session.get_one(CoverAsk, one["id"])
    sign_in(client, row.person)
    assert "有一班缺人，想请您帮忙" in text_of(client, "/my/turn")
    assert [found["id"] for found in client.get("/api/v1/my/cover-asks").get_json()] == [row.id]
    assert client.get(f"/api/v1/shifts/{lacking.shift_id}/cover-asks").status_code == 403
    answer = client.post(f"/my/cover/{row.id}/agree", follow_redirects=True)
    assert "这一班是您的了" in answer.get_data(as_text=True)
    assert "有一班缺人" not in answer.get_data(as_text=True)
    assert "这一班已经不用您回话了" in client.post(f"/my/cover/{row.id}/refuse").get_data(as_text=True)
