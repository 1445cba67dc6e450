"""What the tests of pages share."""

from flask.testing import FlaskClient

from tests.volunteer_app.rosters.factory import Town
from volunteer_app.rosters.models import Assignment


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def published_turn(town: Town) -> Assignment:
    roster, shift = town.roster(), town.shift()
    yao = town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.seat(roster, shift, town.volunteer("任锦良"))
    town.publish(roster)
    return seat
