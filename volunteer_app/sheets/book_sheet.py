"""The month's entries as a sheet, masked like the page, with the chain's head at the foot."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from volunteer_app.core.language import N_, Text
from volunteer_app.sheets.entries import Entry
from volunteer_app.sheets.months import Month
from volunteer_app.sheets.owners import Side
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.words import OWN_HAND, SYSTEM, goods_words, joined, masked

COLUMNS = (
    Column(N_("第几笔"), "number"),
    Column(N_("时间"), "moment"),
    Column(N_("事由")),
    Column(N_("从")),
    Column(N_("到")),
    Column(N_("分"), "number"),
    Column(N_("货品")),
    Column(N_("谁办的")),
    Column(N_("指纹"), "code", width=68),
)


def book_sheet(
    entries: Sequence[Entry], names: dict[str, Text | str], month: Month, *, zone: str, head: tuple[int, str]
) -> Sheet:
    """All entries of the month, oldest first."""
    return Sheet(
        title=Text(N_("积分账本 %(month)s"), {"month": month.code}),
        columns=COLUMNS,
        rows=[row(entry, names, zone) for entry in entries],
        foot=[Text(N_("链首（第%(row)d笔）%(hash)s"), {"row": head[0], "hash": head[1]})],
        internal=False,
        landscape=True,
    )


def row(entry: Entry, names: dict[str, Text | str], zone: str) -> list[Cell]:
    return [
        entry.seq,
        entry.at.astimezone(ZoneInfo(zone)),
        cause_text(entry),
        ends_text(entry.sources),
        ends_text(entry.targets),
        entry.points or None,
        goods_words(entry.goods, names),
        by_text(entry),
        entry.hash,
    ]


def cause_text(entry: Entry) -> Text:
    """发放 日巡逻; the reason alone when it says it all."""
    kind = entry.kind_text
    if kind is None:
        return entry.reason
    return Text("%(kind)s %(reason)s", {"kind": kind, "reason": entry.reason})


def ends_text(sides: Sequence[Side]) -> Text | str:
    """刘*强 029 留存; several joined by +."""
    return joined([side_text(one) for one in sides], " + ")


def side_text(one: Side) -> Text:
    """An end with its name masked."""
    if one.person_id is None:
        return Text(one.word)
    values: dict[str, object] = {"name": masked(one.name), "number": one.number}
    if not one.word:
        return Text("%(name)s %(number)s", values)
    return Text("%(name)s %(number)s %(word)s", values | {"word": Text(one.word)})


def by_text(entry: Entry) -> Text | str:
    """吕桂芳, 吕桂芳（代）, 本人, 到期自动."""
    if entry.is_own:
        return Text(OWN_HAND)
    if entry.by is None:
        return Text(SYSTEM)
    return Text(N_("%(name)s（代）"), {"name": entry.by.name}) if entry.for_other else entry.by.name
