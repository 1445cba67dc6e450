"""Exchanges of turns: nothing moves before the yes, then both at once; what happens meanwhile is minded."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.race import overtake, race
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of
from volunteer_app.core.errors import NotFound
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people import actions as people
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster, RosterVersion, Swap
from volunteer_app.rosters.rules import BreaksRule, NotServing, NotYours, SwapAsked, SwapOver, SwapUnsuited
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns import swaps
from volunteer_app.rosters.turns.questions import possible, to_settle

THURSDAY = date(2026, 10, 15)
FRIDAY = date(2026, 10, 16)


@dataclass
class Two:
    """姚文娟 on Tuesday morning, 任锦良 on Thursday morning; one turn a week each."""

    town: Town
    roster: Roster
    yao: Person
    ren: Person
    tuesday: Assignment
    thursday: Assignment

    def ask(self, clock: SetClock) -> Swap:
        return actions.ask_swap(
            self.town.session, self.tuesday.id, self.thursday.id, actor=self.town.own(self.yao), now=clock()
        )


@pytest.fixture
def two(town: Town) -> Two:
    roster = town.roster()
    yao, ren = (town.volunteer(name, shifts=1) for name in ("姚文娟", "任锦良"))
    tuesday = town.seat(roster, town.shift(seats=1), yao)
    thursday = town.seat(roster, town.shift(THURSDAY, seats=1), ren)
    town.publish(roster)
    return Two(town, roster, yao, ren, tuesday, thursday)


def held(session: Session) -> dict[tuple[str, date], str]:
    """(name, day) -> state of every seat that somebody holds."""
    seats = session.scalars(select(Assignment).where(Assignment.state.in_(HOLDING_STATES)))
    return {(seat.person.name, seat.shift.starts_on): seat.state for seat in seats}


def told(session: Session, person: Person, kind: str = "swap") -> list[str]:
    """What the person has been told or is to be told about exchanges, in order."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.person_id == person.id, OutboxMessage.kind == kind, OutboxMessage.state != "void")
        .order_by(OutboxMessage.id)
    )
    return [row.template.split("：")[0] for row in rows]


def test_a_yes_moves_both_turns_at_once_in_a_new_version(session: Session, two: Two, clock: SetClock) -> None:
    row = two.ask(clock)
    assert held(session) == {("姚文娟", two.tuesday.shift.starts_on): "notified", ("任锦良", THURSDAY): "notified"}
    assert told(session, two.ren) == ["%(name)s想和您换个班"]

    actions.agree_swap(session, row.id, actor=two.town.own(two.ren), now=clock())
    session.commit()

    assert held(session) == {("任锦良", two.tuesday.shift.starts_on): "accepted", ("姚文娟", THURSDAY): "accepted"}
    newest = session.scalars(select(RosterVersion).order_by(RosterVersion.version.desc())).first()
    assert newest is not None
    early, late = two.tuesday.shift_id, two.thursday.shift_id
    assert newest.changes == {
        "added": sorted([[early, two.ren.id], [late, two.yao.id]]),
        "removed": sorted([[early, two.yao.id], [late, two.ren.id]]),
    }
    # the question itself needn't be told any more
    assert told(session, two.ren) == ["换好了"]
    assert told(session, two.yao) == ["换好了"]
    with pytest.raises(SwapOver):
        actions.agree_swap(session, row.id, actor=two.town.own(two.ren), now=clock())


def test_a_no_moves_nothing_and_is_not_asked_again(session: Session, two: Two, clock: SetClock) -> None:
    row, before = two.ask(clock), held(session)
    actions.refuse_swap(session, row.id, actor=two.town.own(two.ren), now=clock())
    assert held(session) == before
    assert told(session, two.yao) == [
        "%(name)s这次不方便换，%(own)s还是您的班。去不了没关系，告诉%(contact)s，电话%(phone)s。"
    ]
    assert possible(session, two.tuesday, now=clock(), most=9) == []
    with pytest.raises(SwapAsked):
        two.ask(clock)


def test_only_whoever_is_asked_answers_and_whoever_asked_takes_back(
    session: Session, two: Two, clock: SetClock
) -> None:
    row = two.ask(clock)
    stranger = two.town.own(two.town.volunteer("蔡卫东"))
    for verb, actor in (
        (actions.agree_swap, two.town.own(two.yao)),
        (actions.refuse_swap, two.town.own(two.yao)),
        (actions.withdraw_swap, two.town.own(two.ren)),
        (actions.agree_swap, stranger),
    ):
        with pytest.raises(NotFound):
            verb(session, row.id, actor=actor, now=clock())
    with pytest.raises(NotFound):
        actions.ask_swap(session, two.tuesday.id, two.thursday.id, actor=stranger, now=clock())
    actions.withdraw_swap(session, row.id, actor=two.town.own(two.yao), now=clock())
    assert told(session, two.ren) == []
    with pytest.raises(SwapOver):
        actions.agree_swap(session, row.id, actor=two.town.own(two.ren), now=clock())
    assert two.ask(clock).state == "waiting"


def test_staff_ask_and_answer_for_people_without_a_telephone(session: Session, two: Two, clock: SetClock) -> None:
    staff = two.town.staff
    row = actions.ask_swap(session, two.tuesday.id, two.thursday.id, actor=staff, now=clock())
    actions.agree_swap(session, row.id, actor=staff, now=clock())
    assert ("姚文娟", THURSDAY) in held(session)


def test_staff_settles_at_once_what_both_said_on_the_telephone(session: Session, two: Two, clock: SetClock) -> None:
    """Neither is asked any more; both are told; whatever rule stands against it is said."""
    staff = two.town.staff
    actions.settle_swap(session, two.tuesday.id, two.thursday.id, actor=staff, now=clock())
    session.commit()
    assert held(session) == {("任锦良", two.tuesday.shift.starts_on): "accepted", ("姚文娟", THURSDAY): "accepted"}
    assert (told(session, two.ren), told(session, two.yao)) == (["换好了"], ["换好了"])
    with pytest.raises(NotYours):
        actions.settle_swap(session, two.tuesday.id, two.thursday.id, actor=staff, now=clock())


def test_staff_settles_what_one_has_asked_the_other_from_either_side(
    session: Session, two: Two, clock: SetClock
) -> None:
    row = two.ask(clock)
    assert to_settle(session, two.thursday, now=clock(), most=9) == [two.tuesday]
    assert to_settle(session, two.tuesday, now=clock(), most=9) == [two.thursday]
    settled = actions.settle_swap(session, two.thursday.id, two.tuesday.id, actor=two.town.staff, now=clock())
    assert (settled.id, settled.state) == (row.id, "agreed")
    assert told(session, two.ren) == ["换好了"]


def test_staff_may_settle_for_a_turn_in_an_hour(session: Session, two: Two, clock: SetClock) -> None:
    """Somebody who is asked over the page needs half a day to answer, somebody on the telephone doesn't."""
    clock.moment = two.thursday.shift.starts_at - timedelta(hours=1)
    town = two.town
    friday = town.seat(two.roster, town.shift(FRIDAY, seats=1), town.volunteer("蔡卫东", shifts=2))
    town.publish(two.roster)
    assert possible(session, friday, now=clock(), most=9) == []
    assert to_settle(session, friday, now=clock(), most=9) == [two.thursday]


def test_a_rule_forbids_the_exchange_when_it_is_asked_and_when_it_is_answered(
    session: Session, two: Two, clock: SetClock
) -> None:
    """蔡卫东 has no time on Tuesday; and 任锦良 is seated by hand at the same hour of Tuesday meanwhile."""
    town = two.town
    cai = town.volunteer("蔡卫东", free=False)
    town.free(cai, squares=1 << 4 * 3)  # Friday morning, the 13th of 21 squares
    friday = town.seat(two.roster, town.shift(FRIDAY, seats=1), cai)
    town.publish(two.roster)
    with pytest.raises(SwapUnsuited, match="这个班眼下换不了"):
        actions.ask_swap(session, two.tuesday.id, friday.id, actor=town.own(two.yao), now=clock())
    with pytest.raises(BreaksRule, match="蔡卫东这个时间没有空"):
        actions.ask_swap(session, two.tuesday.id, friday.id, actor=town.staff, now=clock())
    assert [seat.id for seat in possible(session, two.tuesday, now=clock(), most=9)] == [two.thursday.id]

    row = two.ask(clock)
    town.seat(two.roster, town.shift(starts=540, seats=1), two.ren, state="notified")
    before = held(session)
    with pytest.raises(BreaksRule, match="任锦良这个时间有别的班"):
        actions.agree_swap(session, row.id, actor=town.own(two.ren), now=clock())
    assert held(session) == before


def test_neither_learns_what_the_other_one_cannot_do(
    session: Session, two: Two, client: FlaskClient, clock: SetClock
) -> None:
    """任锦良's consent is taken back, 姚文娟 does light work only: each hears it of herself, neither of the other."""
    town, row = two.town, two.ask(clock)
    two.thursday.shift.is_heavy = True
    session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id == two.yao.id)).one().effort = 1
    session.commit()
    sign_in(client, two.ren)
    refused = client.post(f"/my/swaps/{row.id}/agree")
    assert (refused.status_code, "这个班眼下换不了" in refused.get_data(as_text=True)) == (409, True)
    assert "做不了" not in refused.get_data(as_text=True)
    over_json = client.post(f"/api/v1/swaps/{row.id}/agree").get_json()
    assert (over_json["code"], over_json["title"]) == ("SwapUnsuited", "这个班眼下换不了，没有改。")

    actions.withdraw_swap(session, row.id, actor=town.own(two.yao), now=clock())
    with pytest.raises(BreaksRule, match="姚文娟做不了这么重的活"):
        two.ask(clock)
    two.thursday.shift.is_heavy = False
    people.consent(session, two.ren.id, "service", given_by="本人", channel="paper", actor=town.staff, now=clock())
    people.withdraw_consent(session, two.ren.id, "service", actor=town.staff, now=clock())
    session.commit()
    sign_in(client, two.yao)
    for refused in (
        client.post(f"/my/turn/{two.tuesday.id}/swap", data={"other": two.thursday.id}),
        client.post(f"/api/v1/seats/{two.tuesday.id}/swaps", json={"other": two.thursday.id}),
    ):
        assert (refused.status_code, "这个班眼下换不了" in refused.get_data(as_text=True)) == (409, True)
        assert "答应书" not in refused.get_data(as_text=True)
    with pytest.raises(BreaksRule, match="没有答应书"):
        actions.settle_swap(session, two.tuesday.id, two.thursday.id, actor=town.staff, now=clock())


def test_that_somebody_serves_no_longer_or_is_there_already_is_not_said_to_the_other_one(
    session: Session, two: Two, clock: SetClock
) -> None:
    town = two.town
    two.ren.state = "invited"
    with pytest.raises(SwapUnsuited):
        two.ask(clock)
    with pytest.raises(NotServing, match="任锦良"):
        actions.ask_swap(session, two.tuesday.id, two.thursday.id, actor=town.staff, now=clock())
    two.ren.state = "active"
    town.seat(two.roster, two.tuesday.shift, two.ren)
    with pytest.raises(SwapUnsuited):
        two.ask(clock)


def test_a_turn_is_asked_for_once_at_a_time(session: Session, two: Two, clock: SetClock) -> None:
    town = two.town
    cai = town.volunteer("蔡卫东")
    friday = town.seat(two.roster, town.shift(FRIDAY, seats=1), cai)
    town.publish(two.roster)
    two.ask(clock)
    with pytest.raises(SwapAsked):
        actions.ask_swap(session, friday.id, two.thursday.id, actor=town.own(cai), now=clock())
    with pytest.raises(SwapAsked):
        actions.ask_swap(session, two.tuesday.id, friday.id, actor=town.own(two.yao), now=clock())
    assert possible(session, friday, now=clock(), most=9) == []


def test_a_question_is_over_once_a_turn_is_given_up_or_the_time_has_passed(
    session: Session, two: Two, clock: SetClock
) -> None:
    """Whoever is asked says that she can't come at all: the question falls, and the next one may be asked."""
    row = two.ask(clock)
    actions.decline(session, two.thursday.id, actor=two.town.own(two.ren), now=clock())
    with pytest.raises(SwapOver):
        actions.agree_swap(session, row.id, actor=two.town.own(two.ren), now=clock())
    assert swaps.lapse(session, community_id=two.town.community.id, now=clock()) == 1
    assert swaps.lapse(session, community_id=two.town.community.id, now=clock()) == 0
    assert (row.state, told(session, two.ren)) == ("lapsed", [])
    [said] = told(session, two.yao)
    assert said.startswith("换班的事没等到%(name)s回话")

    actions.accept(session, two.thursday.id, actor=two.town.own(two.ren), now=clock())
    again = two.ask(clock)
    assert again.until == two.tuesday.shift.starts_at  # sooner than two days
    clock.moment = again.until
    with pytest.raises(SwapOver):
        actions.agree_swap(session, again.id, actor=two.town.own(two.ren), now=clock())


def test_turns_at_the_same_hour_or_in_a_few_hours_are_not_offered(session: Session, two: Two, clock: SetClock) -> None:
    town = two.town
    same = town.seat(two.roster, town.shift(seats=1), town.volunteer("蔡卫东"))
    later = town.seat(two.roster, town.shift(starts=900, seats=1), town.volunteer("郑翠萍"))
    town.publish(two.roster)
    assert [seat.id for seat in possible(session, two.tuesday, now=clock(), most=9)] == [later.id, two.thursday.id]
    assert same.shift.starts_at == two.tuesday.shift.starts_at
    clock.moment = later.shift.starts_at - timedelta(hours=11)
    assert [seat.id for seat in possible(session, two.tuesday, now=clock(), most=9)] == [two.thursday.id]
    assert [seat.id for seat in possible(session, two.tuesday, now=clock(), most=0)] == []


def test_who_has_lost_the_turn_meanwhile_is_not_told_that_it_is_still_his(
    session: Session, two: Two, clock: SetClock
) -> None:
    two.ask(clock)
    town = two.town
    actions.replace(session, two.tuesday.id, person_id=town.volunteer("蔡卫东").id, actor=town.staff, now=clock())
    town.publish(two.roster)
    assert swaps.lapse(session, community_id=town.community.id, now=clock()) == 1
    assert told(session, two.yao) == []


def test_a_no_says_only_to_who_still_has_the_turn_that_it_is_still_his(
    session: Session, two: Two, clock: SetClock
) -> None:
    row, town = two.ask(clock), two.town
    actions.replace(session, two.tuesday.id, person_id=town.volunteer("蔡卫东").id, actor=town.staff, now=clock())
    town.publish(two.roster)
    actions.refuse_swap(session, row.id, actor=town.own(two.ren), now=clock())
    assert (row.state, told(session, two.yao)) == ("refused", [])


def test_what_is_settled_after_the_time_to_answer_tells_each_one_thing(
    session: Session, town: Town, clock: SetClock
) -> None:
    """任锦良 asked 郑翠萍, 蔡卫东 asked 姚文娟; both questions are over, and the timetable hasn't ended them yet. Now
    姚文娟 and 任锦良 exchange: 任锦良 isn't told that she keeps her turn, 蔡卫东 is.
    """
    roster = town.roster()
    names = {"姚文娟": THURSDAY, "任锦良": FRIDAY, "郑翠萍": date(2026, 10, 17), "蔡卫东": date(2026, 10, 18)}
    yao, ren, zheng, cai = (
        town.seat(roster, town.shift(day, seats=1), town.volunteer(name)) for name, day in names.items()
    )
    town.publish(roster)
    rows = [
        actions.ask_swap(session, own.id, other.id, actor=town.own(own.person), now=clock())
        for own, other in ((ren, zheng), (cai, yao))
    ]
    clock.tick(days=2)
    actions.settle_swap(session, yao.id, ren.id, actor=town.staff, now=clock())
    assert [row.state for row in rows] == ["lapsed", "lapsed"]
    assert [told(session, seat.person) for seat in (yao, ren)] == [["换好了"], ["换好了"]]
    [said] = told(session, cai.person)
    assert said.startswith("换班的事没等到%(name)s回话")


def test_an_unanswered_question_ends_after_two_days(session: Session, town: Town, clock: SetClock) -> None:
    """Then the same may be asked again, also before the timetable has ended the first question."""
    roster = town.roster()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    own = town.seat(roster, town.shift(FRIDAY, seats=1), yao)
    other = town.seat(roster, town.shift(date(2026, 10, 17), seats=1), ren)
    town.publish(roster)
    row = actions.ask_swap(session, own.id, other.id, actor=town.own(yao), now=clock())
    assert row.until - clock() == timedelta(days=2)
    clock.moment = row.until
    again = actions.ask_swap(session, own.id, other.id, actor=town.own(yao), now=clock())
    assert (row.state, again.state) == ("lapsed", "waiting")
    assert len(told(session, yao)) == 1


def test_both_legs_of_a_task_change_hands(session: Session, town: Town, clock: SetClock) -> None:
    roster, (there, back) = town.roster(), town.escort()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    legs = [town.seat(roster, leg, yao, leads=True) for leg in (there, back)]
    thursday = town.seat(roster, town.shift(THURSDAY, seats=1), ren)
    town.publish(roster)
    # asked from the way back, it's the whole task
    row = actions.ask_swap(session, legs[1].id, thursday.id, actor=town.own(yao), now=clock())
    assert row.seat_id == legs[0].id
    actions.agree_swap(session, row.id, actor=town.own(ren), now=clock())
    seats = session.scalars(select(Assignment).where(Assignment.state.in_(HOLDING_STATES))).all()
    assert {(seat.person_id, seat.shift_id, seat.leads) for seat in seats} == {
        (ren.id, there.id, True),
        (ren.id, back.id, True),
        (yao.id, thursday.shift_id, False),
    }


def test_a_later_leg_stands_for_the_whole_task_on_both_pages(session: Session, town: Town, clock: SetClock) -> None:
    """Staff settles the question that waits from the way back, too; the asker is offered nothing beside it."""
    roster, (there, back) = town.roster(), town.escort()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    legs = [town.seat(roster, leg, yao) for leg in (there, back)]
    thursday = town.seat(roster, town.shift(THURSDAY, seats=1), ren)
    town.seat(roster, town.shift(FRIDAY, seats=1), town.volunteer("蔡卫东"))
    town.publish(roster)
    row = actions.ask_swap(session, legs[0].id, thursday.id, actor=town.own(yao), now=clock())
    assert possible(session, legs[1], now=clock(), most=9) == []
    assert to_settle(session, legs[1], now=clock(), most=9) == [thursday]
    settled = actions.settle_swap(session, legs[1].id, thursday.id, actor=town.staff, now=clock())
    assert (settled.id, settled.state) == (row.id, "agreed")


def test_a_no_to_a_task_is_not_asked_again_from_its_later_leg(session: Session, town: Town, clock: SetClock) -> None:
    roster, (there, back) = town.roster(), town.escort()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    legs = [town.seat(roster, leg, yao) for leg in (there, back)]
    thursday = town.seat(roster, town.shift(THURSDAY, seats=1), ren)
    town.publish(roster)
    row = actions.ask_swap(session, legs[0].id, thursday.id, actor=town.own(yao), now=clock())
    actions.refuse_swap(session, row.id, actor=town.own(ren), now=clock())
    assert [possible(session, leg, now=clock(), most=9) for leg in legs] == [[], []]


def test_answers_at_once_have_one_outcome(session: Session, two: Two, clock: SetClock, database_url: str) -> None:
    """Yes twice, no and take-back together: one counts, the others are told so; each turn has one holder."""
    row = two.ask(clock)
    session.commit()
    now, swap_id, yao, ren = clock(), row.id, two.town.own(two.yao), two.town.own(two.ren)
    answers = (
        (actions.agree_swap, ren),
        (actions.agree_swap, ren),
        (actions.refuse_swap, ren),
        (actions.withdraw_swap, yao),
    )

    def answer(session: Session, number: int) -> str:
        verb, actor = answers[number]
        return verb(session, swap_id, actor=actor, now=now).state

    said = race(database_url, answer, writers=len(answers))
    session.rollback()
    assert sorted(type(one).__name__ for one in said) == ["SwapOver", "SwapOver", "SwapOver", "str"]
    [state] = [one for one in said if isinstance(one, str)]
    assert session.get_one(Swap, swap_id, populate_existing=True).state == state
    holders = {day: name for name, day in held(session)}
    assert sorted(holders) == [two.tuesday.shift.starts_on, THURSDAY]
    assert (holders[THURSDAY] == "姚文娟") == (state == "agreed")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_yes_in_the_last_second_is_not_ended_by_the_timetable(
    session: Session, two: Two, clock: SetClock, database_url: str
) -> None:
    row = two.ask(clock)
    session.commit()
    swap_id, until, ren, here = row.id, row.until, two.town.own(two.ren), two.town.community.id
    session.commit()
    ended = overtake(
        database_url,
        lambda first: actions.agree_swap(first, swap_id, actor=ren, now=until - timedelta(seconds=1)),
        lambda second: swaps.lapse(second, community_id=here, now=until),
    )
    assert (ended, row.state) == (0, "agreed")
    assert (told(session, two.yao), told(session, two.ren)) == (["换好了"], ["换好了"])


def test_one_turn_asked_for_by_two_at_once_is_asked_for_once(two: Two, clock: SetClock, database_url: str) -> None:
    town = two.town
    cai = town.volunteer("蔡卫东")
    friday = town.seat(two.roster, town.shift(FRIDAY, seats=1), cai)
    town.publish(two.roster)
    now, wanted = clock(), two.thursday.id
    askers = ((two.tuesday.id, town.own(two.yao)), (friday.id, town.own(cai)))

    def ask(session: Session, number: int) -> str:
        seat, actor = askers[number]
        return actions.ask_swap(session, seat, wanted, actor=actor, now=now).state

    said = race(database_url, ask, writers=2)
    assert sorted(type(one).__name__ for one in said) == ["SwapAsked", "str"]


def test_asking_and_answering_on_the_pages(session: Session, two: Two, client: FlaskClient, clock: SetClock) -> None:
    sign_in(client, two.yao)
    assert f"/my/turn/{two.tuesday.id}/swap" in text_of(client, f"/my/turn/{two.tuesday.id}/cannot-come")
    page = text_of(client, f"/my/turn/{two.tuesday.id}/swap")
    assert "15日 周四 上午 8点半到10点半" in page
    assert "任锦良的班" in page
    assert client.post(f"/my/turn/{two.tuesday.id}/swap", data={}).status_code == 422
    answer = client.post(f"/my/turn/{two.tuesday.id}/swap", data={"other": two.thursday.id}, follow_redirects=True)
    assert "问了任锦良换班，等回话" in answer.get_data(as_text=True)
    [row] = turns.swaps(session, person_id=two.ren.id)

    sign_in(client, two.ren)
    page = text_of(client, "/my/turn")
    assert "姚文娟想和您换个班" in page
    assert client.get("/api/v1/my/swaps").get_json()[0]["other"]["id"] == two.thursday.id
    answer = client.post(f"/my/swaps/{row.id}/agree", follow_redirects=True)
    assert "换好了，谢谢您。" in answer.get_data(as_text=True)
    assert turns.turns_of(session, two.ren.id, since=clock())[0].shift_id == two.tuesday.shift_id
    refused = client.post(f"/my/swaps/{row.id}/refuse")
    assert refused.status_code == 409
    assert "这次换班已经过去了" in refused.get_data(as_text=True)


def test_settling_on_the_pages(session: Session, two: Two, client: FlaskClient) -> None:
    sign_in(client, two.town.coordinator)
    address = f"/roster/seats/{two.tuesday.id}/swap"
    assert address in text_of(client, f"/roster?day={two.tuesday.shift.starts_on}&seat={two.tuesday.id}")
    page = text_of(client, address)
    assert "姚文娟和谁换一班？" in page
    assert "任锦良的班" in page
    assert client.post(address, data={}).status_code == 422
    answer = client.post(address, data={"other": two.thursday.id}, follow_redirects=True)
    assert "换好了，两个人都会收到消息。" in answer.get_data(as_text=True)
    assert ("姚文娟", THURSDAY) in held(session)
    refused = client.post(address, data={"other": two.thursday.id})
    assert refused.status_code == 409
    assert "不用您回话了" in refused.get_data(as_text=True)


def test_swaps_over_json(two: Two, client: FlaskClient) -> None:
    sign_in(client, two.yao)
    [one] = client.get(f"/api/v1/seats/{two.tuesday.id}/swaps").get_json()
    assert (one["id"], one["name"]) == (two.thursday.id, "任锦良")
    asked = client.post(f"/api/v1/seats/{two.tuesday.id}/swaps", json={"other": one["id"]})
    assert asked.status_code == 201, asked.get_json()
    again = client.post(f"/api/v1/seats/{two.tuesday.id}/swaps", json={"other": one["id"]})
    assert again.status_code == 409
    assert client.get(f"/api/v1/seats/{two.thursday.id}/swaps").status_code == 404
    back = client.post(f"/api/v1/swaps/{asked.get_json()['id']}/withdraw")
    assert back.get_json()["state"] == "withdrawn"
