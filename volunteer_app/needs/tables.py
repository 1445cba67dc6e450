"""Files as rows of text cells: CSV and Excel. Knows nothing of needs."""

import csv
from datetime import date, datetime, time
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineWorkbook

from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text

EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx (a zip file) and the old xls
ENCODINGS = ("utf-8-sig", "gb18030")
MOST_ROWS = 20_000


class Unreadable(BadInput):
    """Neither text nor a workbook."""

    def __init__(self) -> None:
        super().__init__({"file": [Text(N_("这个文件打不开。请存成Excel或者CSV再来。"))]})


class TooLong(BadInput):
    """More rows than one file should bring."""

    def __init__(self) -> None:
        super().__init__({"file": [Text(N_("一次最多%(most)d行，请分几个文件。"), {"most": MOST_ROWS})]})


def read_table(content: bytes) -> list[list[str]]:
    """All rows of the first sheet, cells as people see them; blank rows stay, so that line numbers are right."""
    rows = read_workbook(content) if content.startswith(EXCEL) else read_csv(content)
    if len(rows) > MOST_ROWS:
        raise TooLong
    return rows


def read_csv(content: bytes) -> list[list[str]]:
    """UTF-8 with or without a mark, else GB18030, which old spreadsheets write; commas, semicolons or tabs."""
    text = decoded(content)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(StringIO(text, newline=""), delimiter=separator)]
    except csv.Error:
        raise Unreadable from None


def decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise Unreadable
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable


def read_workbook(content: bytes) -> list[list[str]]:
    """The first sheet from its first row on; empty rows and columns above and left keep their numbers."""
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
        return [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError):
        raise Unreadable from None


def cell_text(cell: object) -> str:
    """A cell as text: whole numbers without .0, dates as 2026-10-12, times as 8:30."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
