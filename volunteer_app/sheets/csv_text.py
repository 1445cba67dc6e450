"""A sheet as CSV for other programs: UTF-8 with BOM, CRLF (RFC 4180), column names in the first line, no title.

A word that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
from datetime import date, datetime
from io import StringIO

from volunteer_app.sheets.table import Cell, Say, Sheet
from volunteer_app.sheets.workbook import words_of

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CLOCKS = {"date": "%Y-%m-%d", "time": "%H:%M", "moment": "%Y-%m-%d %H:%M"}


def csv_text(sheet: Sheet, *, say: Say) -> bytes:
    """The file."""
    buffer = StringIO(newline="")
    out = csv.writer(buffer, lineterminator="\r\n")
    out.writerow([guarded(column.head(say)) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    for row in sheet.rows:
        out.writerow([written(cell, kind, say) for cell, kind in zip(row, kinds, strict=True)])
    return buffer.getvalue().encode("utf-8-sig")


def written(cell: Cell, kind: str, say: Say) -> str:
    if isinstance(cell, datetime):
        return cell.strftime(CLOCKS.get(kind, CLOCKS["moment"]))
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else guarded(words_of(cell, say))


def guarded(words: str) -> str:
    return "'" + words if words.startswith(STARTS_FORMULA) else words
