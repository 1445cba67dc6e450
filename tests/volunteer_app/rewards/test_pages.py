"""The pages and the JSON of hours, points and rules."""

from datetime import date
from typing import Any

from flask.testing import FlaskClient

from tests.factory import sign_in
from tests.volunteer_app.attendance.factory import Month
from tests.volunteer_app.rewards.test_credit import final, put_right
from tests.volunteer_app.sheets.reading_back import table_of
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import holds
from volunteer_app.ledger.rules import Key
from volunteer_app.notices import actions as notices
from volunteer_app.people.models import Person
from volunteer_app.rewards import putting_right
from volunteer_app.rewards.models import Bonus, PointsRule
from volunteer_app.rewards.rules import DEFAULT
from volunteer_app.rewards.views_rules import figures_of


def september(month: Month) -> Person:
    """Two services in September, credited on Tuesday 13 October at 9:00."""
    person = month.volunteer()
    for day in (12, 19):
        month.served(person, day=date(2026, 9, day))
    month.at("9:00", date(2026, 9, 30))
    month.write(notices.publish, date(2026, 9, 1), date(2026, 9, 30))
    month.at("9:00", date(2026, 10, 13))
    in_transaction(month.session, lambda: notices.close_due(month.session, month.community.id, now=month.clock()))
    return person


def kept(month: Month, person: Person, points: int) -> holds.Held:
    line = holds.Line(Key(f"person:{person.id}", "points"), Key("store:main", "income"), points)
    until = month.clock().replace(day=19)
    return month.write(holds.hold, [line], cause="order:1", reason="预约：香皂1块", expires_at=until)


def test_the_record_says_what_a_person_could_say(month: Month, client: FlaskClient) -> None:
    person = september(month)
    held = kept(month, person, 30)
    month.write(holds.collect, held.hold_id, reason="换了香皂1块")
    sign_in(client, person)

    page = client.get("/my/record").get_data(as_text=True)

    for words in (
        "9月您服务了2次，得了40分。10月13日换了香皂1块，用掉30分。",
        "10月积分存折",
        "9月服务2次，公示期满到账",
        "+\u202f40",
        "\u2212\u202f30",
        "预约：香皂1块",
        "能用的积分",
    ):
        assert words in page, words
    assert 'class="y-balance-number">10' in page


def test_a_service_that_was_voided_is_not_told_as_one(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    final(month, month.served(person, day=date(2026, 9, 12)))
    void = put_right(month, final(month, month.served(person, day=date(2026, 9, 19)))[0].record)
    assert (void.minutes, void.state) == (0, "final")
    sign_in(client, person)
    assert "9月您服务了1次，得了20分。" in client.get("/my/record").get_data(as_text=True)


def test_a_service_that_is_not_credited_says_why_it_is_worth_so_much(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    month.served(person, day=date(2026, 10, 1))
    sign_in(client, person)
    page = client.get("/my/record").get_data(as_text=True)
    for words in ("10月的班，还没到账", "1日 上午日巡逻 2小时", "法定节假日，按1.5倍", "约 30分"):
        assert words in page, words


def test_the_column_adds_up_when_a_hold_has_lapsed_and_nobody_has_booked_it(month: Month, client: FlaskClient) -> None:
    person = september(month)
    kept(month, person, 30)
    month.at("9:00", date(2026, 10, 20))
    sign_in(client, person)

    found = client.get("/api/v1/my/points").get_json()

    assert found["opening"] + sum(line["amount"] for line in found["lines"]) == found["closing"] == 40
    assert found["lines"][-1]["text"] == "预约过期，退回来了"


def test_a_credit_that_pays_off_a_debt_stands_there(month: Month, client: FlaskClient) -> None:
    """Of 60 points 50 are used, then 20 turn out wrong: 10 are there to take, 10 are owed, and 8 and 2 pay for them."""
    person = september(month)
    owner = f"person:{person.id}"
    give: dict[str, Any] = {"to": owner, "expires_at": None}
    wrong = month.write(ledger.issue, points=20, cause="bonus:1", reason="随手帮", **give)
    month.write(holds.collect, kept(month, person, 50).hold_id, reason="换了香皂1块")
    month.write(ledger.reverse, wrong.id, cause="reversal:bonus:1", reason="更正：随手帮")
    month.write(ledger.issue, points=8, cause="bonus:2", reason="月评比", **give)
    month.write(ledger.issue, points=5, cause="bonus:3", reason="月评比", **give)
    sign_in(client, person)
    tail = [
        ("更正：随手帮，其中10分不够减，记成待抵扣", -10),
        ("月评比，其中8分抵扣了以前记错的", 0),
        ("月评比，其中2分抵扣了以前记错的", 3),
    ]

    book = client.get("/api/v1/my/points").get_json()
    statement = client.get("/api/v1/my/statement").get_json()

    assert [(line["text"], line["amount"]) for line in book["lines"][-3:]] == tail
    assert [(row["text"], row["amount"]) for row in statement["rows"][-3:]] == tail
    assert statement["rows"][-1]["after"] == statement["closing"] == book["closing"] == 3
    for address in ("/my/record", "/my/statement"):
        assert "月评比，其中8分抵扣了以前记错的" in client.get(address).get_data(as_text=True)
    rows = [row["事由"] for row in table_of(client.get("/my/statement.xlsx").data, "第几笔")]
    assert [row for row in rows if "其中" in row] == [text for text, _amount in tail]
    client.get("/language/en")
    assert " on 12 Sep" in client.get("/my/statement").get_data(as_text=True)


def test_a_month_without_anything_ends_no_list_of_months(month: Month, client: FlaskClient) -> None:
    """October's points are all used, nothing happens in November, five come in December."""
    person = september(month)
    month.write(holds.collect, kept(month, person, 40).hold_id, reason="换了香皂1块")
    month.at("9:00", date(2026, 12, 8))
    give: dict[str, Any] = {"to": f"person:{person.id}", "expires_at": None}
    month.write(ledger.issue, points=5, cause="bonus:1", reason="随手帮", **give)
    month.at("9:00", date(2027, 1, 8))
    sign_in(client, person)
    page = client.get("/my/record").get_data(as_text=True)
    assert [code in page for code in ("?month=2026-12", "?month=2026-11", "?month=2026-10")] == [True, False, True]


def test_points_that_run_out_within_sixty_days_are_named(month: Month, client: FlaskClient) -> None:
    person = september(month)  # credited in October 2026: valid to 31 October 2028
    month.at("9:00", date(2028, 9, 10))
    sign_in(client, person)
    page = client.get("/my/record").get_data(as_text=True)
    assert "40分快到期" in page
    assert "2026年10月得的分，到2028年10月31日作废。先得的先用。" in page
    month.at("9:00", date(2028, 8, 20))
    assert "快到期" not in client.get("/my/record").get_data(as_text=True)


def test_a_newcomer_is_told_where_points_will_stand(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.volunteer())
    assert "还没有积分。服务第一次以后，这里就有了。" in client.get("/my/record").get_data(as_text=True)


def test_hours_and_stars_over_json(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    month.served(person)
    sign_in(client, person)
    hours = client.get("/api/v1/my/hours").get_json()
    assert (hours["minutes"], hours["stars"]) == (120, 0)


def test_staff_see_the_record_of_somebody_of_their_own_community(month: Month, client: FlaskClient) -> None:
    person = september(month)
    stranger = month.make.person(month.make.community("other", "别的社区"), "volunteer")
    sign_in(client, month.gu)
    page = client.get(f"/people/{person.id}/record").get_data(as_text=True)
    assert "姚文娟的时长和积分" in page
    assert client.get(f"/people/{stranger.id}/record").status_code == 404
    assert client.get(f"/api/v1/people/{stranger.id}/points").status_code == 404


def test_the_counter_sees_points_and_no_passbook(month: Month, client: FlaskClient) -> None:
    person, reason = month.volunteer(), "住院那几天漏记了"
    admin = month.make.person(month.community, "admin", name="阎明")
    proposal = month.write(putting_right.propose_adjustment, person.id, 30, reason)
    month.write(putting_right.approve, proposal.id, by=admin)

    sign_in(client, month.make.person(month.community, "keeper", name="吕桂芳"))
    book = client.get(f"/api/v1/people/{person.id}/points")
    seen = client.get(f"/api/v1/counter/people/{person.number}").get_json()

    assert (book.status_code, reason in book.get_data(as_text=True)) == (403, False)
    assert seen == {"id": person.id, "number": person.number, "masked_name": "姚*娟", "available": 30, "held": 0}
    sign_in(client, month.gu)
    assert client.get(f"/api/v1/people/{person.id}/points").get_json()["lines"][0]["text"] == reason


def figures(**changed: int) -> dict[str, object]:
    return {**figures_of(DEFAULT), **changed}


def test_the_admin_adds_a_version_from_a_day_to_come(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.make.person(month.community, "admin", name="阎明"))
    month.at("9:00")

    too_early = client.post("/rules", data=figures(day_cap=80) | {"effective_from": "2026-10-12"})
    bad = client.post("/rules", data=figures(day_cap=0) | {"effective_from": "2026-11-01"})
    added = client.post("/rules", data=figures(day_cap=80) | {"effective_from": "2026-11-01"})

    assert too_early.status_code == 422
    assert "新规则要从以后的日子开始，最早2026-10-13。" in too_early.get_data(as_text=True)
    assert bad.status_code == 422
    assert "请写1到10000之间的数。" in bad.get_data(as_text=True)
    assert added.status_code == 303
    assert [(row.version, row.rules["day_cap"]) for row in month.session.query(PointsRule)] == [(1, 80)]


def test_last_month_is_worked_out_and_nothing_changes(month: Month, client: FlaskClient) -> None:
    september(month)
    sign_in(client, month.make.person(month.community, "admin", name="阎明"))
    data = figures(points_per_hour=20) | {"effective_from": "2026-11-01", "do": "preview"}
    page = client.post("/rules", data=data).get_data(as_text=True)
    assert "照新规则算，2026年9月的2次服务是80分，原来是40分" in page
    # the volunteer was born in 1960: one band, from 40 to 80
    told = page[page.index("哪个年龄段变多少") :]
    assert [words for words in ("56–69", ">40<", ">80<", "+\u202f40") if words not in told] == []
    assert month.session.query(PointsRule).count() == 0


def test_only_the_admin_changes_rules(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.gu)
    assert client.get("/rules").status_code == 200
    assert client.post("/rules", data=figures()).status_code == 403


def test_telephone_of_two_people_asks_for_the_number(month: Month, client: FlaskClient) -> None:
    """A couple often gives one telephone: whose points these are has to be said by number."""
    for person in (month.volunteer(), month.volunteer()):
        person.phone = "13800001111"
    month.session.commit()
    sign_in(client, month.gu)
    answer = client.post("/bonuses", data={"kind": "small_deed", "who": "13800001111", "note": "扶起倒下的单车"})
    assert answer.status_code == 422
    assert "不止一位留了这个电话，请填编号。" in answer.get_data(as_text=True)
    assert month.session.query(Bonus).count() == 0


def test_a_small_deed_over_the_page(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    sign_in(client, month.gu)
    data = {"kind": "small_deed", "who": person.number, "note": "扶起倒下的单车"}
    assert client.post("/bonuses", data=data).status_code == 303
    assert client.post("/bonuses", data=data).status_code == 303
    third = client.post("/bonuses", data=data)
    unknown = client.post("/bonuses", data=data | {"who": "V999"})
    assert third.status_code == 409
    assert "随手帮一天最多记2次。" in third.get_data(as_text=True)
    assert unknown.status_code == 422
    assert 'value="V999"' in unknown.get_data(as_text=True)
    assert month.session.query(Bonus).count() == 2


def test_a_second_press_of_the_same_form_gives_once(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    sign_in(client, month.gu)
    data = {"kind": "small_deed", "who": person.number, "note": "扶起倒下的单车", "once_key": "k1"}
    assert [client.post("/bonuses", data=data).status_code for _ in range(2)] == [303, 303]
    assert month.session.query(Bonus).count() == 1


def test_suggestions_are_told_apart_by_all_that_is_written(month: Month, client: FlaskClient) -> None:
    person, beginning = month.volunteer(), "楼道里的灯" * 16
    sign_in(client, month.gu)

    def give(note: str) -> int:
        return client.post("/bonuses", data={"kind": "suggestion", "who": person.number, "note": note}).status_code

    assert [give(beginning + end) for end in ("一楼", "二楼", "一楼")] == [303, 303, 409]
    assert [give(""), give("灯" * 121)] == [422, 422]
    json = {"kind": "suggestion", "person_id": person.id, "note": " "}
    assert list(client.post("/api/v1/bonuses", json=json).get_json()["errors"]) == ["note"]
    assert month.session.query(Bonus).count() == 2


def test_a_referral_shows_the_newcomers_name_and_keeps_none(month: Month, client: FlaskClient) -> None:
    person, newcomer = month.volunteer(), month.volunteer("何新来")
    month.served(newcomer)
    sign_in(client, month.gu)
    asked = {"kind": "referral", "who": person.number, "newcomer": newcomer.number}
    assert client.post("/bonuses", data=asked).status_code == 303
    assert "何新来" in client.get("/bonuses").get_data(as_text=True)
    assert month.session.query(Bonus).one().note == ""


def test_json_gives_the_same_refusals(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    sign_in(client, month.gu)
    own = client.post("/api/v1/bonuses", json={"kind": "suggestion", "person_id": month.gu.id, "note": "灯"})
    bad = client.post("/api/v1/bonuses", json={"kind": "gift", "person_id": person.id, "note": "灯"})
    given = client.post("/api/v1/bonuses", json={"kind": "suggestion", "person_id": person.id, "note": "灯"})
    again = client.post("/api/v1/bonuses", json={"kind": "suggestion", "person_id": person.id, "note": "灯"})
    assert (own.status_code, own.get_json()["code"]) == (409, "NotToOneself")
    assert (bad.status_code, list(bad.get_json()["errors"])) == (422, ["kind"])
    assert (given.status_code, given.get_json()["points"]) == (201, 10)
    assert (again.status_code, again.get_json()["code"]) == (409, "BonusGiven")
