"""Asking to be forgotten: by the person or for somebody, confirmed by a second person, with nothing left hanging."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.store.exchange.test_away import Two
from tests.volunteer_app.store.pages import page, send
from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.audit import AuditEvent
from volunteer_app.erasing.forgetting import ERASED, rows_with
from volunteer_app.erasing.models import Erasure
from volunteer_app.ledger.verify import verify
from volunteer_app.people.models import Person

NAME = "颜如玉"


@pytest.fixture
def shop(session: Session, clock: SetClock, make: Factory) -> Shop:
    return Shop(session, clock, make)


def asked(shop: Shop) -> Erasure:
    shop.session.rollback()
    return shop.session.query(Erasure).order_by(Erasure.id.desc()).first() or pytest.fail("nothing was asked")


def test_the_person_asks_and_an_administrator_confirms(client: FlaskClient, shop: Shop) -> None:
    person, admin = shop.member(100, name=NAME), shop.member(0, "admin")
    sign_in(client, person)
    shown = page(client, "/my/erasure")
    assert ("服务时长和每一班的记录" in shown, "您还有100分没有用" in shown) == (True, True)
    assert "请先勾上" in send(client, "/my/erasure", 422)
    send(client, "/my/erasure", sure="1")
    assert "等平台管理员确认" in page(client, "/my/erasure")
    assert "已经提过了" in send(client, "/my/erasure", 409, sure="1")
    one = asked(shop)
    assert (one.how, one.state, shop.session.get_one(Person, person.id).name) == ("self", "waiting", NAME)

    sign_in(client, admin)
    assert NAME in page(client, "/people/erasures")
    send(client, f"/people/erasures/{one.id}/confirm")

    one = asked(shop)
    assert (one.state, one.decided_by_id, one.left_in) == ("done", admin.id, [])
    assert shop.session.get_one(Person, person.id).name == ERASED
    assert rows_with(shop.session, shop.community.id, NAME) == []
    assert verify(shop.session, shop.community.id) == []
    assert "注销了" in page(client, "/people/erasures")
    assert "已经办过了" in send(client, f"/people/erasures/{one.id}/confirm", 409)


def test_it_takes_two_people(client: FlaskClient, shop: Shop) -> None:
    """Neither who took the request down nor whom it is about confirms it; a coordinator never does."""
    person, admin, other = shop.member(0, name=NAME), shop.member(0, "admin"), shop.member(0, "admin", name="另一位")
    sign_in(client, admin)
    assert "没有这个编号" in send(client, "/people/erasures", 422, who="V999", how="phone")
    send(client, "/people/erasures", who=person.number, how="phone")
    one = asked(shop)
    assert "要另一位管理员来确认" in send(client, f"/people/erasures/{one.id}/confirm", 409)
    sign_in(client, shop.member(0, "coordinator"))
    assert client.post(f"/people/erasures/{one.id}/confirm").status_code == 403
    sign_in(client, other)
    send(client, f"/people/erasures/{one.id}/confirm")
    assert shop.session.get_one(Person, person.id).name == ERASED


def test_what_is_open_comes_first(client: FlaskClient, shop: Shop) -> None:
    person, admin = shop.member(100, name=NAME), shop.member(0, "admin")
    order = shop.reserve(person, K01=1)
    sign_in(client, person)
    assert "1份预约没有取" in page(client, "/my/erasure")
    send(client, "/my/erasure", sure="1")
    one = asked(shop)
    sign_in(client, admin)
    refusal = send(client, f"/people/erasures/{one.id}/confirm", 409)
    assert "还有没办完的：1份预约没有取" in refusal
    assert shop.session.query(AuditEvent).filter_by(verb="refuse").count() == 1
    shop.hand_over(order)
    send(client, f"/people/erasures/{one.id}/confirm")
    assert asked(shop).state == "done"


def test_goods_that_wait_in_another_community_come_first_too(client: FlaskClient, shop: Shop, make: Factory) -> None:
    two = Two(shop, Shop(shop.session, shop.clock, make, make.community("linan", "邻安社区")))
    person = shop.member(100, name=NAME)
    order = two.reserve(person, K01=1)
    sign_in(client, person)
    assert "1份预约没有取" in page(client, "/my/erasure")

    two.hand_over(order)

    assert "份预约没有取" not in page(client, "/my/erasure")


def test_somebody_thinks_better_of_it(client: FlaskClient, shop: Shop) -> None:
    person, stranger = shop.member(0, name=NAME), shop.member(0)
    sign_in(client, person)
    send(client, "/my/erasure", sure="1")
    one = asked(shop)
    sign_in(client, stranger)
    assert client.post(f"/my/erasure/{one.id}/drop").status_code == 404
    sign_in(client, person)
    send(client, f"/my/erasure/{one.id}/drop")
    assert (asked(shop).state, shop.session.get_one(Person, person.id).name) == ("dropped", NAME)
    send(client, "/my/erasure", sure="1")  # and may ask again
    assert asked(shop).state == "waiting"
