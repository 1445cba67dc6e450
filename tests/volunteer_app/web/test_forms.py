import json
import re
import threading

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factory import Factory, sign_in
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.schema import FormSchema, JsonSchema
from volunteer_app.people.models import Person
from volunteer_app.web.models import Submission

NEW = {"number": "v101", "name": "江福生", "gender": "M", "channel": "paper"}


def people_numbered(session: Session, number: str) -> int:
    session.rollback()
    return len(session.scalars(select(Person).where(Person.number == number)).all())


def test_ten_presses_at_the_same_moment_act_once(
    app: Flask, client: FlaskClient, make: Factory, session: Session
) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    form = NEW | {"once_key": "a" * 32}
    cookie = client.get_cookie("youlin")
    assert cookie is not None
    answers: list[tuple[int, str]] = []
    start = threading.Barrier(10)

    def press() -> None:
        other = Flask.test_client(app)
        other.set_cookie("youlin", cookie.value)
        start.wait()
        answer = other.post("/people/new", data=form)
        answers.append((answer.status_code, answer.headers.get("Location", "")))

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 303
    assert people_numbered(session, "V101") == 1


def test_a_repeated_api_key_gives_the_first_answer(client: FlaskClient, make: Factory, session: Session) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    headers = {"Idempotency-Key": "import-7"}
    first, second = (client.post("/api/v1/people", json=NEW, headers=headers) for _ in range(2))
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json()) == (201, first.get_json())
    other = client.post("/api/v1/people", json=NEW | {"number": "V102"}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (409, "KeyReused")
    assert people_numbered(session, "V102") == 0


def test_a_refused_key_may_be_sent_again(client: FlaskClient, make: Factory) -> None:
    """A refusal books nothing, so it isn't remembered either: the person mends the field and presses again."""
    community = make.community()
    make.person(community, "resident", number="V101")
    sign_in(client, make.person(community, "coordinator", number="C1"))
    form = NEW | {"once_key": "b" * 32}
    assert client.post("/people/new", data=form).status_code == 409
    assert client.post("/people/new", data=form | {"number": "V102"}).status_code == 303


def test_api_errors_name_the_field_in_the_callers_language(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    wrong = NEW | {"birth_year": 1492, "shoe_size": 42}
    answer = client.post("/api/v1/people", json=wrong)
    body = answer.get_json()
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert body["errors"] == {"birth_year": ["请写1900到2026之间的数。"], "shoe_size": ["没有这一项。"]}
    client.get("/language/en")
    english = client.post("/api/v1/people", json=wrong).get_json()
    assert english["errors"]["birth_year"] == ["Please write a number from 1900 to 2026."]


def test_the_refusal_links_to_each_field_that_needs_a_look(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    page = client.post("/people/new", data=NEW | {"birth_year": "1492", "name": ""}).get_data(as_text=True)
    links = re.findall(r'<li><a href="#([^"]+)"><b>([^<]+)</b> ([^<]+)</a></li>', page)
    assert links == [
        ("field-name", "姓名", "请写1到40个字。"),
        ("field-birth_year", "哪一年出生", "请写1900到2026之间的数。"),
    ]
    for field, _, sentence in links:
        assert re.search(rf'id="{field}"[^>]* aria-describedby="[^"]*{field}-error" aria-invalid="true"', page)
        assert re.search(rf'id="{field}-error"[^>]*>.*?{sentence}', page)


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, make: Factory, session: Session) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/people/new", data=NEW)
    assert answer.status_code == 400
    assert "刚才没有存" in answer.get_data(as_text=True)
    assert people_numbered(session, "V101") == 0


def test_text_that_no_database_stores_is_refused_wherever_it_came(client: FlaskClient, make: Factory) -> None:
    """NUL and half of a surrogate pair; a whole pair is a face, and written-out escapes are just words."""
    sign_in(client, make.person(make.community(), "coordinator", "keeper"))
    fields = {"name": "江\0福生", "number": "v102"}
    answers = [
        client.get("/counter/people?who=%00"),
        client.get("/api/v1/counter/people/a%00b"),
        client.post("/people/new", data=NEW | fields),
        escaped(client, fields),
        escaped(client, fields | {"name": "\ud83d"}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("看不见的字符" in answer.get_data(as_text=True) for answer in answers)
    assert list(answers[3].get_json()["errors"]) == list(answers[4].get_json()["errors"]) == ["name"]
    for number, name in (("v103", "😀"), ("v104", "\\u0000")):
        assert escaped(client, {"name": name, "number": number}).status_code == 201


def escaped(client: FlaskClient, fields: dict[str, str]) -> TestResponse:
    """A new person over JSON, with everything that isn't ASCII written as an escape."""
    return client.post("/api/v1/people", data=json.dumps(NEW | fields), content_type="application/json")


def test_a_key_is_at_most_eighty_characters_long(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    long = client.post("/api/v1/people", json=NEW, headers={"Idempotency-Key": "k" * 81})
    assert (long.status_code, long.get_json()["code"]) == (422, "KeyTooLong")
    assert client.post("/people/new", data=NEW | {"once_key": "k" * 81}).status_code == 422
    assert client.post("/api/v1/people", json=NEW, headers={"Idempotency-Key": "k" * 80}).status_code == 201


def refusals(session: Session) -> list[tuple[str, int | None, str]]:
    rows = session.scalars(select(AuditEvent).where(AuditEvent.verb == "refuse").order_by(AuditEvent.id))
    return [(row.subject, row.actor_id, row.note) for row in rows]


def test_each_refused_write_leaves_one_audit_row(client: FlaskClient, make: Factory, session: Session) -> None:
    """On a page, by the API, by the access policy and for an id that nobody has; a typing error leaves none."""
    community = make.community()
    make.person(community, "resident", number="V101")
    who = make.person(community, "coordinator", number="C1")
    sign_in(client, who)

    assert client.post("/people/new", data=NEW).status_code == 409
    assert client.post("/api/v1/people", json=NEW | {"number": "V101"}).status_code == 409
    assert client.post("/counter/code", data={"code": "123456"}).status_code == 403
    assert client.post("/people/99999/code").status_code == 404
    assert client.post("/people/new", data=NEW | {"birth_year": "1492"}).status_code == 422
    assert client.get("/people/99999").status_code == 404

    assert refusals(session) == [
        ("refusal:NumberTaken", who.id, "POST /people/new"),
        ("refusal:NumberTaken", who.id, "POST /api/v1/people"),
        ("refusal:Forbidden", who.id, "POST /counter/code"),
        ("refusal:NotFound", who.id, "POST /people/99999/code"),
    ]


def test_a_refused_write_keeps_nothing_but_its_audit_row(client: FlaskClient, make: Factory, session: Session) -> None:
    community = make.community()
    make.person(community, "resident", number="V101")
    sign_in(client, make.person(community, "coordinator", number="C1"))
    before = session.scalars(select(AuditEvent.id)).all()
    session.rollback()

    client.post("/people/new", data=NEW | {"once_key": "c" * 32})

    assert people_numbered(session, "V101") == 1
    assert session.scalars(select(Submission)).all() == []
    assert len(session.scalars(select(AuditEvent.id)).all()) == len(before) + 1


LOOKED_UP = {
    *("PasteForm.month", "NumberForm.number", "BonusForm.newcomer", "PersonForm.back"),
    *("PinForm.back", "BackForm.back", "RepairForm.person", "HandOverForm.code", "NeedIn.kind", "CompareQuery.one"),
    *("CompareQuery.other", "OrderItemIn.product", "BasketItemIn.product"),
    *(f"{name}.product" for name in ("ReceiveForm", "CountForm", "PriceForm", "DeliveryIn", "StockCountIn", "PriceIn")),
}
"""Fields whose words are compared with what is there and stored nowhere."""


def schemas_of(kind: type[Schema]) -> set[type[Schema]]:
    return {kind, *(one for below in kind.__subclasses__() for one in schemas_of(below))}


def test_no_text_is_longer_than_its_column(app: Flask) -> None:
    """PostgreSQL refuses what doesn't fit: the schema says so first, beside the field."""
    assert app.blueprints  # every feature's schemas are there
    endless = {
        f"{schema.__name__}.{name}"
        for kind in (FormSchema, JsonSchema)
        for schema in schemas_of(kind)
        for name, field in schema._declared_fields.items()
        if isinstance(field, fields.String) and takes(field, "字" * 100_000)
    }
    assert endless == LOOKED_UP


def takes(field: fields.String, words: str) -> bool:
    try:
        field.deserialize(words)
    except ValidationError:
        return False
    return True
