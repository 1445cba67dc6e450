"""The text form of an instance, read line by line. Raises InvalidProblem with the line of the first mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...problem import InvalidProblem

_SECTIONS = (
    "SECTION_HORIZON",
    "SECTION_SHIFTS",
    "SECTION_STAFF",
    "SECTION_DAYS_OFF",
    "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS",
    "SECTION_COVER",
)
_MOST_DAYS = 3660  # ten years; more is a typing mistake


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift; none of `not_followed_by` may be worked on the next day."""

    id: str
    minutes: int
    not_followed_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Employee:
    """`most_of[shift]` is the cap on that kind; runs and days off are counted in days."""

    id: str
    most_of: dict[str, int]
    most_minutes: int
    least_minutes: int
    most_run: int
    least_run: int
    least_off: int
    most_weekends: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many heads a cell wants and what each head below or above costs."""

    heads: int
    under: int
    over: int


Cell = tuple[int, str]
Request = tuple[str, int, str]


@dataclass(slots=True)
class Instance:
    """Day 0 is a Monday. Requests are weights by (employee, day, shift): on if not worked, off if worked."""

    days: int = 0
    shifts: dict[str, Shift] = field(default_factory=dict)
    employees: dict[str, Employee] = field(default_factory=dict)
    days_off: dict[str, frozenset[int]] = field(default_factory=dict)
    on: dict[Request, int] = field(default_factory=dict)
    off: dict[Request, int] = field(default_factory=dict)
    cover: dict[Cell, Wanted] = field(default_factory=dict)


def loads(text: str) -> Instance:
    """Raises InvalidProblem. Sections come in their order, each once."""
    reader = _Reader(Instance())
    for line, section, words in _lines(text):
        reader.take(f"line {line}", section, words)
    reader.finish()
    return reader.instance


def _lines(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """(line number, section, words); raises InvalidProblem on sections that are unknown, repeated or out of order."""
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            expected = _after(section)
            if line != expected:
                raise InvalidProblem(f"line {number}", f"expected {expected}, found {line[:40]!r}")
            section = line
        elif not section:
            raise InvalidProblem(f"line {number}", f"expected {_SECTIONS[0]}, found {line[:40]!r}")
        else:
            yield number, section, [word.strip() for word in line.split(",")]
    if section != _SECTIONS[-1]:
        raise InvalidProblem("the end", f"{_after(section)} is missing")


def _after(section: str) -> str:
    return dict(zip(("", *_SECTIONS), (*_SECTIONS, "the end"), strict=True))[section]


class _Reader:
    """Fills an instance; `place` is where the line in hand stands."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.place = instance, ""
        self._takes: dict[str, Callable[[list[str]], None]] = {
            "SECTION_HORIZON": self._horizon,
            "SECTION_SHIFTS": self._shift,
            "SECTION_STAFF": self._employee,
            "SECTION_DAYS_OFF": self._days_off,
            "SECTION_SHIFT_ON_REQUESTS": lambda words: self._request(words, self.instance.on),
            "SECTION_SHIFT_OFF_REQUESTS": lambda words: self._request(words, self.instance.off),
            "SECTION_COVER": self._wanted,
        }

    def take(self, place: str, section: str, words: list[str]) -> None:
        self.place = place
        if section != "SECTION_HORIZON" and not self.instance.days:
            self._refuse("the horizon is missing")
        self._takes[section](words)

    def finish(self) -> None:
        """What can only be seen at the end."""
        self.place = "the end"
        if not self.instance.days:
            self._refuse("the horizon is missing")
        for shift in self.instance.shifts.values():
            for other in sorted(shift.not_followed_by - self.instance.shifts.keys()):
                self._refuse(f"shift {shift.id!r} names the unknown shift {other!r}")
        if not self.instance.employees:
            self._refuse("no employees")

    def _refuse(self, why: str) -> None:
        raise InvalidProblem(self.place, why)

    def _count(self, words: list[str], *wanted: int) -> None:
        if len(words) not in wanted:
            self._refuse(f"expected {' or '.join(map(str, wanted))} fields, found {len(words)}")

    def _whole(self, word: str, name: str, *, least: int = 0, most: int = 2**31) -> int:
        digits = word.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or not least <= int(word) <= most:
            self._refuse(f"{name} is a whole number from {least} to {most}, found {word[:40]!r}")
        return int(word)

    def _day(self, word: str) -> int:
        return self._whole(word, "a day", most=self.instance.days - 1)

    def _known(self, word: str, known: dict[str, Shift] | dict[str, Employee], name: str) -> str:
        if word not in known:
            self._refuse(f"unknown {name} {word[:40]!r}")
        return word

    def _new(self, key: object, known: object) -> None:
        if isinstance(known, dict) and key in known:
            self._refuse(f"{key!r} is stated twice")

    def _horizon(self, words: list[str]) -> None:
        self._count(words, 1)
        if self.instance.days:
            self._refuse("the horizon is stated twice")
        self.instance.days = self._whole(words[0], "the horizon", least=1, most=_MOST_DAYS)

    def _shift(self, words: list[str]) -> None:
        self._count(words, 2, 3)
        self._new(words[0], self.instance.shifts)
        if not words[0]:
            self._refuse("a shift needs a name")
        minutes = self._whole(words[1], "a shift's length", least=1, most=7 * 24 * 60)
        after = frozenset(word.strip() for word in "".join(words[2:]).split("|") if word.strip())
        self.instance.shifts[words[0]] = Shift(words[0], minutes, after)

    def _employee(self, words: list[str]) -> None:
        self._count(words, 8)
        self._new(words[0], self.instance.employees)
        if not words[0]:
            self._refuse("an employee needs a name")
        names = "most minutes", "least minutes", "longest run", "shortest run", "fewest days off", "most weekends"
        numbers = [self._whole(word, name) for word, name in zip(words[2:], names, strict=True)]
        self.instance.employees[words[0]] = Employee(words[0], self._caps(words[1]), *numbers)

    def _caps(self, word: str) -> dict[str, int]:
        caps: dict[str, int] = {}
        for part in word.split("|"):
            shift, equals, most = part.partition("=")
            if not equals:
                self._refuse(f"expected SHIFT=MOST, found {part[:40]!r}")
            self._new(self._known(shift.strip(), self.instance.shifts, "shift"), caps)
            caps[shift.strip()] = self._whole(most.strip(), "a cap")
        for missing in self.instance.shifts.keys() - caps.keys():
            self._refuse(f"no cap for shift {missing!r}")
        return caps

    def _days_off(self, words: list[str]) -> None:
        employee = self._known(words[0], self.instance.employees, "employee")
        days = frozenset(self._day(word) for word in words[1:] if word)
        self.instance.days_off[employee] = self.instance.days_off.get(employee, frozenset()) | days

    def _request(self, words: list[str], requests: dict[Request, int]) -> None:
        self._count(words, 4)
        employee = self._known(words[0], self.instance.employees, "employee")
        key = employee, self._day(words[1]), self._known(words[2], self.instance.shifts, "shift")
        self._new(key, requests)
        requests[key] = self._whole(words[3], "a weight")

    def _wanted(self, words: list[str]) -> None:
        self._count(words, 5)
        key = self._day(words[0]), self._known(words[1], self.instance.shifts, "shift")
        self._new(key, self.instance.cover)
        names = "a requirement", "a weight for under", "a weight for over"
        self.instance.cover[key] = Wanted(
            *(self._whole(word, name) for word, name in zip(words[2:], names, strict=True))
        )
