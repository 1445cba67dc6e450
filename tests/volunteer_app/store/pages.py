"""What the tests of pages share."""

import re

from flask.testing import FlaskClient


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, status: int = 303, **fields: object) -> str:
    answer = client.post(address, data=fields)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def shown_points(html: str) -> dict[str, str]:
    """The hidden fields with which a page says which prices it showed."""
    return dict(re.findall(r'name="(points-\w+)" value="(\d+)"', html))


def words(html: str) -> str:
    """The text of a page without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
