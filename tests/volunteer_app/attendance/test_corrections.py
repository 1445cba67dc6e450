"""Corrections: one person proposes, another one confirms, the old record stays as it was."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.race import race
from tests.volunteer_app.attendance.factory import MONDAY, Month, minute
from volunteer_app.attendance import actions, corrections, overlaps, queries, rules
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.people.models import Person


def change(record: ServiceRecord, arrived: str = "8:30", left: str = "9:30") -> Change:
    return Change(record.shift_id, record.person_id, "抄错了", minute(arrived), minute(left))


def test_a_second_person_makes_the_new_record(month: Month) -> None:
    old = month.served(month.volunteer())
    proposal = month.write(corrections.propose, change(old, left="9:54"), by=month.gu)

    made = month.write(corrections.confirm, proposal.id, by=month.shen)

    assert (made.minutes, made.credited_minutes, made.source) == (84, 60, "correction")
    assert (made.recorded_by_id, made.confirmed_by_id, made.corrects_id) == (month.gu.id, month.shen.id, old.id)
    before = month.session.get_one(ServiceRecord, old.id)
    assert (before.minutes, before.state) == (120, "corrected")


def test_the_maker_does_not_confirm(month: Month) -> None:
    old = month.served(month.volunteer())
    proposal = month.write(corrections.propose, change(old), by=month.gu)
    with pytest.raises(corrections.NeedsAnother):
        month.write(corrections.confirm, proposal.id, by=month.gu)
    assert month.session.get_one(ServiceRecord, old.id).state == "pending"


def test_the_database_itself_wants_two_people(month: Month) -> None:
    old = month.served(month.volunteer())
    proposal = month.write(corrections.propose, change(old), by=month.gu)
    found = month.session.get_one(Correction, proposal.id)
    found.decided_by_id = month.gu.id
    with pytest.raises(IntegrityError):
        month.session.commit()
    month.session.rollback()
    month.session.add(
        ServiceRecord(
            community_id=month.community.id,
            person_id=old.person_id,
            shift_id=month.shift().id,
            served_on=MONDAY,
            minutes=60,
            credited_minutes=60,
            source="backfill",
            recorded_by_id=month.gu.id,
            confirmed_by_id=month.gu.id,
            confirmed_at=month.clock(),
        )
    )
    with pytest.raises(IntegrityError):
        month.session.commit()
    month.session.rollback()


@pytest.mark.parametrize("role", ["maker", "checker"])
def test_nobody_corrects_his_own_record(month: Month, role: str) -> None:
    old = month.served(month.shen) if role == "checker" else month.served(month.volunteer())
    if role == "checker":
        proposal = month.write(corrections.propose, change(old), by=month.gu)
        with pytest.raises(corrections.OwnCase):
            month.write(corrections.confirm, proposal.id, by=month.shen)
    else:
        mine = Change(old.shift_id, month.gu.id, "我也去了", minute("8:30"), minute("10:30"))
        with pytest.raises(corrections.OwnCase):
            month.write(corrections.propose, mine, by=month.gu)


def test_a_decision_is_made_once(month: Month) -> None:
    old = month.served(month.volunteer())
    proposal = month.write(corrections.propose, change(old), by=month.gu)
    month.write(corrections.confirm, proposal.id, by=month.shen)
    with pytest.raises(corrections.AlreadyDecided):
        month.write(corrections.confirm, proposal.id, by=month.shen)
    assert month.session.query(ServiceRecord).count() == 2


def test_a_refused_correction_leaves_the_record(month: Month) -> None:
    old = month.served(month.volunteer())
    proposal = month.write(corrections.propose, change(old), by=month.gu)
    month.write(corrections.refuse, proposal.id, by=month.shen)
    assert [(one.id, one.state) for one in month.session.query(ServiceRecord)] == [(old.id, "pending")]


def test_one_proposal_at_a_time(month: Month) -> None:
    old = month.served(month.volunteer())
    month.write(corrections.propose, change(old), by=month.gu)
    with pytest.raises(corrections.AlreadyProposed):
        month.write(corrections.propose, change(old, left="9:45"), by=month.shen)


def test_no_times_void_the_record(month: Month) -> None:
    old = month.served(month.volunteer())
    nothing = Change(old.shift_id, old.person_id, "认错人了")
    proposal = month.write(corrections.propose, nothing, by=month.gu)
    made = month.write(corrections.confirm, proposal.id, by=month.shen)
    assert (made.minutes, made.credited_minutes) == (0, 0)


def test_one_time_without_the_other_is_refused_by_the_one_that_is_missing(month: Month) -> None:
    old = month.served(month.volunteer())
    for times, missing in (((minute("8:30"), None), rules.OutMissing), ((None, minute("9:30")), rules.InMissing)):
        with pytest.raises(missing):
            month.write(corrections.propose, Change(old.shift_id, old.person_id, "抄错了", *times), by=month.gu)


def test_a_correction_that_changes_no_minute_is_refused(month: Month) -> None:
    old = month.served(month.volunteer())  # 8:30 to 10:30, all of the turn
    with pytest.raises(corrections.SameAsBefore):
        month.write(corrections.propose, change(old, "8:20", "10:40"), by=month.gu)
    assert month.session.query(Correction).all() == []
    month.write(corrections.propose, change(old, "8:31", "10:30"), by=month.gu)


def test_a_back_fill_of_a_shift_with_no_record(month: Month) -> None:
    friday = date(2026, 10, 9)
    shift, person = month.shift(day=friday), month.volunteer()
    proposal = month.write(corrections.propose, back_fill(shift.id, person), by=month.gu)

    made = month.write(corrections.confirm, proposal.id, by=month.shen)

    assert (made.minutes, made.source, made.served_on, made.corrects_id) == (120, "backfill", friday, None)


def back_fill(shift_id: int, person: Person) -> Change:
    return Change(shift_id, person.id, "那天我去了，没记", minute("8:30"), minute("10:30"))


def test_a_back_fill_counts_no_time_that_another_record_counts(month: Month) -> None:
    old = month.served(month.volunteer())
    person = month.session.get_one(Person, old.person_id)
    later = month.shift("9:00–11:00")
    with pytest.raises(overlaps.TurnsOverlap):
        month.write(corrections.propose, Change(later.id, person.id, "也去了", minute("9:00"), minute("11:00")))
    month.write(corrections.propose, Change(later.id, person.id, "也去了", minute("10:30"), minute("11:00")))


def test_a_correction_is_asked_again_when_it_is_confirmed(month: Month) -> None:
    """Both were free when they were proposed; the one confirmed first keeps the time, until it is corrected."""
    person = month.volunteer()
    early, late = month.shift(), month.shift("9:00–11:00")
    month.at("12:00")
    first, second = (
        month.write(corrections.propose, Change(shift.id, person.id, "去了", minute(came), minute(left)))
        for shift, came, left in ((early, "8:30", "10:30"), (late, "9:00", "11:00"))
    )
    made = month.write(corrections.confirm, first.id, by=month.shen)
    with pytest.raises(overlaps.TurnsOverlap):
        month.write(corrections.confirm, second.id, by=month.shen)

    shorter = month.write(corrections.propose, change(made, left="9:00"))
    month.write(corrections.confirm, shorter.id, by=month.shen)
    month.write(corrections.confirm, second.id, by=month.shen)
    assert queries.minutes_of(month.session, person.id) == 30 + 120


def test_two_corrections_at_once_count_the_time_once(month: Month, database_url: str) -> None:
    person = month.volunteer()
    shifts = [month.shift(), month.shift("9:00–11:00")]
    now = month.at("12:00")
    ids = [
        month.write(corrections.propose, Change(shift.id, person.id, "去了", minute("9:00"), minute("10:30"))).id
        for shift in shifts
    ]
    shen = month.actor(month.shen)

    def confirm(session: Session, number: int) -> str:
        corrections.confirm(session, ids[number], actor=shen, now=now)
        return "counted"

    said = [one if isinstance(one, str) else one.code for one in race(database_url, confirm, writers=2)]
    assert sorted(said) == ["TurnsOverlap", "counted"]


def test_an_open_sheet_is_changed_on_the_sheet(month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    month.at("12:00")
    month.save(shift, person, "8:30", "9:30")
    with pytest.raises(corrections.DayStillOpen):
        month.write(corrections.propose, back_fill(shift.id, person), by=month.gu)


def test_the_sheet_shows_what_stands_after_a_correction(month: Month) -> None:
    old = month.served(month.volunteer())
    absent, stranger = month.volunteer("姚海涛"), month.volunteer("戴大勇")
    month.seat(old.shift, absent)
    month.save(old.shift, absent, verdict="absent")
    month.confirm()
    for what in (change(old, left="9:54"), back_fill(old.shift_id, absent), back_fill(old.shift_id, stranger)):
        proposal = month.write(corrections.propose, what, by=month.gu)
        month.write(corrections.confirm, proposal.id, by=month.shen)

    rows = [row for _, found in queries.sheet(month.session, MONDAY) for row in found]

    shown = {row.person.id: (row.served.minutes, str(row.served.remark)) for row in rows}
    assert shown == {old.person_id: (84, "更正过"), absent.id: (120, "更正过"), stranger.id: (120, "更正过")}
    with pytest.raises(actions.NothingToConfirm):
        month.confirm()
