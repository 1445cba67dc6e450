"""The staff's sheet: times, decisions, people added by hand, and the confirmation of a day."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.volunteer_app.attendance.factory import MONDAY, Month, minute
from volunteer_app.attendance import actions, overlaps, queries
from volunteer_app.attendance.actions import Entry
from volunteer_app.attendance.models import Attendance, ServiceRecord
from volunteer_app.core.errors import BadInput, NotFound

TUESDAY = date(2026, 10, 13)


def rows(month: Month) -> list[queries.Row]:
    return [row for _, found in queries.sheet(month.session, MONDAY) for row in found]


def test_saved_times_become_a_record_when_the_day_is_confirmed(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    seat = month.seat(shift, person, leads=True)
    month.at("12:00")

    assert month.save(shift, person, "8:41", "10:30", how="paper") == 1
    assert month.confirm() == actions.Confirmed(count=1, left_for_others=0)

    record = month.session.query(ServiceRecord).one()
    assert (record.minutes, record.credited_minutes, record.leads) == (109, 90, True)
    assert (record.state, record.source) == ("pending", "paper")
    assert (record.recorded_by_id, record.confirmed_by_id) == (month.gu.id, month.gu.id)
    assert month.session.get_one(type(seat), seat.id).state == "confirmed"


def test_saving_the_same_again_changes_nothing(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    month.at("12:00")
    month.save(shift, person, "8:30", "10:30", how="paper")

    assert month.save(shift, person, "8:30", "10:30", how="staff") == 0
    assert month.session.query(Attendance).one().how == "paper"


def test_out_before_in_is_refused_beside_the_field_and_nothing_is_saved(month: Month) -> None:
    shift, person, other = month.shift(), month.volunteer(), month.volunteer("戴大勇")
    month.seat(shift, person)
    month.seat(shift, other)
    entries = [
        Entry(shift.id, other.id, minute("8:30"), minute("10:30")),
        Entry(shift.id, person.id, minute("10:30"), minute("8:30")),
    ]

    with pytest.raises(BadInput) as refusal:
        month.write(actions.save_sheet, MONDAY, entries, how="staff")

    assert {name: str(found[0]) for name, found in refusal.value.fields.items()} == {
        f"out-{shift.id}-{person.id}": "签退比签到早。"
    }
    assert month.session.query(Attendance).count() == 0


def test_an_out_time_alone_is_refused(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    with pytest.raises(BadInput) as refusal:
        month.save(shift, person, "", "10:30")
    assert list(refusal.value.fields) == [f"in-{shift.id}-{person.id}"]


def test_a_day_with_open_rows_is_not_confirmed(month: Month) -> None:
    shift = month.shift()
    short, blank, no_out = (month.volunteer(name) for name in ("陆学文", "戴大勇", "赵志强"))
    for person in (short, blank, no_out):
        month.seat(shift, person)
    month.at("12:00")
    month.save(shift, short, "8:30", "9:40")
    month.save(shift, no_out, "8:32")

    with pytest.raises(actions.OpenRows) as refusal:
        month.confirm()

    assert str(refusal.value) == "还有3行没核对，确认以前不会计分。"
    assert month.session.query(ServiceRecord).count() == 0


def test_decisions_settle_the_rows_that_wait(month: Month) -> None:
    shift = month.shift()
    hours, full, ill, gone = (month.volunteer(name) for name in ("陆学文", "夏永康", "姚海涛", "崔金凤"))
    for person in (hours, full, ill, gone):
        month.seat(shift, person)
    month.at("12:00")
    month.save(shift, hours, "8:30", "9:40", verdict="hours_only")
    month.save(shift, full, "8:30", "9:40", verdict="in_full")
    month.save(shift, ill, verdict="absent_excused")
    month.save(shift, gone, verdict="absent")

    month.confirm()

    made = {record.person_id: record for record in month.session.query(ServiceRecord)}
    assert {person: (one.minutes, one.credited_minutes) for person, one in made.items()} == {
        hours.id: (70, 0),
        full.id: (70, 60),
    }
    states = {row.person.id: row.assignment.state for row in rows(month) if row.assignment}
    assert states == {
        hours.id: "confirmed",
        full.id: "confirmed",
        ill.id: "absent_excused",
        gone.id: "absent",
    }


def test_time_that_another_record_counts_is_not_counted_again(month: Month) -> None:
    first, second, person = month.shift(), month.shift("9:00–11:00"), month.volunteer()
    month.seat(first, person)
    month.at("12:00")
    month.write(actions.add_person, second.id, person.id)
    month.save(first, person, "8:30", "10:30")
    month.save(second, person, "9:00", "11:00")

    with pytest.raises(overlaps.TurnsOverlap) as refusal:
        month.confirm()

    assert str(refusal.value).startswith(
        "姚文娟的10月12日上午9:00的日巡逻和10月12日上午8:30的日巡逻时间重了，不能记两次"
    )
    assert month.session.query(ServiceRecord).count() == 0
    month.save(second, person, "10:29", "11:00", verdict="in_full")
    with pytest.raises(overlaps.TurnsOverlap):
        month.confirm()
    month.save(second, person, "10:30", "11:00", verdict="in_full")
    assert month.confirm().count == 2
    assert queries.minutes_of(month.session, person.id) == 150


def test_coming_early_and_going_late_overlap_nothing(month: Month) -> None:
    """What counts is inside the plan: who signs in ten minutes early has the turn before to himself."""
    first, second, person = month.shift(), month.shift("10:30–12:30"), month.volunteer()
    for shift in (first, second):
        month.seat(shift, person)
    month.at("13:00")
    month.save(first, person, "8:20", "10:40")
    month.save(second, person, "10:20", "12:30")
    assert month.confirm().count == 2


def test_a_turn_confirmed_before_keeps_its_time_from_the_next_day_too(month: Month) -> None:
    night, morning, person = month.shift("22:00–26:00"), month.shift("1:00–3:00", day=TUESDAY), month.volunteer()
    for shift in (night, morning):
        month.seat(shift, person)
    month.at("4:00", TUESDAY)
    month.save(morning, person, "1:00", "3:00")
    month.confirm(TUESDAY)
    month.save(night, person, "22:00", "2:00")
    with pytest.raises(overlaps.TurnsOverlap):
        month.confirm(MONDAY)
    month.save(night, person, "22:00", "1:00")
    assert month.confirm(MONDAY).count == 1


def test_confirming_twice_finds_nothing_left(month: Month) -> None:
    shift, person, ill = month.shift(), month.volunteer(), month.volunteer("姚海涛")
    month.seat(shift, person)
    month.seat(shift, ill)
    month.at("12:00")
    month.save(shift, person, "8:30", "10:30")
    month.save(shift, ill, verdict="absent")
    month.confirm()

    with pytest.raises(actions.NothingToConfirm):
        month.confirm()
    assert month.session.query(ServiceRecord).count() == 1


def test_a_confirmed_row_is_changed_by_correction_only(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)

    with pytest.raises(actions.AlreadyConfirmed):
        month.save(record.shift, person, "8:30", "9:30")
    assert month.save(record.shift, person, "8:30", "10:30") == 0


def test_shifts_that_are_still_running_wait(month: Month) -> None:
    early, late, person = month.shift(), month.shift("15:00–17:00"), month.volunteer()
    month.seat(early, person)
    month.seat(late, person)
    month.at("12:00")
    month.save(early, person, "8:30", "10:30")

    assert month.confirm().count == 1


def test_nobody_confirms_himself_or_his_household(month: Month) -> None:
    shift, stranger = month.shift(), month.volunteer("戴大勇")
    wife = month.volunteer("顾秀英", household_id=household(month))
    month.gu.household_id = wife.household_id
    month.session.commit()
    for person in (month.gu, wife, stranger):
        month.seat(shift, person)
    month.at("12:00")
    for person in (month.gu, wife, stranger):
        month.save(shift, person, "8:30", "10:30")

    assert month.confirm(by=month.gu) == actions.Confirmed(count=1, left_for_others=2)
    with pytest.raises(actions.OnlyOwnRows) as refusal:
        month.confirm(by=month.gu)
    assert str(refusal.value) == "您自己和家人的2行，要请另一位工作人员确认。"
    assert month.confirm(by=month.shen) == actions.Confirmed(count=2, left_for_others=0)


def household(month: Month) -> int:
    from volunteer_app.people.models import Household

    made = Household(community_id=month.community.id, code="H1")
    month.make.save(made)
    return made.id


def test_blanks_are_filled_as_planned_and_absences_stay(month: Month) -> None:
    shift, later = month.shift(), month.shift("15:00–17:00")
    blank, no_out, ill, seeking = (month.volunteer(name) for name in ("甲一", "乙二", "丙三", "丁四"))
    month.seat(shift, blank)
    month.seat(shift, no_out)
    month.seat(shift, ill)
    month.seat(shift, seeking, state="seeking")
    month.seat(later, blank)
    month.at("12:00")
    month.save(shift, no_out, "8:41")
    month.save(shift, ill, verdict="absent")

    assert month.write(actions.fill_as_planned, MONDAY, how="paper") == 2
    found = {row.key: (row.served.minutes, str(row.served.remark)) for row in rows(month)}
    assert found == {
        f"{shift.id}-{blank.id}": (120, "齐"),
        f"{shift.id}-{no_out.id}": (109, "晚11分钟"),
        f"{shift.id}-{ill.id}": (None, "没来"),
        f"{shift.id}-{seeking.id}": (None, "说过来不了"),
        f"{later.id}-{blank.id}": (None, "还没有记"),
    }
    assert month.write(actions.fill_as_planned, MONDAY, how="paper") == 0


def test_somebody_who_was_not_rostered_is_added_once(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.at("9:00")
    month.write(actions.add_person, shift.id, person.id)

    with pytest.raises(actions.AlreadyOnSheet):
        month.write(actions.add_person, shift.id, person.id)
    month.at("12:00")
    month.save(shift, person, "8:30", "10:30")
    month.confirm()
    assert month.session.query(ServiceRecord).one().leads is False


def test_an_added_person_who_did_not_come_leaves_the_sheet(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.at("12:00")
    month.write(actions.add_person, shift.id, person.id)

    month.save(shift, person, verdict="absent")

    assert rows(month) == []


def test_a_night_shift_belongs_to_the_day_on_which_it_starts(month: Month) -> None:
    shift, person = month.shift("23:00–31:00"), month.volunteer()
    month.seat(shift, person)
    month.at("12:00", MONDAY.replace(day=13))
    month.save(shift, person, "22:55", "7:05")

    month.confirm()

    record = month.session.query(ServiceRecord).one()
    assert (record.served_on, record.minutes) == (MONDAY, 480)


def test_another_communitys_shift_is_not_found(month: Month) -> None:
    other = month.make.community("other", "别的社区")
    with pytest.raises(NotFound):
        month.write(actions.add_person, 999, month.volunteer().id)
    assert other.id != month.community.id


@pytest.mark.parametrize(
    "statement", ["UPDATE service_record SET minutes = 999", "DELETE FROM service_record"], ids=["update", "delete"]
)
def test_the_database_itself_keeps_a_record(month: Month, statement: str) -> None:
    month.served(month.volunteer())
    with pytest.raises(DBAPIError, match="never edited"):
        month.session.execute(text(statement))
    month.session.rollback()
    assert month.session.query(ServiceRecord).one().minutes == 120
