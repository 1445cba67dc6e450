"""From final records to points: once, within the caps, reversed by a correction, and never touching hours."""

import time
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.race import race
from tests.volunteer_app.attendance.factory import MONDAY, ZONE, Month, minute
from volunteer_app.attendance import corrections
from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.verify import verify
from volunteer_app.notices import actions as notices
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.rewards import actions, bonuses, putting_right, queries
from volunteer_app.rewards.models import Award, Bonus
from volunteer_app.rewards.rules import DEFAULT, expires_at
from volunteer_app.sharing import actions as sharing


def final(month: Month, *records: ServiceRecord) -> list[Award]:
    def work(session: Session, *, actor: Actor, now: datetime) -> list[Award]:
        found = [session.get_one(ServiceRecord, record.id) for record in records]
        for one in found:
            one.state = "final"
        return actions.credit_all(session, found, actor=actor, now=now)

    return month.write(work)


def put_right(month: Month, old: ServiceRecord, *times: str) -> ServiceRecord:
    """Two people put other times in the place of a record's, or none: it is void."""
    arrived, left = (minute(clock) for clock in times) if times else (None, None)
    change = Change(old.shift_id, old.person_id, "抄错了", arrived, left)
    proposal = month.write(corrections.propose, change, by=month.gu)
    return month.write(notices.confirm_correction, proposal.id, by=month.shen)


def test_a_final_record_is_credited_once(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)

    first, again = final(month, record)[0], final(month, record)[0]

    assert (first.id, first.points, first.coefficient_pct, first.state) == (again.id, 20, 100, "credited")
    assert month.balance(person).available == 20


def test_a_record_that_is_not_final_is_not_credited(month: Month) -> None:
    record = month.served(month.volunteer())
    with pytest.raises(actions.NotFinal):
        month.write(actions.credit, month.session.get_one(ServiceRecord, record.id))


def test_points_run_out_at_the_end_of_the_month_24_months_later(month: Month) -> None:
    person = month.volunteer()
    final(month, month.served(person))
    found = books.next_expiry(month.session, month.community.id, f"person:{person.id}", now=month.clock())
    assert found is not None
    assert (found.expires_at, found.points) == (expires_at(month.clock(), DEFAULT, ZONE), 20)


def test_points_that_are_put_right_run_out_when_they_would_have(month: Month) -> None:
    person, before = month.volunteer(), month.clock()
    record = final(month, month.served(person))[0].record
    ends = expires_at(before, DEFAULT, ZONE)
    month.clock.moment = ends - timedelta(days=1)
    shorter = put_right(month, record, "8:30", "10:00")

    found = books.next_expiry(month.session, month.community.id, f"person:{person.id}", now=month.clock())
    assert found is not None
    assert (found.expires_at, found.points) == (ends, 15)
    month.clock.moment = ends
    put_right(month, shorter, "8:30", "10:30")  # follows the chain to the first credit: too late for anything
    assert month.balance(person).available == 0
    assert verify(month.session, month.community.id) == []


def test_what_was_never_credited_begins_when_it_is(month: Month) -> None:
    person = month.volunteer()
    shift = month.shift()
    month.seat(shift, person)
    month.at("22:00")
    month.save(shift, person, "8:30", "9:00", verdict="hours_only")
    month.confirm()
    record = attendance.live_record(month.session, shift.id, person.id)
    assert record is not None
    assert final(month, record)[0].points == 0
    month.at("9:00", date(2027, 3, 1))
    put_right(month, record, "8:30", "10:30")
    found = books.next_expiry(month.session, month.community.id, f"person:{person.id}", now=month.clock())
    assert found is not None
    assert found.expires_at == expires_at(month.clock(), DEFAULT, ZONE)


def test_the_daily_cap_falls_on_the_later_service(month: Month) -> None:
    """1 October, 150 %: 30 points for two hours. 14-17 gives 45, so the day's 60 leave 30 for it, 0 for the evening."""
    person, day = month.volunteer(), date(2026, 10, 1)
    morning = month.served(person, day=day)
    afternoon = month.served(person, "14:00–17:00", day=day)
    month.at("22:00", day)
    evening = month.served(person, "18:30–20:30", day=day)

    awards = final(month, evening, morning, afternoon)

    assert [(award.uncapped, award.points) for award in awards] == [(30, 0), (30, 30), (45, 30)]
    assert month.balance(person).available == 60
    assert attendance.minutes_of(month.session, person.id) == 120 + 180 + 120


def test_the_cap_counts_what_was_credited_before(month: Month) -> None:
    person, day = month.volunteer(), date(2026, 10, 1)
    final(month, month.served(person, "14:00–17:00", day=day))
    later = final(month, month.served(person, "18:30–20:30", day=day))
    assert [award.points for award in later] == [15]


def test_what_a_voided_service_left_no_room_for_comes_to_the_later_ones(month: Month) -> None:
    """1 October, 150 %: three turns of two hours are worth 30 each, and the day's 60 leave nothing for the third."""
    person, day = month.volunteer(), date(2026, 10, 1)
    month.at("22:00", day)
    turns = [month.served(person, planned, day=day) for planned in ("8:30–10:30", "14:00–16:00", "18:30–20:30")]
    first, _, third = final(month, *turns)
    assert (first.points, third.points, third.txn_id, third.reasons[-1]) == (30, 0, None, "day_cap")
    before = month.clock()
    month.clock.tick(days=100)

    shorter = put_right(month, first.record, "8:30", "10:00")

    assert [award.points for award in queries.awards_of(month.session, person.id)] == [
        30,
        8,
        22,
    ]  # in the order of records
    put_right(month, shorter)
    awards = queries.awards_of(month.session, person.id)
    assert [award.points for award in awards] == [30, 30, 0]
    assert (awards[1].credited_at, awards[1].reasons) == (before, ["statutory_holiday"])
    found = books.next_expiry(month.session, month.community.id, f"person:{person.id}", now=month.clock())
    assert found is not None
    assert (found.expires_at, found.points) == (expires_at(before, DEFAULT, ZONE), 60)
    assert verify(month.session, month.community.id) == []


def test_room_under_the_cap_of_the_month_goes_to_other_days(month: Month) -> None:
    month.write(actions.adopt_rules, actions.changed(DEFAULT, month_cap=50), effective_from=MONDAY, first=True)
    person = month.volunteer()
    turns = [month.served(person, day=MONDAY + timedelta(days=day)) for day in range(3)]
    first, second, third = final(month, *turns)
    assert [first.points, second.points, third.points] == [20, 20, 10]

    put_right(month, first.record, "8:30", "10:00")

    assert [award.points for award in queries.awards_of(month.session, person.id)] == [15, 20, 15]
    assert month.balance(person).available == 50
    assert verify(month.session, month.community.id) == []


def test_what_was_credited_in_a_closed_month_stays_as_it_is(month: Month) -> None:
    person, day = month.volunteer(), date(2026, 10, 1)
    month.at("22:00", day)
    turns = [month.served(person, planned, day=day) for planned in ("8:30–10:30", "14:00–16:00", "18:30–20:30")]
    first, *_ = final(month, *turns)
    month.at("20:00", date(2026, 10, 31))
    month.write(putting_right.close_month, date(2026, 10, 1))
    month.at("9:00", date(2026, 11, 2))

    put_right(month, first.record)

    assert [award.points for award in queries.awards_of(month.session, person.id)] == [30, 0, 0]
    assert verify(month.session, month.community.id) == []


def test_urgent_help_is_worth_half_as_much_again(month: Month) -> None:
    person = month.volunteer()
    shift = month.shift("8:30–9:30", urgent=True)
    month.seat(shift, person)
    month.at("12:00")
    month.save(shift, person, "8:28", "9:30")
    month.confirm()
    record = attendance.live_record(month.session, shift.id, person.id)
    assert record is not None
    assert [(award.coefficient_pct, award.points) for award in final(month, record)] == [(150, 15)]


def test_employed_wardens_earn_hours_and_no_points(month: Month) -> None:
    person = month.volunteer()
    month.session.query(VolunteerProfile).filter_by(person_id=person.id).update({"engagement": "employed"})
    month.session.commit()
    award = final(month, month.served(person))[0]
    assert (award.points, award.txn_id, award.reasons) == (0, None, ["employed"])
    assert attendance.minutes_of(month.session, person.id) == 120


def test_rules_of_the_day_of_service_count(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    dearer = actions.changed(DEFAULT, points_per_hour=20)
    month.write(actions.adopt_rules, dearer, effective_from=MONDAY + timedelta(days=1))
    later = month.served(person, day=MONDAY + timedelta(days=1))

    awards = final(month, record, later)

    assert [award.points for award in awards] == [20, 40]
    assert [award.rule_id is None for award in awards] == [True, False]


def test_rules_begin_in_the_future(month: Month) -> None:
    with pytest.raises(actions.RulesNotInFuture) as refusal:
        month.write(actions.adopt_rules, DEFAULT, effective_from=MONDAY)
    assert str(refusal.value) == "新规则要从以后的日子开始，最早2026-10-13。"


def test_of_two_versions_from_one_day_the_later_counts(month: Month) -> None:
    tomorrow = MONDAY + timedelta(days=1)
    month.write(actions.adopt_rules, actions.changed(DEFAULT, day_cap=70), effective_from=tomorrow)
    month.write(actions.adopt_rules, actions.changed(DEFAULT, day_cap=80), effective_from=tomorrow)
    assert queries.rules_on(month.session, MONDAY).rules.day_cap == 60
    assert queries.rules_on(month.session, tomorrow).rules.day_cap == 80


def test_a_small_deed_counts_twice_a_day(month: Month) -> None:
    person = month.volunteer()
    for _ in range(2):
        month.write(bonuses.reward_small_deed, person.id, note="扶起倒下的单车")
    with pytest.raises(bonuses.EnoughToday):
        month.write(bonuses.reward_small_deed, person.id, note="再来一次")
    assert month.balance(person).available == 10


def test_nobody_gives_to_himself(month: Month) -> None:
    with pytest.raises(bonuses.NotToOneself):
        month.write(bonuses.reward_small_deed, month.gu.id, note="自己")


@pytest.mark.parametrize("kind", ["moved", "deceased"])
def test_who_is_gone_gets_no_bonus(month: Month, kind: str) -> None:
    home = month.make.area(month.community, "neighbourhood", "N01", "悦和邻里", month.grid)
    gone, stays = (month.volunteer(name, neighbourhood_id=home.id) for name in ("姚文娟", "戴大勇"))
    for person in (gone, stays):
        month.served(person)
    month.write(sharing.leave, gone.id, kind, MONDAY)

    with pytest.raises(bonuses.GoneAway, match="姚文娟已经不在册了"):
        month.write(bonuses.reward_small_deed, gone.id, note="扶起倒下的单车")
    given = month.write(bonuses.reward_neighbourhood, home.id, month=MONDAY)
    assert [bonus.person_id for bonus in given] == [stays.id]


def test_a_referral_counts_after_two_hours_and_once(month: Month) -> None:
    person, newcomer = month.volunteer(), month.volunteer("何新来")
    with pytest.raises(bonuses.NewcomerNotYet):
        month.write(bonuses.reward_referral, person.id, newcomer_id=newcomer.id)
    month.served(newcomer)
    month.write(bonuses.reward_referral, person.id, newcomer_id=newcomer.id)
    with pytest.raises(bonuses.BonusGiven):
        month.write(bonuses.reward_referral, month.volunteer("戴大勇").id, newcomer_id=newcomer.id)
    assert month.balance(person).available == 20
    bonus = month.session.query(Bonus).one()
    assert (bonus.note, bonuses.newcomer_of(bonus)) == ("", newcomer.id)


def test_two_coordinators_at_once_pay_one_person_for_a_newcomer(month: Month, database_url: str) -> None:
    people, newcomer_id = [month.volunteer().id, month.volunteer("戴大勇").id], month.volunteer("何新来").id
    month.served(month.session.get_one(Person, newcomer_id))
    actors, now = [month.actor(month.gu), month.actor(month.shen)], month.clock()
    month.session.rollback()

    def refer(session: Session, number: int) -> str:
        given = bonuses.reward_referral(session, people[number], newcomer_id=newcomer_id, actor=actors[number], now=now)
        time.sleep(0.3)  # so that both have looked before either has committed
        return given.kind

    found = race(database_url, refer, writers=2)
    assert sorted(one if isinstance(one, str) else type(one).__name__ for one in found) == ["BonusGiven", "referral"]


def test_the_best_neighbourhood_gets_20_each_once(month: Month) -> None:
    home = month.make.area(month.community, "neighbourhood", "N01", "悦和邻里", month.grid)
    served, idle = month.volunteer(neighbourhood_id=home.id), month.volunteer("戴大勇", neighbourhood_id=home.id)
    month.served(served)

    given = month.write(bonuses.reward_neighbourhood, home.id, month=MONDAY)
    again = month.write(bonuses.reward_neighbourhood, home.id, month=MONDAY)

    assert ([bonus.person_id for bonus in given], again) == ([served.id], [])
    assert (month.balance(served).available, month.balance(idle).available) == (20, 0)
    assert month.session.query(Bonus).count() == 1


def test_a_service_that_was_voided_takes_no_part_in_the_review(month: Month) -> None:
    home = month.make.area(month.community, "neighbourhood", "N01", "悦和邻里", month.grid)
    person = month.volunteer(neighbourhood_id=home.id)
    put_right(month, month.served(person))
    assert month.write(bonuses.reward_neighbourhood, home.id, month=MONDAY) == []
