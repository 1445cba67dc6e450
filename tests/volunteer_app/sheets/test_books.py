"""The books page: verdict, equation, entries; a tampered entry is named."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.ledger.books import Books
from volunteer_app.people.models import Person


class House:
    """A community with an auditor, a member and a few entries: 1 budget, 2 credit, 3 stock, 4 hold, 5 collected."""

    def __init__(self, session: Session, clock: SetClock, make: Factory) -> None:
        self.session = session
        self.community = make.community()
        self.auditor = make.person(self.community, "auditor", name="秦建民")
        self.coordinator = make.person(self.community, "coordinator", name="顾敏")
        self.member = make.volunteer(self.community, name="刘志强")
        self.keeper = make.person(self.community, "keeper", name="吕桂芳")
        self.books = Books(session, clock, self.community.id)
        self.books.actor = make.actor(self.keeper)
        self.books.issue(f"person:{self.member.id}", 320, "service_record:1")
        self.books.stock("rice", 10)
        self.held = self.books.hold(f"person:{self.member.id}", 300, "order:1", code="rice")
        self.books.collect(self.held)

    def tamper(self, seq: int) -> None:
        """Somebody with the database's password: takes the guards off and changes one posting."""
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE ledger_posting DISABLE TRIGGER ALL"))
        else:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_posting'")
            )
            for name in list(names.scalars()):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = :s"), {"s": seq})
        self.session.commit()


@pytest.fixture
def house(session: Session, clock: SetClock, make: Factory) -> House:
    return House(session, clock, make)


def page(client: FlaskClient, person: Person, address: str = "/books") -> str:
    sign_in(client, person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def plain(html: str) -> str:
    """The words of a page, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("\u202f", "")))


def test_books_that_were_never_checked_say_so(client: FlaskClient, house: House) -> None:
    said = plain(page(client, house.auditor))
    assert "这本账还没有核过" in said
    assert "监督员只能看，不能改" in said


def test_checking_tells_the_verdict_and_keeps_it(client: FlaskClient, house: House) -> None:
    sign_in(client, house.auditor)
    assert client.post("/books/check", data={"month": "2026-10"}).status_code == 303
    said = plain(client.get("/books").get_data(as_text=True))
    assert "账是对的：5笔，一笔接一笔，没有断" in said
    assert "10月12日 8:30 核对" in said
    assert "那以后又记了" not in said
    house.books.issue(f"person:{house.member.id}", 10, "service_record:2")
    assert "那以后又记了1笔" in plain(client.get("/books").get_data(as_text=True))


def test_a_tampered_entry_is_named(client: FlaskClient, house: House) -> None:
    """Both legs doubled: the entry still balances, and only the chain can tell."""
    house.tamper(2)
    sign_in(client, house.auditor)
    client.post("/books/check")
    said = plain(client.get("/books").get_data(as_text=True))
    assert "第2笔对不上" in said
    assert "从这一笔起都要查，请打电话给平台管理员" in said
    assert "账是对的" not in said


def test_the_month_adds_up_and_the_order_stands_in_it(client: FlaskClient, house: House) -> None:
    said = plain(page(client, house.auditor))
    assert "上月大家手里 0 发放 +320 兑换 −300 过期 0 冲正 0 月底大家手里 20" in said
    assert "rice 0 10 1 9" in said


def test_entries_are_masked_and_say_from_where_to_where(client: FlaskClient, house: House) -> None:
    html = page(client, house.auditor)
    said = plain(html)
    assert "刘志强" not in html
    assert f"刘*强 刘某强 {house.member.number} 留存 超市 300 吕桂芳" in said
    assert f"社区积分预算 刘*强 刘某强 {house.member.number} 320" in said
    # the newest entry first
    assert said.index("交货") < said.index("发放 日巡逻")


def test_each_entry_shows_eight_digits_of_its_hash(client: FlaskClient, house: House) -> None:
    html = page(client, house.auditor)
    hashes = house.session.execute(text("SELECT hash FROM ledger_txn")).scalars().all()
    assert len(hashes) == 5
    for found in hashes:
        assert f"{found[:4]} {found[4:8]}" in html


def test_the_printed_month_carries_all_64_digits(client: FlaskClient, house: House) -> None:
    head = house.session.execute(text("SELECT hash FROM ledger_txn WHERE seq = 5")).scalar_one()
    said = plain(page(client, house.auditor, "/books/print?month=2026-10"))
    assert " ".join(head[start : start + 4] for start in range(0, 64, 4)) in said


def test_an_earlier_month_ends_with_its_own_head(client: FlaskClient, house: House, clock: SetClock) -> None:
    clock.tick(days=31)
    house.books.issue(f"person:{house.member.id}", 10, "service_record:2")
    assert "链首，第5笔" in plain(page(client, house.auditor, "/books/print?month=2026-10"))
    assert "链首，第6笔" in plain(client.get("/books/print?month=2026-11").get_data(as_text=True))


def test_only_auditor_and_admin_check_again(client: FlaskClient, house: House) -> None:
    assert "从头再核一遍" not in page(client, house.coordinator).replace("点“从头再核一遍”", "")
    assert client.post("/books/check").status_code == 403


def test_another_community_sees_nothing_of_these_books(client: FlaskClient, house: House, make: Factory) -> None:
    stranger = make.person(make.community("other", "别的社区"), "auditor")
    said = plain(page(client, stranger))
    assert "这个月还没有记账" in said
    assert "日巡逻" not in said
