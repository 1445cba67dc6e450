from datetime import date

import pytest

from volunteer_app.workdays.reading import minute_text, read_day, read_minute

NEAR = date(2026, 10, 12)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-10-12",
        "2026/10/12",
        "2026.10.12",
        "10月12日",
        "10月12号",
        "2026年10月12日",
        "２０２６－１０－１２",
        "1０月１2日",
        " 2026-10-12 00:00:00 ".replace(":00 ", " "),
        "46307",  # Excel's serial of 2026-10-12
        "10/12",
    ],
)
def test_day_is_read_as_people_write_it(typed: str) -> None:
    assert read_day(typed, near=NEAR) == date(2026, 10, 12)


@pytest.mark.parametrize("typed", ["", "2026-02-30", "13月1日", "明天", "2026-10", "12", "2026-10-12x"])
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_day(typed, near=NEAR) is None


def test_day_without_year_is_the_nearest_one() -> None:
    assert read_day("1月5日", near=date(2026, 12, 20)) == date(2027, 1, 5)
    assert read_day("12月30日", near=date(2027, 1, 3)) == date(2026, 12, 30)
    assert read_day("2月29日", near=date(2027, 12, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("8:30", 510),
        ("08:30", 510),
        ("8点半", 510),
        ("8：30", 510),
        ("８：３０", 510),
        ("8点30分", 510),
        ("8点", 480),
        ("15点一刻", 915),
        ("下午3点", 900),
        ("晚上7点半", 1170),
        ("中午12点", 720),
        ("8", 480),
        ("8:30:00", 510),
        ("24:00", 1440),
        ("0:00", 0),
    ],
)
def test_time_is_read_as_people_say_it(typed: str, minute: int) -> None:
    assert read_minute(typed) == minute


@pytest.mark.parametrize("typed", ["", "25:00", "8:60", "8:3", "half past", "24:01", "-1:00", "830"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert read_minute(typed) is None


def test_minute_text_counts_on_after_midnight() -> None:
    assert [minute_text(minute) for minute in (510, 0, 1440, 1530)] == ["8:30", "0:00", "24:00", "1:30"]
