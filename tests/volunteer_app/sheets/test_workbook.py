"""Files: every word is text, nothing is a formula, dates are dates, A4 with a frozen and repeated head."""

import re
from datetime import date, datetime

from tests.volunteer_app.sheets.reading_back import part_of, rows_of
from volunteer_app.core.language import Text
from volunteer_app.sheets.csv_text import csv_text
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.workbook import workbook

MADE_AT = datetime(2026, 10, 12, 8, 30)  # noqa: DTZ001 - local, as it is written into the file
COLUMNS = (
    Column("编号", "code"),
    Column("姓名"),
    Column("积分", "number"),
    Column("日期", "date"),
    Column("时刻", "moment"),
)
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://example.org", "{=1}")


def say(text: Text | str) -> str:
    return str(text)


def sheet(*rows: list[Cell], **more: object) -> Sheet:
    return Sheet(title="名单", columns=COLUMNS, rows=rows, **more)  # type: ignore[arg-type]


def row(code: str = "V030", name: str = "姚文娟") -> list[Cell]:
    return [code, name, 1500, date(2026, 10, 12), datetime(2026, 10, 12, 16, 42)]  # noqa: DTZ001


def test_numbers_that_are_names_stay_text_and_amounts_and_dates_are_real() -> None:
    long = "13900000001"
    made = workbook(sheet(row(long), row("007")), say=say, made_at=MADE_AT)
    assert rows_of(made)[-2:] == [
        [long, "姚文娟", 1500.0, date(2026, 10, 12), datetime(2026, 10, 12, 16, 42)],  # noqa: DTZ001
        ["007", "姚文娟", 1500.0, date(2026, 10, 12), datetime(2026, 10, 12, 16, 42)],  # noqa: DTZ001
    ]
    # the phone's cell is a shared string in a "@" format: Excel shows all its digits and keeps it text when edited
    styles = part_of(made, "xl/styles.xml")
    formats = re.findall(r"<xf ([^>]*)>", styles.split("<cellXfs")[1])
    text_formats = [number for number, found in enumerate(formats) if 'numFmtId="49"' in found]
    cell = re.search(r'<c r="A4" s="(\d+)" t="s">', part_of(made, "xl/worksheets/sheet1.xml"))
    assert cell is not None
    assert int(cell[1]) in text_formats


def test_nothing_that_anybody_typed_becomes_a_formula_or_a_link() -> None:
    made = workbook(sheet(*[row(code=words, name=words) for words in HOSTILE]), say=say, made_at=MADE_AT)
    page = part_of(made, "xl/worksheets/sheet1.xml")
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert [found[:2] for found in rows_of(made)[-len(HOSTILE) :]] == [[words, words] for words in HOSTILE]


def test_the_paper_is_a4_with_the_head_frozen_and_repeated() -> None:
    made = workbook(sheet(row()), say=say, made_at=MADE_AT)
    page = part_of(made, "xl/worksheets/sheet1.xml")
    assert 'paperSize="9"' in page
    # title, 内部使用, head: three rows stay in sight
    assert re.search(r'<pane ySplit="3" topLeftCell="A4"[^>]*state="frozen"', page)
    assert "$3:$3" in part_of(made, "xl/workbook.xml")


def test_internal_lists_say_so_and_public_ones_do_not() -> None:
    assert rows_of(workbook(sheet(row()), say=say, made_at=MADE_AT))[1][0] == "内部使用"
    public = rows_of(workbook(sheet(row(), internal=False), say=say, made_at=MADE_AT))
    assert "内部使用" not in str(public)


def test_a_chinese_column_is_wide_enough() -> None:
    made = workbook(sheet(row(name="新胜社区居民委员会")), say=say, made_at=MADE_AT)
    # nine characters of two places each, and two of air
    found = re.search(r'<col min="2" max="2" width="([\d.]+)"', part_of(made, "xl/worksheets/sheet1.xml"))
    assert found is not None
    assert float(found[1]) >= 20


def test_the_same_rows_give_the_same_file() -> None:
    assert workbook(sheet(row()), say=say, made_at=MADE_AT) == workbook(sheet(row()), say=say, made_at=MADE_AT)


def test_csv_has_a_bom_crlf_and_no_formula() -> None:
    made = csv_text(sheet(row("=1+1", '他说"好"'), row("-5")), say=say)
    assert (
        made
        == (
            "\ufeff编号,姓名,积分,日期,时刻\r\n"
            '\'=1+1,"他说""好""",1500,2026-10-12,2026-10-12 16:42\r\n'
            "'-5,姚文娟,1500,2026-10-12,2026-10-12 16:42\r\n"
        ).encode()
    )
