"""The page before publishing."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of


def test_publish_page_tells_whom_by_which_channel(town: Town, client: FlaskClient, session: Session) -> None:
    roster, shift = town.roster(), town.shift(seats=3)
    town.seat(roster, shift, town.volunteer("姚文娟"))
    town.seat(roster, shift, town.volunteer("任锦良", channel="phone"))
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/{roster.id}/publish")
    for words in ("发布第1版", "微信 1", "电话 1", "还有1个缺口，照样可以发布", "发布，通知2个人"):
        assert words in page, words
    assert client.post(f"/roster/{roster.id}/publish").status_code == 303
    session.rollback()
    assert (roster.version, roster.state) == (1, "published")
    again = client.post(f"/roster/{roster.id}/publish")
    assert again.status_code == 409


def test_publishing_again_shows_the_goals_beside_the_last_version(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    town.seat(roster, shift, town.volunteer("姚文娟"))
    town.publish(roster)
    town.seat(roster, shift, town.volunteer("任锦良"))
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/{roster.id}/publish")
    for words in ("和上一版比，一个目标一个目标地看", "每班到齐", "好一点"):
        assert words in page, words
