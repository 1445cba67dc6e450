"""The calendar address: what it shows, whom it answers, when it stops."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.factory import town as new_town
from volunteer_app.core.audit import AuditEvent
from volunteer_app.erasing.forgetting import erase
from volunteer_app.people import actions as people
from volunteer_app.rosters.models import Assignment

PAGE = "/my/calendar"


@pytest.fixture
def town(session: Session, make: Factory) -> Town:
    return new_town(session, make)


@pytest.fixture
def seat(town: Town) -> Assignment:
    """Tuesday 13 October 2026, 8:30 to 10:30 in Shanghai, at the post 先锋驿站."""
    roster = town.roster()
    seat = town.seat(roster, town.shift(), town.volunteer("姚文娟"))
    town.publish(roster)
    return seat


def address(client: FlaskClient) -> str:
    """The address on the page, as a path; empty when there is none."""
    shown = client.get(PAGE).get_data(as_text=True)
    found = re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', shown)
    return found.group(1) if found else ""


def opened(client: FlaskClient, seat: Assignment) -> str:
    sign_in(client, seat.person)
    assert client.post(PAGE).status_code == 303
    return address(client)


def events(client: FlaskClient, path: str) -> list[Event]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return [one for one in Calendar.from_ical(answer.get_data()).walk("VEVENT") if isinstance(one, Event)]


def stranger(client: FlaskClient) -> FlaskClient:
    """Somebody's telephone, which has signed in to nothing."""
    return client.application.test_client()


def test_a_telephone_reads_the_turns_without_signing_in(client: FlaskClient, seat: Assignment) -> None:
    path = opened(client, seat)
    found = events(stranger(client), path)
    assert [str(one["summary"]) for one in found] == ["等您回话：日巡逻 · 先锋驿站"]
    event = found[0]
    half_past_eight = datetime(2026, 10, 13, 0, 30, tzinfo=UTC)
    assert (event["dtstart"].dt, event["dtend"].dt) == (half_past_eight, half_past_eight + timedelta(hours=2))
    assert (str(event["location"]), str(event["status"])) == ("先锋驿站门口集合", "TENTATIVE")
    assert "0513-5550 0136" in str(event["description"])
    # the evening before at 19:00 in Shanghai is 11:00 UTC
    assert event.walk("VALARM")[0]["trigger"].dt == datetime(2026, 10, 12, 11, 0, tzinfo=UTC)


def test_it_follows_the_answers_and_keeps_its_event(client: FlaskClient, seat: Assignment) -> None:
    path = opened(client, seat)
    first = events(client, path)[0]["uid"]
    client.post(f"/my/turn/{seat.id}/accept")
    [event] = events(client, path)
    assert (str(event["summary"]), str(event["status"])) == ("日巡逻 · 先锋驿站", "CONFIRMED")
    client.post(f"/my/turn/{seat.id}/cannot-come", data={"reason": "health"})
    [event] = events(client, path)
    assert (str(event["summary"]), event.walk("VALARM")) == ("正在找人接：日巡逻 · 先锋驿站", [])
    assert event["uid"] == first


def test_english_addresses_speak_english(client: FlaskClient, session: Session, seat: Assignment) -> None:
    seat.person.language = "en"
    session.commit()
    opened(client, seat)
    [event] = events(stranger(client), address(client))
    assert str(event["summary"]).startswith("Waits for your answer: ")
    assert not re.search("[一-鿿]", str(event["description"]))


def test_a_new_address_ends_the_old_one_and_stopping_ends_both(client: FlaskClient, seat: Assignment) -> None:
    first = opened(client, seat)
    client.post(PAGE)
    second = address(client)
    assert second != first
    assert [stranger(client).get(path).status_code for path in (first, second)] == [404, 200]
    client.post(f"{PAGE}/stop")
    assert (address(client), stranger(client).get(second).status_code) == ("", 404)
    assert client.get(f"{PAGE}/qr.svg").status_code == 404
    client.post(PAGE)
    assert [stranger(client).get(path).status_code for path in (first, second)] == [404, 404]


def test_nobody_can_make_up_an_address(client: FlaskClient, seat: Assignment) -> None:
    path = opened(client, seat)
    forged = path.replace(".ics", "x.ics")
    assert [client.get(one).status_code for one in (forged, "/calendar/WzEsMSwiemgiXQ.ics")] == [404, 404]


def test_own_turns_only_and_nothing_about_a_visited_person(client: FlaskClient, town: Town) -> None:
    roster = town.roster()
    ren, shift = town.volunteer("任锦良"), town.shift()
    home = town.shift(starts=660, minutes=60, post_id=None)
    home.need.place = "桂花苑3号楼502室"
    mine = town.seat(roster, home, town.volunteer("姚文娟"))
    town.seat(roster, shift, ren)
    town.publish(roster)
    path = opened(client, mine)
    assert len(events(client, path)) == 1
    assert "502" not in client.get(path).get_data(as_text=True)


def test_somebody_who_is_forgotten_has_no_calendar(
    client: FlaskClient, session: Session, town: Town, seat: Assignment, make: Factory, clock: SetClock
) -> None:
    path = opened(client, seat)
    admin = make.person(town.community, "admin")
    make.person(town.community, "admin")
    erase(session, seat.person_id, actor=make.actor(admin, "admin"), now=clock())
    session.commit()
    assert stranger(client).get(path).status_code == 404


def test_who_serves_no_longer_has_no_calendar_until_he_serves_again(
    client: FlaskClient, session: Session, town: Town, seat: Assignment, clock: SetClock
) -> None:
    path = opened(client, seat)
    people.revoke(session, seat.person_id, "volunteer", actor=town.staff, now=clock())
    session.commit()
    assert stranger(client).get(path).status_code == 404
    people.grant(session, seat.person_id, "volunteer", actor=town.staff, now=clock())
    session.commit()
    assert len(events(stranger(client), path)) == 1


def test_json_and_the_trail(client: FlaskClient, session: Session, seat: Assignment) -> None:
    sign_in(client, seat.person)
    own = "/api/v1/my/calendar"
    assert client.get(own).get_json() == {"is_open": False, "address": ""}
    told = client.post(own).get_json()
    assert told["is_open"]
    assert client.get(told["address"]).status_code == 200
    assert client.delete(own).get_json() == {"is_open": False, "address": ""}
    session.rollback()
    verbs = [one.verb for one in session.query(AuditEvent).filter(AuditEvent.verb.like("%calendar"))]
    assert verbs == ["renew_calendar", "stop_calendar"]
