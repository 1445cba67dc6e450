"""Reads the competition's text files: scenario, history, week, solution. Every mistake is an InvalidProblem whose place
is the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ...problem import InvalidProblem
from .case import DAYS, OFF, Assignment, Contract, History, Nurse, Scenario, ShiftType, Span, Standing, Week


def loads_scenario(text: str) -> Scenario:
    lines = _Lines(text)
    name = lines.setting("SCENARIO")
    weeks = lines.count("WEEKS", least=1)
    skills = tuple(lines.words(1)[0] for _ in range(lines.count("SKILLS", least=1)))
    lines.expect_distinct(skills, "skill")
    shifts = tuple(_shift_type(lines) for _ in range(lines.count("SHIFT_TYPES", least=1)))
    lines.expect_distinct([shift.name for shift in shifts], "shift type")
    forbidden = _forbidden(lines, [shift.name for shift in shifts])
    contracts = [_contract(lines) for _ in range(lines.count("CONTRACTS", least=1))]
    lines.expect_distinct([contract.name for contract in contracts], "contract")
    nurses = tuple(_nurse(lines, contracts, skills) for _ in range(lines.count("NURSES", least=1)))
    lines.expect_distinct([nurse.name for nurse in nurses], "nurse")
    lines.expect_end()
    return Scenario(name, weeks, skills, shifts, forbidden, nurses)


def loads_history(text: str, scenario: Scenario) -> History:
    lines = _Lines(text)
    lines.heading("HISTORY")
    number, name = lines.words(2)
    _expect_scenario(lines, name, scenario)
    week = lines.number(number)
    if week >= scenario.weeks:
        raise lines.wrong(f"week {week} isn't before the scenario's end, which has {scenario.weeks} weeks")
    lines.heading("NURSE_HISTORY")
    standings: dict[int, Standing] = {}
    for _ in scenario.nurses:
        words = lines.words(7)
        nurse = lines.index(words[0], [nurse.name for nurse in scenario.nurses], "nurse")
        if nurse in standings:
            raise lines.wrong(f"nurse {words[0]!r} is given twice")
        standings[nurse] = _standing(lines, words[1:], scenario)
    lines.expect_end()
    return History(week, tuple(standings[nurse] for nurse in range(len(scenario.nurses))))


def loads_week(text: str, scenario: Scenario) -> Week:
    lines = _Lines(text)
    lines.heading("WEEK_DATA")
    _expect_scenario(lines, lines.words(1)[0], scenario)
    lines.heading("REQUIREMENTS")
    shape = len(DAYS), len(scenario.shifts), len(scenario.skills)
    least, wanted = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    while not lines.is_at("SHIFT_OFF_REQUESTS"):
        words = lines.words(2 + len(DAYS))
        shift = lines.index(words[0], [shift.name for shift in scenario.shifts], "shift type")
        skill = lines.index(words[1], scenario.skills, "skill")
        for day, word in enumerate(words[2:]):
            least[day, shift, skill], wanted[day, shift, skill] = lines.span(word)
    requests = [_request(lines, scenario) for _ in range(lines.count("SHIFT_OFF_REQUESTS"))]
    lines.expect_end()
    return Week(least, wanted, frozenset(wish for request in requests for wish in request))


def loads_solution(text: str, scenario: Scenario) -> tuple[int, list[Assignment]]:
    """The week's number and its assignments, with days from that week's Monday. The scenario's name isn't compared: the
    official validator takes any."""
    lines = _Lines(text)
    lines.heading("SOLUTION")
    week = lines.number(lines.words(2)[0])
    found = [_assignment(lines, scenario) for _ in range(lines.count("ASSIGNMENTS"))]
    lines.expect_end()
    return week, found


def _shift_type(lines: _Lines) -> ShiftType:
    name, run = lines.words(2)
    return ShiftType(name, lines.span(run))


def _forbidden(lines: _Lines, shifts: Sequence[str]) -> frozenset[tuple[int, int]]:
    lines.heading("FORBIDDEN_SHIFT_TYPES_SUCCESSIONS")
    found = set()
    for _ in shifts:
        name, count, *after = lines.words()
        lines.expect_count(count, after)
        before = lines.index(name, shifts, "shift type")
        found |= {(before, lines.index(word, shifts, "shift type")) for word in after}
    return frozenset(found)


def _contract(lines: _Lines) -> Contract:
    name, assignments, work, off, weekends, whole = lines.words(6)
    if whole not in ("0", "1"):
        raise lines.wrong(f"expected 0 or 1 for complete weekends, found {whole!r}")
    spans = lines.span(assignments), lines.span(work), lines.span(off)
    return Contract(name, *spans, most_weekends=lines.number(weekends), whole_weekends=whole == "1")


def _nurse(lines: _Lines, contracts: Sequence[Contract], skills: Sequence[str]) -> Nurse:
    name, contract, count, *known = lines.words(least=3)
    lines.expect_count(count, known)
    index = lines.index(contract, [contract.name for contract in contracts], "contract")
    return Nurse(name, contracts[index], tuple(lines.index(word, skills, "skill") for word in known))


def _expect_scenario(lines: _Lines, name: str, scenario: Scenario) -> None:
    if name != scenario.name:
        raise lines.wrong(f"belongs to scenario {name!r}, not {scenario.name!r}")


def _standing(lines: _Lines, words: Sequence[str], scenario: Scenario) -> Standing:
    names = [shift.name for shift in scenario.shifts]
    shift = OFF if words[2] == "None" else lines.index(words[2], names, "shift type")
    assignments, weekends, shift_run, work_run, off_run = (lines.number(word) for word in (*words[:2], *words[3:]))
    if shift == OFF and (shift_run or work_run):
        raise lines.wrong("the last day was free, but a run of worked days goes on")
    if shift != OFF and not (1 <= shift_run <= work_run and not off_run):
        raise lines.wrong("the last day was worked, but the runs of days don't fit it")
    return Standing(assignments, weekends, shift, shift_run, work_run, off_run)


def _request(lines: _Lines, scenario: Scenario) -> list[tuple[int, int, int]]:
    name, shift, day = lines.words(3)
    names = [shift.name for shift in scenario.shifts]
    shifts = range(len(names)) if shift == "Any" else [lines.index(shift, names, "shift type")]
    nurse = lines.index(name, [nurse.name for nurse in scenario.nurses], "nurse")
    return [(nurse, lines.index(day, DAYS, "day"), one) for one in shifts]


def _assignment(lines: _Lines, scenario: Scenario) -> Assignment:
    nurse, day, shift, skill = lines.words(4)
    return Assignment(
        nurse=lines.index(nurse, [nurse.name for nurse in scenario.nurses], "nurse"),
        day=lines.index(day, DAYS, "day"),
        shift=lines.index(shift, [shift.name for shift in scenario.shifts], "shift type"),
        skill=lines.index(skill, scenario.skills, "skill"),
    )


class _Lines:
    """The lines that aren't empty, read one after the other; knows the number of the line in hand."""

    def __init__(self, text: str) -> None:
        self._rest = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        self._rest.reverse()
        self._number = 1

    def wrong(self, why: str) -> InvalidProblem:
        return InvalidProblem(f"line {self._number}", why)

    def words(self, exactly: int = 0, *, least: int = 2) -> list[str]:
        """The next line's words: `exactly` so many, or `least` when that is 0."""
        if not self._rest:
            raise self.wrong("the file ends too early")
        self._number, words = self._rest.pop()
        if len(words) != exactly if exactly else len(words) < least:
            raise self.wrong(f"expected {exactly or f'at least {least}'} words, found {len(words)}")
        return words

    def is_at(self, keyword: str) -> bool:
        return bool(self._rest) and self._rest[-1][1][0] == keyword

    def heading(self, keyword: str) -> None:
        words = self.words(least=1)
        if words != [keyword]:
            raise self.wrong(f"expected {keyword}, found {' '.join(words)!r}")

    def setting(self, keyword: str) -> str:
        words = self.words(least=1)
        if len(words) != 3 or words[:2] != [keyword, "="]:
            raise self.wrong(f"expected '{keyword} = ...', found {' '.join(words)!r}")
        return words[2]

    def count(self, keyword: str, *, least: int = 0) -> int:
        found = self.number(self.setting(keyword))
        if found < least:
            raise self.wrong(f"expected at least {least} {keyword}")
        return found

    def number(self, word: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", word):
            raise self.wrong(f"expected a whole number, found {word!r}")
        return int(word)

    def span(self, word: str) -> Span:
        match = re.fullmatch(r"\(([0-9]{1,9}),([0-9]{1,9})\)", word)
        if not match:
            raise self.wrong(f"expected (least,most), found {word!r}")
        span = Span(int(match[1]), int(match[2]))
        if span.least > span.most:
            raise self.wrong(f"{word} has more for least than for most")
        return span

    def index(self, word: str, known: Sequence[str], kind: str) -> int:
        if word not in known:
            raise self.wrong(f"unknown {kind} {word!r}")
        return list(known).index(word)

    def expect_count(self, count: str, words: Sequence[str]) -> None:
        if self.number(count) != len(words):
            raise self.wrong(f"says {count} names, but {len(words)} follow")

    def expect_distinct(self, names: Sequence[str], kind: str) -> None:
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise self.wrong(f"{kind} {twice!r} is given twice")

    def expect_end(self) -> None:
        if self._rest:
            self._number, words = self._rest.pop()
            raise self.wrong(f"expected the end of the file, found {' '.join(words)!r}")
