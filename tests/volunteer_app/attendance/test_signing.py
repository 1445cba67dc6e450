"""A volunteer's own sign-in and sign-out."""

import pytest

from tests.volunteer_app.attendance.factory import MONDAY, Month
from volunteer_app.attendance import rules, signing
from volunteer_app.attendance.models import Attendance, CodeMiss
from volunteer_app.core.errors import NotFound
from volunteer_app.people.models import Person
from volunteer_app.rosters.models import Assignment

SECRET = "test"


def code(month: Month, post_id: int | None = None) -> str:
    return rules.code_of(SECRET, month.community.id, MONDAY, post_id)


def try_code(month: Month, seat: Assignment, person: Person, typed: str) -> signing.Tried:
    turn = month.session.get_one(Assignment, seat.id)
    return month.write(signing.sign_in, turn, typed, secret=SECRET, by=person)


def test_the_right_code_writes_the_time_of_arrival_once(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    arrived = month.at("8:25")

    first = try_code(month, seat, person, code(month))
    month.at("8:40")
    again = try_code(month, seat, person, code(month))

    assert first.attendance is not None
    assert again.attendance is not None
    assert again.attendance.signed_in_at == arrived
    assert (again.attendance.how, again.attendance.recorded_by_id) == ("own_code", person.id)
    assert month.session.get_one(Assignment, seat.id).state == "signed_in"


def test_signing_out_keeps_the_first_time(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    try_code(month, seat, person, code(month))
    left = month.at("10:32")
    month.write(signing.sign_out, month.session.get_one(Assignment, seat.id), by=person)
    month.at("10:50")
    month.write(signing.sign_out, month.session.get_one(Assignment, seat.id), by=person)

    found = month.session.query(Attendance).one()
    assert (found.signed_out_at, found.state) == (left, "open")


@pytest.mark.parametrize(
    ("tried_at", "refusal"),
    [
        ("7:59", "还早呢，8:00以后再签到。"),
        ("10:30", "这一班已经结束了，请打电话给社区，工作人员会帮您补上。"),
    ],
    ids=["too early", "over"],
)
def test_sign_in_is_open_from_half_an_hour_before_to_the_end(month: Month, tried_at: str, refusal: str) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at(tried_at)
    assert str(try_code(month, seat, person, code(month)).refusal) == refusal
    assert month.session.query(Attendance).count() == 0


def test_sign_in_opens_at_8_sharp(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:00")
    assert try_code(month, seat, person, code(month)).refusal is None


def test_wrong_codes_are_kept_and_the_sixth_try_is_refused(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    wrong = f"{(int(code(month)) + 1) % 10000:04d}"

    for _ in range(5):
        assert isinstance(try_code(month, seat, person, wrong).refusal, signing.WrongCode)
    assert isinstance(try_code(month, seat, person, code(month)).refusal, signing.TooManyTries)
    assert month.session.query(CodeMiss).count() == 5

    month.at("8:36")  # eleven minutes later
    assert try_code(month, seat, person, code(month)).refusal is None


def test_somebody_elses_turn_is_not_found(month: Month) -> None:
    seat = month.seat(month.shift(), month.volunteer())
    with pytest.raises(NotFound):
        signing.own_turn(month.session, month.volunteer("戴大勇").id, seat.id)


def test_signing_out_before_signing_in_is_refused(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    with pytest.raises(rules.NotSignedInYet):
        month.write(signing.sign_out, seat, by=person)


def test_signing_out_long_after_the_end_is_left_to_staff(month: Month) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    try_code(month, seat, person, code(month))
    month.at("11:31")
    with pytest.raises(rules.TooLateToSignOut):
        month.write(signing.sign_out, month.session.get_one(Assignment, seat.id), by=person)


def test_a_person_without_a_turn_is_told_so(month: Month) -> None:
    person = month.volunteer()
    month.seat(month.shift(day=MONDAY.replace(day=14)), person)
    with pytest.raises(signing.NoTurnNow):
        signing.turn_now(month.session, person.id, now=month.at("8:25"))
