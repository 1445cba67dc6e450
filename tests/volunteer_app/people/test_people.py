import threading
from contextlib import suppress
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.race import race
from volunteer_app.core.audit import AuditEvent
from volunteer_app.people import actions
from volunteer_app.people.models import Person, RoleGrant, VolunteerProfile
from volunteer_app.people.rules import age_band, limits_by_age

PATIENCE_S = 0.5
NEW = {"number": "v101", "name": "江福生", "gender": "M", "birth_year": "1954", "phone": "", "channel": "paper"}


# Source: domain.md 5.B, age limits
@pytest.mark.parametrize(
    ("age", "shifts", "hours"),
    [(None, 2, 6), (17, 2, 6), (55, 2, 6), (56, 5, 10), (69, 5, 10), (70, 3, 6), (74, 3, 6), (75, 2, 4), (80, 1, 2)],
)
def test_limits_follow_the_age_band(age: int | None, shifts: int, hours: int) -> None:
    limits = limits_by_age(age)
    assert (limits.shifts_week, limits.minutes_week) == (shifts, hours * 60)


def test_age_band_never_names_the_age() -> None:
    assert [age_band(age) for age in (None, 16, 30, 66, 72, 79, 91)] == [
        "",
        "≤17",
        "18–55",
        "56–69",
        "70–74",
        "75–79",
        "80+",
    ]


def test_registered_people_are_invited_until_they_agree(client: FlaskClient, make: Factory, session: Session) -> None:
    staff = make.person(make.community(), "coordinator")
    sign_in(client, staff)
    assert client.post("/people/new", data=NEW).status_code == 303
    person = session.scalars(select(Person).where(Person.number == "V101")).one()
    profile = session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id == person.id)).one()
    # born 1954, so 72 in 2026: 3 shifts and 6 hours a week
    assert (person.state, profile.max_shifts_week, profile.max_minutes_week) == ("invited", 3, 360)
    client.post(f"/people/{person.id}/consent", data={"purpose": "service", "given_by": "江福生", "channel": "paper"})
    session.refresh(person)
    assert person.state == "active"


def test_a_number_is_given_once_and_nothing_typed_is_lost(client: FlaskClient, make: Factory) -> None:
    staff = make.person(make.community(), "coordinator")
    sign_in(client, staff)
    client.post("/people/new", data=NEW)
    answer = client.post("/people/new", data=NEW | {"name": "另一个人"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "编号V101已经有人用了" in page
    assert 'value="另一个人"' in page


def test_a_number_of_another_community_is_taken_too(client: FlaskClient, make: Factory) -> None:
    """Both begin at V001; the number alone says who signs in."""
    here, there = make.community(), make.community("other", "北郭社区")
    taken = make.volunteer(there).number
    sign_in(client, make.person(here, "coordinator"))
    page = client.post("/people/new", data=NEW | {"number": taken.lower()})
    assert (page.status_code, f"编号{taken}已经有人用了" in page.get_data(as_text=True)) == (409, True)
    told = client.post("/api/v1/people", json={"number": taken, "name": "江福生", "gender": "M"})
    assert (told.status_code, told.get_json()["code"]) == (409, "NumberTaken")


def test_two_presses_register_once(client: FlaskClient, make: Factory, session: Session) -> None:
    staff = make.person(make.community(), "coordinator")
    sign_in(client, staff)
    form = NEW | {"once_key": "0123456789abcdef"}
    first, second = (client.post("/people/new", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(Person).where(Person.number == "V101")).all()) == 1


def test_another_communitys_person_is_not_found(client: FlaskClient, make: Factory) -> None:
    here, there = make.community(), make.community("other", "北郭社区")
    stranger = make.volunteer(there)
    sign_in(client, make.person(here, "coordinator"))
    assert client.get(f"/people/{stranger.id}").status_code == 404
    assert client.get(f"/api/v1/people/{stranger.id}").status_code == 404
    assert client.post(f"/people/{stranger.id}/code").status_code == 404
    assert stranger.number not in client.get("/people").get_data(as_text=True)


def test_limits_change_in_hours_and_leave_a_trace(client: FlaskClient, make: Factory, session: Session) -> None:
    community = make.community()
    person = make.volunteer(community)
    sign_in(client, make.person(community, "coordinator"))
    form = {
        "max_shifts_week": "2",
        "max_hours_week": "4.5",
        "max_shifts_day": "1",
        "max_hours_day": "2",
        "max_nights_week": "",
        "max_days_row": "6",
        "min_days_off": "2",
        "effort": "0",
        "insured_until": "2026-12-31",
        "skills": ["river", "leader"],
    }
    assert client.post(f"/people/{person.id}", data=form).status_code == 303
    profile = session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id == person.id)).one()
    assert (profile.max_minutes_week, profile.max_minutes_day) == (270, 120)
    assert (profile.max_nights_week, profile.max_days_row, profile.min_days_off) == (None, 6, 2)
    assert (profile.effort, profile.insured_until) == (0, date(2026, 12, 31))
    shown = client.get(f"/people/{person.id}").get_data(as_text=True)
    assert 'aria-describedby="field-max_days_row-hint" value="6"' in shown
    assert 'aria-describedby="field-insured_until-hint" value="2026-12-31"' in shown
    assert client.post(f"/people/{person.id}", data=form | {"min_days_off": "0"}).status_code == 422
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.acting_for_id == person.id)).all()
    assert "change_profile" in verbs
    assert client.post(f"/people/{person.id}", data=form | {"max_hours_week": "很多"}).status_code == 422


def test_the_last_admin_stays(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    admin = make.person(community, "admin")
    make.person(community, "admin", state="left")
    make.person(make.community("other", "北郭社区"), "admin")
    with pytest.raises(actions.LastAdmin):
        actions.revoke(session, admin.id, "admin", actor=make.actor(admin), now=clock())


def test_two_admins_who_revoke_one_another_at_once_leave_one(
    session: Session, make: Factory, clock: SetClock, database_url: str
) -> None:
    community, now = make.community(), clock()
    admins = [make.person(community, "admin") for _ in range(2)]
    pairs = [(admins[1].id, make.actor(admins[0])), (admins[0].id, make.actor(admins[1]))]
    both_have_looked = threading.Barrier(2)
    session.rollback()

    def revoke(own: Session, number: int) -> None:
        person_id, actor = pairs[number]
        actions.revoke(own, person_id, "admin", actor=actor, now=now)
        with suppress(threading.BrokenBarrierError):  # the second waits for the first one's lock
            both_have_looked.wait(PATIENCE_S)

    answers = race(database_url, revoke, writers=2)
    assert sorted(type(answer).__name__ for answer in answers) == ["LastAdmin", "NoneType"]
    assert [grant.role for grant in session.scalars(select(RoleGrant))] == ["admin"]


def test_roles_are_given_and_taken_by_admins_only(client: FlaskClient, make: Factory, session: Session) -> None:
    community = make.community()
    person = make.person(community, "resident")
    admin = make.person(community, "admin")
    sign_in(client, make.person(community, "coordinator"))
    assert client.get("/people/roles").status_code == 403
    client.post("/sign-out")
    sign_in(client, admin)
    client.post("/people/roles", data={"number": person.number, "role": "keeper", "do": "give"})
    assert person.number in client.get("/people/roles").get_data(as_text=True)
    client.post("/people/roles", data={"number": person.number, "role": "keeper", "do": "take"})
    session.expire_all()
    assert person.sign_in_epoch == 1
