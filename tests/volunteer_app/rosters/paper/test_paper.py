"""The wall sheet and the text for chats."""

from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of


def test_the_wall_sheet_masks_names_and_shows_no_visit(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    town.seat(roster, shift, town.volunteer("姚文娟", phone="13912345678"))
    town.publish(roster)
    sign_in(client, town.coordinator)
    page = text_of(client, "/roster/print?day=2026-10-13")
    assert "悦美网格 日巡逻 排班表" in page
    assert "姚*娟" in page
    assert "姚文娟" not in page
    assert "13912345678" not in page
    assert "还缺1人" in page


def test_the_wechat_text_lists_turns_by_day(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    town.seat(roster, shift, town.volunteer("姚文娟"))
    town.publish(roster)
    sign_in(client, town.coordinator)
    page = text_of(client, "/roster/wechat?day=2026-10-13")
    assert "8:30–10:30 日巡逻（先锋驿站）：姚文娟，缺1人" in page
