"""Statement and receipt: five figures that equal sums over raw postings, the paper with Chinese glyphs, own only."""

import random
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.sheets.reading_back import rows_of, table_of, take
from volunteer_app.ledger import actions
from volunteer_app.ledger.models import TXNS
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.people.models import Person
from volunteer_app.sheets.months import month_with
from volunteer_app.sheets.paper import laid_out, pdf
from volunteer_app.sheets.statement import points_statement
from volunteer_app.sheets.table import Column, Sheet

RAW = """SELECT a.kind, t.kind, SUM(p.amount) FROM ledger_posting p
JOIN ledger_account a ON a.id = p.account_id
JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
WHERE a.owner = :owner AND a.unit = 'points' GROUP BY a.kind, t.kind"""


class Member:
    """A member with books, and a second one whose points must not show."""

    def __init__(self, session: Session, clock: SetClock, make: Factory) -> None:
        self.session, self.clock = session, clock
        self.community = make.community()
        self.person = make.volunteer(self.community, name="刘志强")
        self.other = make.volunteer(self.community, name="姚文娟")
        self.coordinator = make.person(self.community, "coordinator", name="顾敏")
        self.books = Books(session, clock, self.community.id)
        self.owner = f"person:{self.person.id}"

    def lives(self, steps: int, seed: int) -> None:
        """A random history: credits that run out, holds that are collected, released or forgotten, reversals."""
        chance = random.Random(seed)
        credited, held = [], []
        for step in range(steps):
            self.clock.tick(days=chance.choice((0, 1, 4)))
            act = chance.choice(("issue", "issue", "hold", "collect", "release", "reverse"))
            if act == "issue":
                until = self.clock() + timedelta(days=chance.choice((5, 20, 900)))
                credited.append(self.books.issue(self.owner, chance.randint(1, 60), f"service_record:{step}", until))
                self.books.issue(f"person:{self.other.id}", 7, f"service_record:o{step}")
            elif act == "hold":
                try:
                    held.append(self.books.hold(self.owner, chance.randint(1, 40), f"order:{step}"))
                except NotEnoughPoints:
                    self.session.rollback()
            elif act == "reverse" and credited:
                found = credited.pop(chance.randrange(len(credited)))
                self.books.write(actions.reverse, found.id, cause=f"reverse:{step}", reason="记错了")
            elif held and act in ("collect", "release"):
                self.close(act, held.pop())
        self.books.issue(self.owner, 1, "service_record:last")  # books what has lapsed, so that raw sums know it

    def close(self, act: str, found: object) -> None:
        from volunteer_app.core.errors import Refused

        try:
            getattr(self.books, act)(found)
        except Refused:
            self.session.rollback()


@pytest.fixture
def member(session: Session, clock: SetClock, make: Factory) -> Member:
    return Member(session, clock, make)


@pytest.mark.parametrize("seed", range(2))
def test_the_five_figures_are_sums_over_raw_postings(member: Member, seed: int) -> None:
    member.lives(40, seed)
    rows = member.session.execute(text(RAW), {"owner": member.owner}).all()
    by_account = {kind: sum(int(n) for a, _, n in rows if a == kind) for kind in ("points", "held", "debt")}
    by_kind = {kind: sum(int(n) for _, t, n in rows if t == kind) for _, kind, _ in rows}
    month = month_with(member.clock().date(), "Asia/Shanghai")

    found = points_statement(member.session, member.community, member.person, month, now=member.clock())

    assert found.figures.pending == 0  # nobody has served
    assert found.figures.available == by_account["points"]
    assert found.figures.held == by_account["held"]
    assert found.figures.debt == -by_account["debt"]
    # what left the member: goods (less what came back), and what ran out
    assert found.figures.spent == -by_kind.get("collect", 0) - by_kind.get("refund", 0)
    assert found.figures.expired == -by_kind.get("expire", 0)
    assert found.opening + sum(row.amount for row in found.rows) == found.closing == found.figures.available


def test_page_excel_and_receipt_tell_the_same(client: FlaskClient, member: Member) -> None:
    member.books.stock("rice", 2)
    member.books.issue(member.owner, 350, "service_record:1", member.clock() + timedelta(days=400))
    member.books.collect(member.books.hold(member.owner, 320, "order:1", code="rice"))
    sign_in(client, member.person)

    page = take(client, "/my/statement").get_data(as_text=True)
    assert "现在能用" in page
    table = table_of(take(client, "/my/statement.xlsx").data, "第几笔")
    assert [(row["第几笔"], row["进"], row["出"], row["能用的"]) for row in table[1:4]] == [
        ("3", 350.0, "", 350.0),
        ("4", "", 320.0, 30.0),
        ("5", "", "", 30.0),
    ]
    receipt = take(client, "/my/receipts/4").get_data(as_text=True)
    # the hold took 320 of the one lot of 350 that was there
    assert "−320" in receipt.replace("\u202f", "")
    lots = table_of(take(client, "/my/receipts/4.xlsx").data, "哪天得的分")
    assert lots[0]["这一笔"] == -320.0
    head = member.session.execute(select(TXNS.c.hash).where(TXNS.c.seq == 4)).scalar_one()
    assert head in receipt
    assert any(head in str(row[0]) for row in rows_of(client.get("/my/receipts/4.xlsx").data))


def test_nobody_sees_anybody_elses_receipt(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 10, "service_record:1")
    member.books.issue(f"person:{member.other.id}", 20, "service_record:2")
    sign_in(client, member.person)
    assert client.get("/my/receipts/2").status_code == 200
    assert client.get("/my/receipts/3").status_code == 404
    assert client.get("/my/receipts/3.pdf").status_code == 404
    assert client.get(f"/people/{member.other.id}/statement").status_code == 403
    sign_in(client, member.coordinator)
    assert "姚文娟" in client.get(f"/people/{member.other.id}/statement").get_data(as_text=True)
    assert client.get(f"/people/{member.person.id}/receipts/3").status_code == 404


def person_line(person: Person) -> str:
    return f"{person.name} {person.number}"


def test_the_pdf_carries_its_chinese_font_and_is_sent_large(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 10, "service_record:1")
    sign_in(client, member.person)
    answer = take(client, "/my/statement.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    # a subset of the font is in the file: no reader's computer has to have it
    assert b"NotoSansCJKsc" in answer.data
    assert b"/FontFile" in answer.data


def test_what_somebody_typed_is_never_markup() -> None:
    typed = '#panic(1) $x$ *b* <a> \\ "q" @ref // /* */'
    sheet = Sheet(title=typed, columns=(Column("事由"),), rows=[[typed]], facts=[typed], foot=[typed])
    assert laid_out(sheet, say=str, language="zh", owner="", large=False)["rows"][0]["cells"] == [typed]
    made = pdf(sheet, say=str, language="zh")
    assert made.startswith(b"%PDF-")
    assert made == pdf(sheet, say=str, language="zh")


def test_figures_stand_in_the_excel_file_too(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 10, "service_record:1")
    sign_in(client, member.person)
    words = [row[0] for row in rows_of(take(client, "/my/statement.xlsx").data)]
    assert "现在能用：10" in words
    assert person_line(member.person) in words
    assert words[words.index("到今天：") :][1:6] == ["还没到账：0", "现在能用：10", "替您留着：0", *TOTALS]


TOTALS = ("到今天一共换掉：0", "到今天一共作废：0")


def test_figures_of_today_stand_under_their_own_head(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 10, "service_record:1")
    sign_in(client, member.person)
    page = take(client, "/my/statement?month=2026-09").get_data(as_text=True)
    assert page.index("这个月的每一笔") < page.index(">到今天<") < page.index("到今天一共换掉")
    assert page.count('aria-current="page"') == 1
    assert page.index('aria-current="page"') < page.index("<span>时长积分</span>")
    assert 'href="/my/record"' in page[page.index("y-back") :][:300]


def test_points_that_run_out_during_a_day_are_good_on_that_day(client: FlaskClient, member: Member) -> None:
    """Returned points stay good to the hour: to 8:30 on 17 November."""
    member.books.issue(member.owner, 30, "service_record:1", member.clock() + timedelta(days=36))
    sign_in(client, member.person)
    assert "下一批30分到2026年11月17日为止" in take(client, "/my/statement").get_data(as_text=True)
    assert "2026年11月17日" in take(client, "/my/receipts/2").get_data(as_text=True)
    assert "到2026年11月17日作废" in take(client, "/my/points").get_data(as_text=True)


def test_a_receipt_says_what_came_in_and_where_it_went(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 30, "service_record:1")
    member.books.hold(member.owner, 20, "order:1")
    sign_in(client, member.person)
    came, went = (take(client, f"/my/receipts/{seq}").get_data(as_text=True) for seq in (2, 3))
    assert "+\u202f30" in came[: came.index("记在哪一批")]
    assert "用到哪几批积分" in went
    assert "记在哪一批" not in went


def test_the_statement_over_json_adds_up(client: FlaskClient, member: Member) -> None:
    member.books.issue(member.owner, 350, "service_record:1")
    member.books.hold(member.owner, 100, "order:1")
    sign_in(client, member.person)
    found = client.get("/api/v1/my/statement").json
    assert found is not None
    assert (found["opening"], [row["amount"] for row in found["rows"]], found["closing"]) == (0, [350, -100], 250)
    assert found["figures"] == {"pending": 0, "available": 250, "held": 100, "spent": 0, "expired": 0, "debt": 0}
