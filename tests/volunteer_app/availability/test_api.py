import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.availability.factory import with_calendar
from volunteer_app.availability.models import AvailabilitySheet, Away
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community

API = "/api/v1/people"


@pytest.fixture
def community(session: Session, make: Factory, clock: SetClock) -> Community:
    return with_calendar(session, make, clock)


@pytest.fixture
def volunteer(community: Community, make: Factory, client: FlaskClient) -> Person:
    made = make.volunteer(community)
    sign_in(client, made)
    return made


def test_sheet_is_written_and_read(client: FlaskClient, volunteer: Person) -> None:
    path = f"{API}/{volunteer.id}/availability"
    assert client.get(path).status_code == 404
    sent = {"month": "2026-10-01", "free": ["0-morning", "6-evening"], "turns_week": 3}
    assert client.put(path, json=sent).status_code == 200
    found = client.get(path).json
    assert found is not None
    assert (found["free"], found["turns_week"], found["month"]) == (["0-morning", "6-evening"], 3, "2026-10-01")


def test_pattern_and_windows(client: FlaskClient, volunteer: Person) -> None:
    client.put(f"{API}/{volunteer.id}/availability", json={"month": "2026-10-01", "template": "NO_SCHOOL_RUN"})
    found = client.get(f"{API}/{volunteer.id}/windows?from_on=2026-10-12&to_on=2026-10-12").json
    assert found == [
        {"starts_at": "2026-10-11T23:00:00+00:00", "ends_at": "2026-10-12T07:30:00+00:00"},
        {"starts_at": "2026-10-12T09:30:00+00:00", "ends_at": "2026-10-12T13:00:00+00:00"},
    ]


def test_away_partners_wishes_and_finer_times(
    client: FlaskClient, make: Factory, community: Community, volunteer: Person
) -> None:
    other = make.volunteer(community)
    base = f"{API}/{volunteer.id}"
    away = client.post(f"{base}/away", json={"from_on": "2026-10-20", "to_on": "2026-10-25"})
    assert away.status_code == 201
    assert client.post(f"{base}/away", json={"from_on": "2026-10-25", "to_on": "2026-10-26"}).status_code == 409
    assert away.json is not None
    assert client.delete(f"{base}/away/{away.json['id']}").json == []
    assert client.put(f"{base}/partners", json={"partners": [other.id]}).json == {"partners": [other.id]}
    assert client.get(f"{base}/partners").json == {"partners": [other.id]}
    likes = {"wishes": {"kind:river_patrol": "prefer", "square:0-2": "if_needed"}}
    assert client.put(f"{base}/wishes", json=likes).json == likes
    assert client.get(f"{base}/wishes").json == likes
    assert client.put(f"{base}/wishes", json={"wishes": {"square:9-9": "prefer"}}).status_code == 422
    finer = client.post(f"{base}/availability/finer", json={"starts_minute": 930, "ends_minute": 1050})
    assert finer.status_code == 201
    assert finer.json is not None
    left = client.delete(f"{base}/availability/finer/{finer.json['id']}").json
    assert left is not None
    assert left["finer"] == []


def test_repeated_call_acts_once(client: FlaskClient, session: Session, volunteer: Person) -> None:
    for _again in range(2):
        answer = client.post(
            f"{API}/{volunteer.id}/away",
            json={"from_on": "2026-10-20", "to_on": "2026-10-25"},
            headers={"Idempotency-Key": "a-key"},
        )
        assert answer.status_code == 201
    assert len(session.scalars(select(Away)).all()) == 1


def test_others_are_out_of_reach(
    client: FlaskClient, session: Session, make: Factory, community: Community, volunteer: Person
) -> None:
    neighbour = make.volunteer(community)
    stranger = make.volunteer(make.community("other", "远亲社区"))
    sheet = {"month": "2026-10-01", "free": ["0-morning"]}
    assert client.put(f"{API}/{neighbour.id}/availability", json=sheet).status_code == 403
    client.post("/sign-out")
    sign_in(client, make.person(community, "coordinator"))
    assert client.put(f"{API}/{neighbour.id}/availability", json=sheet).status_code == 200
    for path in ("availability", "away", "partners", "wishes"):
        assert client.get(f"{API}/{stranger.id}/{path}").status_code == 404
    assert client.put(f"{API}/{stranger.id}/availability", json=sheet).status_code == 404
    assert [found.person_id for found in session.scalars(select(AvailabilitySheet))] == [neighbour.id]
    assert volunteer.id != neighbour.id


def test_windows_are_asked_for_a_span(client: FlaskClient, volunteer: Person) -> None:
    answer = client.get(f"{API}/{volunteer.id}/windows?from_on=2026-10-12&to_on=2026-10-11")
    assert answer.status_code == 422
    assert answer.json is not None
    assert "to_on" in answer.json["errors"]
