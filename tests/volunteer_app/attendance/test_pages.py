"""The pages of attendance through the browser's door: what is asked, what is refused, what is kept."""

from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.attendance.factory import MONDAY, Month
from volunteer_app.attendance import queries, rules
from volunteer_app.attendance.models import Attendance, CodeMiss, Correction, ServiceRecord
from volunteer_app.rosters.models import Assignment

SHEET = f"/attendance/{MONDAY}"


def times(key: str, arrived: str = "", left: str = "", verdict: str = "") -> dict[str, str]:
    return {f"in-{key}": arrived, f"out-{key}": left, f"verdict-{key}": verdict}


def test_the_sheet_shows_both_numbers_side_by_side(month: Month, client: FlaskClient) -> None:
    shift, person = month.shift(), month.volunteer("孟松年")
    month.seat(shift, person)
    month.at("12:00")
    month.save(shift, person, "8:41", "10:30", how="paper")
    sign_in(client, month.gu)

    page = client.get(f"/attendance?day={MONDAY}").get_data(as_text=True)

    for words in (
        "签到表 10月12日 周一",
        "孟松年",
        "109分钟",
        ">90<",
        "<b>15</b>",
        "纸质单",
        "晚11分钟",
        'value="08:41"',
    ):
        assert words in page, words


def test_times_are_taken_as_people_write_them(month: Month, client: FlaskClient) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    month.at("12:00")
    sign_in(client, month.gu)

    answer = client.post(SHEET, data=times(f"{shift.id}-{person.id}", "8点半", "１０：３０") | {"do": "confirm"})

    assert answer.status_code == 303
    assert month.session.query(ServiceRecord).one().minutes == 120


def test_what_was_typed_stays_when_a_time_cannot_be_read(month: Month, client: FlaskClient) -> None:
    shift, person, other = month.shift(), month.volunteer(), month.volunteer("戴大勇")
    month.seat(shift, person)
    month.seat(shift, other)
    sign_in(client, month.gu)
    data = times(f"{shift.id}-{person.id}", "八点", "10:30") | times(f"{shift.id}-{other.id}", "8:35", "10:30")

    answer = client.post(SHEET, data=data)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    for words in ("看不懂这个时间，写成 8:30。", 'value="八点"', 'value="8:35"', "请看一下："):
        assert words in page, words
    assert month.session.query(Attendance).count() == 0


def test_confirming_with_open_rows_keeps_what_was_typed(month: Month, client: FlaskClient) -> None:
    shift, person, other = month.shift(), month.volunteer(), month.volunteer("戴大勇")
    month.seat(shift, person)
    month.seat(shift, other)
    month.at("12:00")
    sign_in(client, month.gu)
    data = times(f"{shift.id}-{person.id}", "8:30", "10:30") | times(f"{shift.id}-{other.id}")

    answer = client.post(SHEET, data=data | {"do": "confirm"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "还有1行没核对，确认以前不会计分。" in page
    assert 'value="8:30"' in page
    assert month.session.query(Attendance).count() == 0


def test_a_row_that_overlaps_another_turn_is_named_on_the_page_and_in_json(month: Month, client: FlaskClient) -> None:
    person, other = month.volunteer(), month.volunteer("戴大勇")
    shifts = [month.shift(), month.shift("9:00–11:00")]
    for shift in shifts:
        month.seat(shift, person)
    month.seat(shifts[0], other)
    month.at("12:00")
    sign_in(client, month.gu)
    data = {"do": "confirm"} | times(f"{shifts[0].id}-{other.id}", "8:30", "10:30")
    for shift in shifts:
        data |= times(f"{shift.id}-{person.id}", "9:00", "10:30")

    answer = client.post(SHEET, data=data)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "姚文娟的10月12日上午9:00的日巡逻和10月12日上午8:30的日巡逻时间重了" in page
    assert 'value="9:00"' in page

    assert client.post(SHEET, data=data | {"do": "save"}).status_code == 303
    refused = client.post("/api/v1/attendance/2026-10-12/confirm")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "TurnsOverlap")
    assert month.session.query(ServiceRecord).count() == 0


def test_filling_and_confirming_a_day(month: Month, client: FlaskClient) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    month.at("12:00")
    sign_in(client, month.gu)
    key = f"{shift.id}-{person.id}"

    page = client.post(SHEET, data=times(key) | {"do": "fill"}, follow_redirects=True).get_data(as_text=True)
    assert "按计划时间填了1行" in page
    page = client.post(SHEET, data=times(key, "08:30", "10:30") | {"do": "confirm"}, follow_redirects=True).get_data(
        as_text=True
    )

    assert "确认了1行" in page
    assert "更正" in page
    assert f'name="in-{key}"' not in page


def test_a_day_that_is_none_is_not_found(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.gu)
    assert client.post("/attendance/yesterday").status_code == 404
    assert client.get("/attendance?day=nonsense").status_code == 200


def test_adding_somebody_by_name(month: Month, client: FlaskClient) -> None:
    shift = month.shift()
    person, twin = month.volunteer("姚海涛"), month.volunteer("姚海涛")
    month.at("12:00")
    sign_in(client, month.gu)

    refused = client.post(f"{SHEET}/add", data={"shift_id": shift.id, "who": "姚海涛"})
    added = client.post(f"{SHEET}/add", data={"shift_id": shift.id, "who": person.number})

    assert refused.status_code == 422
    assert "这样的人不止一位，请写志愿者编号。" in refused.get_data(as_text=True)
    assert added.status_code == 303
    assert [row.person_id for row in month.session.query(Attendance)] == [person.id]
    assert twin.id != person.id


def test_paper_sheet_and_codes_are_for_printing(month: Month, client: FlaskClient) -> None:
    shift, person = month.shift(), month.volunteer("孟松年")
    month.seat(shift, person)
    sign_in(client, month.gu)
    paper = client.get(f"{SHEET}/print").get_data(as_text=True)
    codes = client.get(f"{SHEET}/codes").get_data(as_text=True)
    assert "孟松年" in paper
    assert "内部使用" in paper
    code = rules.code_of("test", month.community.id, MONDAY, None)
    assert f"{code[:2]}\u00a0{code[2:]}" in codes


def test_a_correction_needs_a_second_person(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    record = month.served(person)
    sign_in(client, month.gu)
    data = {"arrived": "8:30", "left": "9:48", "reason": "抄错了"}
    assert client.post(f"/attendance/correct/{record.shift_id}/{person.id}", data=data).status_code == 303
    proposal = month.session.query(Correction).one()
    address = f"/notices/corrections/{proposal.id}"
    assert "这是您写的，请另一位工作人员确认。" in client.get(address).get_data(as_text=True)

    refused = client.post(f"{address}/confirm")
    assert refused.status_code == 409
    assert "请另一位工作人员确认。" in refused.get_data(as_text=True)

    client.post("/sign-out")
    sign_in(client, month.shen)
    assert client.post(f"{address}/confirm").status_code == 303
    found = queries.live_record(month.session, record.shift_id, person.id)
    assert found is not None
    assert (found.minutes, found.confirmed_by_id) == (78, month.shen.id)


def test_a_volunteer_signs_in_and_out(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    sign_in(client, person)
    code = rules.code_of("test", month.community.id, MONDAY, None)

    assert "墙上的四个数字" in client.get("/my/sign-in").get_data(as_text=True)
    page = client.post(f"/my/turn/{seat.id}/sign-in", data={"code": code}, follow_redirects=True).get_data(as_text=True)
    assert "签到了，8:25" in page
    month.at("10:32")
    assert client.post(f"/my/turn/{seat.id}/sign-out").status_code == 303

    assert month.session.get_one(Assignment, seat.id).state == "signed_out"


def test_the_button_without_a_code_leads_to_the_page_that_asks_for_it(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    sign_in(client, person)
    answer = client.post(f"/my/turn/{seat.id}/sign-in")
    assert (answer.status_code, answer.location) == (303, f"/my/sign-in?turn={seat.id}")


def test_a_wrong_code_is_refused_kept_in_the_field_and_counted(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    seat = month.seat(month.shift(), person)
    month.at("8:25")
    sign_in(client, person)
    wrong = f"{(int(rules.code_of('test', month.community.id, MONDAY, None)) + 1) % 10000:04d}"

    answer = client.post(f"/my/turn/{seat.id}/sign-in", data={"code": wrong})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "签到码不对" in page
    assert f'value="{wrong}"' in page
    for _ in range(4):
        client.post(f"/my/turn/{seat.id}/sign-in", data={"code": wrong})
    assert client.post(f"/my/turn/{seat.id}/sign-in", data={"code": wrong}).status_code == 429
    assert month.session.query(CodeMiss).count() == 5


def test_somebody_elses_turn_is_not_found(month: Month, client: FlaskClient) -> None:
    seat = month.seat(month.shift(), month.volunteer())
    sign_in(client, month.volunteer("戴大勇"))
    assert client.post(f"/my/turn/{seat.id}/sign-out").status_code == 404
    assert client.post(f"/my/turn/{seat.id}/sign-in", data={"code": "1234"}).status_code == 404


def test_english_pages_are_complete(month: Month, client: FlaskClient) -> None:
    shift, person = month.shift(), month.volunteer("孟松年")
    month.seat(shift, person)
    month.at("12:00")
    sign_in(client, month.gu)
    client.get("/language/en")
    page = client.get(f"/attendance?day={MONDAY}").get_data(as_text=True)
    assert "Attendance, Monday 12 October" in page
    assert "Confirm the day" in page
    assert "Meng Songnian" in page
