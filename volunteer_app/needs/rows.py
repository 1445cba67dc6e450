"""Rows of a file as needs: what the columns mean, and which cells can't be understood. Writes nothing.

Two layouts: the needs table 活动需求表 with Chinese or English headings, and task lists with day offsets
(file,template,name,location,day,start,end,nbr,min,max; day 0 is a date that is handed in).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import queries
from volunteer_app.needs.plans import after, check_legs
from volunteer_app.people.models import Recipient
from volunteer_app.workdays.reading import plain, read_day, read_minute, read_spans
from volunteer_app.workdays.schemas import NOT_SPANS

HEADINGS = {
    "title": ("事项", "需求", "内容", "title", "need"),
    "kind": ("类别", "活动类型", "kind"),
    "grid": ("网格", "grid"),
    "place": ("地点", "哪里", "place"),
    "day": ("日期", "哪天", "date"),
    "starts": ("开始", "开始时间", "start"),
    "ends": ("结束", "结束时间", "end"),
    "later_legs": ("后几程", "回程", "later legs", "return"),
    "target": ("人数", "几个人", "people"),
    "least": ("最少", "min"),
    "most": ("最多", "max"),
    "urgency": ("缓急", "urgency"),
    "source": ("来源", "source"),
    "recipient": ("服务对象", "recipient"),
    "note": ("备注", "note"),
}
TASK_HEADINGS = {
    "group": ("file",),
    "template": ("template",),
    "title": ("name",),
    "place": ("location",),
    "offset": ("day",),
    "starts": ("start",),
    "ends": ("end",),
    "target": ("nbr",),
    "least": ("min",),
    "most": ("max",),
}
REQUIRED = {"needs": ("title", "day", "starts", "ends"), "tasks": ("title", "offset", "starts", "ends", "target")}
MUST = ("title", "day", "offset", "starts", "ends")
URGENCY_WORDS = {"急": "urgent", "难": "hard", "烦": "worry", "urgent": "urgent", "hard": "hard", "worry": "worry"}
SOURCE_WORDS = {
    "电话": "phone", "微信群": "wechat", "微信": "wechat", "走访": "visit", "巡查上报": "patrol", "社区计划": "plan",
    "12345": "hotline", "12345转来": "hotline", "党支部": "party", "居民": "resident",
}  # fmt: skip
TITLE_ROWS = 5  # a table may have a title and remarks above its headings
LONGEST_TITLE = 80


class NoHeadings(BadInput):
    """No row of headings that we know."""

    def __init__(self) -> None:
        sentence = Text(N_("没找到表头。要有“事项、日期、开始、结束、人数”这几列。"))
        super().__init__({"file": [sentence]})


class NoDay0(BadInput):
    """A file with day offsets needs the date of day 0."""

    def __init__(self) -> None:
        super().__init__({"day0": [Text(N_("这个表按第几天写，请告诉我们第0天是哪一天。"))]})


@dataclass(frozen=True, slots=True)
class RowError:
    """What couldn't be understood: line and column from 1, the heading, what was read, and why."""

    line: int
    column: int
    heading: str
    read: str
    template: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        return Text(self.template, self.values)

    def __str__(self) -> str:
        return f"{self.line}:{self.column} {self.heading} “{self.read}” {self.text}"


@dataclass(frozen=True, slots=True)
class Known:
    """What words in a file may stand for, and the date near which dates without a year lie."""

    kinds: Mapping[str, int]
    grids: Mapping[str, int]
    recipients: Mapping[int, int]
    today: date
    day0: date | None


def known_words(session: Session, community_id: int, *, today: date, day0: date | None) -> Known:
    kinds = [kind for kind in queries.kinds(session) if kind.community_id == community_id]
    grids = queries.grids(session, community_id)
    recipients = session.scalars(select(Recipient).where(Recipient.community_id == community_id))
    return Known(
        kinds={word: kind.id for kind in kinds for word in (kind.code, kind.name, kind.name_en)},
        grids={word: grid.id for grid in grids for word in (grid.code, grid.name, grid.name.removesuffix("网格"))},
        recipients={one.number: one.id for one in recipients},
        today=today,
        day0=day0,
    )


def read_rows(rows: Sequence[Sequence[str]], known: Known) -> tuple[list[dict[str, Any]], list[RowError]]:
    """Good rows and the mistakes of the others."""
    start, layout, columns = find_headings(rows)
    if layout == "tasks" and known.day0 is None:
        raise NoDay0
    good, bad = [], []
    for line, cells in enumerate(rows[start:], start=start + 1):
        if any(cells):
            row = Row(line, cells, columns, rows[start - 1], known)
            values = row.task() if layout == "tasks" else row.need()
            bad += sorted(row.errors, key=lambda error: error.column)
            good += [values | {"line": line}] if not row.errors else []
    return good, bad


def find_headings(rows: Sequence[Sequence[str]]) -> tuple[int, str, dict[str, int]]:
    """(index of the first row below the headings, layout, column of each field)."""
    for index, cells in enumerate(rows[:TITLE_ROWS]):
        for layout, headings in (("tasks", TASK_HEADINGS), ("needs", HEADINGS)):
            columns = match(cells, headings)
            if all(name in columns for name in REQUIRED[layout]):
                return index + 1, layout, columns
    raise NoHeadings


def match(cells: Sequence[str], headings: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """field -> column, by the words of the headings; remarks in brackets don't count."""
    words = [re.sub(r"[（(].*", "", plain(cell)).strip().lower() for cell in cells]
    return {name: words.index(word) for name, possible in headings.items() for word in possible if word in words}


class Row:
    """One row on its way to values; collects what couldn't be understood."""

    def __init__(
        self, line: int, cells: Sequence[str], columns: Mapping[str, int], headings: Sequence[str], known: Known
    ) -> None:
        self.line, self.cells, self.columns, self.headings, self.known = line, cells, columns, headings, known
        self.errors: list[RowError] = []

    def need(self) -> dict[str, Any]:
        """A row of the needs table."""
        target = self.number("target", otherwise=1)
        day = self.read(
            "day", lambda text: read_day(text, near=self.known.today), N_("看不懂这个日期，写成 2026-10-12。")
        )
        return self.common(day, target) | {
            "kind_id": self.one_of("kind", self.known.kinds, N_("没有这类活动。"), otherwise=self.known.kinds["other"]),
            "grid_id": self.one_of("grid", self.known.grids, N_("没有这个网格。")),
            "recipient_id": self.recipient(),
            "urgency": self.one_of("urgency", URGENCY_WORDS, N_("缓急写急、难、烦，或者空着。")),
            "source": self.one_of("source", SOURCE_WORDS, N_("没有这个来源。"), otherwise="import"),
            "note": self.cell("note"),
            "later_legs": self.legs(),
            "group": str(self.line),
        }

    def task(self) -> dict[str, Any]:
        """A row of a task list with day offsets; rows of one file and name are one need."""
        offset = self.read("offset", whole, N_("这里要一个整数，例如 -1、0、1。"))
        assert self.known.day0 is not None
        day = self.known.day0 + timedelta(days=offset) if offset is not None else None
        place = self.cell("place")
        return self.common(day, self.number("target", otherwise=1)) | {
            "kind_id": self.known.kinds["other"],
            "grid_id": None,
            "recipient_id": None,
            "urgency": None,
            "source": "import",
            "note": self.cell("template"),
            "later_legs": [],
            "group": f"{self.cell('group')}|{self.cell('title')}|{place}",
        }

    def common(self, day: date | None, target: int | None) -> dict[str, Any]:
        starts, ends = self.minute("starts"), self.minute("ends")
        if starts is not None and starts == ends:
            self.refuse("ends", N_("结束和开始一样。"))
        least, most = self.number("least", otherwise=min(1, target or 0)), self.number("most", otherwise=target)
        if (
            target is not None
            and least is not None
            and most is not None
            and not (0 <= least <= target <= most and most >= 1)
        ):
            self.refuse("target", N_("人数要从少到多：最少、想要、最多。"))
        return {
            "title": self.title(),
            "place": self.cell("place")[:80],
            "wanted_on": day.isoformat() if day else None,
            "starts_minute": starts,
            "ends_minute": after(starts, ends) if starts is not None and ends is not None else None,
            "least": least,
            "target": target,
            "most": most,
        }

    def cell(self, name: str) -> str:
        place = self.columns.get(name)
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""

    def refuse(self, name: str, template: str, **values: object) -> None:
        column = self.columns.get(name, 0)
        heading = self.headings[column] if column < len(self.headings) else ""
        self.errors.append(RowError(self.line, column + 1, heading, self.cell(name), template, values))

    def read(self, name: str, understand: Callable[[str], Any], sentence: str, otherwise: Any = None) -> Any:
        """The cell by `understand`; a cell that gives None is refused unless it's empty and may be."""
        text = self.cell(name)
        if not text and name not in MUST:
            return otherwise
        found = understand(text) if text else None
        if found is None:
            self.refuse(name, sentence if text else N_("这一项要填。"))
        return found

    def title(self) -> str:
        text = self.cell("title")
        if not text:
            self.refuse("title", N_("这一项要填。"))
        if len(text) > LONGEST_TITLE:
            self.refuse("title", N_("请写1到%(most)d个字。"), most=LONGEST_TITLE)
        return text

    def minute(self, name: str) -> int | None:
        found: int | None = self.read(name, read_minute, N_("看不懂这个时间，写成 8:30。"))
        return found

    def legs(self) -> list[tuple[int, int]]:
        """Further parts of the day for the same people: 11:00-12:30."""
        found: list[tuple[int, int]] = self.read("later_legs", read_spans, NOT_SPANS, [])
        starts, ends = read_minute(self.cell("starts")), read_minute(self.cell("ends"))
        if not found or starts is None or ends is None:
            return found
        spans = [(begins, after(begins, over)) for begins, over in [(starts, ends), *found]]
        try:
            return list(check_legs(spans))[1:]
        except BadInput as error:
            self.refuse("later_legs", error.fields["later_legs"][0].template)
            return []

    def number(self, name: str, *, otherwise: int | None) -> int | None:
        found: int | None = self.read(name, count, N_("这里要一个不超过500的整数。"), otherwise)
        return found

    def one_of(self, name: str, words: Mapping[str, Any], sentence: str, *, otherwise: Any = None) -> Any:
        return self.read(name, lambda text: words.get(plain(text)), sentence, otherwise)

    def recipient(self) -> int | None:
        """3 or 3号服务对象."""

        def understand(text: str) -> int | None:
            number = plain(text).removesuffix("服务对象").removesuffix("号")
            return self.known.recipients.get(int(number)) if number.isdigit() else None

        found: int | None = self.read("recipient", understand, N_("没有这个服务对象，请写编号，例如3。"))
        return found


def whole(text: str) -> int | None:
    return int(plain(text)) if re.fullmatch(r"-?\d{1,4}", plain(text)) else None


def count(text: str) -> int | None:
    """A number of people, 0 to 500; 6人 is 6."""
    number = whole(plain(text).removesuffix("人").removesuffix("个"))
    return number if number is not None and 0 <= number <= 500 else None
