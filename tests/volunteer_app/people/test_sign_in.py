from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import PASSWORD, Factory, sign_in
from volunteer_app.core.audit import AuditEvent
from volunteer_app.people import actions
from volunteer_app.people.models import Person, SignInAttempt


def test_number_and_telephone_both_sign_in(client: FlaskClient, make: Factory) -> None:
    make.person(make.community(), "coordinator", number="V030", phone="13900000001")
    for typed in ("v030", "139 0000 0001"):
        assert client.post("/sign-in", data={"name": typed, "password": PASSWORD}).status_code == 303
        assert client.get("/people").status_code == 200
        client.post("/sign-out")
        assert client.get("/people").status_code == 302


def test_wrong_password_keeps_the_number_and_says_so(client: FlaskClient, make: Factory) -> None:
    make.person(make.community(), "volunteer", number="V030")
    answer = client.post("/sign-in", data={"name": "V030", "password": "no"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "密码不对，再试一次。编号已经给您留着了。" in page
    assert 'value="V030"' in page


def test_a_shared_telephone_asks_for_the_number(client: FlaskClient, make: Factory) -> None:
    community = make.community()
    for number in ("V001", "V002"):
        make.person(community, "volunteer", number=number, phone="13900000001")
    answer = client.post("/sign-in", data={"name": "13900000001", "password": PASSWORD})
    assert "请写志愿者编号" in answer.get_data(as_text=True)


def test_the_sixth_try_waits_ten_minutes(client: FlaskClient, make: Factory, clock: SetClock) -> None:
    make.person(make.community(), "volunteer", number="V030")
    for _ in range(5):
        assert client.post("/sign-in", data={"name": "V030", "password": "no"}).status_code == 422
    right = {"name": "V030", "password": PASSWORD}
    assert client.post("/sign-in", data=right).status_code == 429
    clock.tick(minutes=10, seconds=1)
    assert client.post("/sign-in", data=right).status_code == 303


def test_a_new_password_ends_other_sessions(
    client: FlaskClient, make: Factory, session: Session, clock: SetClock
) -> None:
    community = make.community()
    staff = make.person(community, "coordinator")
    person = make.person(community, "volunteer", number="V030")
    sign_in(client, person)
    code = actions.give_code(session, person.id, actor=make.actor(staff), now=clock())
    session.commit()
    other = client.application.test_client()
    form = {"name": "V030", "code": code, "password": "a-long-new-sentence"}
    assert other.post("/sign-in/new-password", data=form).status_code == 303
    assert client.get("/api/v1/me").status_code == 401
    assert other.get("/api/v1/me").get_json()["number"] == "V030"
    assert other.post("/sign-in/new-password", data=form).status_code == 422, "a code works once"


def test_a_password_is_no_consent_to_serve(
    client: FlaskClient, make: Factory, session: Session, clock: SetClock
) -> None:
    """Who is registered may sign in, staff too; an invited person stays so until the agreement is recorded."""
    community = make.community()
    staff = make.person(community, "coordinator")
    person = make.volunteer(community, "coordinator", number="V030", state="invited")
    code = actions.give_code(session, person.id, actor=make.actor(staff), now=clock())
    session.commit()
    form = {"name": "V030", "code": code, "password": "a-long-new-sentence"}
    assert client.post("/sign-in/new-password", data=form).status_code == 303
    assert client.get("/people").status_code == 200
    client.post("/sign-out")
    assert client.post("/sign-in", data={"name": "V030", "password": "a-long-new-sentence"}).status_code == 303
    session.refresh(person)
    assert person.state == "invited"


def test_a_code_lasts_three_days(client: FlaskClient, make: Factory, session: Session, clock: SetClock) -> None:
    community = make.community()
    person = make.person(community, "volunteer", number="V030")
    code = actions.give_code(session, person.id, actor=make.actor(person), now=clock())
    session.commit()
    clock.tick(days=3)
    form = {"name": "V030", "code": code, "password": "a-long-new-sentence"}
    assert "过期" in client.post("/sign-in/new-password", data=form).get_data(as_text=True)


def test_a_wrong_one_time_code_leaves_an_audit_row_and_counts_like_a_wrong_password(
    client: FlaskClient, make: Factory, session: Session, clock: SetClock
) -> None:
    person = make.person(make.community(), "volunteer", number="V030")
    code = actions.give_code(session, person.id, actor=make.actor(person), now=clock())
    session.commit()
    wrong = {"name": "V030", "code": "0" * 8, "password": "a-long-new-sentence"}
    for _ in range(5):
        assert client.post("/sign-in/new-password", data=wrong).status_code == 422
    refused = select(AuditEvent.subject, AuditEvent.acting_for_id).where(AuditEvent.verb == "refuse")
    assert session.execute(refused).all() == [("refusal:WrongCode", person.id)] * 5
    session.rollback()
    assert client.post("/sign-in/new-password", data=wrong | {"code": code}).status_code == 429
    clock.tick(minutes=10, seconds=1)
    assert client.post("/sign-in/new-password", data=wrong | {"code": code}).status_code == 303


def test_sign_in_does_not_send_people_to_other_sites(client: FlaskClient, make: Factory) -> None:
    person = make.person(make.community(), "volunteer")
    for bad in ("https://evil.example/", "//evil.example/", "\\\\evil.example"):
        form = {"name": person.number, "password": PASSWORD, "next": bad}
        assert client.post("/sign-in", data=form).headers["Location"] == "/"


def test_old_failures_are_swept(session: Session, make: Factory, clock: SetClock) -> None:
    make.save(SignInAttempt(name="V1", at=clock()))
    clock.tick(days=1)
    assert actions.forget_tries(session, before=clock()) == 1
    assert actions.forget_tries(session, before=clock()) == 0


def test_token_calls_the_api_until_it_is_ended(client: FlaskClient, make: Factory) -> None:
    person: Person = make.person(make.community(), "volunteer", number="V030")
    made = client.post("/api/v1/tokens", json={"name": person.number, "password": PASSWORD})
    assert made.status_code == 201
    bearer = {"Authorization": f"Bearer {made.get_json()['token']}"}
    fresh = client.application.test_client()
    assert fresh.get("/api/v1/me", headers=bearer).get_json()["roles"] == ["volunteer"]
    assert fresh.delete("/api/v1/tokens/current", headers=bearer).status_code == 204
    refused = fresh.get("/api/v1/me", headers=bearer)
    assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
