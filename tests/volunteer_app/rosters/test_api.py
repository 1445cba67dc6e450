"""The JSON API of rosters, end to end: ask, solve, change, publish, reply, sign up."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.rosters.runs.running import solve_now

API = "/api/v1"


def test_a_roster_from_the_question_to_the_sign_up(
    town: Town, client: FlaskClient, session: Session, clock: SetClock
) -> None:
    shift = town.shift()
    yao = town.volunteer("姚文娟")
    sign_in(client, town.coordinator)
    period = {"from_on": "2026-10-12", "to_on": "2026-10-18", "limit_s": 10}
    asked = client.post(f"{API}/rosters", json=period, headers={"Idempotency-Key": "one"})
    assert asked.status_code == 202
    run_id, roster_id = asked.get_json()["id"], asked.get_json()["roster_id"]
    assert client.post(f"{API}/rosters", json=period, headers={"Idempotency-Key": "one"}).get_json()["id"] == run_id
    refused = client.post(f"{API}/rosters", json=period)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "AlreadySolving")

    assert solve_now(session, run_id, clock=clock) == "finished"
    run = client.get(f"{API}/roster-runs/{run_id}").get_json()
    assert run["state"] == "finished"
    assert [goal["name"] for goal in run["goals"]][:2] == ["must_cover", "target_cover"]
    [seat] = client.get(f"{API}/rosters/{roster_id}/seats").get_json()
    assert (seat["person_id"], seat["state"]) == (yao.id, "proposed")
    [gap] = client.get(f"{API}/rosters/{roster_id}/gaps").get_json()
    assert (gap["shift_id"], gap["missing"]) == (shift.id, 1)
    assert client.get(f"{API}/seats/{seat['id']}/why").get_json()["reasons"]

    assert client.post(f"{API}/rosters/{roster_id}/publish").get_json()["version"] == 1
    [version] = client.get(f"{API}/rosters/{roster_id}/versions").get_json()
    assert version["changes"] == {"added": [[shift.id, yao.id]], "removed": []}

    sign_in(client, yao)
    [turn] = client.get(f"{API}/my/turns").get_json()
    assert (turn["id"], turn["shift"]["id"]) == (seat["id"], shift.id)
    assert client.post(f"{API}/seats/{seat['id']}/accept").get_json()["state"] == "accepted"
    assert client.post(f"{API}/seats/{seat['id']}/decline", json={"reason": "home"}).get_json()["state"] == "seeking"

    ren = town.volunteer("任锦良")
    sign_in(client, ren)
    [open_turn] = client.get(f"{API}/my/open-turns").get_json()
    assert (open_turn["shift"]["id"], open_turn["free"]) == (shift.id, 2)
    signed = client.post(f"{API}/shifts/{shift.id}/sign-ups", json={})
    assert (signed.status_code, signed.get_json()["state"]) == (201, "waiting")

    sign_in(client, town.coordinator)
    [waiting] = client.get(f"{API}/sign-ups").get_json()
    assert client.post(f"{API}/sign-ups/{waiting['id']}/confirm").get_json()["state"] == "accepted"
    assert client.get(f"{API}/rosters/{roster_id}").get_json()["version"] == 2


def test_hand_changes_answer_with_the_rule_or_the_notice(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    busy, free = town.volunteer("没空的", free=False), town.volunteer("有空的")
    sign_in(client, town.coordinator)
    refused = client.post(f"{API}/seats/{seat.id}/replace", json={"person_id": busy.id})
    assert (refused.status_code, refused.get_json()["title"]) == (409, "没空的这个时间没有空，没有改。")
    done = client.post(f"{API}/shifts/{shift.id}/seats", json={"person_id": free.id})
    assert (done.status_code, done.get_json()["seat"]["pinned"]) == (201, True)
    assert client.post(f"{API}/seats/{seat.id}/pin", json={"pinned": True}).get_json()["pinned"]
    assert client.post(f"{API}/seats/{seat.id}/lead", json={"leads": True}).get_json()["leads"]
    assert client.delete(f"{API}/seats/{seat.id}").status_code == 200
    assert [row["person_id"] for row in client.get(f"{API}/rosters/{roster.id}/seats").get_json()] == [free.id]


def test_unknown_fields_and_foreign_ids_are_refused(town: Town, client: FlaskClient) -> None:
    sign_in(client, town.coordinator)
    wrong = client.post(f"{API}/rosters", json={"from_on": "2026-10-12", "to_on": "2026-10-01", "x": 1})
    assert wrong.status_code == 422
    assert {"to_on", "x"} & set(wrong.get_json()["errors"])
    for address in ("rosters/99", "roster-runs/99", "seats/99/why"):
        assert client.get(f"{API}/{address}").status_code == 404
