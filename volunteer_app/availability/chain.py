"""Understanding a WeChat 接龙: lines such as "3. 张三 周二上午，周四全天，周三上午不行". Knows no database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from volunteer_app.availability.rules import ALL, mask
from volunteer_app.workdays.reading import plain

NUMBERED = re.compile(r"^\s*(\d{1,3})\s*[.、．,:：)）]\s*(.+)$")
DAY = "[一二三四五六日天1-6]"
TOKENS = re.compile(
    rf"""(?P<span>(?:周|星期|礼拜){DAY}\s*(?:到|至|-|~|—|－)\s*(?:周|星期|礼拜)?{DAY})
    |(?P<days>(?:周|星期|礼拜){DAY}(?:[、和,]?(?![周星礼]){DAY})*(?![点号月\d]))
    |(?P<week>工作日|平时|周末|双休日?|休息日)
    |(?P<all>每天|天天|随时|都行|都可以|都有空|都能来|全部)
    |(?P<part>上午|早上|早晨|下午|晚上|夜里|全天|整天|白天)
    |(?P<but>除了|除(?!外))
    |(?P<no>不行|不能来?|不可以|没空|没有空|没时间|来不了|去不了|不方便|有事|除外)
    |(?P<stop>[,，;；。])""",
    re.VERBOSE,
)
FILLER = re.compile(r"[\s、和及的我都也有空可以能来行时间参加报名在,，;；。.!！~～+]|OK|ok")
WEEKDAYS = (
    {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6} | {str(n): n - 1 for n in range(1, 7)}
)
WEEK_WORDS = {
    "工作日": range(5),
    "平时": range(5),
    "周末": range(5, 7),
    "双休": range(5, 7),
    "双休日": range(5, 7),
    "休息日": range(5, 7),
}
PARTS = {
    "上午": (0,), "早上": (0,), "早晨": (0,), "下午": (1,), "晚上": (2,), "夜里": (2,),
    "全天": (0, 1, 2), "整天": (0, 1, 2), "白天": (0, 1),
}  # fmt: skip
EVERY_DAY = frozenset(range(7))
EVERY_PART = frozenset(range(3))


class Named(Protocol):
    """Somebody who may be meant."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def phone(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Times:
    """Squares that a line says yes and no to; `left` is what wasn't understood."""

    free: int
    blocked: int
    left: str

    @property
    def says_something(self) -> bool:
        return bool(self.free or self.blocked)

    def over(self, before: int | None) -> int:
        """The squares that come of it. A line that only says no takes away from `before`, or from all there are."""
        start = self.free or (ALL if before is None else before)
        return start & ~self.blocked


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chain: `people` are those whom the name may mean."""

    number: int
    text: str
    name: str
    people: tuple[Named, ...]
    times: Times

    @property
    def verdict(self) -> str:
        """good, two_of_that_name, nobody or unclear."""
        if not self.people:
            return "nobody"
        if not self.times.says_something or self.times.left:
            return "unclear"
        return "good" if len(self.people) == 1 else "two_of_that_name"


@dataclass(slots=True)
class Group:
    """Days and parts that belong together, on the way."""

    days: set[int] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    negative: bool = False

    def squares(self) -> int:
        if not self.days and not self.parts:
            return 0
        days, parts = self.days or EVERY_DAY, self.parts or EVERY_PART
        return mask((weekday, part) for weekday in days for part in parts)


def read_chain(text: str, people: Sequence[Named]) -> list[Line]:
    """The numbered lines of a pasted chain; headings and blank lines are passed over."""
    lines = []
    for row in plain(text).splitlines():
        if found := NUMBERED.match(row):
            lines.append(read_line(int(found.group(1)), found.group(2).strip(), people))
    return lines


def read_line(number: int, text: str, people: Sequence[Named]) -> Line:
    """The longest known name at the start, else the first word; the rest are times."""
    known = [person for person in people if text.startswith((person.name, person.number))]
    name = max((matched(person, text) for person in known), key=len, default="")
    if not name:
        first = re.split(r"[\s:：,，(（]", text, maxsplit=1)[0]
        return Line(number, text, first, (), read_times(text[len(first) :]))
    meant = [person for person in known if matched(person, text) == name]
    rest = text[len(name) :]
    hint = re.match(r"\s*[(（]?\s*(?:尾号)?(\d{4})[)）]?", rest)
    if hint:
        rest = rest[hint.end() :]
        meant = [person for person in meant if (person.phone or "").endswith(hint.group(1))] or meant
    return Line(number, text, name, tuple(meant), read_times(rest.lstrip(":： ")))


def matched(person: Named, text: str) -> str:
    return person.number if text.startswith(person.number) else person.name


def read_times(text: str) -> Times:
    """Yes and no of the words; a comma ends a group, a group ends where new days follow a part of the day."""
    free = blocked = 0
    for group in groups(text):
        if group.negative:
            blocked |= group.squares()
        else:
            free |= group.squares()
    return Times(free, blocked, FILLER.sub("", TOKENS.sub("", text)))


def groups(text: str) -> Iterable[Group]:
    group, done = Group(), []
    for token in TOKENS.finditer(text):
        kind, word = token.lastgroup, token.group()
        if kind in ("span", "days", "week", "but", "stop") and (group.parts or kind in ("but", "stop")):
            done.append(group)
            group = Group()
        if kind == "all":
            group = after_all(group, done)
        elif kind == "but":
            group.negative = True
        elif kind == "no":
            done.append(Group(group.days, group.parts, negative=True))
            group = Group()
        elif kind == "part":
            group.parts |= set(PARTS[word])
        elif kind in ("span", "days", "week"):
            group.days |= days_of(kind, word)
    return [*done, group]


def after_all(group: Group, done: list[Group]) -> Group:
    """每天 means every day; 都行 behind days only says yes; behind 除了 it says that the rest is fine."""
    if group.negative:
        done.append(group)
        return Group(days=set(EVERY_DAY))
    if not group.days and not group.parts:
        group.days = set(EVERY_DAY)
    return group


def days_of(kind: str | None, word: str) -> set[int]:
    if kind == "week":
        return set(WEEK_WORDS[word])
    signs = [WEEKDAYS[sign] for sign in re.sub("周|星期|礼拜", "", word) if sign in WEEKDAYS]
    if kind == "span":
        first, last = signs
        return set(range(first, last + 1)) if first <= last else {*range(first, 7), *range(last + 1)}
    return set(signs)
