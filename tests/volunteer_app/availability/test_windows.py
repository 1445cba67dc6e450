from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.availability.factory import OCTOBER, SHANGHAI, pattern, with_calendar
from volunteer_app.availability import actions, queries
from volunteer_app.availability.rules import FinerEntry, every
from volunteer_app.people.models import Person

DAYS = [OCTOBER + timedelta(days=step) for step in range(31)]
# Rest days of October 2026 (domain dossier §2.11): the long holiday 1-7, weekends without Saturday the 10th.
REST = {1, 2, 3, 4, 5, 6, 7, 11, 17, 18, 24, 25, 31}

# What each pattern means, minute by minute, as the scenario's own description has it (all within 7:00-21:00).
MEANING: dict[str, Callable[[date, bool, int], bool]] = {
    "ALL": lambda _day, _rest, _minute: True,
    "AM": lambda _day, _rest, minute: minute < 720,
    "PM": lambda _day, _rest, minute: minute >= 780,
    "ALL_NO_WED_AM": lambda day, _rest, minute: not (day.weekday() == 2 and minute < 720),
    "NO_SCHOOL_RUN": lambda _day, rest, minute: rest or not 930 <= minute < 1050,
    "EVE_WE": lambda _day, rest, minute: rest or minute >= 1110,
    "WEEKEND": lambda _day, rest, _minute: rest,
}


def free_minutes_of(session: Session, person: Person, day: date) -> set[int]:
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(SHANGHAI))
    spans = queries.windows(session, [person.id], day, day, SHANGHAI)[person.id]
    return {
        minute
        for starts, ends in spans
        for minute in range(
            int((starts - midnight).total_seconds()) // 60, int((ends - midnight).total_seconds()) // 60
        )
    }


@pytest.mark.parametrize("code", MEANING)
def test_pattern_means_what_the_scenario_says_to_the_minute(
    session: Session, make: Factory, clock: SetClock, code: str
) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, code)
    for day in DAYS:
        expected = {minute for minute in range(420, 1260) if MEANING[code](day, day.day in REST, minute)}
        assert free_minutes_of(session, volunteer, day) == expected, day


def test_sheet_holds_until_a_later_month_has_its_own(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, "AM")
    pattern(session, make, volunteer, "PM", month=date(2026, 12, 1))
    assert free_minutes_of(session, volunteer, date(2026, 11, 10)) == set(range(420, 720))
    assert free_minutes_of(session, volunteer, date(2026, 12, 10)) == set(range(780, 1260))
    assert free_minutes_of(session, volunteer, date(2026, 9, 10)) == set()


def test_rest_holds_for_its_own_month_only(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, "AM")
    november = date(2026, 11, 1)
    actions.save_sheet(
        session, volunteer.id, november, squares=0, resting=True, actor=make.actor(volunteer), now=clock()
    )
    assert free_minutes_of(session, volunteer, date(2026, 11, 10)) == set()
    assert free_minutes_of(session, volunteer, date(2026, 12, 10)) == set(range(420, 720))


def test_nobody_is_free_on_away_dates(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, "AM")
    actions.add_away(
        session, volunteer.id, date(2026, 10, 20), date(2026, 10, 25), actor=make.actor(volunteer), now=clock()
    )
    free = {day.day for day in DAYS if free_minutes_of(session, volunteer, day)}
    assert free == {day.day for day in DAYS} - {20, 21, 22, 23, 24, 25}


def test_finer_time_adds_and_blocked_wins(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    actor = make.actor(volunteer)
    actions.save_sheet(session, volunteer.id, OCTOBER, squares=every(0, days=[1]), actor=actor, now=clock())
    for entry in (FinerEntry(360, 480, is_free=True, weekday=1), FinerEntry(450, 510, reason="买菜")):
        actions.add_finer(session, volunteer.id, OCTOBER, entry, actor=actor, now=clock())
    tuesday, wednesday = date(2026, 10, 13), date(2026, 10, 14)
    assert free_minutes_of(session, volunteer, tuesday) == {*range(360, 450), *range(510, 720)}
    assert free_minutes_of(session, volunteer, wednesday) == set()


def test_touching_squares_are_one_window(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, "ALL")
    found = queries.windows(session, [volunteer.id], OCTOBER, OCTOBER, SHANGHAI)[volunteer.id]
    assert [(starts.isoformat(), ends.isoformat()) for starts, ends in found] == [
        ("2026-09-30T23:00:00+00:00", "2026-10-01T13:00:00+00:00")
    ]


def test_is_free_needs_the_whole_span(session: Session, make: Factory, clock: SetClock) -> None:
    volunteer = make.volunteer(with_calendar(session, make, clock))
    pattern(session, make, volunteer, "AM")
    nine = datetime(2026, 10, 12, 9, 0, tzinfo=ZoneInfo(SHANGHAI))
    assert queries.is_free(session, volunteer.id, nine, nine + timedelta(hours=3))
    assert not queries.is_free(session, volunteer.id, nine, nine + timedelta(hours=3, minutes=1))


def test_two_people_are_told_apart(session: Session, make: Factory, clock: SetClock) -> None:
    community = with_calendar(session, make, clock)
    early, late = make.volunteer(community), make.volunteer(community)
    pattern(session, make, early, "AM")
    found = queries.windows(session, [early.id, late.id], OCTOBER, OCTOBER, SHANGHAI)
    assert len(found[early.id]) == 1
    assert found[late.id] == []
