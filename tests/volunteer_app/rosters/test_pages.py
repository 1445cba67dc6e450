"""Pages: what stands on them, who may open them, what a press does."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.models import Assignment, Roster, RosterRun
from volunteer_app.rosters.turns import queries as turns


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


def test_my_turn_shows_when_where_with_whom_and_why(town: Town, client: FlaskClient) -> None:
    seat = published_turn(town)
    sign_in(client, seat.person)
    page = text_of(client, "/my/turn")
    for words in (
        "您的下一班",
        "明天上午",
        "8点半到10点半",
        "先锋驿站门口集合",
        "任锦良",
        "0513-5550 0136",
        "为什么排到我？",
    ):
        assert words in page
    assert "上限是每周5次、10小时" in page
    assert "这个月服务" in page
    assert "能用的积分" in page


def test_saying_yes_and_no_on_the_page(session: Session, town: Town, client: FlaskClient) -> None:
    seat = published_turn(town)
    sign_in(client, seat.person)
    assert client.post(f"/my/turn/{seat.id}/accept").status_code == 303
    session.refresh(seat)
    assert seat.state == "accepted"
    assert "您说了能去" in text_of(client, "/my/turn")
    assert "13日这一班，您去不了？" in text_of(client, f"/my/turn/{seat.id}/cannot-come")
    answer = client.post(f"/my/turn/{seat.id}/cannot-come", data={"reason": "health"}, follow_redirects=True)
    assert "谢谢您早告诉我们" in answer.get_data(as_text=True)
    session.refresh(seat)
    assert (seat.state, seat.reason) == ("seeking", "health")
    assert "我又能去了" in text_of(client, "/my/turn")


def test_a_turn_that_has_begun_asks_to_ring(town: Town, client: FlaskClient, clock: SetClock) -> None:
    seat = published_turn(town)
    sign_in(client, seat.person)
    clock.moment = seat.shift.starts_at
    assert "请直接打电话给小顾" in text_of(client, f"/my/turn/{seat.id}/cannot-come")
    answer = client.post(f"/my/turn/{seat.id}/cannot-come", data={})
    assert answer.status_code == 409
    assert "请看一下：" in answer.get_data(as_text=True)


def test_nothing_to_do_is_said_kindly(town: Town, client: FlaskClient) -> None:
    sign_in(client, town.volunteer("姚文娟"))
    assert "这几天没有排您的班" in text_of(client, "/my/turn")
    assert "现在不缺人" in text_of(client, "/my/open-turns")


def test_open_turns_list_what_suits_and_count_the_rest(town: Town, client: FlaskClient, session: Session) -> None:
    roster = town.roster()
    fits, too_late = town.shift(), town.shift(starts=1290)
    town.seat(roster, fits, town.volunteer("郑翠萍"))
    town.seat(roster, too_late, town.volunteer("蔡卫东"))
    town.publish(roster)
    ren = town.volunteer("任锦良")
    sign_in(client, ren)
    page = text_of(client, "/my/open-turns")
    assert "您能去的班，还缺1个人" in page
    assert "和郑翠萍一起" in page
    assert "时间不合：1个" in page
    assert "大约20分" in page
    assert client.post(f"/my/open-turns/{fits.id}").status_code == 303
    assert "报上了，等社区确认" in text_of(client, "/my/open-turns")
    assert set(turns.own_sign_ups(session, ren.id)) == {fits.id}


def test_somebody_elses_turn_is_not_found(town: Town, client: FlaskClient) -> None:
    seat = published_turn(town)
    sign_in(client, town.volunteer("旁人"))
    assert client.post(f"/my/turn/{seat.id}/accept").status_code == 404
    assert client.get(f"/my/turn/{seat.id}/cannot-come").status_code == 404


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


def test_asking_for_a_roster_queues_a_run_and_shows_its_page(town: Town, client: FlaskClient, session: Session) -> None:
    town.shift()
    sign_in(client, town.coordinator)
    assert "排哪几天的班？" in text_of(client, "/roster/solve")
    data = {"from_on": "2026-10-12", "to_on": "2026-10-18", "limit_s": "60"}
    answer = client.post("/roster/solve", data=data)
    run = session.query(RosterRun).one()
    assert answer.headers["Location"] == f"/roster/runs/{run.id}"
    assert "排上队了" in text_of(client, f"/roster/runs/{run.id}")
    again = client.post("/roster/solve", data=data)
    assert again.status_code == 409
    assert "这张表正在排" in again.get_data(as_text=True)
    wrong = client.post("/roster/solve", data=data | {"to_on": "2026-10-01"})
    assert wrong.status_code == 422
    assert "最后一天比第一天早" in wrong.get_data(as_text=True)


def test_progress_shows_goals_with_value_bound_and_gap(
    town: Town, client: FlaskClient, session: Session, clock: SetClock
) -> None:
    town.shift()
    run = actions.ask_for_roster(
        session, town.roster().from_on, queries.roster(session, 1).to_on, actor=town.staff, now=clock()
    )
    run.state, run.started_at, run.attempts = "running", clock(), 1
    goal = {"value": 0.61, "bound": 0.588, "proved": False, "seconds": 33.1}
    done = {"value": 0, "bound": 0, "proved": True, "seconds": 1.2}
    run.progress = {
        "goal": "fairness",
        "seats_filled": 2,
        "seats_wanted": 2,
        "goals": {"must_cover": done, "fairness": goal},
        "shares": [0.31, 0.61],
    }
    session.commit()
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/runs/{run.id}")
    for words in (
        "座位全排满了：2 / 2。",
        "61.0",
        "58.8",
        "已证明最好",
        "正在算",
        "排在后面",
        'data-refresh="5"',
        "31",
    ):
        assert words in page, words


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


def test_publishing_again_shows_the_goals_beside_the_last_version(town: Town, client: FlaskClient) -> None:
    roster, shift = town.roster(), town.shift()
    town.seat(roster, shift, town.volunteer("姚文娟"))
    town.publish(roster)
    town.seat(roster, shift, town.volunteer("任锦良"))
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/{roster.id}/publish")
    for words in ("和上一版比，一个目标一个目标地看", "每班到齐", "好一点"):
        assert words in page, words
