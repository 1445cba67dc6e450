"""What the templates of the books want: rows and words for the components."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from volunteer_app.core.language import N_, Text
from volunteer_app.places.models import Community
from volunteer_app.sheets.book_sheet import by_text, cause_text
from volunteer_app.sheets.checking import Check
from volunteer_app.sheets.entries import Entry
from volunteer_app.sheets.goods import StockLine
from volunteer_app.sheets.owners import Side
from volunteer_app.sheets.public import PointLine
from volunteer_app.sheets.reading import Books
from volunteer_app.sheets.words import INVARIANTS, goods_words
from volunteer_app.web.filters import date_short, month_year, number, points, signed, time_hm
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import masked_name, person_name, place_name


def equation_rows(found: Books) -> dict[str, Any]:
    """上月大家手里 … 月底大家手里, as the equation component takes them."""
    sheet, reversals = found.totals.sheet, found.totals.reversals
    undone = gettext(N_("冲正（%(n)d笔）")) % {"n": reversals} if reversals else gettext(N_("冲正"))
    rows = [
        (gettext(N_("上月大家手里")), number(sheet.opening)),
        (gettext(N_("发放")), signed(sheet.issued)),
        (gettext(N_("兑换")), signed(-sheet.redeemed)),
        (gettext(N_("过期")), signed(-sheet.expired)),
        (undone, signed(sheet.reversed)),
    ]
    if sheet.corrected:
        rows.append((gettext(N_("两人更正")), signed(sheet.corrected)))
    return {"rows": rows, "total": (gettext(N_("月底大家手里")), number(sheet.closing))}


def equation_note(found: Books) -> str:
    """这个月的账已经结了，不能再记。其中预约留着 1 120分。另有待抵扣 15分，1人。"""
    notes = []
    if found.totals.sheet.closed_at is not None:
        notes.append(gettext(N_("这个月的账已经结了，不能再记。")))
    if found.totals.held:
        notes.append(gettext(N_("其中预约留着%(held)s。")) % {"held": points(found.totals.held, language())})
    if found.totals.debt:
        values = {"debt": points(found.totals.debt, language()), "n": found.totals.debtors}
        notes.append(gettext(N_("另有待抵扣%(debt)s，%(n)d人，已经从上面减掉。")) % values)
    return (" " if language() == "en" else "").join(notes)


def stock_row(line: StockLine) -> dict[str, Any]:
    """One product against its count; `result` is the word and kind of a chip."""
    if line.is_waiting:
        result = (gettext(N_("等另一位再数")), "wait")
    elif line.short is None:
        result = (gettext(N_("没盘点")), "line")
    elif line.short == 0:
        result = (gettext(N_("相符")), "yes")
    else:
        word = N_("少%(n)d%(measure)s") if line.short > 0 else N_("多%(n)d%(measure)s")
        result = (gettext(word) % {"n": abs(line.short), "measure": line.measure}, "gap")
    return {
        "goods": said(line.name),
        "opening": number(line.opening),
        "in": number(line.came_in),
        "out": number(line.went_out),
        "closing": number(line.closing),
        "counted": counted_words(line),
        "result": result,
    }


def by_words(entry: Entry) -> str:
    """Like by_text, with staff in pinyin on English pages."""
    if entry.by is None or entry.is_own:
        return said(by_text(entry))
    name = person_name(entry.by.name, language())
    return gettext(N_("%(name)s（代）")) % {"name": name} if entry.for_other else name


def counted_words(line: StockLine) -> dict[str, str] | str:
    """The count, with the day it was made."""
    if line.counted is None or line.counted_on is None:
        return "—"
    return {"main": number(line.counted), "note": date_short(line.counted_on, language())}


def entry_row(entry: Entry, names: dict[str, Text | str], zone: str) -> dict[str, Any]:
    """One entry; names masked with the number beside them, staff by their own."""
    at = entry.at.astimezone(ZoneInfo(zone))
    return {
        "seq": number(entry.seq),
        "at": f"{at:%m}\u2011{at:%d}\u00a0{time_hm(at)}",
        "cause": {"main": translate(cause_text(entry)), "note": said(unsaid_goods(entry, names))},
        "from": ends(entry.sources),
        "to": ends(entry.targets),
        "points": number(entry.points) if entry.points else "—",
        "by": by_words(entry),
        "hash": f"{entry.hash[:4]} {entry.hash[4:8]}",
    }


def unsaid_goods(entry: Entry, names: dict[str, Text | str]) -> Text | str:
    """Goods of an entry whose reason doesn't name them: what came back by itself."""
    return goods_words(entry.goods, names) if entry.kind == "release" and entry.by is None else ""


def said(words: Text | str) -> str:
    """Our words translated, data as it is; an empty word stays empty."""
    return translate(words) if isinstance(words, Text) else words


def ends(sides: list[Side]) -> Markup:
    return Markup(" + ").join(end(one) for one in sides)


def end(one: Side) -> Markup:
    word = gettext(one.word) if one.word else ""
    if one.person_id is None:
        return Markup("{}").format(word)
    shown = masked_name(one.name, language())
    return Markup("{} {} {}").format(shown, one.number, word) if word else Markup("{} {}").format(shown, one.number)


def points_row(line: PointLine) -> dict[str, Any]:
    """A line of the month_list component."""
    return {
        "name": line.person.name,
        "number": line.person.number,
        "opening": line.before,
        "earned": line.issued,
        "spent": line.redeemed,
        "closing": line.after,
    }


def points_foot(lines: Sequence[PointLine], here: Community | None) -> list[str]:
    """Whose points expired, were reversed or set off (the columns leave it out); issuer and telephone."""
    lost = [f"{line.person.number} {number(line.lost)}" for line in lines if line.lost]
    foot = [gettext(N_("过期、冲正、抵扣，从结余里减掉：")) + "、".join(lost)] if lost else []
    if here is not None:
        foot += [place_name(here.issuer, language()), gettext(N_("监督电话 %(phone)s")) % {"phone": here.contact_phone}]
    return foot


def verdict(found: Check, zone: str) -> dict[str, Any]:
    """The arguments of the chain_head component; checked_at in the community's time."""
    assert found.at is not None
    at = found.at.astimezone(ZoneInfo(zone))
    return {
        "verdict": "right" if found.is_right else "broken",
        "count": found.seq,
        "head": found.hash,
        "checked_at": f"{date_short(at.date(), language())} {time_hm(at)}",
        "seconds": found.seconds,
        "bad_row": found.bad_row,
    }


def finding_rows(found: Check) -> list[dict[str, Any]]:
    """What a check found, in words; the technical place beside it."""
    return [
        {
            "cells": {
                "seq": "—" if finding.seq is None else number(finding.seq),
                "rule": gettext(INVARIANTS.get(finding.invariant, finding.invariant)),
                "where": f"{finding.number} {finding.row}: {finding.what}".strip(),
            }
        }
        for finding in sorted(found.findings, key=lambda finding: (finding.seq is None, finding.seq or 0))
    ]


def month_choices(found: Books) -> list[tuple[str, str]]:
    """(2026-10, 2026年10月), newest first."""
    return [(f"{month:%Y-%m}", month_year(month, language())) for month in found.months]
