from flask import Flask
from flask.testing import FlaskClient

from tests.factory import Factory, sign_in


def test_every_answer_carries_the_strict_headers(client: FlaskClient, make: Factory) -> None:
    make.community()
    for path in ("/sign-in", "/api/v1/openapi.json", "/nowhere"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'; img-src 'self' data:;")
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_unknown_pages_keep_their_calm_in_both_languages(client: FlaskClient, make: Factory) -> None:
    make.community()
    assert "没找到这一页" in client.get("/nowhere").get_data(as_text=True)
    client.get("/language/en")
    assert "Page not found" in client.get("/nowhere").get_data(as_text=True)


def test_ids_beyond_any_database_are_not_found(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    for path in (f"/people/{10**30}", f"/api/v1/people/{2**63}", f"/people?grid={10**25}"):
        assert client.get(path).status_code in (200, 404), path


def test_size_and_language_return_to_the_page_and_stay(client: FlaskClient, make: Factory) -> None:
    person = make.person(make.community(), "coordinator")
    answer = client.get("/size/xlarge?next=/people")
    assert answer.headers["Location"] == "/people"
    assert 'data-size="xlarge"' in client.get("/sign-in").get_data(as_text=True)
    sign_in(client, person)
    client.get("/size/large")
    client.get("/language/en")
    fresh = client.application.test_client()
    sign_in(fresh, person)
    page = fresh.get("/people").get_data(as_text=True)
    assert 'data-size="large"' in page, "kept in the profile, not only in the cookie"
    assert 'lang="en"' in page
    assert client.get("/size/huge").status_code == 404


def test_a_bug_answers_calmly_and_says_that_nothing_was_saved(app: Flask, client: FlaskClient, make: Factory) -> None:
    make.community()
    app.config["TESTING"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True
    app.view_functions["web.health"] = broken
    answer = client.get("/health")
    assert (answer.status_code, "刚才填的没有存" in answer.get_data(as_text=True)) == (500, True)


def broken() -> str:
    raise ZeroDivisionError


broken.policy = frozenset({"public"})  # type: ignore[attr-defined]


def test_a_person_with_two_roles_switches_between_them(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.volunteer(make.community(), "coordinator", "admin"))
    assert client.get("/role/admin").headers["Location"] == "/communities"
    assert client.get("/role/auditor").status_code == 404


def test_the_api_page_lists_every_call(client: FlaskClient, make: Factory) -> None:
    make.community()
    page = client.get("/api").get_data(as_text=True)
    document = client.get("/api/v1/openapi.json").get_json()
    for path in document["paths"]:
        assert path in page
