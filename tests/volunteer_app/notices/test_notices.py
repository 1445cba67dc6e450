"""Three working days on the board, objections, and what happens when the time is over."""

from datetime import date

import pytest

from tests.volunteer_app.attendance.factory import MONDAY, Month, minute
from volunteer_app.attendance import corrections
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.database import in_transaction
from volunteer_app.jobs.timetable import JOBS, run_due
from volunteer_app.notices import actions, queries, rules
from volunteer_app.notices.models import Notice, Objection
from volunteer_app.people.models import Person
from volunteer_app.rewards import putting_right
from volunteer_app.rewards.models import Award

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def publish(month: Month, from_on: date = FIRST, to_on: date = LAST) -> Notice:
    return month.write(actions.publish, from_on, to_on)


def close_due(month: Month) -> list[int]:
    return in_transaction(
        month.session,
        lambda: [notice.id for notice in actions.close_due(month.session, month.community.id, now=month.clock())],
    )


def object_to(month: Month, person: Person, record: ServiceRecord | None, about: date = MONDAY) -> Objection:
    return month.write(
        actions.object_to,
        person.id,
        said="10月9日那天我去了，没记",
        about_on=about,
        record_id=record.id if record else None,
        by=person,
    )


def state(month: Month, record: ServiceRecord) -> str:
    month.session.expire_all()
    return month.session.get_one(ServiceRecord, record.id).state


@pytest.mark.parametrize(
    ("published", "closes"),
    [(date(2026, 9, 30), date(2026, 10, 10)), (date(2026, 10, 8), date(2026, 10, 12))],
)
def test_the_list_hangs_for_three_working_days(month: Month, published: date, closes: date) -> None:
    month.served(month.volunteer(), day=date(2026, 9, 29))
    month.at("9:00", published)
    assert publish(month, date(2026, 9, 1)).closes_on == closes


def test_publishing_moves_the_pending_records_and_tells_each_person_once(month: Month) -> None:
    from volunteer_app.messages.models import OutboxMessage

    person = month.volunteer()
    records = [month.served(person), month.served(person, "15:00–17:00")]

    publish(month)

    assert [state(month, record) for record in records] == ["on_notice", "on_notice"]
    told = [row.person_id for row in month.session.query(OutboxMessage).filter_by(kind="notice")]
    assert told == [person.id]
    with pytest.raises(rules.NothingToPublish):
        publish(month)


def test_what_nobody_objected_to_becomes_final_and_is_credited_exactly_once(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    publish(month)  # Monday 12 October: closes with Thursday 15

    month.at("23:59", date(2026, 10, 15))
    assert close_due(month) == []
    month.at("0:00", date(2026, 10, 16))
    assert len(close_due(month)) == 1
    month.at("3:00", date(2026, 11, 20))
    assert close_due(month) == []

    assert (state(month, record), month.balance(person).available) == ("final", 20)
    assert month.session.query(Award).count() == 1


def test_the_job_waits_while_the_month_is_closed(month: Month) -> None:
    """The list of Monday 26 October is over with the 29th; the month was closed on its last day."""
    record = month.served(month.volunteer(), day=date(2026, 10, 26))
    publish(month)
    month.at("9:00", LAST)
    month.write(putting_right.close_month, FIRST)
    jobs = tuple(job for job in JOBS if job.name == "close_notices")

    assert run_due(month.session, now=month.clock(), jobs=jobs) == 1
    assert state(month, record) == "on_notice"

    month.at("0:00", date(2026, 11, 1))
    assert run_due(month.session, now=month.clock(), jobs=jobs) == 1
    assert state(month, record) == "final"


def test_closing_late_has_the_same_effect(month: Month) -> None:
    person = month.volunteer()
    month.served(person)
    publish(month)
    month.at("3:00", date(2026, 12, 20))
    close_due(month)
    assert month.balance(person).available == 20


def test_an_open_objection_keeps_its_record_back_and_no_other(month: Month) -> None:
    person, other = month.volunteer(), month.volunteer("戴大勇")
    mine, theirs = month.served(person), month.served(other)
    publish(month)
    object_to(month, person, mine)
    month.at("8:00", date(2026, 10, 20))

    close_due(month)

    assert (state(month, mine), state(month, theirs)) == ("objected", "final")
    assert (month.balance(person).available, month.balance(other).available) == (0, 20)


def test_an_objection_that_does_not_hold_lets_the_record_go_on(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    publish(month)
    objection = object_to(month, person, record)

    month.write(actions.let_stand, objection.id, answer="签到单上是8:30", by=month.shen)
    assert state(month, record) == "on_notice"
    month.at("8:00", date(2026, 10, 20))
    close_due(month)
    assert month.balance(person).available == 20


def test_an_objection_answered_after_the_notice_credits_at_once(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    publish(month)
    objection = object_to(month, person, record)
    month.at("8:00", date(2026, 10, 20))
    close_due(month)

    month.write(actions.let_stand, objection.id, answer="核对过了", by=month.shen)

    assert (state(month, record), month.balance(person).available) == ("final", 20)


def test_the_one_who_wrote_the_record_does_not_answer(month: Month) -> None:
    person = month.volunteer()
    objection = object_to(month, person, month.served(person))
    with pytest.raises(rules.AnotherMustAnswer):
        month.write(actions.let_stand, objection.id, answer="没错", by=month.gu)


def test_one_open_objection_about_one_record(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    object_to(month, person, record)
    with pytest.raises(rules.AlreadyObjected):
        object_to(month, person, record)


def test_incident_5_a_missing_day_is_filled_in_by_two_people(month: Month) -> None:
    """ "10月9日那天我去了，没记": one person back-fills, a second confirms; it hangs with the list and is credited."""
    friday = date(2026, 10, 9)
    person, other = month.volunteer(), month.volunteer("戴大勇")
    month.served(other)
    shift = month.shift(day=friday)
    publish(month)
    objection = object_to(month, person, None, friday)

    change = Change(shift.id, person.id, "那天去了，没签", minute("8:30"), minute("10:30"))
    proposal = month.write(actions.propose_for, objection.id, change, by=month.gu)
    made = month.write(actions.confirm_correction, proposal.id, by=month.shen)

    assert (made.state, made.source, made.recorded_by_id, made.confirmed_by_id) == (
        "on_notice",
        "backfill",
        month.gu.id,
        month.shen.id,
    )
    assert month.session.get_one(Objection, objection.id).state == "upheld"
    month.at("8:00", date(2026, 10, 20))
    close_due(month)
    assert month.balance(person).available == 20


def test_a_back_fill_after_the_notice_is_credited_at_once(month: Month) -> None:
    friday = date(2026, 10, 9)
    person, other = month.volunteer(), month.volunteer("戴大勇")
    month.served(other)
    shift = month.shift(day=friday)
    publish(month)
    objection = object_to(month, person, None, friday)
    month.at("8:00", date(2026, 10, 20))
    close_due(month)

    change = Change(shift.id, person.id, "那天去了，没签", minute("8:30"), minute("10:30"))
    proposal = month.write(actions.propose_for, objection.id, change, by=month.gu)
    month.write(actions.confirm_correction, proposal.id, by=month.shen)

    assert month.balance(person).available == 20


def test_correcting_a_credited_record_reverses_its_points(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    publish(month)
    month.at("8:00", date(2026, 10, 20))
    close_due(month)

    change = Change(record.shift_id, person.id, "走早了", minute("8:30"), minute("9:48"))
    proposal = month.write(corrections.propose, change, by=month.gu)
    made = month.write(actions.confirm_correction, proposal.id, by=month.shen)

    month.session.expire_all()
    assert (made.state, made.minutes, month.balance(person).available) == ("final", 78, 10)
    states = [(award.points, award.state) for award in month.session.query(Award).order_by(Award.id)]
    assert states == [(20, "reversed"), (10, "credited")]


def test_what_was_spent_becomes_a_debt_when_a_credit_is_taken_back(month: Month) -> None:
    from tests.volunteer_app.ledger.books import SHELF
    from volunteer_app.ledger import holds
    from volunteer_app.ledger.rules import Key

    person = month.volunteer()
    record = month.served(person)
    publish(month)
    month.at("8:00", date(2026, 10, 20))
    close_due(month)
    until = month.clock().replace(day=27)
    owner = f"person:{person.id}"
    line = holds.Line(Key(owner, "points"), Key(SHELF, "income"), 15)
    held = month.write(holds.hold, [line], cause="order:1", reason="预约", expires_at=until)
    month.write(holds.collect, held.hold_id, reason="取走了")

    proposal = month.write(corrections.propose, Change(record.shift_id, person.id, "认错人了"), by=month.gu)
    month.write(actions.confirm_correction, proposal.id, by=month.shen)

    found = month.balance(person)
    assert (found.available, found.debt) == (0, 15)


def test_a_refused_correction_opens_the_objection_again(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    publish(month)
    objection = object_to(month, person, record)
    change = Change(record.shift_id, person.id, "改短", minute("8:30"), minute("9:48"))
    proposal = month.write(actions.propose_for, objection.id, change, by=month.gu)

    month.write(actions.refuse_correction, proposal.id, by=month.shen)

    found = month.session.get_one(Objection, objection.id)
    assert (found.state, found.correction_id, state(month, record)) == ("open", None, "objected")


def test_the_clock_counts_working_days(month: Month) -> None:
    month.served(month.volunteer(), day=date(2026, 10, 8))
    month.at("9:00", date(2026, 10, 8))  # Thursday; Friday 9, Saturday 10 (make-up workday), Monday 12
    notice = publish(month)
    days = [date(2026, 10, day) for day in (8, 9, 10, 11, 12, 13)]
    assert [queries.clock(month.session, notice, day) for day in days] == [0, 1, 2, 2, 3, 3]


def test_the_board_shows_one_line_a_person(month: Month) -> None:
    person = month.volunteer()
    month.served(person)
    month.served(person, "18:30–20:30")
    notice = publish(month)
    found = queries.by_person(month.session, month.community.id, queries.records_on(month.session, notice.id))
    assert [(line.person.id, line.times, line.minutes, line.points) for line in found] == [(person.id, 2, 240, 44)]


def test_a_voided_service_is_none_on_the_board(month: Month) -> None:
    person = month.volunteer()
    record = month.served(person)
    notice = publish(month)
    proposal = month.write(corrections.propose, Change(record.shift_id, person.id, "认错人了"), by=month.gu)
    void = month.write(actions.confirm_correction, proposal.id, by=month.shen)

    def lines() -> list[tuple[int, int]]:
        found = queries.by_person(month.session, month.community.id, queries.records_on(month.session, notice.id))
        return [(line.times, line.objected) for line in found]

    assert lines() == []
    object_to(month, person, void)
    assert lines() == [(0, 1)]
