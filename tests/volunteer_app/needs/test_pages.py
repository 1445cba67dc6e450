from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.needs.factory import MONDAY, NeedsFactory
from tests.volunteer_app.needs.test_changes import Told
from volunteer_app.availability.actions import set_wishes
from volunteer_app.availability.queries import wishes
from volunteer_app.needs import actions
from volunteer_app.needs.models import ActivityKind, Need, NeedImport, Series, Shift
from volunteer_app.needs.plans import SeriesPlan
from volunteer_app.needs.seats import TouchedPerson

LATER = date(2026, 10, 20)


class Pair(Told):
    """One of two seats of each shift is held by 姚文娟."""

    def taken(self, session: Session, shift_ids: object) -> dict[int, int]:  # noqa: ARG002
        return dict.fromkeys(shift_ids, 1)  # type: ignore[call-overload,no-any-return]

    def people(self, session: Session, shift_ids: object) -> list[TouchedPerson]:  # noqa: ARG002
        return [TouchedPerson(7, "V030", "姚文娟", one, "accepted") for one in shift_ids]  # type: ignore[attr-defined]


@pytest.fixture
def staff(client: FlaskClient, needs: NeedsFactory) -> FlaskClient:
    sign_in(client, needs.coordinator)
    return client


@pytest.fixture
def pair(app: Flask) -> Pair:
    found = Pair()
    app.extensions["youlin_seats"] = found
    return found


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_quick_entry_then_verify_makes_a_shift(staff: FlaskClient, session: Session) -> None:
    typed = {
        "title": "河面有漂浮垃圾", "place": "新桥中心河", "wanted_on": "10月13日", "starts_minute": "7点半",
        "ends_minute": "９：００", "target": "2", "urgency": "hard", "source": "patrol",
    }  # fmt: skip
    answer = staff.post("/needs/new", data=typed)
    need = session.scalars(select(Need)).one()
    assert answer.location == f"/needs/{need.id}"
    shown = page(staff, "/needs")
    for words in ("0001", "河面有漂浮垃圾", "巡查上报", "10月13日 周二 7:30", "待核实", "核实<", "办结率 0/1"):
        assert words in shown, words
    staff.post(f"/needs/{need.id}/verify")
    shift = session.scalars(select(Shift)).one()
    assert (shift.starts_on, shift.minutes, shift.most) == (date(2026, 10, 13), 90, 2)
    assert "10月13日 周二" in page(staff, f"/needs/{need.id}")


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("title", "", "请写1到80个字。"),
        ("wanted_on", "2月30日", "看不懂这个日期，写成 2026-10-12。"),
        ("starts_minute", "25点", "看不懂这个时间，写成 8:30。"),
        ("target", "0", "请写1到500之间的数。"),
        ("target", "很多", "请写整数。"),
        ("grid_id", "999", "没有这一项。"),
    ],
)
def test_bad_entry_is_refused_beside_the_field_and_kept(
    staff: FlaskClient, session: Session, name: str, typed: str, sentence: str
) -> None:
    sent = {"title": "走访", "place": "6号楼", "target": "2"} | {name: typed}
    answer = staff.post("/needs/new", data=sent)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in shown
    assert 'value="6号楼"' in shown
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_visited_person_is_a_number(staff: FlaskClient, needs: NeedsFactory) -> None:
    recipient = needs.recipient(number=3)
    need = needs.need(needs.dated("elder_visit", recipient_id=recipient.id))
    for path in ("/needs", f"/needs/{need.id}", "/needs/new", f"/needs/{need.id}/edit"):
        shown = page(staff, path)
        assert "3号服务对象" in shown
        assert "郑爷爷" not in shown
        assert "量血压" not in shown.replace("陪老人说说话，量血压", "")


def test_need_is_led_to_its_end(staff: FlaskClient, session: Session, needs: NeedsFactory) -> None:
    need = needs.need(needs.dated(wanted_on=date(2026, 10, 10)))
    assert staff.post(f"/needs/{need.id}/evaluate", data={"stars": "5"}).status_code == 409
    staff.post(f"/needs/{need.id}/verify")
    staff.post(f"/needs/{need.id}/close")
    assert staff.post(f"/needs/{need.id}/evaluate", data={"stars": "9"}).status_code == 422
    staff.post(f"/needs/{need.id}/evaluate", data={"stars": "5", "text": "来得快"})
    session.expire_all()
    assert (need.state, need.stars) == ("evaluated", 5)
    assert "办结率 1/1" in page(staff, "/needs")
    assert "来得快" in page(staff, f"/needs/{need.id}")


def test_refused_step_says_why(staff: FlaskClient, needs: NeedsFactory) -> None:
    need = needs.need(needs.entry())
    answer = staff.post(f"/needs/{need.id}/verify")
    assert answer.status_code == 409
    assert "先写清楚哪天、几点到几点，再核实。" in answer.get_data(as_text=True)


def test_cancelling_wants_a_reason(staff: FlaskClient, session: Session, needs: NeedsFactory) -> None:
    need = needs.need()
    assert staff.post(f"/needs/{need.id}/cancel", data={"reason": ""}).status_code == 422
    staff.post(f"/needs/{need.id}/cancel", data={"reason": "不用了"})
    session.expire_all()
    assert (need.state, need.cancelled_reason) == ("cancelled", "不用了")


def test_need_may_be_corrected_until_verified(staff: FlaskClient, session: Session, needs: NeedsFactory) -> None:
    need = needs.need()
    changed = {
        "title": "改过了",
        "wanted_on": "2026-10-14",
        "starts_minute": "9:00",
        "ends_minute": "10:00",
        "target": "3",
    }
    assert staff.post(f"/needs/{need.id}/edit", data=changed).status_code == 303
    staff.post(f"/needs/{need.id}/verify")
    assert staff.post(f"/needs/{need.id}/edit", data=changed).status_code == 409
    session.expire_all()
    assert (need.title, need.most, session.scalars(select(Shift)).one().most) == ("改过了", 3, 3)


def test_urgent_help_with_two_legs(staff: FlaskClient, session: Session) -> None:
    legs = {"out_starts": "8:45", "out_ends": "9:30", "back_starts": "11点半", "back_ends": "12:15"}
    sent = {"title": "送医陪同，抬送2程", "wanted_on": "2026-10-12", "people": "4"} | legs
    assert staff.post("/needs/urgent", data=sent | {"back_ends": ""}).status_code == 422
    assert staff.post("/needs/urgent", data=sent).status_code == 303
    assert [(shift.minutes, shift.most) for shift in session.scalars(select(Shift).order_by(Shift.starts_at))] == [
        (45, 4),
        (45, 4),
    ]
    assert "马上" in page(staff, "/needs/urgent")


def test_series_from_the_page_makes_shifts_until_the_next_months_end(
    staff: FlaskClient, session: Session, needs: NeedsFactory
) -> None:
    need = needs.need(state="verified")
    sent = {
        "often": "FREQ=MONTHLY;BYDAY=-1", "starts_on": "2026-10-30", "starts_minute": "14:30", "ends_minute": "16:00",
        "target": "5",
    }  # fmt: skip
    assert staff.post(f"/needs/{need.id}/series", data=sent).status_code == 303
    days = [shift.starts_on for shift in session.scalars(select(Shift).order_by(Shift.starts_at))]
    assert days == [date(2026, 10, 30), date(2026, 11, 27)]
    assert "每月最后一个周五 14:30" in page(staff, f"/needs/{need.id}")


@pytest.fixture
def shifts(needs: NeedsFactory) -> list[Shift]:
    return needs.series("daily_patrol", SeriesPlan("FREQ=DAILY", MONDAY, 510, 630, 1, 2, 2))


def test_changing_a_series_shows_first_whom_it_touches(
    staff: FlaskClient, session: Session, pair: Pair, shifts: list[Shift]
) -> None:
    shift = next(one for one in shifts if one.starts_on == LATER)
    sent = {
        "day": "2026-10-20",
        "starts_minute": "9:00",
        "ends_minute": "11:00",
        "least": "1",
        "target": "2",
        "most": "2",
    }
    asked = staff.post(f"/shifts/{shift.id}", data=sent).get_data(as_text=True)
    assert "只改这一次，还是以后都改？" in asked
    assert "只这一次，影响1个人" in asked
    assert "以后都算，12个班，影响12个座位" in asked
    assert "姚文娟 V030" in asked
    session.expire_all()
    assert shift.minutes == 120
    assert pair.moved == []
    staff.post(f"/shifts/{shift.id}", data=sent | {"scope": "rest", "is_heavy": "1"})
    session.expire_all()
    assert (len(pair.moved), shift.is_heavy) == (12, True)
    assert session.scalar(select(func.count()).select_from(Series)) == 2


def test_cancelling_one_date_asks_and_tells(
    staff: FlaskClient, session: Session, pair: Pair, shifts: list[Shift]
) -> None:
    shift = next(one for one in shifts if one.starts_on == LATER)
    assert staff.post(f"/shifts/{shift.id}/cancel", data={"reason": ""}).status_code == 422
    assert "只取消这一次，还是以后都取消？" in staff.post(
        f"/shifts/{shift.id}/cancel", data={"reason": "下雨"}
    ).get_data(as_text=True)
    staff.post(f"/shifts/{shift.id}/cancel", data={"reason": "下雨", "scope": "one"})
    session.expire_all()
    assert (shift.state, pair.let_go) == ("cancelled", [shift.id])
    assert "取消了：下雨" in page(staff, f"/shifts/{shift.id}")


@pytest.mark.usefixtures("pair", "shifts")
def test_shifts_are_listed_by_day_with_seats(staff: FlaskClient) -> None:
    shown = page(staff, "/shifts?from_on=2026-10-20&to_on=2026-10-21")
    assert shown.count('y-cell-note">8:30–10:30</span>') == 2
    assert "1/2" in shown
    assert "还缺1人" in shown
    assert "这几天没有班" in page(staff, "/shifts?from_on=2026-12-20")
    assert "看不懂这个日期" in page(staff, "/shifts?from_on=x")


def test_file_is_previewed_taken_in_and_undone(staff: FlaskClient, session: Session) -> None:
    text = "事项,日期,开始,结束,人数\n走访,10月14日,9:00,10:00,2\n走访,哪天,9:00,10:00,2\n=坏,x,9:00,10:00,2\n"
    sent = {"file": (BytesIO(text.encode()), "需求.csv")}
    answer = staff.post("/needs/import", data=sent, content_type="multipart/form-data")
    kept = session.scalars(select(NeedImport)).one()
    assert answer.location == f"/needs/imports/{kept.id}"
    shown = page(staff, answer.location)
    assert "看不懂这个日期" in shown
    assert "导入没问题的" in shown
    assert session.scalar(select(func.count()).select_from(Need)) == 0
    bad = staff.get(f"/needs/imports/{kept.id}/bad.csv").get_data().decode()
    assert bad.startswith("\ufeff第几行,第几列,列名,读到的,哪里不对\r\n3,2,日期,哪天,看不懂这个日期")
    staff.post(f"/needs/imports/{kept.id}/take-in")
    assert session.scalar(select(func.count()).select_from(Shift)) == 1
    assert staff.post(f"/needs/imports/{kept.id}/take-in").status_code == 409
    staff.post(f"/needs/imports/{kept.id}/undo")
    session.expire_all()
    assert {need.state for need in session.scalars(select(Need))} == {"cancelled"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n"])
def test_unreadable_file_is_refused(staff: FlaskClient, session: Session, content: bytes) -> None:
    sent = {"file": (BytesIO(content), "x.csv")}
    answer = staff.post("/needs/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "field-file-error" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(NeedImport)) == 0


def test_kinds_are_listed_and_changed(staff: FlaskClient, session: Session, needs: NeedsFactory) -> None:
    kind = needs.kind("river_patrol")
    assert "河道巡查" in page(staff, "/needs/kinds")
    assert kind.risk_note in page(staff, f"/needs/kinds/{kind.id}")
    sent = {
        "name": "护河", "name_en": "River watch", "theme": "green", "points_level": "L2", "what": "沿河走",
        "risk_note": "不下水", "needs_insurance": "1", "most_age": "74", "is_active": "1", "leaders_at_once": "1",
        "effort": "2", "heaviness_pct": "120",
    }  # fmt: skip
    assert staff.post(f"/needs/kinds/{kind.id}", data=sent | {"risk_note": ""}).status_code == 422
    assert staff.post(f"/needs/kinds/{kind.id}", data=sent).status_code == 303
    session.expire_all()
    found = session.get_one(ActivityKind, kind.id)
    assert (found.name, found.requires, found.code) == ("护河", ["skill:river"], "river_patrol")
    assert (found.leaders_at_once, found.effort, found.heaviness_pct) == (1, 2, 120)
    assert staff.post(f"/needs/kinds/{kind.id}", data=sent | {"heaviness_pct": "很累"}).status_code == 422


def test_empty_list_says_what_to_do(staff: FlaskClient) -> None:
    assert "还没有需求" in page(staff, "/needs")
    assert "没有符合的" in page(staff, "/needs?words=x")


def test_other_communities_are_not_found(
    staff: FlaskClient, session: Session, client: FlaskClient, needs: NeedsFactory
) -> None:
    need, shift = needs.need(), needs.shift()
    kept = NeedImport(
        community_id=needs.community.id, file_name="x", good=[], bad=[], read_at=needs.now, read_by_id=None
    )
    needs.make.save(kept)
    stranger = needs.make.person(needs.make.community("other", "远亲社区"), "coordinator")
    staff.post("/sign-out")
    sign_in(client, stranger)
    for path in (
        f"/needs/{need.id}", f"/needs/{need.id}/edit", f"/shifts/{shift.id}", f"/needs/imports/{kept.id}",
        f"/needs/imports/{kept.id}/bad.csv", f"/needs/kinds/{need.kind_id}",
    ):  # fmt: skip
        page(client, path, status=404)
    for path in (f"/needs/{need.id}/verify", f"/needs/imports/{kept.id}/take-in"):
        assert client.post(path).status_code == 404
    assert client.post(f"/needs/{need.id}/cancel", data={"reason": "x"}).status_code == 404
    session.expire_all()
    assert need.state == "submitted"
    assert "河面有漂浮垃圾" not in page(client, "/needs")


def test_pressing_twice_acts_once(staff: FlaskClient, session: Session) -> None:
    sent = {"title": "走访", "target": "2", "once_key": "k"}
    assert staff.post("/needs/new", data=sent).location == staff.post("/needs/new", data=sent).location
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_pages_speak_english(staff: FlaskClient, needs: NeedsFactory, session: Session) -> None:
    need = needs.need()
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    session.commit()
    staff.get("/language/en")
    for path in ("/needs", "/shifts", f"/needs/{need.id}", "/needs/kinds", "/needs/import", "/needs/urgent"):
        page(staff, path)


def test_likes_are_kept_apart_by_level(client: FlaskClient, session: Session, needs: NeedsFactory) -> None:
    volunteer = needs.make.volunteer(needs.community)
    set_wishes(session, volunteer.id, {"square:0-0": "prefer"}, actor=needs.make.actor(volunteer), now=needs.now)
    session.commit()
    sign_in(client, volunteer)
    client.post("/my/likes/prefer", data={"kinds": ["river_patrol", "store_duty", "nonsense"]})
    client.post("/my/likes/if_needed", data={"kinds": ["store_duty"]})
    assert wishes(session, [volunteer.id])[volunteer.id] == {
        "square:0-0": "prefer",
        "kind:river_patrol": "prefer",
        "kind:store_duty": "if_needed",
    }
    assert 'value="river_patrol" checked' in page(client, "/my/likes/prefer")
    page(client, "/my/likes/hate", status=404)
    page(client, f"/people/{needs.coordinator.id}/likes/prefer", status=403)
