"""Somebody asks to be forgotten: nothing in the database says who it was, and the books verify as before."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.store.shop import Shop
from volunteer_app.attendance.models import Attendance
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.errors import NotFound
from volunteer_app.erasing.actions import ask
from volunteer_app.erasing.at_once import erase_number
from volunteer_app.erasing.forgetting import DELETED, ERASED, forget, rows_with
from volunteer_app.erasing.rules import StillOpen, standing
from volunteer_app.ledger.queries import chain_head
from volunteer_app.ledger.verify import verify
from volunteer_app.messages.models import Feedback, OutboxMessage
from volunteer_app.people.actions import LastAdmin
from volunteer_app.people.models import Person, RoleGrant
from volunteer_app.rewards.models import Bonus
from volunteer_app.store.orders.models import Order

NAME, PHONE, WORDS = "颜如玉", "13900001111", "住在桂花里9号楼的颜如玉"


def well_known(session: Session, shop: Shop) -> Person:
    """A person of whom every table that can hold words holds some, and another's message that speaks of her."""
    person = shop.member(100, name=NAME, phone=PHONE)
    other = shop.member(0)
    order = shop.reserve(person, K01=1)
    shop.hand_over(order)
    session.execute(update(Order).where(Order.id == order.id).values(proxy_name=NAME))
    session.commit()
    bonus = {"kind": "suggestion", "points": 10, "earned_on": date(2026, 10, 12), "given_at": shop.clock()}
    message = {"kind": "cover", "channel": "phone", "template": "%(name)s来不了", "values": {"name": NAME}}
    times = {"created_at": shop.clock(), "due_after": shop.clock()}
    here = {"community_id": shop.community.id}
    shop.make.save(
        OutboxMessage(person_id=person.id, cause="a", **message, **times, **here),
        OutboxMessage(person_id=other.id, cause="b", **message, **times, **here),
        Feedback(
            person_id=person.id, kind="thanks", text=WORDS, name=NAME, phone=PHONE, once="1",
            created_at=shop.clock(), **here,
        ),
        Bonus(person_id=person.id, occasion="1", note=WORDS, **bonus, **here),
    )  # fmt: skip
    shop.make.tag(person, "skill", "first_aid")
    return person


def test_nothing_says_any_more_who_it_was(app: Flask, session: Session, clock: SetClock, make: Factory) -> None:
    shop = Shop(session, clock, make)
    person = well_known(session, shop)
    number, head, balance = person.number, chain_head(session, shop.community.id), shop.balance(person)
    assert {"person", "feedback", "store_order", "bonus"} <= set(rows_with(session, shop.community.id, NAME))
    session.rollback()

    with app.app_context():
        assert erase_number(number.lower()) == []

    session.rollback()
    session.expire_all()
    for words in (NAME, PHONE, WORDS):
        assert rows_with(session, shop.community.id, words) == []
    assert [message.values["name"] for message in session.scalars(select(OutboxMessage))] == [ERASED]
    assert (person.name, person.phone, person.birth_year, person.password_hash) == (ERASED, None, None, None)
    assert session.scalar(select(func.count()).select_from(RoleGrant).where(RoleGrant.person_id == person.id)) == 0
    assert session.scalars(select(AuditEvent.verb).where(AuditEvent.verb == "erase")).all() == ["erase"]
    assert (chain_head(session, shop.community.id), shop.balance(person)) == (head, balance)
    assert verify(session, shop.community.id) == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("李明", "已注销"),
        ("李明华", "李明华"),  # somebody whom the community doesn't know
        ("李明德", "李明德"),
        ("李明德替李明来", "李明德替已注销来"),
        ("请给李明打电话", "请给已注销打电话"),
        ("小李明说李明病了", "小李明说已注销病了"),
    ],
)
def test_a_namesake_by_prefix_keeps_his_name(text: str, after: str) -> None:
    assert forget(text, standing("李明", ["李明德", "小李明"])) == after


def test_latin_names_end_with_their_letters() -> None:
    assert forget("Ann来，Anna不来", standing("Ann", [])) == "已注销来，Anna不来"


def test_namesakes_and_other_communities_are_left_alone(
    app: Flask, session: Session, clock: SetClock, make: Factory
) -> None:
    shop = Shop(session, clock, make)
    person = shop.member(0, name="李明")
    shop.member(0, name="李明德")
    make.volunteer(make.community("other", "北郭社区"), name="李明")
    message = {"kind": "cover", "channel": "phone", "template": "%(name)s来不了", "values": {"name": "李明德"}}
    times = {"created_at": clock(), "due_after": clock()}
    make.save(OutboxMessage(community_id=shop.community.id, person_id=None, cause="b", **message, **times))

    with app.app_context():
        assert erase_number(person.number) == []

    session.rollback()
    assert [row.values for row in session.scalars(select(OutboxMessage))] == [{"name": "李明德"}]


def test_at_once_too_nothing_is_left_hanging(app: Flask, session: Session, clock: SetClock, make: Factory) -> None:
    """What is open comes first; a request that waits is done with it."""
    shop = Shop(session, clock, make)
    person = shop.member(100, name=NAME)
    order = shop.reserve(person, K01=1)
    asked = shop.write(ask, person.id, "self", actor=make.actor(person, "volunteer"))
    number = person.number
    session.rollback()

    with app.app_context(), pytest.raises(StillOpen, match="1份预约没有取"):
        erase_number(number)
    session.rollback()
    assert (person.name, asked.state) == (NAME, "waiting")
    shop.cancel(order)
    with app.app_context():
        assert erase_number(number) == []

    session.rollback()
    assert (person.name, asked.state, asked.decided_by_id, asked.decided_at) == (ERASED, "done", None, clock())


def test_every_table_that_is_named_exists() -> None:
    assert set(DELETED) <= set(Attendance.metadata.tables)


def test_an_unknown_number_and_the_last_administrator_stay(app: Flask, session: Session, make: Factory) -> None:
    admin = make.person(make.community(), "admin", name=NAME)
    session.rollback()

    with app.app_context():
        with pytest.raises(NotFound):
            erase_number("V999")
        with pytest.raises(LastAdmin):
            erase_number(admin.number)

    session.rollback()
    assert session.get_one(Person, admin.id).name == NAME
