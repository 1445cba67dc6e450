from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.core.errors import BadInput
from volunteer_app.places.models import Community
from volunteer_app.workdays.actions import DayEntry, NoSuchYear, load_calendar, put_days, read_calendar
from volunteer_app.workdays.models import CalendarDay
from volunteer_app.workdays.queries import add_working_days, day_type, day_types
from volunteer_app.workdays.rules import festival, holiday_words


@pytest.fixture
def community(session: Session, make: Factory, clock: SetClock) -> Community:
    made = make.community()
    load_calendar(session, made.id, actor=make.system(made), now=clock())
    session.commit()
    return made


@pytest.mark.parametrize(
    ("after", "n", "expected"),
    [
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 18), 5, date(2026, 9, 24)),
        (date(2026, 10, 8), 3, date(2026, 10, 12)),
    ],
)
def test_working_days_of_the_dossier(
    session: Session, community: Community, after: date, n: int, expected: date
) -> None:
    assert add_working_days(session, after, n, community_id=community.id) == expected


def test_calendar_has_13_statutory_days_and_6_makeup_workdays(session: Session, community: Community) -> None:
    kinds = list(day_types(session, date(2026, 1, 1), date(2026, 12, 31), community_id=community.id).values())
    assert kinds.count("statutory_holiday") == 13
    assert kinds.count("makeup_workday") == 6  # 01-04, 02-14, 02-28, 05-09, 09-20, 10-10
    assert len(kinds) == 365


def test_october_is_as_in_the_scenario(session: Session, community: Community) -> None:
    types = day_types(session, date(2026, 10, 1), date(2026, 10, 11), community_id=community.id)
    statutory, bridging = ["statutory_holiday"] * 3, ["holiday_rest"] * 4
    assert list(types.values()) == [*statutory, *bridging, "workday", "workday", "makeup_workday", "rest"]


def test_loading_again_changes_nothing(session: Session, community: Community, make: Factory, clock: SetClock) -> None:
    before = session.scalar(select(func.count()).select_from(CalendarDay))
    assert load_calendar(session, community.id, actor=make.system(community), now=clock()) == before
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == before


def test_day_can_be_changed_and_put_back(
    session: Session, community: Community, make: Factory, clock: SetClock
) -> None:
    day = date(2026, 12, 26)
    for kind, expected in (("makeup_workday", "makeup_workday"), ("plain", "rest")):
        put_days(session, community.id, [DayEntry(day, kind)], actor=make.system(community), now=clock())
        assert day_type(session, day, community_id=community.id) == expected


def test_calendars_of_two_communities_are_apart(session: Session, community: Community, make: Factory) -> None:
    other = make.community(code="other", name="远亲社区")
    assert day_type(session, date(2026, 10, 10), community_id=other.id) == "rest"
    assert day_type(session, date(2026, 10, 10), community_id=community.id) == "makeup_workday"


def test_unknown_year_is_refused(session: Session, community: Community, make: Factory, clock: SetClock) -> None:
    with pytest.raises(NoSuchYear, match="2027"):
        load_calendar(session, community.id, year=2027, actor=make.system(community), now=clock())


def test_file_says_which_line_is_wrong() -> None:
    with pytest.raises(BadInput) as refused:
        read_calendar("\ufeff日期,类型,名称\n2027-01-01,法定节假日,元旦\n10月1日,法定节假日,\n2027-01-02,假,\n")
    assert [str(text) for text in refused.value.fields["file"]] == [
        "第3行第1列：看不懂这个日期，写成 2026-10-12。",
        "第4行第2列：请写法定节假日、放假调休或者调休上班。",
    ]


def test_file_is_read_with_words_or_codes() -> None:
    entries = read_calendar("2027/1/1,法定节假日,元旦\n\n2027-01-03,makeup_workday,\n")
    assert entries == [
        DayEntry(date(2027, 1, 1), "statutory_holiday", "元旦"),
        DayEntry(date(2027, 1, 3), "makeup_workday"),
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 10, 18), "重阳节"),
        (date(2027, 1, 15), "腊八节"),
        (date(2026, 6, 19), "端午节"),
        (date(2026, 9, 25), "中秋节"),
        (date(2027, 2, 6), "春节"),
        (date(2027, 2, 5), "除夕"),
        (date(2026, 10, 19), ""),
    ],
)
def test_lunar_festivals(day: date, name: str) -> None:
    assert festival(day) == name


@pytest.mark.parametrize("name", ["国庆节", "国庆节调休", "除夕", "社区开放日"])
def test_holiday_names_read_as_they_are_kept(name: str) -> None:
    assert str(holiday_words(name)) == name
