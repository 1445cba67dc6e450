"""The wording of dates, times, amounts and names, as the pages promise it in both languages."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from volunteer_app.web import filters, names

THIN = "\u202f"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 10, 12, 8, 0, tzinfo=SHANGHAI)


def at(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("starts_at", "chinese", "english"),
    [
        (at(15), "今天下午", "This afternoon"),
        (at(8, 30, day=13), "明天上午", "Tomorrow morning"),
        (at(18, day=14), "后天晚上", "Wednesday 14 October, evening"),
        (at(9, day=20), "10月20日 周二上午", "Tuesday 20 October, morning"),
        (at(9, day=11), "10月11日 周日上午", "Sunday 11 October, morning"),
    ],
)
def test_when_words_names_the_three_near_days(starts_at: datetime, chinese: str, english: str) -> None:
    assert filters.when_words(starts_at, MONDAY, "zh") == chinese
    assert filters.when_words(starts_at, MONDAY, "en") == english


def test_when_words_counts_calendar_days_and_not_hours() -> None:
    late = at(23, 50)
    assert filters.when_words(at(0, 10, day=13), late, "zh") == "明天上午"


@pytest.mark.parametrize(
    ("starts", "ends", "chinese", "english"),
    [
        ((8, 30), (10, 30), "8点半到10点半", "8:30–10:30"),
        ((15, 0), (17, 0), "3点到5点", "15:00–17:00"),
        ((10, 0), (12, 0), "10点到12点", "10:00–12:00"),
        ((10, 0), (14, 15), "10点到下午2点15分", "10:00–14:15"),
        ((16, 0), (18, 0), "4点到6点", "16:00–18:00"),
        ((16, 0), (18, 5), "4点到晚上6点零5分", "16:00–18:05"),
    ],
)
def test_time_words_names_the_part_of_the_day_only_when_it_changes(
    starts: tuple[int, int], ends: tuple[int, int], chinese: str, english: str
) -> None:
    span = (time(*starts), time(*ends))
    assert filters.time_words(span, "zh") == chinese
    assert filters.time_words(span, "en") == english


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        (8, "10点到第二天早上6点", "22:00–6:00 next day"),
        (2, "10点到半夜12点", "22:00–24:00"),
        (16, "10点到第二天下午2点", "22:00–14:00 next day"),
    ],
)
def test_time_words_say_that_a_night_turn_ends_on_the_next_day(hours: int, chinese: str, english: str) -> None:
    span = (at(22), at(22) + timedelta(hours=hours))
    assert filters.time_words(span, "zh") == chinese
    assert filters.time_words(span, "en") == english


def test_rhythms_say_every_week_and_every_month() -> None:
    assert [filters.every_weekday(date(2026, 10, 16), language) for language in ("zh", "en")] == ["每周五", "Fridays"]
    assert filters.every_month_day(15, "zh") == "每月15日"
    said = [filters.every_month_day(day, "en") for day in (1, 12, 22, 23, 31)]
    assert [words.split()[1] for words in said] == ["1st", "12th", "22nd", "23rd", "31st"]


def test_part_time_words_starts_with_the_part() -> None:
    assert filters.part_time_words((at(9), at(11)), "zh") == "上午 9点到11点"
    assert filters.part_time_words((at(9), at(11)), "en") == "Morning, 9:00–11:00"


def test_times_for_tables_and_fields() -> None:
    assert filters.time_hm(at(8, 5)) == "8:05"
    assert filters.time_field(at(8, 5)) == "08:05"
    assert filters.time_field(None) == ""
    assert filters.time_range((at(7, 30), at(9))) == "7:30–9:00"


@pytest.mark.parametrize(
    ("write", "chinese", "english"),
    [
        (filters.weekday, "周二", "Tue"),
        (filters.weekday_long, "星期二", "Tuesday"),
        (filters.weekday_sign, "二", "Tu"),
        (filters.month_name, "10月", "Oct"),
        (filters.month_long, "10月", "October"),
        (filters.month_year, "2026年10月", "October 2026"),
        (filters.day_number, "13日", "13 Oct"),
        (filters.date_short, "10月13日", "13 October"),
        (filters.date_full, "2026年10月13日", "13 October 2026"),
        (filters.date_weekday, "10月13日 周二", "Tuesday 13 October"),
        (filters.day_weekday, "13日 周二", "Tue 13 Oct"),
        (filters.lunar, "九月初四", ""),
    ],
)
def test_the_leaf_of_13_october_2026(write: object, chinese: str, english: str) -> None:
    assert callable(write)
    assert write(date(2026, 10, 13), "zh") == chinese
    assert write(date(2026, 10, 13), "en") == english


@pytest.mark.parametrize(
    ("day", "moon"),
    [
        (date(2026, 2, 17), "正月初一"),  # Spring Festival 2026
        (date(2026, 9, 25), "八月十五"),  # Mid-Autumn 2026
        (date(2026, 10, 18), "九月初九"),  # Double Ninth 2026
        (date(2025, 7, 25), "闰六月初一"),  # 2025 has a second sixth month from 25 July
        (date(2027, 2, 5), "腊月廿九"),  # the eve of 6 February 2027, New Year
        (date(2026, 10, 19), "九月初十"),
        (date(2026, 10, 29), "九月二十"),
    ],
)
def test_lunar_date(day: date, moon: str) -> None:
    assert filters.lunar(day, "zh") == moon


def test_date_range_repeats_the_month_only_when_it_changes() -> None:
    week = (date(2026, 10, 12), date(2026, 10, 18))
    across = (date(2026, 10, 28), date(2026, 11, 3))
    assert filters.date_range(week, "zh") == "10月12日到18日"
    assert filters.date_range(week, "en") == "12–18 October"
    assert filters.date_range(across, "zh") == "10月28日到11月3日"
    assert filters.date_range(across, "en") == "28 October–3 November"


def test_weekday_range() -> None:
    assert filters.weekday_range((date(2026, 10, 20), date(2026, 10, 25)), "zh") == "周二到周日"
    assert filters.weekday_range((date(2026, 10, 20), date(2026, 10, 20)), "en") == "Tue"


@pytest.mark.parametrize(
    ("hour", "chinese", "english"),
    [
        (8, "姚文娟，早上好", "Good morning, Yao Wenjuan"),
        (10, "姚文娟，早上好", "Good morning, Yao Wenjuan"),
        (11, "姚文娟，中午好", "Good day, Yao Wenjuan"),
        (13, "姚文娟，下午好", "Good afternoon, Yao Wenjuan"),
        (18, "姚文娟，晚上好", "Good evening, Yao Wenjuan"),
    ],
)
def test_greeting_follows_the_hour(hour: int, chinese: str, english: str) -> None:
    assert filters.greeting(at(hour), "姚文娟", "zh") == chinese
    assert filters.greeting(at(hour), "姚文娟", "en") == english


def test_numbers_have_thin_spaces_and_a_true_minus() -> None:
    assert filters.number(15725) == f"15{THIN}725"
    assert filters.number(-35) == "\u221235"
    assert filters.signed(155) == f"+{THIN}155"
    assert filters.signed(-9840) == f"\u2212{THIN}9{THIN}840"
    assert filters.signed(0) == "0"
    assert filters.percent(8 / 31, places=1) == f"25.8{THIN}%"
    assert filters.percent(0.41) == f"41{THIN}%"


def test_points_in_words() -> None:
    assert filters.points(30, "zh") == "30分"
    assert filters.points(1, "en") == "1 point"
    assert filters.points(1200, "en") == f"1{THIN}200 points"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (480, "8小时", "8 h"),
        (90, "1.5小时", "1.5 h"),
        (30, "0.5小时", "0.5 h"),
        (45, "45分钟", "45 min"),
        (29172, "486小时12分", "486 h 12 min"),
        (0, "0小时", "0 h"),
    ],
)
def test_hours_say_halves_as_halves(minutes: int, chinese: str, english: str) -> None:
    assert filters.hours(minutes, "zh") == chinese
    assert filters.hours(minutes, "en") == english


def test_hours_parts_and_load() -> None:
    assert filters.hours_parts(29172, "zh") == (("486", "小时"), ("12", "分"))
    assert filters.hours_parts(60, "en") == (("1", "hour"),)
    assert filters.hours_parts(25, "en") == (("25", "min"),)
    assert filters.load_hours((270, 360), "zh") == "4.5/6 小时"
    assert filters.load_hours((360, 600), "en") == "6/10 h"


def test_codes_are_read_digit_by_digit() -> None:
    written = str(filters.code_digits("418206"))
    assert '<span aria-hidden="true">418\u00a0206</span>' in written
    assert '<span class="y-hidden">4 1 8 2 0 6</span>' in written


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("姚文娟", "Yao Wenjuan"),
        ("曾汉清", "Zeng Hanqing"),
        ("单志强", "Shan Zhiqiang"),
        ("仇文娟", "Qiu Wenjuan"),
        ("任锦良", "Ren Jinliang"),
        ("解文娟", "Xie Wenjuan"),
        ("区文娟", "Ou Wenjuan"),
        ("查文娟", "Zha Wenjuan"),
        ("欧阳文娟", "Ouyang Wenjuan"),
        ("王强", "Wang Qiang"),
        ("小施", "Xiao Shi"),
        ("吕桂芳", "Lü Guifang"),
        ("Anna Lee", "Anna Lee"),
    ],
)
def test_names_in_english_have_the_family_name_first(name: str, pinyin: str) -> None:
    assert names.person_name(name, "en") == pinyin
    assert names.person_name(name, "zh") == name


@pytest.mark.parametrize(
    ("name", "shown", "spoken"),
    [("王玉兰", "王*兰", "王某兰"), ("王强", "王*", "王某"), ("欧阳文娟", "欧**娟", "欧某某娟")],
)
def test_masked_names_are_not_read_as_stars(name: str, shown: str, spoken: str) -> None:
    assert names.masked_text(name, "zh") == shown
    written = str(names.masked_name(name, "zh"))
    assert f'<span aria-hidden="true">{shown}</span>' in written
    assert f'<span class="y-hidden">{spoken}</span>' in written


def test_masked_names_in_english_hide_the_middle() -> None:
    assert names.masked_text("王玉兰", "en") == "Wang * Lan"
    assert names.masked_text("王强", "en") == "Wang *"


def test_masked_names_are_escaped() -> None:
    assert "<" not in str(names.masked_name("<<<", "zh")).replace("<span", "").replace("</span>", "")


def test_lists_are_escaped_and_joined_in_the_language() -> None:
    assert filters.listed(["香皂", "<b>"], "zh") == "香皂、&lt;b&gt;"
    assert filters.listed(["one", "two"], "en") == "one, two"


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("友邻社区", "Youlin Community"),
        ("乐尚网格", "Leshang Grid"),
        ("先锋驿站", "Xianfeng Station"),
        ("新桥中心河", "Xinqiaozhongxin River"),
        ("友邻社区居民委员会", "Youlin Community Residents' Committee"),
        ("07号微网格", "Micro-grid 07"),
        ("Infodesk K", "Infodesk K"),
    ],
)
def test_places_are_written_in_pinyin_with_their_kind(name: str, english: str) -> None:
    assert names.place_name(name, "en") == english
    assert names.place_name(name, "zh") == name
