"""The books page: verdict, equation, entries; a tampered entry is named."""

import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.sheets.reading_back import rows_of, table_of, take
from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.audit import AuditEvent
from volunteer_app.ledger.invariants import every_check
from volunteer_app.ledger.models import TXNS
from volunteer_app.people.models import Person
from volunteer_app.sheets.words import INVARIANTS
from volunteer_app.store.shelf import stock


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

    def guards_off(self, table: str) -> None:
        """What somebody with the database's password can do."""
        if self.session.connection().dialect.name == "postgresql":
            self.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        for name in self.session.execute(triggers, {"table": table}).scalars().all():
            self.session.execute(text(f"DROP TRIGGER {name}"))

    def tamper(self, seq: int) -> None:
        """Doubles both legs of an entry."""
        self.guards_off("ledger_posting")
        self.session.execute(text("UPDATE ledger_posting SET amount = amount * 2 WHERE txn_seq = :s"), {"s": seq})
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
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("\u202f", "").replace("\u00a0", " ")))


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
    assert said.index("取走了") < said.index("发放 日巡逻")


def test_each_entry_shows_eight_digits_of_its_hash(client: FlaskClient, house: House) -> None:
    html = page(client, house.auditor)
    hashes = house.session.execute(select(TXNS.c.hash)).scalars().all()
    assert len(hashes) == 5
    for found in hashes:
        assert f"{found[:4]} {found[4:8]}" in html


def test_the_printed_month_carries_all_64_digits(client: FlaskClient, house: House) -> None:
    head = house.session.execute(select(TXNS.c.hash).where(TXNS.c.seq == 5)).scalar_one()
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


@pytest.mark.usefixtures("house")
def test_another_community_sees_nothing_of_these_books(client: FlaskClient, make: Factory) -> None:
    stranger = make.person(make.community("other", "别的社区"), "auditor")
    said = plain(page(client, stranger))
    assert "这个月还没有记账" in said
    assert "日巡逻" not in said


def test_every_check_has_words(client: FlaskClient, house: House) -> None:
    """What a check finds is said in words, with the technical place beside it."""
    assert {check.invariant for check in every_check()} <= set(INVARIANTS)
    house.tamper(2)
    sign_in(client, house.auditor)
    client.post("/books/check")
    said = plain(client.get("/books").get_data(as_text=True))
    assert "指纹一笔接一笔" in said
    assert "I13c txn 2: the hash does not match" in said


def test_an_entry_changed_after_the_check_is_noticed_at_once(client: FlaskClient, house: House) -> None:
    """Somebody rewrites the last entry with its hash: the page needs no new check to see it."""
    sign_in(client, house.auditor)
    client.post("/books/check")
    house.guards_off("ledger_txn")
    house.session.execute(text("UPDATE ledger_txn SET hash = prev_hash WHERE seq = 5"))
    house.session.commit()
    assert "第5笔对不上" in plain(client.get("/books").get_data(as_text=True))


def test_the_export_is_masked_numbered_and_ends_with_the_chain_head(client: FlaskClient, house: House) -> None:
    sign_in(client, house.auditor)
    answer = take(client, "/books.xlsx?month=2026-10")
    rows = table_of(answer.data, "第几笔")
    assert [row["第几笔"] for row in rows[:5]] == [1.0, 2.0, 3.0, 4.0, 5.0]
    hashes = house.session.execute(select(TXNS.c.hash).order_by(TXNS.c.seq)).scalars().all()
    assert [row["指纹"] for row in rows[:5]] == list(hashes)
    assert rows[4]["从"] == f"刘*强 {house.member.number} 留存"
    assert (rows[4]["到"], rows[4]["分"], rows[4]["货品"], rows[4]["谁办的"]) == ("超市", 300.0, "rice 1", "吕桂芳")
    whole = str(rows_of(answer.data))
    assert f"链首（第5笔）{hashes[4]}" in whole
    assert "刘志强" not in whole
    assert unquote(answer.headers["Content-Disposition"].split("''")[1]) == "友邻社区 积分账本 2026-10 2026-10-12.xlsx"
    found = house.session.scalars(select(AuditEvent).where(AuditEvent.verb == "export")).one()
    assert (found.subject, found.note) == ("sheet:books", "2026-10 xlsx")


def test_entries_are_paged(client: FlaskClient, house: House) -> None:
    for number in range(50):
        house.books.issue(f"person:{house.member.id}", 1, f"service_record:{100 + number}")
    first = plain(page(client, house.auditor))
    assert "第 1–50 条，共 55 条" in first
    assert "追加预算" not in first
    assert "追加预算 年度预算" in plain(client.get("/books?page=2").get_data(as_text=True))


def test_the_json_says_what_the_page_says(client: FlaskClient, house: House) -> None:
    sign_in(client, house.auditor)
    assert client.get("/api/v1/books?month=2026-10").get_json()["check"] is None
    checked = client.post("/api/v1/books/checks")
    assert checked.status_code == 201
    assert {name: checked.get_json()[name] for name in ("verdict", "entries", "bad_row")} == {
        "verdict": "right",
        "entries": 5,
        "bad_row": None,
    }
    found = client.get("/api/v1/books?month=2026-10").get_json()
    numbers = ("opening", "issued", "redeemed", "expired", "reversed", "closing", "head_seq", "since_check")
    assert [found[name] for name in numbers] == [0, 320, 300, 0, 0, 20, 5, 0]
    listed = client.get("/api/v1/books/entries?month=2026-10").get_json()
    assert (listed["first"], listed["last"], listed["total"]) == (1, 5, 5)
    newest = listed["entries"][0]
    assert newest["sources"] == [f"刘*强 {house.member.number} 留存"]
    assert (newest["seq"], newest["points"], newest["goods"], newest["by"]) == (5, 300, {"sku:rice": 1}, "吕桂芳")
    assert client.get("/api/v1/books?month=octob").status_code == 422


def test_the_count_stands_beside_the_books(
    client: FlaskClient, session: Session, clock: SetClock, make: Factory
) -> None:
    shop = Shop(session, clock, make)
    found = shop.write(stock.count, "K04", 39, actor=shop.as_keeper())
    auditor = make.person(shop.community, "auditor")
    # the price list brings 40 towels; nobody has lost one before a second person has counted
    for address in ("/books", "/books/print"):
        assert "毛巾 0 40 0 40 — 等另一位再数" in plain(page(client, auditor, address))
    waiting = next(line for line in client.get("/api/v1/books").get_json()["stock"] if line["name"].startswith("毛巾"))
    assert (waiting["counted"], waiting["short"], waiting["is_waiting"]) == (None, None, True)

    shop.write(stock.confirm_count, found.id, actor=make.actor(make.person(shop.community, "admin")))
    assert "毛巾 0 40 1 39 39 10月12日 少1条" in plain(client.get("/books").get_data(as_text=True))


def test_books_in_english(client: FlaskClient, house: House) -> None:
    sign_in(client, house.auditor)
    client.get("/language/en")
    client.post("/books/check")
    said = plain(client.get("/books").get_data(as_text=True))
    assert "The books are right: 5 entries" in said
    assert "Liu * Qiang Liu Mou Qiang" in said
    assert "刘" not in said


def test_the_printed_points_list_adds_up_and_is_masked(client: FlaskClient, house: House) -> None:
    html = page(client, house.auditor, "/books/points?month=2026-10")
    said = plain(html)
    # 320 credited, 300 collected
    assert f"1 刘*强 刘某强 {house.member.number} 0 320 300 20" in said
    assert "刘志强" not in html
    assert "监督电话 0513-5550 0136" in said
