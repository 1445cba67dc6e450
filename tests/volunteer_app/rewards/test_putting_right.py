"""Corrections by two people, expired points brought back, months closed: on the page, from proposal to books."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.factory import sign_in
from tests.volunteer_app.attendance.factory import Month
from volunteer_app.core.clock import local_date
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.models import Proposal
from volunteer_app.ledger.rules import PeriodClosed
from volunteer_app.people.models import Household, Person
from volunteer_app.rewards import putting_right

PAGE = "/books/put-right"


def administrator(month: Month) -> Person:
    return month.make.person(month.community, "admin", name="周平", number="D01")


def proposed(month: Month, client: FlaskClient, person: Person, points: str = "30", reason: str = "登记本漏记") -> int:
    sign_in(client, month.gu)
    asked = {"who": person.number, "points": points, "reason": reason}
    assert client.post("/books/adjustments", data=asked).status_code == 303
    return month.session.query(Proposal).one().id


def test_a_correction_is_proposed_by_one_and_approved_by_another(month: Month, client: FlaskClient) -> None:
    person, admin = month.volunteer(), administrator(month)
    proposal_id = proposed(month, client, person)
    assert month.balance(person).available == 0
    assert client.post(f"/books/proposals/{proposal_id}/approve").status_code == 403  # a coordinator doesn't approve
    sign_in(client, admin)
    page = client.get(PAGE).get_data(as_text=True)
    assert "登记本漏记" in page
    assert "+\u202f30" in page
    assert client.post(f"/books/proposals/{proposal_id}/approve").status_code == 303
    assert month.balance(person).available == 30
    again = client.post(f"/books/proposals/{proposal_id}/approve")
    assert again.status_code == 409
    assert "这一件已经办过了" in again.get_data(as_text=True)
    assert month.balance(person).available == 30


def test_an_administrator_who_is_coordinator_too_needs_a_second_person(month: Month, client: FlaskClient) -> None:
    both = month.make.person(month.community, "coordinator", "admin", name="周平")
    person = month.volunteer()
    sign_in(client, both)
    asked = {"who": person.number, "points": "30", "reason": "漏记"}
    assert client.post("/books/adjustments", data=asked).status_code == 303
    refused = client.post(f"/books/proposals/{month.session.query(Proposal).one().id}/approve")
    assert refused.status_code == 409
    assert "要两个人" in refused.get_data(as_text=True)
    assert month.balance(person).available == 0


def test_neither_of_the_two_does_it_for_his_household(month: Month, client: FlaskClient) -> None:
    home = Household(community_id=month.community.id, code="H1")
    month.make.save(home)
    person = month.volunteer(household_id=home.id)
    admin = month.make.person(month.community, "admin", household_id=home.id, name="周平")
    proposal_id = proposed(month, client, person)
    sign_in(client, admin)
    refused = client.post(f"/books/proposals/{proposal_id}/approve")
    assert refused.status_code == 409
    assert "不能办自己和家人的" in refused.get_data(as_text=True)
    month.gu.household_id = home.id
    month.session.commit()
    with pytest.raises(putting_right.NotForOneself):
        month.write(putting_right.propose_adjustment, person.id, 5, "漏记")


def test_slips_are_told_beside_their_fields(month: Month, client: FlaskClient) -> None:
    sign_in(client, month.gu)
    answer = client.post("/books/adjustments", data={"who": "nobody", "points": "0", "reason": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请写几分，不能是零。" in page
    assert "nobody" in page  # what was typed stays


def test_expired_points_come_back_for_three_months(month: Month, client: FlaskClient) -> None:
    person, admin = month.volunteer(), administrator(month)
    owner, soon = f"person:{person.id}", month.clock() + timedelta(days=1)
    month.write(ledger.issue, to=owner, points=40, cause="a", reason="x", expires_at=soon)
    month.clock.tick(days=2)
    month.write(ledger.issue, to=owner, points=1, cause="b", reason="x", expires_at=None)  # books what ran out
    (lost,) = putting_right.expiries(month.session, month.community.id)
    assert (lost.person_id, lost.points) == (person.id, 40)

    sign_in(client, month.gu)
    asked = {"txn_id": lost.txn_id, "reason": "住院没能来"}
    assert client.post("/books/reinstatements", data=asked).status_code == 303
    assert client.post("/books/reinstatements", data=asked | {"reason": "再提"}).status_code == 409
    sign_in(client, admin)
    proposal_id = month.session.query(Proposal).one().id
    assert client.post(f"/books/proposals/{proposal_id}/approve").status_code == 303

    assert month.balance(person).available == 41
    assert putting_right.expiries(month.session, month.community.id) == []
    # to the end of the 92nd day after the one on which somebody asked
    last = local_date(month.clock(), "Asia/Shanghai") + timedelta(days=92)
    month.at("23:59", last)
    assert month.balance(person).available == 41
    month.at("0:00", last + timedelta(days=1))
    assert month.balance(person).available == 1


def test_points_whose_new_date_is_over_are_asked_for_again(month: Month, client: FlaskClient) -> None:
    person, admin = month.volunteer(), administrator(month)
    sign_in(client, month.gu)
    assert (
        client.post("/books/adjustments", data={"who": person.number, "points": "5", "reason": "漏记"}).status_code
        == 303
    )
    month.clock.tick(days=4 * 366)  # longer than any points are good for
    sign_in(client, admin)
    proposal = month.session.query(Proposal).one()
    late = client.post(f"/books/proposals/{proposal.id}/approve")
    assert late.status_code == 409
    assert "新到期日已经过了" in late.get_data(as_text=True)
    assert client.post(f"/books/proposals/{proposal.id}/drop").status_code == 303
    assert month.balance(person).available == 0


def test_a_closed_month_takes_nothing_until_two_people_open_it(month: Month, client: FlaskClient) -> None:
    admin = administrator(month)
    sign_in(client, month.gu)
    early = client.post("/books/periods", data={"month": "2026-10"})
    assert early.status_code == 409
    assert "还没有过完" in early.get_data(as_text=True)
    month.at("20:00", date(2026, 10, 31))
    assert client.post("/books/periods", data={"month": "2026-10"}).status_code == 303
    with pytest.raises(PeriodClosed):
        month.write(ledger.fund, 5, cause="late", reason="x")
    (closed,) = putting_right.closed_months(month.session, month.community.id, "Asia/Shanghai")
    count = month.session.execute(text("SELECT COUNT(*) FROM ledger_txn")).scalar_one()
    assert (closed.month, closed.last_seq) == (date(2026, 10, 1), count)

    assert client.post(f"/books/periods/{closed.period_id}/reopen", data={"reason": "漏了一笔"}).status_code == 303
    sign_in(client, admin)
    proposal_id = month.session.query(Proposal).one().id
    assert client.post(f"/books/proposals/{proposal_id}/approve").status_code == 303
    month.write(ledger.fund, 5, cause="late", reason="x")


def test_a_proposal_can_be_put_aside(month: Month, client: FlaskClient) -> None:
    person = month.volunteer()
    proposal_id = proposed(month, client, person, "-5")
    assert client.post(f"/books/proposals/{proposal_id}/drop").status_code == 303
    assert "没有要批的" in client.get(PAGE).get_data(as_text=True)
    assert month.balance(person).available == 0


def test_a_correction_over_json(month: Month, client: FlaskClient) -> None:
    person, admin = month.volunteer(), administrator(month)
    sign_in(client, month.gu)
    asked = {"person_id": person.id, "points": 30, "reason": "漏记"}
    made = client.post("/api/v1/proposals/adjustments", json=asked)
    assert made.status_code == 201
    assert client.post("/api/v1/proposals/adjustments", json=asked | {"person_id": 999_999}).status_code == 404
    assert client.post("/api/v1/proposals/adjustments", json=asked | {"points": 0}).status_code == 422
    sign_in(client, admin)
    proposal_id = made.json["id"]  # type: ignore[index]
    assert client.post(f"/api/v1/proposals/{proposal_id}/approve").json["state"] == "approved"  # type: ignore[index]
    assert month.balance(person).available == 30
