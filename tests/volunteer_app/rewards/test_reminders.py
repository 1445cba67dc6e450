"""Messages before points run out: one at 60 days, one at 30, however often the sweep runs."""

from datetime import date, timedelta

import pytest

from tests.volunteer_app.attendance.factory import Month
from volunteer_app.ledger import actions as ledger
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.rewards import bonuses, putting_right
from volunteer_app.rewards.reminders import remind_of_expiry
from volunteer_app.sharing import actions as sharing


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


def test_who_earns_every_month_is_told_of_each_month_in_time(month: Month) -> None:
    person = month.volunteer()
    month.write(bonuses.reward_small_deed, person.id, note="扶起单车")  # runs out after 31 October 2028
    month.at("9:00", date(2026, 11, 12))
    month.write(bonuses.reward_small_deed, person.id, note="扶起单车")  # after 30 November 2028
    october, november = f"expiry:{person.id}:2028-10-31", f"expiry:{person.id}:2028-11-30"

    assert sweep(month, date(2028, 9, 2)) == [f"{october}:60"]
    assert sweep(month, date(2028, 10, 2)) == [f"{october}:60", f"{october}:30", f"{november}:60"]
    assert sweep(month, date(2028, 11, 2))[3:] == [f"{november}:30"]


def test_what_runs_out_on_one_day_is_one_message(month: Month) -> None:
    person, ends = month.volunteer(), month.clock() + timedelta(days=20)
    for name, minutes in (("a", 0), ("b", 90)):
        until = ends + timedelta(minutes=minutes)
        month.write(ledger.issue, to=f"person:{person.id}", points=10, cause=name, reason="x", expires_at=until)
    assert sweep(month, date(2026, 10, 13)) == [f"expiry:{person.id}:2026-11-01:30"]  # till 8:30 on that day
    assert month.session.query(OutboxMessage).filter_by(kind="expiry").one().values["points"] == 20


def test_points_that_were_given_or_corrected_are_told_of_too(month: Month) -> None:
    giver, elder, third = month.volunteer(), month.volunteer("吴秀英"), month.volunteer("戴大勇")
    admin = month.make.person(month.community, "admin", name="周平")
    month.write(bonuses.reward_small_deed, giver.id, note="扶起单车")
    month.write(sharing.donate, 5, cause="d", by=giver)
    for proposal in (
        month.write(sharing.propose_care, elder.id, 5, "腿脚不便"),
        month.write(putting_right.propose_adjustment, third.id, 5, "漏记"),
    ):
        month.write(putting_right.approve, proposal.id, by=admin)
    assert sweep(month, date(2028, 9, 20)) == [f"expiry:{one.id}:2028-10-31:60" for one in (elder, third)]


@pytest.mark.parametrize("kind", ["moved", "deceased"])
def test_who_is_gone_is_not_reminded(month: Month, kind: str) -> None:
    person = month.volunteer()
    month.write(bonuses.reward_small_deed, person.id, note="扶起单车")
    month.write(sharing.leave, person.id, kind, date(2026, 10, 12))
    assert sweep(month, date(2028, 9, 20)) == []
