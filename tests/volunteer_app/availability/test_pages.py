from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.availability.factory import OCTOBER, pattern, with_calendar
from volunteer_app.availability import actions, queries
from volunteer_app.availability.models import AvailabilitySheet, Away, FinerTime
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community


@pytest.fixture
def community(session: Session, make: Factory, clock: SetClock) -> Community:
    return with_calendar(session, make, clock)


@pytest.fixture
def volunteer(community: Community, make: Factory, client: FlaskClient) -> Person:
    made = make.volunteer(community, grid=make.area(community), name="潘德明")
    sign_in(client, made)
    return made


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.mark.usefixtures("volunteer")
def test_saved_squares_are_shown_again(client: FlaskClient) -> None:
    answer = client.post("/my/times", data={"free": ["0-morning", "2-evening"]})
    assert (answer.status_code, answer.location) == (303, "/my/times")
    shown = page(client, "/my/times")
    assert "存好了。" in shown
    assert 'value="0-morning" aria-label="周一上午有空" checked' in shown
    assert 'value="0-afternoon" aria-label="周一下午有空">' in shown


def test_as_last_month_fills_and_saves_nothing(
    client: FlaskClient, session: Session, make: Factory, volunteer: Person
) -> None:
    pattern(session, make, volunteer, "AM", month=date(2026, 9, 1))
    shown = page(client, "/my/times?as_last=1")
    assert "已照上个月填好，看一看再保存" in shown
    assert shown.count(" checked") == 7
    assert queries.sheet_of(session, volunteer.id, OCTOBER) is None


@pytest.mark.usefixtures("volunteer")
def test_without_a_last_month_the_page_says_so(client: FlaskClient) -> None:
    assert "上个月还没有填过" in page(client, "/my/times")


def test_no_squares_are_asked_back_and_then_a_rest(client: FlaskClient, session: Session, volunteer: Person) -> None:
    asked = client.post("/my/times", data={})
    assert asked.status_code == 409
    assert "一个时段也没有，就是这个月不排您，对吗？" in asked.get_data(as_text=True)
    assert session.scalars(select(AvailabilitySheet)).all() == []
    assert client.post("/my/times", data={"resting": "1"}).status_code == 303
    session.expire_all()
    sheet = queries.sheet_of(session, volunteer.id, OCTOBER)
    assert sheet is not None
    assert sheet.resting
    assert "这个月歇一歇，不排班。" in page(client, "/my/times")


@pytest.mark.usefixtures("volunteer")
def test_unknown_square_is_refused(client: FlaskClient, session: Session) -> None:
    assert client.post("/my/times", data={"free": ["9-noon"]}).status_code == 422
    assert session.scalars(select(AvailabilitySheet)).all() == []


def test_other_months_are_within_a_year(client: FlaskClient, session: Session, volunteer: Person) -> None:
    assert client.post("/my/times?month=2026-11", data={"free": ["0-morning"]}).location == "/my/times?month=2026-11"
    assert queries.sheet_of(session, volunteer.id, date(2026, 11, 5)) is not None
    page(client, "/my/times?month=2026-09", status=404)
    page(client, "/my/times?month=2028-01", status=404)
    page(client, "/my/times?month=nonsense")


@pytest.mark.usefixtures("volunteer")
def test_away_dates_are_kept_shown_and_removed(client: FlaskClient, session: Session) -> None:
    client.post("/my/times/away", data={"from_on": "2026-10-20", "to_on": "10月25日"})
    shown = page(client, "/my/times")
    assert "10月20日到25日" in shown
    assert "周二到周日，6天不排班" in shown
    away = session.scalars(select(Away)).one()
    client.post(f"/my/times/away/{away.id}/remove")
    assert "没有填外出日期" in page(client, "/my/times")


@pytest.mark.parametrize(
    ("from_on", "to_on", "status", "sentence"),
    [
        ("2026-10-25", "2026-10-20", 422, "回来那天比走的那天早，请看一看。"),
        ("哪天", "2026-10-20", 422, "看不懂这个日期，写成 2026-10-12。"),
        ("", "2026-10-20", 422, "这一项要填。"),
        ("2026-10-20", "2026-10-21", 409, "10月20日到10月25日已经记过外出了"),
    ],
)
def test_away_that_doesnt_fit_keeps_what_was_typed(
    client: FlaskClient,
    session: Session,
    make: Factory,
    clock: SetClock,
    volunteer: Person,
    from_on: str,
    to_on: str,
    status: int,
    sentence: str,
) -> None:
    actions.add_away(
        session, volunteer.id, date(2026, 10, 20), date(2026, 10, 25), actor=make.actor(volunteer), now=clock()
    )
    session.commit()
    answer = client.post("/my/times/away", data={"from_on": from_on, "to_on": to_on})
    assert answer.status_code == status
    shown = answer.get_data(as_text=True)
    assert sentence in shown
    assert f'value="{to_on}"' in shown
    assert len(session.scalars(select(Away)).all()) == 1


def test_one_question_pages_save_their_answer(
    client: FlaskClient, session: Session, make: Factory, community: Community, volunteer: Person
) -> None:
    neighbour = make.volunteer(community, name="姚文娟")
    neighbour.grid_id = volunteer.grid_id
    session.commit()
    client.post("/my/times/often", data={"turns_week": "2"})
    client.post("/my/times/with", data={"partners": [str(neighbour.id)]})
    client.post(
        "/my/times/finer",
        data={"days": "workday", "starts_minute": "15点半", "ends_minute": "17:30", "is_free": "", "reason": "接孩子"},
    )
    session.expire_all()
    assert queries.turns_week(session, [volunteer.id], OCTOBER) == {volunteer.id: 2}
    assert queries.partners(session, [volunteer.id]) == {volunteer.id: {neighbour.id}}
    assert "上班的日子 15:30–17:30没空" in page(client, "/my/times")
    assert "姚文娟" in page(client, "/my/times/with")
    finer = session.scalars(select(FinerTime)).one()
    client.post(f"/my/times/finer/{finer.id}/remove")
    assert "没空（接孩子）" not in page(client, "/my/times")


@pytest.mark.usefixtures("volunteer")
def test_finer_time_the_wrong_way_round_is_refused(client: FlaskClient, session: Session) -> None:
    answer = client.post("/my/times/finer", data={"starts_minute": "17:30", "ends_minute": "15:30"})
    assert answer.status_code == 422
    assert "结束要比开始晚。" in answer.get_data(as_text=True)
    assert session.scalars(select(FinerTime)).all() == []


def test_staff_fill_in_for_somebody(
    client: FlaskClient, session: Session, make: Factory, community: Community, volunteer: Person
) -> None:
    staff = make.person(community, "coordinator", name="顾敏")
    client.post("/sign-out")
    sign_in(client, staff)
    assert "顾敏代潘德明填写" in page(client, f"/people/{volunteer.id}/times")
    answer = client.post(f"/people/{volunteer.id}/times", data={"free": ["1-morning"]})
    assert answer.location == f"/people/{volunteer.id}/times"
    sheet = queries.sheet_of(session, volunteer.id, OCTOBER)
    assert sheet is not None
    assert sheet.filled_by_id == staff.id
    page(client, "/my/times", status=403)


@pytest.mark.usefixtures("volunteer")
def test_nobody_fills_in_for_others_without_the_role(client: FlaskClient, make: Factory, community: Community) -> None:
    other = make.volunteer(community)
    page(client, f"/people/{other.id}/times", status=403)
    assert client.post(f"/people/{other.id}/times", data={"free": ["1-morning"]}).status_code == 403


def test_person_of_another_community_is_not_found(
    client: FlaskClient, session: Session, make: Factory, community: Community
) -> None:
    stranger = make.volunteer(make.community("other", "远亲社区"))
    sign_in(client, make.person(community, "coordinator"))
    for path in ("", "/away", "/often", "/with", "/finer"):
        page(client, f"/people/{stranger.id}/times{path}", status=404)
    assert client.post(f"/people/{stranger.id}/times", data={"free": ["1-morning"]}).status_code == 404
    assert session.scalars(select(AvailabilitySheet)).all() == []


CHAIN = "1. 潘德明 周二上午\n2. 王建国 每天\n3. 任锦良 周三上午不行\n4. 李小妹 周二上午\n"


@pytest.fixture
def staff(community: Community, make: Factory, client: FlaskClient) -> Person:
    made = make.person(community, "coordinator", name="顾敏")
    sign_in(client, made)
    return made


@pytest.mark.usefixtures("staff")
def test_chain_is_shown_before_it_is_written(
    client: FlaskClient, session: Session, make: Factory, community: Community
) -> None:
    one, *_same_name = (make.volunteer(community, name=name) for name in ("潘德明", "王建国", "王建国"))
    shown = client.post("/availability/paste", data={"text": CHAIN}).get_data(as_text=True)
    assert "周二 上午" in shown
    assert "有两位同名，请选一位" in shown
    assert shown.count("没有这个人") == 2
    assert f'name="chosen" value="1-{one.id}" checked' in shown
    assert session.scalars(select(AvailabilitySheet)).all() == []


def test_ticked_lines_of_a_chain_are_written(
    client: FlaskClient, session: Session, make: Factory, community: Community, staff: Person
) -> None:
    pan, wang, other_wang = (make.volunteer(community, name=name) for name in ("潘德明", "王建国", "王建国"))
    stranger = make.volunteer(community, name="李四")
    chosen = [f"1-{pan.id}", f"2-{other_wang.id}", f"3-{stranger.id}", "x-1", "9-9"]
    answer = client.post("/availability/paste", data={"text": CHAIN, "confirmed": "1", "chosen": chosen})
    assert answer.status_code == 303
    sheets = {sheet.person_id: sheet for sheet in session.scalars(select(AvailabilitySheet))}
    assert set(sheets) == {pan.id, other_wang.id}
    assert wang.id not in sheets
    assert sheets[pan.id].squares == 1 << 3
    assert sheets[pan.id].filled_by_id == staff.id


@pytest.mark.usefixtures("staff")
def test_text_without_lines_is_refused_and_kept(client: FlaskClient) -> None:
    answer = client.post("/availability/paste", data={"text": "大家好"})
    assert answer.status_code == 422
    assert "大家好" in answer.get_data(as_text=True)
