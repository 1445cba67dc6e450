"""A sum lowered by a few people at a time, everybody else's turns as they are. Refuses to know what the sum means.

The turns of a circle of people close in a fraction of a second where one model of everybody doesn't move at all.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy

from ..problem import PersonId, ShiftId
from .board import Board, Terms, total
from .engines import Ask, minimise_sat

PEOPLE = 14
"""People of a circle: with 10 gains are rarer, with 24 hardly any circle closes (72 people, a month)."""

_CREWS, _CREW_PART = 2, 2 / 3
"""Every other circle is drawn around the crews of so many groups of shifts, which make up to this part of it."""

_WORK = 0.2
"""Of one circle, in CP-SAT's deterministic seconds."""

_PATIENCE = 60
"""Circles in a row that lower nothing: then it's enough."""


class Circles:
    """A board, and which of its variables and rows are whose."""

    def __init__(self, board: Board, groups: Sequence[Collection[ShiftId]]) -> None:
        """`groups`: shifts whose crews are looked at together (a series)."""
        self._board, self._groups = board, groups
        self._seats: dict[PersonId, list[int]] = defaultdict(list)
        for (person, _), seat in board.seats.items():
            self._seats[person].append(seat)
        self._rows: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(board.rows):
            for variable in row.terms:
                self._rows[variable].append(number)

    def lower(
        self, terms: Terms, values: Sequence[int], *, least: int, seed: int, is_over: Callable[[], bool]
    ) -> Iterator[tuple[int, ...]]:
        """Better and better values, from values that keep every row, until nothing is lower than `least` or for long.

        The same seed gives the same values, as long as it isn't over before.
        """
        dice, idle, best = random.Random(seed), 0, tuple(values)
        while idle < _PATIENCE and total(terms, best) > least and not is_over():
            idle += 1
            near = self._around(self._circle(dice, best), best)
            ask = Ask(60.0, 1, dice.randrange(1_000_000), work=_WORK, hint=best)
            found = minimise_sat(near, terms, ask)
            if found.values is None or found.value > total(terms, best):
                continue
            is_lower, best = found.value < total(terms, best), found.values
            if is_lower:
                idle = 0
                yield best

    def _circle(self, dice: random.Random, values: Sequence[int]) -> list[PersonId]:
        """Every other time people of a few crews and anybody beside them, else anybody."""
        everybody = list(self._seats)
        dice.shuffle(everybody)
        if dice.random() < 0.5:
            shifts = [one for group in dice.sample(self._groups, min(_CREWS, len(self._groups))) for one in group]
            people_for, seats = self._board.people_for, self._board.seats
            crew = {person for shift in shifts for person in people_for[shift] if values[seats[person, shift]]}
            first = [one for one in everybody if one in crew][: int(PEOPLE * _CREW_PART)]
            everybody = [*first, *(one for one in everybody if one not in first)]
        return everybody[:PEOPLE]

    def _around(self, people: list[PersonId], values: Sequence[int]) -> Board:
        """The board with all seats of others as they are, and only the rows that these people's seats touch."""
        near, seats = copy(self._board), set(self._board.seats.values())
        free = [seat for person in people for seat in self._seats[person]]
        open_ones, rows = set(free), set[int]()
        for variable in free:  # grows by what hangs on these seats: faces, counts
            for number in self._rows[variable]:
                if number not in rows:
                    rows.add(number)
                    more = [one for one in self._board.rows[number].terms if one not in seats and one not in open_ones]
                    open_ones.update(more)
                    free += more
        near.rows = [self._board.rows[number] for number in sorted(rows)]
        near.low, near.high = list(values), list(values)
        for variable in open_ones:
            near.low[variable], near.high[variable] = self._board.low[variable], self._board.high[variable]
        return near
