"""A sheet as a PDF on A4, with Chinese glyphs inside the file. Knows layout, not where rows come from.

typst and its font are the extra `pdf`; without them the print style sheet is the way to paper, and `pdf` refuses.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.sheets.table import PAGES, Cell, Column, Say, Sheet

LAYOUT = Path(__file__).with_name("paper.typ")
NORMAL_PT, LARGE_PT = 11, 15
WIDE = 16
"""A column whose longest cell has more characters than this shares what the others leave."""


class NoPdf(Refused):
    """The extra isn't installed here."""

    status = 501
    sentence = N_("这台电脑没有装做PDF的部件。请用浏览器的打印，或者下载Excel。")


def pdf(sheet: Sheet, *, say: Say, language: str, owner: str = "", large: bool = False) -> bytes:
    """The file; the same rows give the same file. `large` is for readers who keep it at home. Refuses NoPdf."""
    try:
        import noto_cjk_sans_otc as font
        import typst
    except ImportError as missing:
        raise NoPdf from missing
    content = json.dumps(laid_out(sheet, say=say, language=language, owner=owner, large=large), ensure_ascii=False)
    fonts = [Path(font.FONT_PATH).parent]
    return typst.compile(LAYOUT, font_paths=fonts, ignore_system_fonts=True, sys_inputs={"sheet": content})


def laid_out(sheet: Sheet, *, say: Say, language: str, owner: str, large: bool) -> dict[str, Any]:
    """What the layout reads: every cell as the words that stand on the paper."""
    rows = [[words(cell, column, say) for cell, column in zip(row, sheet.columns, strict=True)] for row in sheet.rows]
    title = f"{owner} {say(sheet.title)}".strip()
    return {
        "title": title,
        "lang": "zh" if language == "zh" else "en",
        "landscape": sheet.landscape,
        "size": LARGE_PT if large else NORMAL_PT,
        "facts": [say(one) for one in sheet.lines()],
        "figures": [{"label": say(label), "value": amount_words(amount)} for label, amount in sheet.figures],
        "columns": [column.head(say) for column in sheet.columns],
        "align": ["right" if column.kind == "number" else "left" for column in sheet.columns],
        "widths": widths(rows, len(sheet.columns)),
        "rows": [{"cells": cells, "marked": number in sheet.marked} for number, cells in enumerate(rows)],
        "foot": [say(one) for one in sheet.foot],
        "page": say(Text(PAGES, {"page": "{page}", "pages": "{pages}"})),
    }


def widths(rows: Sequence[Sequence[str]], columns: int) -> list[bool]:
    """Whether a column takes what room is left; when none is long, the first one of words does."""
    longest = [max((len(row[place]) for row in rows), default=0) for place in range(columns)]
    wide = [length > WIDE for length in longest]
    return wide if any(wide) or not longest else [length == max(longest) for length in longest]


def words(cell: Cell, column: Column, say: Say) -> str:
    """A cell on paper: dates as 2026-10-12, thousands apart, a true minus."""
    if cell is None:
        return ""
    if isinstance(cell, Text):
        return say(cell)
    if isinstance(cell, datetime):
        return f"{cell:%H:%M}" if column.kind == "time" else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int) and column.kind == "number":
        return amount_words(cell)
    return str(cell)


def amount_words(amount: int) -> str:
    return f"{amount:,}".replace(",", "\u202f").replace("-", "\u2212")
