"""Minutes and typed times, by the vectors of scenario 5.B and by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from volunteer_app.attendance import rules
from volunteer_app.core.clock import local_moment

ZONE = "Asia/Shanghai"
DAY = date(2026, 10, 12)


def at(clock: str, day: date = DAY) -> datetime:
    hour, minute = clock.split(":")
    return local_moment(day, int(hour) * 60 + int(minute), ZONE)


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("8:30", 510),
        ("08:30", 510),
        ("8.30", 510),
        ("0830", 510),
        ("8点半", 510),
        ("8点", 480),
        ("8点整", 480),
        ("8点5分", 485),
        ("８：３０", 510),
        ("08：30", 510),
        ("下午3点", 900),
        ("下午3:15", 915),
        ("晚上8点半", 1230),
        ("晚上12点", 0),
        ("半夜12点半", 30),
        ("晚上1点", 60),
        ("凌晨2点", 120),
        ("下午12点", 720),
        ("中午12点", 720),
        ("中午1点", 780),
        ("上午12点", 720),
        (" 15:00 ", 900),
        ("0:00", 0),
        ("23:59", 1439),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, minute: int) -> None:
    assert rules.parse_time(typed) == minute


@pytest.mark.parametrize("typed", ["", "早上", "24:00", "8:60", "8", "八点半钟", "8:3x", "-8:30", "8:", "123", "99点"])
def test_what_nobody_can_read_is_refused(typed: str) -> None:
    with pytest.raises(rules.NotATime):
        rules.parse_time(typed)


@pytest.mark.parametrize(
    ("arrived", "left", "minutes", "credited", "remark"),
    [
        ("8:25", "10:32", 120, 120, "齐"),
        ("8:41", "10:30", 109, 90, "晚11分钟"),
        ("8:30", "9:48", 78, 60, "提前走"),
        ("8:30", "9:40", 70, 0, "做了58 %，待核对"),
        ("8:30", "9:42", 72, 60, "提前走"),  # 72 of 120 is 60 % exactly: enough
        ("8:30", "9:41", 71, 0, "做了59 %，待核对"),
        ("10:40", "11:00", 0, 0, "做了0 %，待核对"),
    ],
)
def test_minutes_count_inside_the_plan_only(arrived: str, left: str, minutes: int, credited: int, remark: str) -> None:
    served = rules.judge(at("8:30"), at("10:30"), arrived=at(arrived), left=at(left))
    assert (served.minutes, served.credited, str(served.remark)) == (minutes, credited, remark)


def test_short_service_waits_until_staff_decide() -> None:
    times = {"arrived": at("8:30"), "left": at("9:40")}
    assert rules.judge(at("8:30"), at("10:30"), **times).check
    hours_only = rules.judge(at("8:30"), at("10:30"), **times, verdict="hours_only")
    in_full = rules.judge(at("8:30"), at("10:30"), **times, verdict="in_full")
    assert (hours_only.check, hours_only.minutes, hours_only.credited) == (False, 70, 0)
    assert (in_full.check, in_full.minutes, in_full.credited) == (False, 70, 60)


def test_missing_times_are_to_be_checked() -> None:
    nothing = rules.judge(at("8:30"), at("10:30"), arrived=None, left=None)
    no_out = rules.judge(at("8:30"), at("10:30"), arrived=at("8:30"), left=None)
    assert (nothing.check, str(nothing.remark)) == (True, "还没有记")
    assert (no_out.check, str(no_out.remark)) == (True, "缺签退时间")


def test_a_night_turn_finds_its_own_side_of_midnight() -> None:
    starts, ends = at("23:00"), at("23:00") + timedelta(hours=8)
    near = {"zone": ZONE}
    assert rules.moment_near(DAY, 23 * 60 + 5, planned=starts, **near) == at("23:05")
    assert rules.moment_near(DAY, 10, planned=starts, **near) == at("0:10", date(2026, 10, 13))
    assert rules.moment_near(DAY, 6 * 60 + 50, planned=ends, **near) == at("6:50", date(2026, 10, 13))


def test_the_code_belongs_to_its_day_and_post() -> None:
    code = rules.code_of("secret", 1, DAY, None)
    others = {
        rules.code_of("secret", 1, DAY + timedelta(days=1), None),
        rules.code_of("secret", 1, DAY, 3),
        rules.code_of("other", 1, DAY, None),
        rules.code_of("secret", 2, DAY, None),
    }
    assert code == rules.code_of("secret", 1, DAY, None)
    assert len(code) == 4
    assert code.isdigit()
    assert code not in others


def test_sign_in_opens_half_an_hour_before() -> None:
    assert rules.sign_in_opens(at("8:30")) == datetime(2026, 10, 12, 0, 0, tzinfo=UTC)
