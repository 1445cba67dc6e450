"""The pages and the JSON of notices, objections and corrections."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.attendance.factory import MONDAY, Month
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.notices import actions
from volunteer_app.notices.models import Notice, Objection

FRIDAY = date(2026, 10, 9)


def test_publishing_over_the_page(month: Month, client: FlaskClient) -> None:
    month.served(month.volunteer(), day=FRIDAY)
    month.at("9:00")
    sign_in(client, month.gu)
    wrong = client.post("/notices", data={"from_on": "2026-10-31", "to_on": "2026-10-01"})
    data = {"from_on": "2026-10-01", "to_on": "2026-10-31"}
    page = client.post("/notices", data=data, follow_redirects=True).get_data(as_text=True)
    again = client.post("/notices", data=data)

    assert (wrong.status_code, again.status_code) == (422, 409)
    assert "头一天要在末一天前面。" in wrong.get_data(as_text=True)
    assert 'value="2026-10-31"' in wrong.get_data(as_text=True)
    assert "今天刚贴出，公示3个工作日；到10月15日" in page
    assert "这几天没有已经确认、还没公示的时长。" in again.get_data(as_text=True)


def test_the_board_shows_masked_names_and_no_telephone_of_a_volunteer(month: Month, client: FlaskClient) -> None:
    person = month.volunteer("孟松年", phone="13900001234")
    month.served(person, day=FRIDAY)
    month.at("9:00")
    notice = month.write(actions.publish, FRIDAY, FRIDAY)
    sign_in(client, month.gu)
    month.at("9:00", date(2026, 10, 14))

    page = client.get(f"/notices/{notice.id}").get_data(as_text=True)
    found = client.get(f"/api/v1/notices/{notice.id}").get_json()

    assert "公示第2个工作日，共3个；到10月15日" in page
    assert "孟*年" in page
    assert "孟松年" not in page
    assert "13900001234" not in page
    assert (found["working_day"], found["lines"]) == (
        2,
        [{"number": person.number, "name": "孟*年", "times": 1, "minutes": 120, "points": 20}],
    )


def test_unconfirmed_days_are_named(month: Month, client: FlaskClient) -> None:
    month.seat(month.shift(), month.volunteer())
    month.at("12:00")
    sign_in(client, month.gu)
    page = client.get("/notices").get_data(as_text=True)
    assert "还有1天没有确认签到" in page
    assert "先确认10月12日 周一" in page


def test_incident_5_over_the_pages(month: Month, client: FlaskClient) -> None:
    """ "10月9日那天我去了，没记": volunteer, first coordinator, second coordinator, volunteer again."""
    person = month.volunteer()
    shift = month.shift(day=FRIDAY)
    month.at("9:00")
    sign_in(client, person)
    said = {"record_id": "", "about_on": "2026-10-09", "said": "10月9日那天我去了，没记"}
    assert client.post("/my/objections", data=said).status_code == 303
    objection = month.session.query(Objection).one()

    client.post("/sign-out")
    sign_in(client, month.gu)
    assert "10月9日那天我去了，没记" in client.get("/notices").get_data(as_text=True)
    change = {"shift_id": shift.id, "arrived": "8:30", "left": "10点半", "reason": "本人去了，没签"}
    assert client.post(f"/notices/objections/{objection.id}/change", data=change).status_code == 303
    proposal = month.session.query(Correction).one()
    assert client.post(f"/notices/corrections/{proposal.id}/confirm").status_code == 409

    client.post("/sign-out")
    sign_in(client, month.shen)
    assert client.post(f"/notices/corrections/{proposal.id}/confirm").status_code == 303

    record = month.session.query(ServiceRecord).one()
    assert (record.minutes, record.source, record.state) == (120, "backfill", "pending")
    client.post("/sign-out")
    sign_in(client, person)
    assert "改好了" in client.get("/my/objections/new").get_data(as_text=True)


def test_an_objection_needs_a_day_or_a_record_and_keeps_what_was_typed(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.volunteer())
    nothing = client.post("/my/objections", data={"said": "少记了一次"})
    empty = client.post("/my/objections", data={"about_on": "2026-10-09", "said": ""})
    assert (nothing.status_code, empty.status_code) == (422, 422)
    assert "请写是哪一天。" in nothing.get_data(as_text=True)
    assert "少记了一次" in nothing.get_data(as_text=True)
    assert month.session.query(Objection).count() == 0


@pytest.mark.parametrize("path", ["/my/objections", "/api/v1/objections"])
def test_nobody_objects_to_somebody_elses_record(month: Month, client: FlaskClient, path: str) -> None:
    record = month.served(month.volunteer())
    sign_in(client, month.volunteer("戴大勇"))
    data = {"record_id": record.id, "said": "不对"}
    answer = client.post(path, json=data) if path.startswith("/api/") else client.post(path, data=data)
    assert answer.status_code == 404
    assert month.session.query(Objection).count() == 0


def test_only_staff_speak_for_somebody_else(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    body = {"person_id": person.id, "about_on": "2026-10-09", "said": "没记"}
    sign_in(client, month.volunteer("戴大勇"))
    assert client.post("/api/v1/objections", json=body).status_code == 403
    client.post("/sign-out")
    sign_in(client, month.gu)
    made = client.post("/api/v1/objections", json=body)
    assert (made.status_code, made.get_json()["person_id"]) == (201, person.id)
    assert month.session.query(Objection).one().taken_by_id == month.gu.id


def test_the_whole_answer_over_json(month: Month, client: FlaskClient) -> None:
    record = month.served(month.volunteer())
    sign_in(client, month.volunteer("甲一"))
    client.post("/sign-out")
    sign_in(client, month.gu)
    body = {
        "shift_id": record.shift_id,
        "person_id": record.person_id,
        "arrived": "8:30",
        "left": "9:48",
        "reason": "抄错",
    }
    bad = client.post("/api/v1/corrections", json=body | {"left": "十点"})
    made = client.post("/api/v1/corrections", json=body)
    mine = client.post(f"/api/v1/corrections/{made.get_json()['id']}/confirm")
    client.post("/sign-out")
    sign_in(client, month.shen)
    done = client.post(f"/api/v1/corrections/{made.get_json()['id']}/confirm")

    assert (bad.status_code, bad.get_json()["errors"]) == (422, {"left": ["看不懂这个时间，写成 8:30。"]})
    assert (made.status_code, made.get_json()["state"]) == (201, "proposed")
    assert (mine.status_code, mine.get_json()["code"]) == (409, "NeedsAnother")
    assert (done.status_code, done.get_json()["minutes"], done.get_json()["corrects_id"]) == (200, 78, record.id)


def test_another_communitys_notice_is_not_found(month: Month, client: FlaskClient) -> None:
    other = month.make.community("other", "别的社区")
    notice = Notice(
        community_id=other.id,
        from_on=FRIDAY,
        to_on=FRIDAY,
        published_on=FRIDAY,
        published_at=month.clock(),
        closes_on=MONDAY,
        state="open",
    )
    month.make.save(notice)
    sign_in(client, month.gu)
    assert client.get(f"/notices/{notice.id}").status_code == 404
    assert client.get(f"/api/v1/notices/{notice.id}").status_code == 404
