"""The board and its panel: what stands on them, who may open them, what a press does."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import published_turn, text_of
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Roster


def test_the_board_shows_seats_gaps_with_reasons_and_loads(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    yao = town.volunteer("姚文娟", shifts=1)
    town.seat(roster, shift, yao)
    town.shift(starts=900, seats=1)
    sign_in(client, town.coordinator)
    page = text_of(client, "/roster?day=2026-10-13")
    for words in (
        "排班表 10月12日到18日",
        "草稿 第1稿",
        "3个座位，排好1个，缺2个",
        "姚文娟",
        "缺1人",
        "到了每周上限1人",
        "2/10 小时",
    ):
        assert words in page, words
    assert "姚文娟，定了每周1次，已经排满" in page
    assert "请姚文娟多来1次，别的都不动" in page


def test_the_board_offers_the_communitys_own_grids_only(town: Town, client: FlaskClient) -> None:
    town.make.area(town.make.community("other", "北郭社区"), code="G9", name="临河网格")
    sign_in(client, town.coordinator)
    page = text_of(client, "/roster?day=2026-10-13")
    assert town.grid.name in page
    assert "临河网格" not in page


def test_the_panel_says_why_and_offers_others(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    town.volunteer("任锦良")
    town.volunteer("没空的", free=False)
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&seat={seat.id}")
    assert "为什么是姚文娟" in page
    assert "任锦良，负荷升到20%" in page
    assert "没空的：没空的这个时间没有空" in page


def test_a_hand_change_pins_and_a_hard_rule_refuses_in_words(town: Town, client: FlaskClient, session: Session) -> None:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    ren, busy = town.volunteer("任锦良"), town.volunteer("没空的", free=False)
    sign_in(client, town.coordinator)
    refused = client.post(
        f"/roster/seats/{seat.id}/replace", data={"person": busy.id, "back": "/roster?day=2026-10-13"}
    )
    assert refused.status_code == 409
    assert "没空的这个时间没有空，没有改。" in refused.get_data(as_text=True)
    assert client.post(f"/roster/seats/{seat.id}/replace", data={"person": ren.id}).status_code == 303
    session.rollback()
    [now_there] = queries.draft_seats(session, roster.id)
    assert (now_there.person_id, now_there.pinned, now_there.origin) == (ren.id, True, "hand")


def test_a_seat_that_is_gone_or_anothers_shows_the_board_and_says_so(
    town: Town, client: FlaskClient, session: Session
) -> None:
    other = town.make.community("other", "别处社区")
    stranger = town.make.person(other, "coordinator")
    seat = published_turn(town)
    sign_in(client, stranger)
    page = text_of(client, f"/roster?seat={seat.id}")
    assert "您点的那个座位已经不在了" in page
    assert f"/roster/seats/{seat.id}/" not in page
    assert "您点的那个座位已经不在了" not in text_of(client, "/roster")
    assert client.post(f"/roster/seats/{seat.id}/pin", data={"pinned": "1"}).status_code == 404
    roster = session.query(Roster).one()
    assert client.get(f"/roster/{roster.id}/publish").status_code == 404


def test_a_volunteer_may_not_open_the_board(town: Town, client: FlaskClient) -> None:
    sign_in(client, town.volunteer("姚文娟"))
    assert client.get("/roster").status_code == 403


def test_the_gap_panel_names_who_was_stopped_and_what_would_fill_the_seat(town: Town, client: FlaskClient) -> None:
    """Yao's week is full after one turn, Ren is never free: one turn more for Yao fills it, or asking Ren."""
    roster, shift = town.roster(), town.shift(seats=1)
    town.seat(roster, shift, town.volunteer("姚文娟", shifts=1))
    empty = town.shift(starts=900, seats=1)
    town.volunteer("任锦良", free=False)
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&gap={empty.id}")
    for words in (
        "时间不合1人：任锦良，还剩1人",
        "到了每周上限1人：姚文娟，还剩0人",
        "改一个地方就能补上",
        "请姚文娟多来1次，别的都不动",
        "去改上限",
        "打电话问问任锦良，这一次能不能来",
        "晚开始",
    ):
        assert (words in page) is (words != "晚开始"), words


def test_the_gap_panel_says_who_competes(town: Town, client: FlaskClient) -> None:
    """Two turns in a week, one person with one turn a week: they want two, she can give one."""
    roster, shift = town.roster(), town.shift(seats=1)
    town.seat(roster, shift, town.volunteer("姚文娟", shifts=1))
    empty = town.shift(starts=900, seats=1)
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&gap={empty.id}")
    assert "2个班抢同样的人：一共要2人次，能去的1个人最多只有1次" in page


def test_the_seat_panel_tells_who_was_next_and_the_cost(town: Town, client: FlaskClient) -> None:
    """With Ren instead, who has a turn already, the busiest goes up; with Zheng all stays as it is."""
    roster, shift = town.roster(), town.shift(seats=1)
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    ren = town.volunteer("任锦良")
    town.seat(roster, town.shift(starts=900, seats=1), ren)
    town.volunteer("郑翠萍")
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&seat={seat.id}")
    assert "下一个是谁，换了会怎样" in page
    assert "换成郑翠萍，负荷升到20%：一样好" in page
    assert "换成任锦良，负荷升到40%：最忙的人从自己上限的20%变成40%" in page


def test_a_need_leads_to_the_week_of_its_first_turn_that_lacks_somebody(town: Town, client: FlaskClient) -> None:
    first = town.shift(seats=1)
    later = town.shift(date(2026, 10, 22), seats=2, need_id=first.need_id)
    for roster, shift in ((town.roster(), first), (town.roster(date(2026, 10, 19), date(2026, 10, 25)), later)):
        town.seat(roster, shift, town.volunteer(f"姚文娟{shift.id}"), state="accepted")
    sign_in(client, town.coordinator)
    page = text_of(client, "/needs")
    assert 'href="/roster?day=2026-10-22"' in page  # the first turn is full


def test_a_week_that_two_rosters_share_explains_the_turns_of_both(
    town: Town, client: FlaskClient, clock: SetClock
) -> None:
    """The board of Tuesday, which the first roster holds; Saturday is the second's and lies ahead all the same."""
    early, late = town.roster(to_on=date(2026, 10, 15)), town.roster(date(2026, 10, 16), date(2026, 10, 31))
    ren, saturday = town.volunteer("任锦良"), town.shift(date(2026, 10, 17))
    town.seat(early, town.shift(seats=1), town.volunteer("姚文娟"))
    seat = town.seat(late, saturday, ren)
    for roster in (early, late):
        town.publish(roster)
    sign_in(client, town.coordinator)
    week = "/roster?day=2026-10-13"
    assert f"gap={saturday.id}#why" in text_of(client, week)
    gap, held = text_of(client, f"{week}&gap={saturday.id}"), text_of(client, f"{week}&seat={seat.id}")
    for page in (gap, held):
        assert "姚文娟，负荷升到9%" in page
        assert "已经开始了" not in page
    assert "问问合适的人" in gap
    assert f"/roster/{late.id}/repair?person={ren.id}" in held

    clock.moment = saturday.starts_at
    assert "这个班已经开始了，排班表上不能再改。" in text_of(client, f"{week}&gap={saturday.id}")


def test_a_turn_on_a_day_without_a_roster_says_so(town: Town, client: FlaskClient) -> None:
    town.roster(to_on=date(2026, 10, 15))
    saturday = town.shift(date(2026, 10, 17))
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&gap={saturday.id}")
    assert page.count("这一天还没有排班表，先去排班。") == 2
    assert "已经开始了" not in page


def test_the_panel_of_somebody_who_is_no_longer_planned_says_so(
    session: Session, town: Town, client: FlaskClient
) -> None:
    yao = town.volunteer("姚文娟")
    seat = town.seat(town.roster(), town.shift(), yao)
    yao.state = "left"
    session.commit()
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster?day=2026-10-13&seat={seat.id}")
    assert "姚文娟现在不在排班的人里，可以取下来，请别人来。" in page
    assert "已经开始了" not in page
