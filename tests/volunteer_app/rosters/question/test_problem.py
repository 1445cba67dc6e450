"""The solver's question, read from the database."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from solver import pairs
from solver.check import Violation
from solver.problem import Bar, DatedTag, LabelLimit, Pin, Window
from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.people import actions as people
from volunteer_app.people.models import PersonTag, VolunteerProfile
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.question.members import due_by
from volunteer_app.rosters.question.problem import count_changes, problem_for, problem_print
from volunteer_app.rosters.words import rule_words

THURSDAY = date(2026, 10, 15)


def test_minutes_days_and_weeks_count_from_local_midnight_of_the_first_day(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster = town.roster(THURSDAY, THURSDAY + timedelta(days=9))
    first, monday = town.shift(THURSDAY), town.shift(date(2026, 10, 19), starts=900)
    turns = problem_for(session, roster, at=clock()).shift
    assert (turns[str(first.id)].day, turns[str(first.id)].week, turns[str(first.id)].starts_min) == (0, 0, 510)
    # Monday is the fifth day, and begins the second week
    late = turns[str(monday.id)]
    assert (late.day, late.week, late.starts_min, late.ends_min) == (4, 1, 4 * 1440 + 900, 4 * 1440 + 1020)


def test_a_person_brings_limits_windows_and_share(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster(THURSDAY, THURSDAY + timedelta(days=6))
    town.shift(THURSDAY)
    yao = town.volunteer("姚文娟", shifts=3, minutes=360, free=False)
    town.free(yao, squares=1 << (3 * 3))  # Thursday morning: 7 to 12
    [person] = problem_for(session, roster, at=clock()).people
    assert person.windows == (Window(420, 720), Window(7 * 1440 + 420, 7 * 1440 + 720))
    assert (person.limits.shifts_per_week, person.limits.minutes_per_week) == (3, 360)
    assert (person.limits.shifts_per_day, person.limits.minutes_per_day, person.limits.gap_min) == (2, 240, 30)
    assert person.share == 360
    assert {"F", "under70", "adult", "grid:G1"} <= person.tags


def test_invited_people_and_people_without_a_profile_are_never_asked(
    session: Session, town: Town, clock: SetClock
) -> None:
    town.shift(THURSDAY)
    town.volunteer("还没答应", state="invited")
    town.make.person(town.community, "resident")
    assert problem_for(session, town.roster(), at=clock()).people == ()


def test_other_rosters_and_begun_turns_are_held(session: Session, town: Town, clock: SetClock) -> None:
    before = town.roster(date(2026, 10, 8), date(2026, 10, 11))
    roster = town.roster()
    sunday, begun, ahead = (
        town.shift(date(2026, 10, 11)),
        town.shift(date(2026, 10, 12), starts=480),
        town.shift(THURSDAY),
    )
    yao = town.volunteer("姚文娟")
    town.seat(before, sunday, yao, state="confirmed")
    town.seat(roster, begun, yao, state="signed_in")
    problem = problem_for(session, roster, at=clock())
    assert [turn.id for turn in problem.shifts] == [str(ahead.id)]
    [person] = problem.people
    assert [(turn.day, turn.week, turn.starts_min) for turn in person.held] == [(-1, -1, -930), (0, 0, 480)]
    # two hours in four weeks are half an hour in a week; half of it is carried on: 120 / 4 / 2 = 15 minutes
    assert person.past_load == 15


def test_a_no_bars_and_a_yes_pins(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift(seats=3)
    yes, no, pinned, loose = (town.volunteer(name) for name in ("答应的", "去不了", "钉住的", "没回的"))
    for person, fields in ((yes, {}), (no, {}), (pinned, {"pinned": True}), (loose, {})):
        town.seat(roster, shift, person, **fields)
    town.publish(roster)
    by_person = {seat.person_id: seat for seat in queries.draft_seats(session, roster.id)}
    actions.accept(session, by_person[yes.id].id, actor=town.own(yes), now=clock())
    actions.decline(session, by_person[no.id].id, actor=town.own(no), now=clock())
    problem = problem_for(session, roster, at=clock())
    turn = str(shift.id)
    assert set(problem.pins) == {Pin(str(yes.id), turn), Pin(str(pinned.id), turn)}
    assert problem.bars == (Bar(str(no.id), turn, "declined"),)
    assert problem.previous == {(str(one.id), turn) for one in (yes, pinned, loose)}


def test_a_skill_that_lapses_bars_the_later_turns(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    early = town.shift(date(2026, 10, 13), requires=["skill:river"])
    late = town.shift(THURSDAY, requires=["skill:river"])
    yao = town.volunteer("姚文娟")
    town.make.save(
        PersonTag(
            community_id=town.community.id, person_id=yao.id, kind="skill", code="river", valid_until=date(2026, 10, 14)
        )
    )
    problem = problem_for(session, roster, at=clock())
    # the roster begins on Monday 12; the skill holds up to Wednesday 14, its day 2
    assert problem.people[0].dated_tags == (DatedTag("skill:river", 0, 2),)
    assert [pairs.pair_reason(problem, str(yao.id), str(one.id)) for one in (early, late)] == [None, "lapsed"]


def test_insurance_ends_and_a_year_begins_inside_a_roster(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster(date(2026, 12, 28), date(2027, 1, 3))
    town.shift(date(2026, 12, 31))
    yao = town.volunteer("姚文娟", birth_year=1957)  # 69 in 2026, 70 in 2027
    session.query(VolunteerProfile).filter_by(person_id=yao.id).one().insured_until = date(2026, 12, 29)
    [person] = problem_for(session, roster, at=clock()).people
    assert person.dated_tags == (DatedTag("insured", 0, 1), DatedTag("under70", 0, 3))
    assert [("under70" in person.tags_on(day), "insured" in person.tags_on(day)) for day in (1, 3, 4)] == [
        (True, True),
        (True, False),
        (False, False),
    ]


def test_a_minor_serves_with_the_guardians_consent_only(session: Session, town: Town, clock: SetClock) -> None:
    roster, shift = town.roster(), town.shift()
    boy, mother = town.volunteer("小明", birth_year=2010), town.volunteer("妈妈")

    def reasons() -> list[str | None]:
        problem = problem_for(session, roster, at=clock())
        return [pairs.pair_reason(problem, str(one.id), str(shift.id)) for one in (boy, mother)]

    assert reasons() == ["tag_barred", None]
    staff = town.own(mother)
    people.consent(session, boy.id, "guardian", given_by="妈妈", channel="paper", actor=staff, now=clock())
    people.consent(session, mother.id, "service", given_by="妈妈", channel="paper", actor=staff, now=clock())
    assert reasons() == [None, None]
    for person, purpose in ((boy, "guardian"), (mother, "service")):
        people.withdraw_consent(session, person.id, purpose, actor=staff, now=clock())
    assert reasons() == ["tag_barred", "tag_barred"]


def test_who_came_of_age_serves_on_the_guardians_word_until_his_own_no(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift, staff = town.roster(), town.shift(), town.staff
    boy = town.volunteer("小明", birth_year=2008)  # 18 in 2026

    def reason() -> str | None:
        return pairs.pair_reason(problem_for(session, roster, at=clock()), str(boy.id), str(shift.id))

    people.consent(session, boy.id, "guardian", given_by="妈妈", channel="paper", actor=staff, now=clock())
    assert reason() is None
    people.consent(session, boy.id, "service", given_by="小明", channel="paper", actor=staff, now=clock())
    assert reason() is None
    people.withdraw_consent(session, boy.id, "service", actor=staff, now=clock())
    assert reason() == "tag_barred"
    people.consent(session, boy.id, "service", given_by="小明", channel="paper", actor=staff, now=clock())
    assert reason() is None


def test_equal_databases_give_equal_questions_and_changes_are_counted(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster = town.roster()
    town.shift()
    yao = town.volunteer("姚文娟")
    first = problem_for(session, roster, at=clock())
    assert problem_print(first) == problem_print(problem_for(session, roster, at=clock()))
    assert count_changes(first, first) == 0
    profile = session.query(VolunteerProfile).filter_by(person_id=yao.id).one()
    profile.max_shifts_week = 2
    town.shift(THURSDAY)
    assert count_changes(first, problem_for(session, roster, at=clock())) == 2


def test_own_limits_of_nights_and_days_are_asked(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    town.shift()
    warden, rested, _ = (town.volunteer(name) for name in ("在岗", "怕累", "志愿者"))
    profiles = {one.person_id: one for one in session.query(VolunteerProfile)}
    profiles[warden.id].engagement = "employed"
    profiles[rested.id].max_nights_week, profiles[rested.id].max_days_row = 1, 3
    profiles[rested.id].min_days_off = 2
    found = [one.limits for one in problem_for(session, roster, at=clock()).people]
    assert [one.labels_per_week for one in found] == [(LabelLimit("night", 2),), (LabelLimit("night", 1),), ()]
    assert [(one.days_in_row, one.days_off_least) for one in found] == [(None, 1), (3, 2), (None, 1)]


def test_working_party_members_are_due_two_turns_a_year(session: Session, town: Town, clock: SetClock) -> None:
    earlier, roster = town.roster(date(2026, 10, 5), date(2026, 10, 8)), town.roster()
    old, _ = town.shift(date(2026, 10, 6)), town.shift(THURSDAY)
    member, other = town.volunteer("在职党员"), town.volunteer("退休居民")
    town.make.tag(member, "identity", "party_employed")
    for person in (member, other):
        town.seat(earlier, old, person, state="confirmed")
    found = [(one.past.shifts, one.least_shifts) for one in problem_for(session, roster, at=clock()).people]
    # by the middle of October one of the two is due, and she has it
    assert found == [(1, 1), (0, 0)]
    assert [due_by(date(2026, *day)) for day in ((6, 30), (7, 2), (12, 30), (12, 31))] == [0, 1, 1, 2]


def test_posts_at_one_hour_keep_a_seat_for_a_leader(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    first, second, later = town.shift(THURSDAY), town.shift(THURSDAY), town.shift(THURSDAY, starts=900)
    first.kind.leaders_at_once = 1
    yao = str(town.volunteer("姚文娟").id)
    problem = problem_for(session, roster, at=clock())
    together = frozenset({str(first.id), str(second.id)})
    assert [(one.shifts, one.tags, one.at_least) for one in problem.cross_mixes] == [
        (together, frozenset({"skill:leader"}), 1),
        (frozenset({str(later.id)}), frozenset({"skill:leader"}), 1),
    ]
    broken = Violation("cross_mix", "", str(first.id), 0, 1)
    said = rule_words(problem, broken, name="姚文娟", person=yao, shift=str(first.id))
    assert str(said) == "这个时间要给能带班的人留1个座位"


@pytest.mark.parametrize(("starts", "minutes", "is_night"), [(1380, 480, True), (900, 480, False), (420, 480, False)])
def test_night_turns_are_labelled(
    session: Session, town: Town, clock: SetClock, starts: int, minutes: int, is_night: bool
) -> None:
    roster = town.roster()
    town.shift(THURSDAY, starts=starts, minutes=minutes)
    [turn] = problem_for(session, roster, at=clock()).shifts
    assert ("night" in turn.labels) is is_night


def test_hard_work_weighs_more_and_is_kept_from_whom_it_doesnt_suit(
    session: Session, town: Town, clock: SetClock
) -> None:
    """By day 100, in the heat 150, at night 150; the kind's own 200 is more than either."""
    roster = town.roster()
    plain, hot = town.shift(THURSDAY), town.shift(THURSDAY, starts=900, is_heavy=True)
    night = town.shift(THURSDAY, starts=1380, minutes=480)
    town.volunteer("姚文娟")
    frail = town.volunteer("怕累")
    session.query(VolunteerProfile).filter_by(person_id=frail.id).one().effort = 0

    problem = problem_for(session, roster, at=clock())
    turns = [problem.shift[str(one.id)] for one in (plain, hot, night)]
    assert [(one.heaviness_pct, one.effort) for one in turns] == [(100, 0), (150, 2), (150, 0)]
    stopped = pairs.pair_reason(problem, str(frail.id), str(hot.id))
    assert stopped == "effort"

    plain.kind.heaviness_pct, plain.kind.effort = 200, 1
    turns = [problem_for(session, roster, at=clock()).shift[str(one.id)] for one in (plain, hot, night)]
    assert [(one.heaviness_pct, one.effort) for one in turns] == [(200, 1), (200, 2), (200, 1)]


def test_the_past_weighs_as_it_was(session: Session, town: Town, clock: SetClock) -> None:
    """Two hours in the heat count as three: half of 180 minutes over seven of 28 days."""
    earlier, roster = town.roster(date(2026, 10, 5), date(2026, 10, 8)), town.roster()
    old, yao = town.shift(date(2026, 10, 6), is_heavy=True), town.volunteer("姚文娟")
    town.seat(earlier, old, yao, state="confirmed")
    town.shift(THURSDAY)
    [person] = problem_for(session, roster, at=clock()).people
    assert person.past_load == 180 // 2 * 7 // 28


def test_legs_to_come_are_for_the_same_people(session: Session, town: Town, clock: SetClock) -> None:
    roster = town.roster()
    there, back = town.escort()
    [team] = problem_for(session, roster, at=clock()).same_team
    assert team == {str(there.id), str(back.id)}
    # once they have set out, the way back is a shift like any other
    later = problem_for(session, roster, at=there.starts_at)
    assert (later.same_team, [turn.id for turn in later.shifts]) == ((), [str(back.id)])
