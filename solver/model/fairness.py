"""Leximin of relative loads by counting levels. Refuses to know what makes a load and which engine answers.

Levels are whole per mille of a person's share. First the lowest possible highest level is sought with everyone's load
capped by constants; then, level by level downwards, as few people as possible at or above each level. Two bounds
need no engine: fewer people than at the level above is impossible, and the work that must be done has to fit somewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from math import gcd

from .. import score
from ..pairs import by_task
from ..problem import Person, PersonId, Shift
from ..turns import grouped
from .board import Board, Row, Terms, total
from .goals import member_loads


@dataclass(frozen=True, slots=True)
class Mark:
    """`variable` is 1 if its bearer may be at or above the level of count `index`; his cap there was `cap`."""

    variable: int
    cap: int
    index: int


@dataclass(slots=True)
class Bearer:
    """One person with a share. Loads are in the `unit` of FairLoads; `levels` belong to `possible`, lowest first."""

    person: Person
    terms: Terms
    possible: list[int]
    levels: list[int]
    marks: list[Mark] = field(default_factory=list)

    def can_be_below(self, level: int) -> bool:
        """His past alone doesn't bring him there."""
        return self.levels[0] < level

    def cap(self, level: int) -> int:
        """The highest possible load at or below a level; no turn at all is always possible."""
        return self.possible[max(0, bisect_right(self.levels, level) - 1)]


class FairLoads:
    """Caps and counts on a board; its rows are replaced as the search goes down."""

    def __init__(self, board: Board, missing: int, fixed: Mapping[PersonId, int] | None = None) -> None:
        """`missing`: target seats that stay empty. `fixed`: loads (minutes x percent, past included) that rows hold."""
        self._fixed = fixed or {}
        self._board = board
        self._first_row = len(board.rows)
        self._counts: list[tuple[Terms, int]] = []
        self._chains: list[Row] = []
        self.last_count = 0
        """People at or above the level counted last."""
        loads = [shift.load_pct_min for shift in board.problem.shifts if board.people_for[shift.id]]
        self.unit = reduce(gcd, loads, 0) or 1
        self.bearers = [self._bearer(person) for person in board.problem.people if person.share]
        self.work = self._least_work(missing)

    def highest(self, values: Sequence[int]) -> int:
        """The highest level of a plan."""
        return max((self._level(bearer, values) for bearer in self.bearers), default=0)

    def candidates(self, most: int) -> list[int]:
        """Levels up to `most` that may be the highest: possible for someone, and with room for the work."""
        floor = max((bearer.levels[0] for bearer in self.bearers), default=0)
        levels = sorted({level for bearer in self.bearers for level in bearer.levels if floor <= level <= most})
        first = next((i for i, one in enumerate(levels) if self._room(one) >= self.work), len(levels))
        return levels[first:]

    def levels_below(self, level: int) -> list[int]:
        """Levels at which someone may stand, with turns or by his past alone, from `level` down."""
        return sorted({one for bearer in self.bearers for one in bearer.levels if 0 < one <= level}, reverse=True)

    def standing(self, level: int) -> int:
        """People whom their past alone keeps at or above a level: every plan counts them there."""
        return sum(not one.can_be_below(level) for one in self.bearers)

    def cap_all(self, level: int) -> None:
        """Nobody above `level`, save the people whom earlier counts let through."""
        rows = [*self._chains]
        rows += [Row(terms, None, most, "count") for terms, most in self._counts]
        for bearer in self.bearers:
            base = bearer.cap(level)
            caps = [mark.cap for mark in bearer.marks] + [base]
            marks = {mark.variable: low - high for mark, (high, low) in zip(bearer.marks, pairwise(caps), strict=True)}
            rows.append(Row({**bearer.terms, **marks}, None, base, "fairness"))
        self._replace(rows)

    def freeze(self, values: Sequence[int]) -> None:
        """Nobody carries more than now."""
        self._replace(Row(one.terms, None, total(one.terms, values), "fairness") for one in self.bearers)

    def count(self, level: int, values: Sequence[int]) -> int:
        """People at or above a level."""
        return sum(not one.can_be_below(level) or total(one.terms, values) > one.cap(level - 1) for one in self.bearers)

    def bound(self, level: int) -> int:
        """No plan that keeps the counts so far has fewer people at or above `level`, those who stand there apart."""
        need = self.work - self._room(level - 1)
        for index, (_, most) in enumerate(self._counts):
            gains = [
                mark.cap - lower.cap
                for bearer in self.bearers
                for mark, lower in pairwise(bearer.marks)
                if mark.index == index
            ]
            need -= sum(sorted(gains, reverse=True)[:most])
        tops = [bearer.marks[-1].cap if bearer.marks else bearer.cap(level) for bearer in self.bearers]
        rises: list[int] = []
        for top, bearer in zip(tops, self.bearers, strict=True):
            rise = top - bearer.cap(level - 1)
            if bearer.can_be_below(level):
                rises.append(rise)
            else:
                need -= rise
        return max(self.last_count - self.standing(level), _enough(sorted(rises, reverse=True), need))

    def mark(self, level: int) -> Terms:
        """Marks everyone who can be at `level`; the sum says how many are at or above it, less who stands there."""
        for bearer in self.bearers:
            if level in bearer.levels[1:]:
                self._add_mark(bearer, level)
        return {one.marks[-1].variable: 1 for one in self.bearers if one.marks and one.can_be_below(level)}

    def keep(self, level: int, terms: Terms, most: int) -> None:
        """The sum of `mark` stays at or below `most` from now on."""
        self._counts.append((terms, most))
        self.last_count = most + self.standing(level)

    def _add_mark(self, bearer: Bearer, level: int) -> None:
        below = bearer.cap(level - 1)
        variable = self._board.add_variable(0, 1, lambda values: int(total(bearer.terms, values) > below))
        if bearer.marks:
            self._chains.append(Row({bearer.marks[-1].variable: 1, variable: -1}, None, 0, "chain"))
        bearer.marks.append(Mark(variable, bearer.cap(level), len(self._counts)))

    def _replace(self, rows: Iterable[Row]) -> None:
        self._board.rows[self._first_row :] = rows

    def _room(self, level: int) -> int:
        return sum(bearer.cap(level) for bearer in self.bearers)

    def _level(self, bearer: Bearer, values: Sequence[int]) -> int:
        load = bearer.person.past_load * 100 + total(bearer.terms, values) * self.unit
        return score.level(load, bearer.person.share)

    def _bearer(self, person: Person) -> Bearer:
        board, own = self._board, self._board.shifts_for[person.id]
        terms = {board.seats[person.id, one]: board.problem.shift[one].load_pct_min // self.unit for one in own}
        possible = _sums(terms.values(), self._reach(person))
        past = person.past_load * 100
        if person.id in self._fixed:
            possible = [(self._fixed[person.id] - past) // self.unit]
        levels = [score.level(past + load * self.unit, person.share) for load in possible]
        return Bearer(person, terms, possible, levels)

    def _reach(self, person: Person) -> int:
        """No plan gives the person more: the heaviest turns that each week's limits let through."""
        shifts = [self._board.problem.shift[one] for one in self._board.shifts_for[person.id]]
        return sum(_week_reach(turns, person) // self.unit for turns in grouped(shifts, "week").values())

    def _least_work(self, missing: int) -> int:
        """Load on people with a share in any plan that leaves no more than `missing` target seats empty."""
        sharing = {bearer.person.id for bearer in self.bearers}
        loads = [
            shift.load_pct_min // self.unit
            for shift in self._board.problem.shifts
            if sharing.issuperset(self._board.people_for[shift.id])
            for _ in range(shift.target)
        ]
        return sum(loads) - sum(sorted(loads, reverse=True)[:missing])


_EQUAL_TRIES = 3
_MOST_UNITS = 10_000


def equal_loads(board: Board, group: frozenset[PersonId], missing: int) -> list[int]:
    """The lowest few loads that the whole group could carry, each member by himself, so that the work fits."""
    rows = member_loads(board, group)
    fair = FairLoads(board, missing)
    others = sum(one.possible[-1] * fair.unit for one in fair.bearers if one.person.id not in group)
    is_unknown = any(not person.share and person.id not in group for person in board.problem.people)
    least = 0 if is_unknown else -(-(fair.work * fair.unit - others) // len(rows))
    common = set[int]()
    for index, (terms, past) in enumerate(rows):
        loads = [load // fair.unit for load in terms.values()]
        possible = {past + load * fair.unit for load in _sums(loads, min(sum(loads), _MOST_UNITS))}
        common = possible if index == 0 else common & possible
    return sorted(load for load in common if load >= least)[:_EQUAL_TRIES]


def _week_reach(shifts: list[Shift], person: Person) -> int:
    """The most load of one week's shifts; parts of one task are one turn."""
    turns = [sum(shift.load_pct_min for shift in parts) for parts in by_task(shifts)]
    reach = sum(sorted(turns, reverse=True)[: person.limits.shifts_per_week])
    minutes = person.limits.minutes_per_week
    if minutes is None:
        return reach
    return min(reach, max(-(-shift.load_pct_min * minutes // shift.minutes) for shift in shifts))


def _sums(weights: Iterable[int], most: int) -> list[int]:
    """Every sum of some of the weights up to `most`, ascending (bit k of `reached`: k is such a sum)."""
    reached, window = 1, (1 << (most + 1)) - 1
    for weight in weights:
        reached |= (reached << weight) & window
    return [value for value in range(reached.bit_length()) if reached >> value & 1]


def _enough(gains: list[int], need: int) -> int:
    """How many of the gains, largest first, add up to the need."""
    used = 0
    while need > 0 and used < len(gains) and gains[used] > 0:
        need -= gains[used]
        used += 1
    return used
