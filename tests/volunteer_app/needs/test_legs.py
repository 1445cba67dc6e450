"""Tasks in parts: to the hospital at 8:00 and back at 11:00, by the same people."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.needs.factory import MONDAY, NeedsFactory
from tests.volunteer_app.needs.test_changes import Told
from tests.volunteer_app.needs.test_importing import imported
from volunteer_app.core.errors import BadInput
from volunteer_app.needs import actions, changes, recurring
from volunteer_app.needs.changes import LegsTogether, ShiftChange
from volunteer_app.needs.models import Need, Series, Shift
from volunteer_app.needs.plans import SeriesPlan, ShiftPlan
from volunteer_app.workdays.reading import read_spans

TYPED = {
    "title": "陪诊", "wanted_on": "2026-10-12", "starts_minute": "8:00", "ends_minute": "9:30", "target": "2",
}  # fmt: skip
TUESDAY = MONDAY.replace(day=13)
API = {"title": "陪诊", "wanted_on": "2026-10-12", "starts_minute": 480, "ends_minute": 570, "target": 2}
ZONE = ZoneInfo("Asia/Shanghai")
BACK = {"starts_minute": 660, "ends_minute": 750}

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What doesn't depend on the database says nothing more on the second."""


def escort(needs: NeedsFactory) -> list[Shift]:
    """There 8:00 to 9:30 and back 11:00 to 12:30, for two."""
    need = needs.need(needs.dated(wanted_on=TUESDAY, starts_minute=480, ends_minute=570, later_legs=((660, 750),)))
    actions.verify(needs.session, need.id, actor=needs.actor, now=needs.now)
    needs.session.commit()
    return list(needs.session.scalars(select(Shift).order_by(Shift.starts_at)))


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("11:00-12:30", [(660, 750)]),
        ("１１：００—１２：３０，14点到15点半", [(660, 750), (840, 930)]),
        ("", []),
        ("11:00", None),
        ("11:00-12:30-14:00", None),
        ("早上到中午", None),
    ],
)
def test_spans_are_read_as_people_type_them(typed: str, spans: list[tuple[int, int]] | None) -> None:
    assert read_spans(typed) == spans


@ON_ONE
def test_a_turn_that_ends_before_it_begins_is_a_night_only_up_to_sixteen_hours(
    client: FlaskClient, needs: NeedsFactory, session: Session
) -> None:
    sign_in(client, needs.coordinator)
    mistyped = client.post("/needs/new", data=TYPED | {"starts_minute": "8:30", "ends_minute": "7:00"})  # 22.5 hours
    assert mistyped.status_code == 422
    assert "是不是填错了" in mistyped.get_data(as_text=True)
    assert 'value="8:30"' in mistyped.get_data(as_text=True)
    assert client.post("/api/v1/needs", json=API | {"starts_minute": 510, "ends_minute": 420}).status_code == 422
    night = client.post("/needs/new", data=TYPED | {"starts_minute": "22:00", "ends_minute": "6:00"})
    assert night.status_code == 303
    assert session.scalars(select(Need)).one().ends_minute == 30 * 60


@ON_ONE
def test_a_need_with_a_way_back_becomes_two_shifts_for_the_same_people(
    client: FlaskClient, needs: NeedsFactory, session: Session
) -> None:
    sign_in(client, needs.coordinator)
    refused = client.post("/needs/new", data=TYPED | {"later_legs": "9:00-10:00"})  # before the first is over
    assert refused.status_code == 422
    assert "前一程结束了后一程才开始" in refused.get_data(as_text=True)
    assert 'value="9:00-10:00"' in refused.get_data(as_text=True)
    client.post("/needs/new", data=TYPED | {"later_legs": "11点到12点半"})
    need = session.scalars(select(Need)).one()
    assert 'value="11:00-12:30"' in client.get(f"/needs/{need.id}/edit").get_data(as_text=True)
    client.post(f"/needs/{need.id}/verify")
    there, back = session.scalars(select(Shift).order_by(Shift.starts_at))
    assert [(one.minutes, one.target, one.is_leg) for one in (there, back)] == [(90, 2, True), (90, 2, True)]
    assert there.legs == back.legs == [there, back]

    sent = client.post("/api/v1/needs", json=API | {"later_legs": [BACK]})
    assert sent.json is not None
    assert sent.json["later_legs"] == [BACK]
    for wrong in ([{"starts_minute": 540, "ends_minute": 600}], [BACK | {"ends_minute": 660}], [BACK] * 2):
        assert client.post("/api/v1/needs", json=API | {"later_legs": wrong}).status_code == 422


@ON_ONE
def test_a_way_back_without_the_hours_of_the_way_there_is_refused(needs: NeedsFactory) -> None:
    with pytest.raises(BadInput, match="有几处") as refused:
        needs.need(needs.entry(wanted_on=MONDAY, later_legs=((660, 750),)))
    assert "starts_minute" in refused.value.fields


@ON_ONE
def test_urgent_help_there_and_back_may_ask_for_the_same_people(needs: NeedsFactory, session: Session) -> None:
    there, back = (ShiftPlan(MONDAY, starts, starts + 45, 4, 4, 4) for starts in (525, 690))
    for same_people in (False, True):
        actions.add_urgent(
            session, needs.entry(), [there, back], actor=needs.actor, now=needs.now, same_people=same_people
        )
    assert [one.is_leg for one in session.scalars(select(Shift).order_by(Shift.id))] == [False, False, True, True]
    with pytest.raises(BadInput):
        actions.add_urgent(session, needs.entry(), [back, there], actor=needs.actor, now=needs.now, same_people=True)


@ON_ONE
def test_a_way_back_comes_with_a_file(needs: NeedsFactory, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    rows = ("陪诊,2026-10-12,8:00,9:30,11:00-12:30,2", "巡逻,2026-10-12,8:00,9:30,,1")
    path.write_text("\n".join(("事项,日期,开始,结束,回程,人数", *rows)))
    report = imported(needs, path)
    assert (report.needs, report.shifts) == (2, 3)
    assert report.minutes == 90 * 2 * 2 + 90
    assert [(one.target, one.is_leg) for one in session.scalars(select(Shift).order_by(Shift.id))] == [
        (2, True), (2, True), (1, False),
    ]  # fmt: skip
    path.write_text("事项,日期,开始,结束,回程\n陪诊,2026-10-12,8:00,9:30,9:00-10:00\n陪诊,2026-10-12,8:00,9:30,中午")
    assert [(one.line, one.heading) for one in imported(needs, path, dry_run=True).bad] == [(2, "回程"), (3, "回程")]


@ON_ONE
def test_legs_stay_on_one_day_apart_and_keep_the_same_seats(needs: NeedsFactory, session: Session) -> None:
    there, back = escort(needs)
    later = ShiftChange(TUESDAY, 690, 780, 3, 3, 3)
    changes.change_shift(session, back.id, later, seats=Told(), actor=needs.actor, now=needs.now)
    assert [(one.least, one.target, one.most) for one in (there, back)] == [(3, 3, 3)] * 2
    for wrong in (ShiftChange(TUESDAY, 540, 600, 3, 3, 3), ShiftChange(MONDAY.replace(day=14), 690, 780, 3, 3, 3)):
        with pytest.raises(LegsTogether):
            changes.change_shift(session, back.id, wrong, seats=Told(), actor=needs.actor, now=needs.now)


WEEKLY = {
    "often": "FREQ=WEEKLY", "starts_on": "2026-10-13", "starts_minute": "8:30", "ends_minute": "9:30", "target": "2",
}  # fmt: skip


def weekly_escort(needs: NeedsFactory) -> list[Shift]:
    """Every Tuesday there 8:30 to 9:30 and back 11:30 to 12:30, for two; the 13th, 20th and 27th of October."""
    need = needs.need(needs.dated())
    plan = SeriesPlan("FREQ=WEEKLY;BYDAY=TU", TUESDAY, 510, 570, 2, 2, 2, later_legs=((690, 750),))
    recurring.add_series(needs.session, need.id, plan, actor=needs.actor, now=needs.now)
    actions.verify(needs.session, need.id, actor=needs.actor, now=needs.now)
    until = MONDAY.replace(day=31)
    for _twice in range(2):
        recurring.extend_series(needs.session, needs.community.id, until, actor=needs.actor, now=needs.now)
    needs.session.commit()
    return list(needs.session.scalars(select(Shift).order_by(Shift.starts_at)))


def test_a_series_makes_each_leg_of_each_date_once_and_a_date_is_one_task(needs: NeedsFactory) -> None:
    shifts = weekly_escort(needs)
    assert [(one.occurs_on and one.occurs_on.day, one.leg, one.minutes) for one in shifts] == [
        (13, 0, 60), (13, 1, 60), (20, 0, 60), (20, 1, 60), (27, 0, 60), (27, 1, 60),
    ]  # fmt: skip
    assert [[leg.id for leg in one.legs] for one in shifts[2:4]] == [[shifts[2].id, shifts[3].id]] * 2
    assert len({one.task for one in shifts}) == 3


@ON_ONE
def test_a_series_with_a_way_back_on_the_page_and_over_json(client: FlaskClient, needs: NeedsFactory) -> None:
    sign_in(client, needs.coordinator)
    need = needs.need(needs.dated())
    page = f"/needs/{need.id}"
    refused = client.post(f"{page}/series", data=WEEKLY | {"later_legs": "9:00-10:00"}).get_data(as_text=True)
    assert "前一程结束了后一程才开始" in refused
    assert 'value="9:00-10:00"' in refused
    client.post(f"{page}/series", data=WEEKLY | {"later_legs": "11点半到12点半"})
    assert "每周 周二 8:30、11:30" in client.get(page).get_data(as_text=True)

    body = {"rrule": "FREQ=DAILY", "starts_on": "2026-10-13", "starts_minute": 480, "ends_minute": 570, "target": 2}
    sent = client.post(f"/api/v1/needs/{need.id}/series", json=body | {"most": 2, "later_legs": [BACK]})
    assert sent.json is not None
    assert sent.json["later_legs"] == [BACK]
    assert (
        client.post(f"/api/v1/needs/{need.id}/series", json=body | {"most": 2, "later_legs": [BACK] * 2}).status_code
        == 422
    )


@ON_ONE
def test_a_new_time_of_one_way_from_now_on_leaves_the_other_way(needs: NeedsFactory, session: Session) -> None:
    shifts = weekly_escort(needs)
    later = ShiftChange(TUESDAY.replace(day=20), 720, 780, 3, 3, 3)
    changes.change_rest(session, shifts[3].id, later, seats=Told(), actor=needs.actor, now=needs.now)
    hours = [(one.starts_at.astimezone(ZONE).strftime("%H:%M"), one.target) for one in shifts]
    assert hours == [("08:30", 2), ("11:30", 2), ("08:30", 3), ("12:00", 3), ("08:30", 3), ("12:00", 3)]
    newer = session.scalars(select(Series).order_by(Series.id.desc())).first()
    assert newer is not None
    assert (newer.starts_minute, newer.later_legs) == (510, [[720, 780]])
    too_early = ShiftChange(TUESDAY.replace(day=20), 540, 600, 3, 3, 3)
    with pytest.raises(LegsTogether):
        changes.change_rest(session, shifts[3].id, too_early, seats=Told(), actor=needs.actor, now=needs.now)


@ON_ONE
def test_whoever_cancels_one_way_is_told_of_the_other_and_may_cancel_both(
    client: FlaskClient, needs: NeedsFactory, session: Session
) -> None:
    sign_in(client, needs.coordinator)
    shifts = weekly_escort(needs)
    address, reason = f"/shifts/{shifts[1].id}/cancel", {"reason": "病好了"}
    asked = client.post(address, data=reason).get_data(as_text=True)
    assert "同一批人还有8:30–9:30那一程" in asked
    assert all(word in asked for word in ("几程都取消", "只取消这一程", "以后都取消"))
    client.post(address, data=reason | {"scope": "task"})
    assert client.post(f"/api/v1/shifts/{shifts[3].id}/cancel", json=reason).status_code == 200
    assert "只取消这一程" not in client.post(f"/shifts/{shifts[2].id}/cancel", data=reason).get_data(as_text=True)
    session.expire_all()
    assert [one.state for one in shifts] == ["cancelled", "cancelled", "open", "cancelled", "open", "open"]
    client.post(f"/shifts/{shifts[5].id}/cancel", data=reason | {"scope": "rest"})
    session.expire_all()
    assert [one.state for one in shifts[4:]] == ["cancelled", "cancelled"]
