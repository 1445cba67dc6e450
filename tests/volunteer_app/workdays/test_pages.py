from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factory import Factory, sign_in
from volunteer_app.places.models import Community
from volunteer_app.workdays.models import CalendarDay


@pytest.fixture
def community(make: Factory) -> Community:
    return make.community()


@pytest.fixture
def admin(client: FlaskClient, make: Factory, community: Community) -> FlaskClient:
    sign_in(client, make.person(community, "admin"))
    return client


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def days(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CalendarDay)) or 0


def test_delivered_year_is_loaded_and_shown(admin: FlaskClient, session: Session) -> None:
    assert "2026年还没有放假安排" in page(admin, "/calendar")
    assert admin.post("/calendar/delivered?year=2026").status_code == 303
    shown = page(admin, "/calendar")
    assert "法定节假日13天，调休上班6天" in shown
    assert "10月10日 周六" in shown
    assert days(session) == 39  # as many rows as the delivered file has
    refused = admin.post("/calendar/delivered?year=2027")
    assert refused.status_code == 409
    assert "没有自带2027年的日历" in refused.get_data(as_text=True)


def test_day_is_changed_and_given_back(admin: FlaskClient, session: Session) -> None:
    sent = {"day": "2026年12月26日", "kind": "makeup_workday", "name": "元旦调休"}
    assert admin.post("/calendar", data=sent).status_code == 303
    assert "元旦调休" in page(admin, "/calendar")
    admin.post("/calendar", data=sent | {"kind": "plain"})
    assert days(session) == 0
    refused = admin.post("/calendar", data=sent | {"day": "13月1日"})
    assert refused.status_code == 422
    assert 'value="13月1日"' in refused.get_data(as_text=True)


def test_file_with_a_mistake_writes_nothing(admin: FlaskClient, session: Session) -> None:
    def send(content: bytes) -> tuple[int, str]:
        sent = {"file": (BytesIO(content), "2027.csv")}
        answer = admin.post("/calendar/file", data=sent, content_type="multipart/form-data")
        return answer.status_code, answer.get_data(as_text=True)

    status, shown = send("日期,类型,名称\n2027-01-01,法定节假日,元旦\n2027-01-02,什么,\n".encode())
    assert status == 422
    assert "第3行第2列" in shown
    assert days(session) == 0
    assert send(b"\xff\xfe\x00")[0] == 422
    assert send("日期,类型,名称\n2027-01-01,法定节假日,元旦\n".encode())[0] == 303
    assert "1月1日 周五" in page(admin, "/calendar?year=2027")


def test_calendar_is_the_admins(client: FlaskClient, make: Factory, community: Community) -> None:
    sign_in(client, make.person(community, "coordinator"))
    page(client, "/calendar", status=403)
    assert client.post("/calendar", data={"day": "2026-12-26", "kind": "plain"}).status_code == 403
    assert client.put("/api/v1/calendar/2026-12-26", json={"kind": "plain"}).status_code == 403


def test_calendar_over_json(admin: FlaskClient) -> None:
    admin.post("/calendar/delivered?year=2026")
    found = admin.get("/api/v1/calendar?from_on=2026-10-09&to_on=2026-10-11").json
    assert found is not None
    assert [day["type"] for day in found] == ["workday", "makeup_workday", "rest"]
    assert admin.get("/api/v1/calendar/working-day?after=2026-09-30&days=3").json == {"day": "2026-10-10"}
    put = admin.put("/api/v1/calendar/2026-10-11", json={"kind": "makeup_workday"})
    assert put.json == {"day": "2026-10-11", "type": "makeup_workday", "name": ""}
    assert admin.put("/api/v1/calendar/someday", json={"kind": "plain"}).status_code == 404
    assert admin.put("/api/v1/calendar/2026-10-11", json={"kind": "x"}).status_code == 422
    assert admin.get("/api/v1/calendar?from_on=2026-10-09&to_on=2026-10-01").status_code == 422
