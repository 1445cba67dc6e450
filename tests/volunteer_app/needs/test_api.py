from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.needs.factory import NeedsFactory
from volunteer_app.needs.models import Need, Shift

API = "/api/v1"
ENTRY = {"title": "走访", "wanted_on": "2026-10-14", "starts_minute": 540, "ends_minute": 600, "target": 2}


@pytest.fixture
def staff(client: FlaskClient, needs: NeedsFactory) -> FlaskClient:
    sign_in(client, needs.coordinator)
    return client


def sent(
    client: FlaskClient, path: str, body: object = None, *, method: str = "POST", status: int = 200
) -> dict[str, object]:
    answer = client.open(f"{API}{path}", method=method, json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    found = answer.json
    assert isinstance(found, dict)
    return found


def test_need_goes_its_way_over_json(staff: FlaskClient) -> None:
    made = sent(staff, "/needs", ENTRY | {"kind": "household_call"}, status=201)
    assert (made["number"], made["state"], made["kind"]) == ("0001", "submitted", "household_call")
    path = f"/needs/{made['id']}"
    sent(staff, path, ENTRY | {"target": 3}, method="PUT")
    assert sent(staff, f"{path}/verify")["state"] == "verified"
    shifts = staff.get(f"{API}/shifts?from_on=2026-10-14&to_on=2026-10-14").json
    assert shifts is not None
    assert [(one["title"], one["most"], one["starts_at"]) for one in shifts] == [
        ("走访", 3, "2026-10-14T01:00:00+00:00")
    ]
    assert sent(staff, f"{path}/close", status=409)["code"] == "StillToDo"
    assert sent(staff, f"{path}/cancel", {"reason": "不用了"})["state"] == "cancelled"
    assert sent(staff, f"{path}/evaluate", {"stars": 5}, status=409)["code"] == "WrongState"
    listed = staff.get(f"{API}/needs?state=cancelled").json
    assert listed is not None
    assert len(listed) == 1


def test_series_shifts_and_changes_over_json(staff: FlaskClient, session: Session) -> None:
    need = sent(staff, "/needs", {"title": "巡逻"}, status=201)
    plan = {
        "rrule": "FREQ=DAILY",
        "starts_on": "2026-10-13",
        "starts_minute": 510,
        "ends_minute": 630,
        "target": 2,
        "most": 2,
    }
    assert sent(staff, f"/needs/{need['id']}/series", plan | {"rrule": "x"}, status=422)["errors"]
    sent(staff, f"/needs/{need['id']}/series", plan, status=201)
    sent(staff, f"/needs/{need['id']}/verify")
    made = staff.post(f"{API}/series/extend", json={"until": "2026-10-20"}).json
    assert made is not None
    assert len(made) == 8
    change = {"day": "2026-10-15", "starts_minute": 540, "ends_minute": 600, "target": 2, "most": 2}
    assert (
        sent(staff, f"/shifts/{made[2]['id']}", change | {"scope": "rest"}, method="PUT")["starts_on"] == "2026-10-15"
    )
    assert {shift.minutes for shift in session.scalars(select(Shift).where(Shift.starts_on >= date(2026, 10, 15)))} == {
        60
    }
    sent(staff, f"/shifts/{made[4]['id']}/cancel", {"reason": "下雨", "scope": "rest"})
    open_ones = select(func.count()).select_from(Shift).where(Shift.state == "open")
    session.expire_all()
    assert session.scalar(open_ones) == 4
    sent(staff, f"/needs/{need['id']}/shifts", change, status=201)
    assert session.scalar(open_ones) == 5


def test_urgent_help_over_json(staff: FlaskClient, session: Session) -> None:
    leg = {"day": "2026-10-12", "starts_minute": 525, "ends_minute": 570, "target": 4, "most": 4}
    body = {"need": {"title": "送医", "kind": "urgent_help"}, "legs": [leg]}
    assert sent(staff, "/needs/urgent", body, status=201)["urgency"] == "urgent"
    assert session.scalars(select(Shift)).one().priority == 1
    sent(staff, "/needs/urgent", body | {"legs": []}, status=422)


def test_file_over_json(staff: FlaskClient, session: Session) -> None:
    text = "事项,日期,开始,结束\n走访,2026-10-14,9:00,10:00\n走访,x,9:00,10:00\n"
    kept = staff.post(f"{API}/need-imports?name=a.csv", data=text.encode(), content_type="text/csv").json
    assert kept is not None
    assert (len(kept["good"]), kept["bad"][0]["line"], kept["bad"][0]["column"]) == (1, 3, 2)
    assert session.scalar(select(func.count()).select_from(Need)) == 0
    assert sent(staff, f"/need-imports/{kept['id']}/take-in")["state"] == "done"
    assert sent(staff, f"/need-imports/{kept['id']}/take-in", status=409)["code"] == "AlreadyDone"
    assert sent(staff, f"/need-imports/{kept['id']}/undo")["state"] == "undone"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("target", 0),
        ("target", "x"),
        ("urgency", "very"),
        ("starts_minute", 1440),
        ("unknown", 1),
        ("grid_id", 99),
    ],
)
def test_bad_json_is_refused_by_field(staff: FlaskClient, session: Session, field: str, value: object) -> None:
    problem = sent(staff, "/needs", ENTRY | {field: value}, status=422)
    assert field in str(problem["errors"])
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_repeated_call_makes_one_need(staff: FlaskClient, session: Session) -> None:
    for _again in range(2):
        staff.post(f"{API}/needs", json=ENTRY, headers={"Idempotency-Key": "k"})
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_other_communities_and_roles_are_kept_out(client: FlaskClient, needs: NeedsFactory) -> None:
    need, shift = needs.need(), needs.shift()
    assert client.get(f"{API}/needs").status_code == 401
    sign_in(client, needs.make.volunteer(needs.community))
    assert client.get(f"{API}/needs").status_code == 403
    client.post("/sign-out")
    sign_in(client, needs.make.person(needs.make.community("other", "远亲社区"), "coordinator"))
    assert client.get(f"{API}/needs").json == []
    for path in (f"/needs/{need.id}", f"/shifts/{shift.id}", "/need-imports/1"):
        assert client.get(f"{API}{path}").status_code == 404
    assert client.post(f"{API}/needs/{need.id}/verify").status_code == 404


def test_kinds_over_json(staff: FlaskClient) -> None:
    kinds = staff.get(f"{API}/kinds").json
    assert kinds is not None
    assert {kind["code"]: kind["mixes"] for kind in kinds}["daily_patrol"] == [{"tag": "under70", "at_least": 1}]
