"""The record in five classes, stars in steps by two people, certificates that can be checked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.attendance.factory import Month
from volunteer_app.attendance import corrections
from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.credentials import actions, queries, rules
from volunteer_app.credentials.models import Certificate, RecordEntry, StarGrant
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import holds
from volunteer_app.ledger.rules import Key
from volunteer_app.notices import actions as notices
from volunteer_app.people.models import Household, Person
from volunteer_app.rewards.actions import adopt_rules
from volunteer_app.rewards.rules import Rules
from volunteer_app.sheets.certificate import certificate_sheet

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def month(session: Session, clock: SetClock, make: Factory) -> Month:
    """Stars by 2, 4, 6, 8 and 10 hours: a shift of two hours is a star."""
    made = Month(session, clock, make)
    stars = replace(Rules(), star_hours=(2, 4, 6, 8, 10))
    made.write(adopt_rules, stars, effective_from=FIRST, first=True)
    return made


def served(month: Month, person: Person, *days: int) -> None:
    """Two hours on each of these days of October, past their notice."""
    for day in days:
        record = month.served(person, day=date(2026, 10, day))
        month.write(notices.finalise, [month.session.get_one(ServiceRecord, record.id)])


def test_numbers_have_a_check_digit_that_catches_slips() -> None:
    # doubled from the right: 7→14→5, 9→18→9, 7→14→5, 9→18→9, 7→14→5 make 33; 8 + 3 + 2 + 9 are 22; 55 wants a 5
    assert rules.check_digit("799273987") == "5"
    assert rules.new_number(lambda _length: "799273987") == "79927-39875"
    assert rules.read_number(" 79927 39875 ") == "79927-39875"
    assert rules.read_number("79927-39857") is None  # two neighbours exchanged
    assert rules.read_number("79927-39876") is None
    assert rules.read_number("") is None


def test_a_star_is_applied_for_shown_five_working_days_and_certified_by_another(month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12, 13)
    month.at("9:00", date(2026, 10, 14))
    grant = month.write(actions.apply_for_star, person.id)
    assert (grant.stars, grant.minutes, grant.state) == (2, 240, "applied")
    with pytest.raises(rules.StarInHand):
        month.write(actions.apply_for_star, person.id)

    month.write(actions.publicise_star, grant.id, by=month.gu)
    # Wednesday 14 October: the fifth working day after it is Wednesday 21
    assert month.session.get_one(StarGrant, grant.id).closes_on == date(2026, 10, 21)
    month.at("23:00", date(2026, 10, 21))
    with pytest.raises(rules.NoticeNotOver):
        month.write(actions.certify_star, grant.id, by=month.shen)
    month.at("8:00", date(2026, 10, 22))
    with pytest.raises(rules.SecondPersonForStar):
        month.write(actions.certify_star, grant.id, by=month.gu)
    month.write(actions.certify_star, grant.id, by=month.shen)

    stars = queries.stars_of(month.session, person.id, date(2026, 10, 22))
    assert (stars.reached, stars.certified, stars.waiting, stars.may_apply) == (2, 2, None, False)


def test_a_star_hangs_on_the_board_until_its_days_are_over(client: FlaskClient, month: Month) -> None:
    person = month.volunteer(name="姚文娟")
    served(month, person, 12)
    month.at("9:00", date(2026, 10, 14))
    grant = month.write(actions.apply_for_star, person.id)
    sign_in(client, month.gu)
    assert "星级志愿者，正在公示" not in client.get("/notices").get_data(as_text=True)

    month.write(actions.publicise_star, grant.id, by=month.gu)

    page = client.get("/notices").get_data(as_text=True)
    for said in (f"姚*娟 {person.number} · 1星", "公示到10月21日 周三", "有不同意见，请打电话 "):
        assert said in page, said
    assert "姚文娟" not in page
    star = {"number": person.number, "name": "姚*娟", "stars": 1}
    days = {"published_on": "2026-10-14", "closes_on": "2026-10-21"}
    assert client.get("/api/v1/notices/stars").get_json() == [star | days]
    month.at("9:00", date(2026, 10, 22))
    assert client.get("/api/v1/notices/stars").get_json() == []


def test_the_database_itself_wants_a_second_person(month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12)
    grant = month.write(actions.apply_for_star, person.id)
    found = month.session.get_one(StarGrant, grant.id)
    found.state, found.publicised_by_id, found.decided_by_id = "certified", month.gu.id, month.gu.id
    with pytest.raises(IntegrityError):
        month.session.commit()
    month.session.rollback()


def test_hours_that_were_corrected_away_stop_the_star(month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12, 13)
    grant = month.write(actions.apply_for_star, person.id)
    month.write(actions.publicise_star, grant.id)
    month.session.scalars(
        select(ServiceRecord).where(ServiceRecord.served_on == date(2026, 10, 13))
    ).one().state = "corrected"
    month.session.commit()
    month.at("8:00", date(2026, 10, 30))
    with pytest.raises(rules.StarNotReached, match="4小时"):
        month.write(actions.certify_star, grant.id, by=month.shen)


def test_too_few_hours_are_told_with_the_figure(month: Month) -> None:
    with pytest.raises(rules.StarNotReached, match="1星，要2小时"):
        month.write(actions.apply_for_star, month.volunteer().id)


def test_a_certificate_holds_what_was_final_and_can_be_checked(client: FlaskClient, month: Month) -> None:
    person = month.volunteer(name="姚文娟")
    served(month, person, 12, 13)
    month.served(person, day=date(2026, 10, 14))  # still waiting for its notice
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    assert (made.minutes, made.times) == (240, 2)

    said = client.get(f"/check?number={made.number.replace('-', ' ')}").get_data(as_text=True)
    assert "是真的" in said
    assert "姚*娟" in said
    assert "姚文娟" not in said
    assert "没有这个编号的证明" in client.get("/check?number=12345-67890").get_data(as_text=True)

    month.write(actions.revoke_certificate, made.id, "抄错了人", by=month.shen)
    with pytest.raises(rules.AlreadyRevoked):
        month.write(actions.revoke_certificate, made.id, "再来", by=month.shen)
    said = client.get(f"/check?number={made.number}").get_data(as_text=True)
    assert "这张证明作废了" in said
    kept = month.session.get_one(Certificate, made.id)
    assert (kept.minutes, kept.times) == (240, 2)  # the certificate itself stays as it was issued


def test_a_check_tells_that_hours_were_corrected_after_issue(client: FlaskClient, month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12, 13)
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    month.session.scalars(
        select(ServiceRecord).where(ServiceRecord.served_on == date(2026, 10, 13))
    ).one().state = "corrected"
    month.session.commit()
    assert "发证以后时长有更正" in client.get(f"/check?number={made.number}").get_data(as_text=True)


def struck(month: Month, person: Person, day: int) -> None:
    """Two people say that nobody was there on that day of October."""
    record = month.session.scalars(select(ServiceRecord).where(ServiceRecord.served_on == date(2026, 10, day))).one()
    change = Change(record.shift_id, person.id, "没来")
    proposal = month.write(corrections.propose, change, by=month.gu)
    month.write(notices.confirm_correction, proposal.id, by=month.shen)


def test_a_struck_service_that_a_later_one_makes_up_is_told(client: FlaskClient, month: Month) -> None:
    """240 minutes on 12 and 13 October; after issue the 13th is struck and the 14th becomes final: 240 again."""
    person = month.volunteer()
    served(month, person, 12, 13)
    month.at("9:00", date(2026, 10, 20))
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    address = f"/certificates/{made.id}"
    sign_in(client, person)
    assert "更正" not in client.get(address).get_data(as_text=True)

    month.at("9:00", date(2026, 10, 21))
    struck(month, person, 13)
    served(month, person, 14)

    page = client.get(address).get_data(as_text=True)
    assert [f"2026年10月{day}日" in page for day in (12, 13, 14)] == [True, True, False]
    assert "发证以后时长有更正" in page
    assert "今天算下来，这段时间一共2次，4小时" in page
    paper = certificate_sheet(month.session, month.session.get_one(Certificate, made.id), month.community)
    assert [row[0] for row in paper.rows] == [date(2026, 10, 12), date(2026, 10, 13)]
    assert str(paper.foot[0]) == "发证以后时长有更正：今天算下来，这段时间一共2次，240分钟。"
    assert "是真的，发证以后时长有更正" in client.get(f"/check?number={made.number}").get_data(as_text=True)


def test_later_services_leave_a_certificate_true(client: FlaskClient, month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12)
    month.at("9:00", date(2026, 10, 20))
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    month.at("9:00", date(2026, 10, 21))
    served(month, person, 14)
    found = queries.covered(month.session, month.session.get_one(Certificate, made.id))
    assert ([one.served_on.day for one in found.services], found.now) == ([12], queries.Served(240, 2))
    assert client.get(f"/api/v1/certificates/{made.number}").get_json()["is_current"]


def test_only_the_holder_and_coordinators_see_a_certificate(client: FlaskClient, month: Month) -> None:
    person, other = month.volunteer(), month.volunteer(name="刘志强")
    served(month, person, 12)
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    sign_in(client, other)
    assert client.get(f"/certificates/{made.id}").status_code == 404
    assert client.get(f"/certificates/{made.id}.pdf").status_code == 404
    sign_in(client, person)
    assert made.number in client.get(f"/certificates/{made.id}").get_data(as_text=True)
    assert client.get(f"/certificates/{made.id}.pdf").data.startswith(b"%PDF-")


def entry(kind: str = "training", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "happened_on": FIRST, "title": "急救培训", "minutes": 90, **more}


def test_entries_are_voided_and_never_deleted(month: Month) -> None:
    person = month.volunteer()
    made = month.write(actions.add_entry, person.id, entry())
    month.write(actions.void_entry, made.id, "记错了人")
    with pytest.raises(rules.AlreadyVoided):
        month.write(actions.void_entry, made.id, "再来")
    (kept,) = queries.entries_of(month.session, person.id)
    assert (kept.title, kept.void_reason) == ("急救培训", "记错了人")


def test_nobody_writes_the_record_of_his_own_household(month: Month) -> None:
    home = Household(community_id=month.community.id, code="H1")
    month.make.save(home)
    person = month.volunteer(household_id=home.id)
    served(month, person, 12)
    month.gu.household_id = home.id
    month.session.commit()
    with pytest.raises(rules.OwnRecord):
        month.write(actions.add_entry, person.id, entry())
    with pytest.raises(rules.OwnRecord):
        month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    assert month.session.scalar(select(func.count()).select_from(RecordEntry)) == 0


def test_no_points_operation_touches_hours(month: Month) -> None:
    """Credit, hold, release, reversal and expiry leave minutes and stars as they are."""
    person = month.volunteer()
    served(month, person, 12, 13)
    before = attendance.minutes_of(month.session, person.id), queries.final_minutes(month.session, person.id)
    owner, now = f"person:{person.id}", month.clock()
    soon = now + timedelta(days=1)
    month.write(ledger.issue, to=owner, points=40, cause="a", reason="x", expires_at=soon)
    booked = month.write(ledger.issue, to=owner, points=40, cause="b", reason="x", expires_at=None)
    month.write(ledger.reverse, booked.id, cause="c", reason="x")
    lines = [holds.Line(Key(owner, "points"), Key("store:main", "income"), 10)]
    held = month.write(holds.hold, lines, cause="d", reason="x", expires_at=soon)
    month.write(holds.release, held.hold_id, reason="x")
    month.clock.tick(days=2)
    month.write(ledger.issue, to=owner, points=1, cause="e", reason="x", expires_at=None)  # books what ran out
    assert month.balance(person).expired == 40
    assert (attendance.minutes_of(month.session, person.id), queries.final_minutes(month.session, person.id)) == before


def test_pages_walk_from_application_to_certificate(client: FlaskClient, month: Month) -> None:
    person = month.volunteer()
    served(month, person, 12)
    sign_in(client, person)
    assert "申请1星" in client.get("/my/credentials").get_data(as_text=True)
    assert client.post("/my/credentials/star").status_code == 303
    sign_in(client, month.gu)
    grant = month.session.scalars(select(StarGrant)).one()
    assert client.post(f"/stars/{grant.id}/publicise").status_code == 303
    said = client.post(f"/stars/{grant.id}/certify")
    assert said.status_code == 409
    assert "满了才能评定" in said.get_data(as_text=True)
    page = f"/people/{person.id}/credentials"
    bad = client.post(f"/people/{person.id}/certificates", data={"from_on": "2026-10-31", "to_on": "2026-10-01"})
    assert bad.status_code == 422
    assert client.post(page, data={"kind": "training", "happened_on": "2026-10-01", "title": "急救"}).status_code == 303
    assert "急救" in client.get(page).get_data(as_text=True)
    assert month.session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_the_record_over_json(client: FlaskClient, month: Month) -> None:
    person = month.volunteer(name="姚文娟")
    served(month, person, 12)
    made = month.write(actions.issue_certificate, person.id, from_on=FIRST, to_on=LAST)
    found = client.get(f"/api/v1/certificates/{made.number}").json
    assert found is not None
    assert (found["name"], found["minutes"], found["is_revoked"], found["is_current"]) == ("姚*娟", 120, False, True)
    assert client.get("/api/v1/certificates/00000-00000").status_code == 404
    sign_in(client, person)
    assert client.post("/api/v1/my/credentials/star").json["stars"] == 1  # type: ignore[index]
    mine = client.get("/api/v1/my/credentials").json
    assert mine is not None
    assert (mine["minutes"], mine["stars_reached"], mine["stars_certified"]) == (120, 1, 0)
    assert client.get(f"/api/v1/people/{person.id}/credentials").status_code == 403
