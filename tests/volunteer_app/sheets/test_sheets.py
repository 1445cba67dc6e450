"""Each list as it is downloaded: what stands in it, what doesn't, and the audit row."""

from datetime import date, datetime
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.attendance.factory import MONDAY, Month
from tests.volunteer_app.sheets.reading_back import rows_of, table_of, take
from tests.volunteer_app.store.shop import Shop
from volunteer_app.availability.models import AvailabilitySheet, Away
from volunteer_app.availability.rules import mask
from volunteer_app.core.audit import AuditEvent
from volunteer_app.ledger import actions as ledger
from volunteer_app.needs.models import Need, Shift
from volunteer_app.notices import actions as notices
from volunteer_app.people.models import Person, Recipient
from volunteer_app.sheets.catalogue import DOWNLOADS
from volunteer_app.store.shelf import stock

WEEK = "from_on=2026-10-12&to_on=2026-10-18"


@pytest.fixture
def month(session: Session, clock: SetClock, make: Factory) -> Month:
    return Month(session, clock, make)


def test_every_download_of_an_empty_community_opens(client: FlaskClient, month: Month) -> None:
    sign_in(client, month.gu)
    period = {"today": "", "day": "on=2026-10-12", "days": WEEK, "month": "month=2026-10"}
    for one in DOWNLOADS:
        if one.period == "notice":
            assert client.get(f"/sheets/{one.name}?notice=1").status_code == 404
            continue
        for language in ("zh", "en"):
            client.get(f"/language/{language}")
            answer = take(client, f"/sheets/{one.name}?{period[one.period]}")
            rows = rows_of(answer.data)
            assert rows[0][0], one.name
            assert take(client, f"/sheets/{one.name}?kind=csv&{period[one.period]}").data.startswith(b"\xef\xbb\xbf")


def test_the_register_keeps_every_digit_and_says_internal(client: FlaskClient, month: Month) -> None:
    one = month.volunteer("姚文娟", phone="13900000001", number="V030")
    month.make.tag(one, "skill", "river")
    sign_in(client, month.gu)
    answer = take(client, "/sheets/volunteers")
    assert rows_of(answer.data)[1][0] == "内部使用"
    (found,) = table_of(answer.data, "编号")
    assert (found["编号"], found["手机"], found["出生年份"]) == ("V030", "13900000001", "1960")
    assert (found["会什么"], found["每周最多几次"], found["加入日期"]) == ("会护河", 5.0, date(2026, 10, 12))


def test_file_names_are_chinese_with_the_date(client: FlaskClient, month: Month) -> None:
    sign_in(client, month.gu)
    for language in ("zh", "en"):
        client.get(f"/language/{language}")
        named = take(client, "/sheets/volunteers").headers["Content-Disposition"]
        assert unquote(named.split("UTF-8''")[1]) == "友邻社区 志愿者花名册 2026-10-12.xlsx"


def test_every_download_leaves_an_audit_row(client: FlaskClient, month: Month, session: Session) -> None:
    sign_in(client, month.gu)
    take(client, f"/sheets/roster?{WEEK}")
    found = session.scalars(select(AuditEvent).where(AuditEvent.verb == "export")).one()
    assert (found.actor_id, found.subject, found.note) == (month.gu.id, "sheet:roster", "2026-10-12..2026-10-18 xlsx")


def test_an_english_page_gives_english_headings(client: FlaskClient, month: Month) -> None:
    month.volunteer("姚文娟", number="V030")
    sign_in(client, month.gu)
    client.get("/language/en")
    answer = take(client, "/sheets/volunteers")
    assert rows_of(answer.data)[0][0] == "友邻社区 Volunteers"
    (found,) = table_of(answer.data, "No.")
    assert (found["Name"], found["State"]) == ("姚文娟", "Active")


def test_availability_ticks_the_free_squares(client: FlaskClient, month: Month) -> None:
    one, _, resting = (month.volunteer(name) for name in ("姚文娟", "任国良", "石玉琴"))
    common = {"community_id": month.community.id, "filled_at": month.clock()}
    first = date(2026, 10, 1)
    month.make.save(
        AvailabilitySheet(person_id=one.id, month=first, squares=mask([(1, 0), (6, 2)]), **common),
        Away(person_id=one.id, from_on=date(2026, 10, 20), to_on=date(2026, 10, 25), **common),
        AvailabilitySheet(person_id=resting.id, month=first, squares=mask([(0, 0)]), resting=True, **common),
    )
    sign_in(client, month.gu)
    rows = table_of(take(client, "/sheets/availability?month=2026-10").data, "编号")
    ticks = {row["姓名"]: [name for name, value in row.items() if value == "√"] for row in rows}
    assert ticks == {"姚文娟": ["周二上午", "周日晚上"], "任国良": [], "石玉琴": []}
    assert [row["外出"] for row in rows] == ["10-20—10-25", "", ""]
    assert [row["备注"] for row in rows] == ["", "还没有填", "这个月歇一歇"]


def visit(month: Month) -> Shift:
    """A visit to recipient 3, whose name must not be seen."""
    elder = Recipient(
        community_id=month.community.id,
        number=3,
        alias="郑爷爷",
        gender="M",
        grid_id=month.grid.id,
        tier="high",
        wants="量血压",
    )
    month.make.save(elder)
    shift = month.shift("14:00–15:00", kind=month.kind(name="探访"))
    shift.recipient_id = elder.id
    month.session.get_one(Need, shift.need_id).recipient_id = elder.id
    month.session.commit()
    return shift


def test_needs_name_no_recipient(client: FlaskClient, month: Month) -> None:
    visit(month)
    sign_in(client, month.gu)
    answer = take(client, f"/sheets/needs?{WEEK}")
    (found,) = table_of(answer.data, "编号")
    assert (found["编号"], found["地点"], found["来源"]) == ("0001", "3号服务对象", "计划")
    assert found["登记时间"] == datetime(2026, 10, 12, 8, 30)  # noqa: DTZ001 - Excel's moments are local
    assert "郑爷爷" not in str(rows_of(answer.data))
    assert "量血压" not in str(rows_of(answer.data))


def test_the_roster_has_a_row_a_day_a_column_a_post_and_names_in_its_cells(client: FlaskClient, month: Month) -> None:
    one, other = month.volunteer("姚文娟", number="V030"), month.volunteer("任国良", number="V022")
    full, short = month.shift(), month.shift(day=date(2026, 10, 13))
    month.seat(full, one)
    month.seat(full, other, state="proposed")
    month.seat(short, one, state="declined")
    sign_in(client, month.gu)
    rows = table_of(take(client, f"/sheets/roster?{WEEK}").data, "日期")
    assert [row["日期"] for row in rows] == [date(2026, 10, day) for day in range(12, 19)]
    column = "日巡逻 悦美网格 8:30–10:30"
    assert [row[column] for row in rows[:3]] == ["姚文娟、任国良", "缺2人", ""]


def test_the_roster_for_the_wall_is_masked_published_and_without_visits(client: FlaskClient, month: Month) -> None:
    one, other = month.volunteer("姚文娟", number="V030"), month.volunteer("任国良", number="V022")
    shift = month.shift()
    month.seat(shift, one)
    month.seat(shift, other, state="proposed")
    month.seat(visit(month), other)
    sign_in(client, month.gu)
    answer = take(client, f"/sheets/wall-roster?{WEEK}")
    rows = table_of(answer.data, "日期")
    assert rows[0]["日巡逻 悦美网格 8:30–10:30"] == "姚*娟 V030、还缺1人，请打电话"
    whole = str(rows_of(answer.data))
    for private in ("姚文娟", "任国良", "探访", "服务对象", "内部使用"):
        assert private not in whole
    assert "监督电话 0513-5550 0136" in whole


def test_the_sign_in_sheet_has_a_heading_a_shift_a_line_a_person_and_one_to_spare(
    client: FlaskClient, month: Month
) -> None:
    one = month.volunteer("姚文娟", phone="13900000001", number="V030")
    shift = month.shift()
    month.seat(shift, one)
    sign_in(client, month.gu)
    answer = take(client, "/sheets/sign-in?on=2026-10-12")
    heading, person, spare = table_of(answer.data, "行号")[:3]
    assert heading["行号"] == "8:30–10:30 日巡逻 悦美网格"
    assert [person[name] for name in ("行号", "编号", "姓名", "手机尾号")] == [
        f"{shift.id}-{one.id}",
        "V030",
        "姚文娟",
        "0001",
    ]
    assert (spare["行号"], spare["姓名"]) == (f"{shift.id}-", "")
    assert "13900000001" not in str(rows_of(answer.data))


def test_the_hours_notice_is_masked_and_says_how_long_it_hangs(client: FlaskClient, month: Month) -> None:
    one = month.volunteer("姚文娟", number="V030", phone="13900000001")
    month.served(one)
    month.served(one, "15:00–17:00")
    month.at("9:00", date(2026, 10, 13))
    notice = month.write(notices.publish, date(2026, 10, 1), date(2026, 10, 31))
    sign_in(client, month.gu)
    answer = take(client, f"/sheets/hours-notice?notice={notice.id}")
    line, total = table_of(answer.data, "序号")[:2]
    # two turns of two hours; 10 points an hour
    assert [line[name] for name in ("姓名", "编号", "次数", "服务时长（分钟）", "积分")] == [
        "姚*娟",
        "V030",
        2.0,
        240.0,
        40.0,
    ]
    assert (total["姓名"], total["服务时长（分钟）"]) == ("合计", 240.0)
    whole = str(rows_of(answer.data))
    # three working days after Tuesday the 13th
    assert "公示期 2026-10-13 到 2026-10-16" in whole
    for private in ("姚文娟", "13900000001", "内部使用"):
        assert private not in whole


@pytest.fixture
def market(session: Session, clock: SetClock, make: Factory) -> Shop:
    return Shop(session, clock, make)


def coordinator(market: Shop) -> Person:
    return market.make.person(market.community, "coordinator", name="顾敏")


def test_each_line_of_the_points_notice_adds_up(client: FlaskClient, market: Shop) -> None:
    """October: 300 credited, a towel of 80 collected, another credit of 20 taken back in November."""
    one = market.member(300, name="刘志强", number="V029")
    market.write(stock.receive, "K04", 5, source="donated", donor="海达公司", actor=market.as_keeper())
    market.hand_over(market.reserve(one, K04=1))
    wrong = market.write(
        ledger.issue, to=f"person:{one.id}", points=20, cause="x", reason="日巡逻", expires_at=None, actor=market.system
    )
    sign_in(client, coordinator(market))
    october = table_of(take(client, "/sheets/points-notice?month=2026-10").data, "序号")
    names = ("姓名", "编号", "上期结余", "本期新增", "本期兑换", "过期、冲正、抵扣", "本期结余")
    assert [october[0][name] for name in names] == ["刘*强", "V029", 0.0, 320.0, 80.0, 0.0, 240.0]
    assert october[1]["姓名"] == "合计"
    assert october[1]["本期结余"] == 240.0
    market.clock.tick(days=31)
    market.write(ledger.reverse, wrong.id, cause="y", reason="记错了", actor=market.system)
    november = table_of(take(client, "/sheets/points-notice?month=2026-11").data, "序号")
    assert [november[0][name] for name in names] == ["刘*强", "V029", 240.0, 0.0, 0.0, 20.0, 220.0]


def test_redemptions_name_goods_points_and_who_handed_over(client: FlaskClient, market: Shop) -> None:
    one = market.member(300, name="刘志强", number="V029")
    market.write(stock.receive, "K04", 5, source="donated", donor="海达公司", actor=market.as_keeper())
    market.hand_over(market.reserve(one, K04=1))
    sign_in(client, coordinator(market))
    (found,) = table_of(take(client, "/sheets/redemptions?month=2026-10").data, "日期")
    assert (found["日期"], found["编号"], found["姓名"]) == (date(2026, 10, 12), "V029", "刘志强")
    assert (found["数量"], found["积分"], found["经手人"]) == (1.0, 80.0, "钱阿福")
    assert found["货品"].startswith("毛巾")


def test_the_stock_book_runs_from_opening_to_what_is_left(client: FlaskClient, market: Shop) -> None:
    one = market.member(300, name="刘志强")
    market.write(stock.receive, "K04", 5, source="donated", donor="海达公司", actor=market.as_keeper())
    held = market.reserve(one, K04=1)
    sign_in(client, coordinator(market))

    def towels() -> list[tuple[object, ...]]:
        rows = table_of(take(client, "/sheets/stock?month=2026-10").data, "日期")
        return [(row["入库"], row["出库"], row["结存"], row["来源、捐赠人"]) for row in rows if "毛巾" in row["品名"]]

    # the price list brings 40; a towel kept for somebody is still on the shelf
    assert towels() == [("", "", 0.0, ""), (40.0, "", 40.0, ""), (5.0, "", 45.0, "海达公司")]
    market.hand_over(held)
    assert towels()[-1] == ("", 1.0, 44.0, "")


def test_a_period_that_cannot_be_read_is_asked_for_again(client: FlaskClient, month: Month) -> None:
    sign_in(client, month.gu)
    answer = client.get("/sheets/roster?from_on=2026-10-18&to_on=2026-10-12")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "末一天要在头一天后面。" in page
    assert 'value="2026-10-18"' in page
    assert client.get("/sheets/points-notice?month=octob").status_code == 422
    assert client.get("/sheets/nothing").status_code == 404


def test_one_community_takes_nothing_of_another(client: FlaskClient, month: Month, make: Factory) -> None:
    month.served(month.volunteer("姚文娟"))
    notice = month.write(notices.publish, date(2026, 10, 1), MONDAY)
    other = make.community("other", "别的社区")
    sign_in(client, make.person(other, "coordinator"))
    assert client.get(f"/sheets/hours-notice?notice={notice.id}").status_code == 404
    for one in ("volunteers", "availability?month=2026-10", f"needs?{WEEK}", f"roster?{WEEK}", "sign-in?on=2026-10-12"):
        assert "姚文娟" not in str(rows_of(take(client, f"/sheets/{one}").data)), one
    assert table_of(take(client, "/sheets/points-notice?month=2026-10").data, "序号")[0]["姓名"] == "合计"


def test_nobody_hangs_on_the_wall_with_a_debt(client: FlaskClient, market: Shop) -> None:
    """100 credited, 80 spent, the 100 taken back: 20 are there to take, 80 stay a debt that the list doesn't show."""
    one = market.member(name="刘志强", number="V029")
    credit = {"to": f"person:{one.id}", "points": 100, "cause": "x", "reason": "日巡逻", "expires_at": None}
    wrong = market.write(ledger.issue, **credit, actor=market.system)
    market.hand_over(market.reserve(one, K04=1))
    market.write(ledger.reverse, wrong.id, cause="y", reason="记错了", actor=market.system)
    sign_in(client, coordinator(market))
    (line, _total, *_) = table_of(take(client, "/sheets/points-notice?month=2026-10").data, "序号")
    assert [line[name] for name in ("本期新增", "本期兑换", "过期、冲正、抵扣", "本期结余")] == [100.0, 80.0, 20.0, 0.0]
