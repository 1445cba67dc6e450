"""A sheet as an Excel file in memory, set up for A4.

Words and codes are text cells ("@"), written as strings: a telephone keeps all its digits and nothing typed by anybody
is ever a formula. Dates are real dates.
"""

import re
import unicodedata
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from volunteer_app.core.language import Text
from volunteer_app.sheets.table import PAGES, Cell, Column, Say, Sheet

A4 = 9
MARGIN_IN = 0.47  # 12 mm
FONT = "等线"
TEXT = 49  # Excel's own "@"
FORMATS: dict[str, str | int] = {
    "text": TEXT,
    "code": TEXT,
    "number": "#,##0",
    "date": "yyyy-mm-dd",
    "time": "hh:mm",
    "moment": "yyyy-mm-dd hh:mm",
}
DATE_WIDTH = {"date": 12, "time": 8, "moment": 17}
NARROWEST, WIDEST = 6, 40
NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\']")
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(sheet: Sheet, *, say: Say, made_at: datetime, owner: str = "") -> bytes:
    """The file, headed with its owner (the community) and title. `made_at` is written into its properties, so that the
    same rows give the same file.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    title = say(sheet.title)
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    page = book.add_worksheet(NOT_IN_A_TAB.sub(" ", title)[:31])
    formats = Formats(book)
    head = write_head(page, sheet, f"{owner} {title}".strip(), formats, say)
    write_rows(page, sheet, head + 1, formats, say)
    write_foot(page, sheet, head + 2 + len(sheet.rows), formats, say)
    set_widths(page, sheet, say)
    set_up_paper(page, sheet, head, say)
    book.close()
    return buffer.getvalue()


class Formats:
    """The cell formats of a book, made once each."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[str, bool], Any] = {}
        self.title = self.new(bold=True, font_size=18, align="center")
        self.fact = self.new(font_size=11, align="center", num_format=TEXT)
        self.foot = self.new(font_size=11, align="right", num_format=TEXT)
        self.head = self.new(bold=True, border=1, bottom=2, bg_color="#EFEDE7", align="center", text_wrap=True)

    def new(self, **wanted: Any) -> Any:
        return self.book.add_format({"font_name": FONT, "valign": "vcenter", **wanted})

    def cell(self, kind: str, *, marked: bool) -> Any:
        found = self.made.get((kind, marked))
        if found is None:
            wanted: dict[str, Any] = {"num_format": FORMATS[kind], "border": 1}
            if kind == "text":
                wanted["text_wrap"] = True
            if marked:
                wanted |= {"bold": True, "bg_color": "#F5F4F0"}
            found = self.made[kind, marked] = self.new(**wanted)
        return found


def write_head(page: Any, sheet: Sheet, title: str, formats: Formats, say: Say) -> int:
    """Title, facts and column names; returns the row of the column names."""
    last = max(1, len(sheet.columns) - 1)
    lines = [(title, formats.title), *((say(line), formats.fact) for line in (*sheet.lines(), *sheet.figure_lines()))]
    for row, (words, look) in enumerate(lines):
        page.merge_range(row, 0, row, last, "", look)
        page.write_string(row, 0, words, look)
    page.set_row(0, 30)
    head = len(lines)
    for number, column in enumerate(sheet.columns):
        page.write_string(head, number, column.head(say), formats.head)
    page.freeze_panes(head + 1, 0)
    return head


def write_rows(page: Any, sheet: Sheet, first: int, formats: Formats, say: Say) -> None:
    for number, cells in enumerate(sheet.rows):
        if sheet.row_pt is not None:
            page.set_row(first + number, sheet.row_pt)
        for place, (column, cell) in enumerate(zip(sheet.columns, cells, strict=True)):
            write(page, (first + number, place), column, cell, formats, number in sheet.marked, say)


def write(page: Any, at: tuple[int, int], column: Column, cell: Cell, formats: Formats, marked: bool, say: Say) -> None:
    """One cell by what it is: words as text whatever the column, numbers and dates by the column's kind."""
    if isinstance(cell, str | Text) or cell is None:
        kind = column.kind if column.kind in ("text", "code") else "code"
        page.write_string(*at, words_of(cell, say), formats.cell(kind, marked=marked))
    elif isinstance(cell, datetime):
        page.write_datetime(*at, cell.replace(tzinfo=None), formats.cell(column.kind, marked=marked))
    elif isinstance(cell, date):
        page.write_datetime(*at, cell, formats.cell("date", marked=marked))
    else:
        page.write_number(*at, cell, formats.cell("number", marked=marked))


def words_of(cell: Cell, say: Say) -> str:
    if isinstance(cell, Text):
        return say(cell)
    return "" if cell is None else str(cell)


def write_foot(page: Any, sheet: Sheet, first: int, formats: Formats, say: Say) -> None:
    last = max(1, len(sheet.columns) - 1)
    for row, line in enumerate(sheet.foot, first):
        page.merge_range(row, 0, row, last, "", formats.foot)
        page.write_string(row, 0, say(line), formats.foot)


def set_widths(page: Any, sheet: Sheet, say: Say) -> None:
    for place, column in enumerate(sheet.columns):
        cells = [row[place] for row in sheet.rows]
        page.set_column(place, place, column.width or fitting(column, cells, say))


def fitting(column: Column, cells: list[Cell], say: Say) -> int:
    """Wide enough for the longest cell and the head; a Chinese character takes two places."""
    if column.kind in DATE_WIDTH:
        return max(DATE_WIDTH[column.kind], wide(column.head(say)) + 2)
    longest = max((wide(line) for cell in cells for line in words_of(cell, say).splitlines()), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2, wide(column.head(say)) + 2))


def wide(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


def set_up_paper(page: Any, sheet: Sheet, head: int, say: Say) -> None:
    page.set_paper(A4)
    if sheet.landscape:
        page.set_landscape()
    page.set_margins(left=MARGIN_IN, right=MARGIN_IN, top=MARGIN_IN, bottom=MARGIN_IN + 0.2)
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    page.repeat_rows(head)
    page.set_footer("&C" + say(Text(PAGES, {"page": "&P", "pages": "&N"})))
