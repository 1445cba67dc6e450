"""Every address that takes ids, with ids that nobody has: not found, never a crash and never somebody else's row."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from tests.factory import Factory, sign_in
from tests.volunteer_app.web.policy import POLICY
from volunteer_app.people.models import ROLES

NOBODY = 987_654


def rules(app: Flask) -> list[Rule]:
    """Those of our own endpoints whose address holds an id."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint in POLICY]
    return sorted((rule for rule in found if "<int:" in rule.rule), key=lambda rule: rule.rule)


def address(app: Flask, rule: Rule) -> str:
    """The rule's address with an id that nobody has; words are `health`, which some pages know, or one that must be."""
    values = {name: value_for(converter) for name, converter in rule._converters.items()}
    method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    with app.test_request_context():
        return app.url_map.bind("").build(rule.endpoint, values, method=method)


def value_for(converter: BaseConverter) -> int | str:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return NOBODY if isinstance(converter, IntegerConverter) else "health"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ids_that_nobody_has_are_not_found(app: Flask, client: FlaskClient, make: Factory, method: str) -> None:
    sign_in(client, make.volunteer(make.community(), *ROLES))
    wrong = []
    for rule in rules(app):
        if method in (rule.methods or ()):
            status = client.open(
                address(app, rule), method=method, json={} if "/api/" in rule.rule else None
            ).status_code
            if status not in (404, 405, 409, 415, 422):
                wrong.append((rule.rule, status))
    assert wrong == []
