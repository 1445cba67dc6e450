"""A volunteer's pages: the next turn with its why, yes and no, open turns."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import published_turn, text_of
from volunteer_app.rosters.turns import queries as turns


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
    assert "13日 周二这一班，社区在找人。谢谢您早告诉我们。" in answer.get_data(as_text=True)
    session.refresh(seat)
    assert (seat.state, seat.reason) == ("seeking", "health")
    assert "我又能去了" in text_of(client, "/my/turn")


def test_own_times_name_the_turns_that_they_no_longer_cover(town: Town, client: FlaskClient) -> None:
    """Saving times gives nothing back: the page says which turns still stand, until their holder says no."""
    seat = published_turn(town)
    sign_in(client, seat.person)
    assert "这一班还是您的" not in text_of(client, "/my/times")
    away = {"from_on": "2026-10-12", "to_on": "2026-10-14"}
    answer = client.post("/my/times/away", data=away, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "以后不往这几天排" in page
    assert "13日 周二这一班还是您的。" in page
    assert f'href="/my/turn/{seat.id}/cannot-come"' in page
    sign_in(client, town.coordinator)
    page = text_of(client, f"/people/{seat.person_id}/times")
    assert f"{seat.person.name}13日 周二这一班还排着。" in page
    assert f"seat={seat.id}#why" in page
    assert "现在填的是这个时间没有空" in text_of(client, f"/roster?day=2026-10-13&seat={seat.id}")
    sign_in(client, seat.person)
    client.post(f"/my/turn/{seat.id}/cannot-come", data={"reason": "health"})
    assert "这一班还是您的" not in text_of(client, "/my/times")


def test_a_square_taken_back_keeps_the_turn_and_says_so(town: Town, client: FlaskClient) -> None:
    seat = published_turn(town)  # Tuesday 8:30 to 10:30
    sign_in(client, seat.person)
    kept = client.post("/my/times", data={"free": ["1-morning"]}, follow_redirects=True).get_data(as_text=True)
    assert "这一班还是您的" not in kept
    cut = client.post("/my/times", data={"free": ["1-afternoon"]}, follow_redirects=True).get_data(as_text=True)
    assert "13日 周二这一班还是您的。" in cut


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
