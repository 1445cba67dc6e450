"""The wall sheet and the text for chats."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of
from volunteer_app.rosters import actions


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


def test_paper_shows_what_has_been_published_until_the_next_version(
    session: Session, town: Town, client: FlaskClient, clock: SetClock
) -> None:
    """姚文娟 has been told and goes; 蔡卫东 stands in the draft only."""
    roster, shift = town.roster(), town.shift(seats=1)
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    town.publish(roster)
    actions.replace(session, seat.id, person_id=town.volunteer("蔡卫东").id, actor=town.staff, now=clock())
    session.commit()
    sign_in(client, town.coordinator)
    assert "（先锋驿站）：姚文娟\n" in text_of(client, "/roster/wechat?day=2026-10-13")
    page = text_of(client, "/roster/print?day=2026-10-13")
    assert ("姚*娟" in page, "蔡*东" in page, "还缺" in page) == (True, False, False)
    town.publish(roster)
    assert "（先锋驿站）：蔡卫东\n" in text_of(client, "/roster/wechat?day=2026-10-13")


def test_who_cannot_come_does_not_stand_on_paper(
    session: Session, town: Town, client: FlaskClient, clock: SetClock
) -> None:
    roster, shift, yao = town.roster(), town.shift(seats=1), town.volunteer("姚文娟")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    session.commit()
    sign_in(client, town.coordinator)
    assert "（先锋驿站）：缺1人\n" in text_of(client, "/roster/wechat?day=2026-10-13")


def test_a_week_that_two_rosters_share_shows_each_as_it_stands(town: Town, client: FlaskClient) -> None:
    """Until Thursday nothing is published, from Friday on a first version is; the sheet says so of both."""
    early, late = town.roster(to_on=date(2026, 10, 15)), town.roster(date(2026, 10, 16), date(2026, 10, 31))
    town.seat(early, town.shift(seats=1), town.volunteer("姚文娟"))
    town.seat(late, town.shift(date(2026, 10, 17), seats=1), town.volunteer("任锦良"))
    town.publish(late)
    town.seat(late, town.shift(date(2026, 10, 18), seats=1), town.volunteer("蔡卫东"))
    sign_in(client, town.coordinator)
    for day in ("2026-10-13", "2026-10-17"):
        text = text_of(client, f"/roster/wechat?day={day}")
        assert [name in text for name in ("姚文娟", "任锦良", "蔡卫东")] == [True, True, False]
        page = text_of(client, f"/roster/print?day={day}")
        assert "10月12日到15日：草稿，还没有发布。" in page
        assert "10月16日到18日：第1版。" in page
