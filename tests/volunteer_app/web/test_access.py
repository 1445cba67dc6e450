"""The access policy of every page and API call, written down once more: a changed or forgotten line fails here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factory import Factory, sign_in
from tests.volunteer_app.web.policy import POLICY
from volunteer_app import create_app
from volunteer_app.people.models import ROLES
from volunteer_app.web.access import policy_of


def declared(app: Flask) -> dict[str, str]:
    return {
        endpoint: " ".join(sorted(policy_of(app, endpoint)))
        for endpoint in app.view_functions
        if endpoint != "static" and not endpoint.endswith(".static") and not endpoint.startswith("api-docs.")
    }


def test_every_endpoint_has_its_line_in_the_policy(app: Flask) -> None:
    assert declared(app) == POLICY


def test_each_role_opens_its_own_pages_and_no_others(app: Flask, client: FlaskClient, make: Factory) -> None:
    """Pages without arguments, as each role: 403 exactly where the policy leaves the role out."""
    community = make.community()
    rules = [rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    for role in ROLES:
        sign_in(client, make.volunteer(community, role))
        for rule in rules:
            allowed = set(POLICY.get(rule.endpoint, "public").split())
            if allowed & {"public", "anybody"} or rule.endpoint == "static":
                continue
            status = client.get(rule.rule).status_code
            assert (status == 403) == (not allowed & {role, "volunteer"}), (role, rule.rule, status)
            assert status < 500, (role, rule.rule, status)
        client.post("/sign-out")


def test_strangers_are_sent_to_the_door(client: FlaskClient, make: Factory) -> None:
    make.community()
    answer = client.get("/people?q=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/people?q%3D1")
    assert client.get("/api/v1/people").status_code == 401


def test_a_form_of_an_ended_session_leads_back_to_its_page(client: FlaskClient, make: Factory) -> None:
    """The page before is ours only; the door says that nothing was saved."""
    make.community()
    for before, back in (("http://localhost/people/new?x=1", "next=/people/new?x%3D1&"), ("http://evil.example/x", "")):
        answer = client.post("/people/new", data={"name": "姚文娟"}, headers={"Referer": before})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?{back}unsent=1")
    assert "刚才没有存" in client.get("/sign-in?unsent=1").get_data(as_text=True)
    assert "刚才没有存" not in client.get("/sign-in").get_data(as_text=True)


def test_an_endpoint_without_a_policy_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from volunteer_app.people import views

    monkeypatch.delattr(views.list_people, "policy")
    with pytest.raises(RuntimeError, match=r"people\.list_people declares no access policy"):
        create_app(app.extensions["youlin_settings"])
