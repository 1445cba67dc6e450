"""Tasks in parts: to the hospital at 8:00 and back at 11:00, by the same people."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.needs.factory import MONDAY, NeedsFactory
from tests.volunteer_app.needs.test_changes import Told
from tests.volunteer_app.needs.test_importing import imported
from volunteer_app.core.errors import BadInput
from volunteer_app.needs import actions, changes
from volunteer_app.needs.changes import LegsTogether, ShiftChange
from volunteer_app.needs.models import Need, Shift
from volunteer_app.needs.plans import ShiftPlan
from volunteer_app.workdays.reading import read_spans

TYPED = {
    "title": "陪诊", "wanted_on": "2026-10-12", "starts_minute": "8:00", "ends_minute": "9:30", "target": "2",
}  # fmt: skip
TUESDAY = MONDAY.replace(day=13)
API = {"title": "陪诊", "wanted_on": "2026-10-12", "starts_minute": 480, "ends_minute": 570, "target": 2}
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
