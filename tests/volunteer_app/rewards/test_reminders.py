"""Messages before points run out: one at 60 days, one at 30, however often the sweep runs."""

from datetime import date

from tests.volunteer_app.attendance.factory import Month
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.rewards import bonuses
from volunteer_app.rewards.reminders import remind_of_expiry


def sweep(month: Month, day: date) -> list[str]:
    month.at("9:00", day)
    remind_of_expiry(month.session, month.community.id, now=month.clock())
    month.session.commit()
    return [row.cause for row in month.session.query(OutboxMessage).filter_by(kind="expiry").order_by("id")]


def test_each_reminder_is_sent_once(month: Month) -> None:
    person = month.volunteer()
    month.write(bonuses.reward_small_deed, person.id, note="扶起单车")  # October 2026: runs out after 31 October 2028
    first, second = f"expiry:{person.id}:2028-10-31:60", f"expiry:{person.id}:2028-10-31:30"

    assert sweep(month, date(2028, 9, 1)) == []
    assert sweep(month, date(2028, 9, 2)) == [first]
    assert sweep(month, date(2028, 9, 20)) == [first]
    assert sweep(month, date(2028, 10, 2)) == [first, second]
    assert sweep(month, date(2028, 10, 30)) == [first, second]
    assert sweep(month, date(2028, 11, 1)) == [first, second]


def test_late_sweeps_send_what_is_due(month: Month) -> None:
    person = month.volunteer()
    month.write(bonuses.reward_small_deed, person.id, note="扶起单车")
    assert sweep(month, date(2028, 10, 20)) == [f"expiry:{person.id}:2028-10-31:30"]
