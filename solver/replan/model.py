"""The question of a repair over the seats that may change; all others stand as they are. Refuses to know engines."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from copy import copy
from dataclasses import replace

from .. import score
from ..eligibility import of_pairs
from ..model import constraints
from ..model.board import Board, Row, Terms
from ..model.goals import Step
from ..plan import Plan
from ..problem import Pair, PersonId, Problem, Shift, ShiftId
from .near import around

_OF_CREWS = frozenset(
    {"most", "mix", "mix_most", "cross_mix", "apart", "together", "same_team", "cover"},
)
"""Rows that look at everybody on a shift; all others look at one person's turns."""


class Model:
    """A board with a free variable for each pair of `pairs` and a fixed one for each other seat of `kept`.

    `holes`: shift -> missing seats that are to be covered; on other shifts it's enough to lose nobody. `edge`: shifts
    that somebody in the model may leave, but whose other stand-ins aren't in it.
    """

    def __init__(
        self, problem: Problem, kept: Plan, pairs: set[Pair], holes: Mapping[ShiftId, int], edge: Container[ShiftId]
    ) -> None:
        self.kept = kept
        self._edge = edge
        self._holes = holes
        self.pairs = pairs
        near = around(problem, kept, pairs)
        people, shifts = near.person, near.shift
        standing = {(one, shift) for one in people for shift in kept.of_person.get(one, ()) if shift in shifts}
        self._standing = frozenset(standing)
        self.board = Board(near, of_pairs(near, standing | pairs))
        for pair in standing - pairs:
            self.board.low[self.board.seats[pair]] = 1
        constraints.add_hard_rules(self.board)
        self.board.rows = [_passable(self.board, row) for row in self.board.rows]

    def plan(self, values: Sequence[int]) -> Plan:
        """The whole plan that the variables' values say."""
        taken = self.board.plan(values).assignments
        return self.kept.exchanged(taken - self._standing, self._standing - taken)

    def relaxed(self) -> Board:
        """The board as it is for somebody who needn't care who stands in at the edge: no repair at all is better.

        What a repair gives and takes among `pairs` keeps these rows, whoever else comes and goes beyond the edge.
        """
        beyond = {seat for (_, shift), seat in self.board.seats.items() if shift in self._edge}
        board = copy(self.board)
        board.rows = [row for row in board.rows if row.name not in _OF_CREWS or beyond.isdisjoint(row.terms)]
        return board

    def cover(self) -> list[Step]:
        """Missing seats by priority, first below the least, then below the target; of shifts that may change only."""
        shifts = [self.board.problem.shift[one] for one in sorted({shift for _, shift in self.pairs})]
        priorities = sorted({shift.priority for shift in shifts})
        below: dict[ShiftId, int] = {}
        steps = []
        for name, wanted in (("must_cover", "least"), ("target_cover", "target")):
            for priority in priorities:
                terms = {}
                for shift in (one for one in shifts if one.priority == priority):
                    seats = self._wanted(shift, getattr(shift, wanted))
                    most = seats - (self._wanted(shift, shift.least) if name == "target_cover" else 0)
                    if most:
                        missing = self._missing(shift.id, seats, most, below.get(shift.id))
                        terms[missing] = 1
                        below.setdefault(shift.id, missing)
                if terms:
                    steps.append(Step(f"{name} priority_{priority}", terms))
        return steps

    def _wanted(self, shift: Shift, seats: int) -> int:
        """Seats of `seats` that count."""
        return seats if shift.id in self._holes else min(seats, len(self.kept.on_shift.get(shift.id, ())))

    def _missing(self, shift: ShiftId, wanted: int, most: int, below: int | None) -> int:
        """Empty seats among the upper `most` of `wanted`; `below`: the variable of the seats under them."""
        people = self.board.on_shift(shift)
        missing = self.board.add_variable(
            0, most, lambda values: min(most, max(0, wanted - sum(values[seat] for seat in people)))
        )
        lower = {} if below is None else {below: 1}
        self.board.add_row({**people, **lower, missing: 1}, low=wanted, name="cover")
        return missing

    def people(self) -> Step:
        """People whose turns change."""
        seats: dict[PersonId, dict[int, bool]] = {}
        for pair in sorted(self.pairs):
            seats.setdefault(pair[0], {})[self.board.seats[pair]] = pair in self.kept.assignments
        return Step("people", {self._touched(own): 1 for own in seats.values()})

    def _touched(self, own: dict[int, bool]) -> int:
        """1 if a seat of the person changes; `own`: variable -> is it his now."""
        touched = self.board.add_variable(
            0, 1, lambda values: int(any(values[seat] != int(taken) for seat, taken in own.items()))
        )
        for seat, taken in own.items():
            self.board.add_row({seat: -1 if taken else 1, touched: -1}, high=-int(taken), name="touched")
        return touched

    def seats(self) -> Step:
        """Seats that change."""
        return self._changes("seats", dict.fromkeys(self.pairs, 1))

    def soon(self) -> Step:
        """Changes weigh more the sooner they come: the days from the turn to the end of the horizon."""
        problem = self.board.problem
        return self._changes("soon", {pair: problem.horizon_days - problem.shift[pair[1]].day for pair in self.pairs})

    def load(self) -> Step:
        """New seats go to those with the lowest load beside their own share, in per mille."""
        return Step("load", {self.board.seats[pair]: self._level(pair) for pair in self.pairs - self.kept.assignments})

    def _level(self, pair: Pair) -> int:
        problem, share = self.board.problem, self.board.problem.person[pair[0]].share
        if not share:
            return score.PER_MILLE
        load = score.load_pct_min(problem, self.kept, pair[0]) + problem.shift[pair[1]].load_pct_min
        return score.level(load, share)

    def _changes(self, name: str, weights: dict[Pair, int]) -> Step:
        taken = self.kept.assignments
        terms: Terms = {
            self.board.seats[pair]: -weight if pair in taken else weight for pair, weight in weights.items()
        }
        return Step(name, terms, offset=sum(weight for pair, weight in weights.items() if pair in taken))


def _passable(board: Board, row: Row) -> Row:
    """What stands already may break a rule (a turn of the past); then nothing may make it worse."""
    low, high = row.low, row.high
    if high is not None:
        high = max(high, board.least_of(row.terms))
    if low is not None:
        low = min(low, board.most_of(row.terms))
    return row if (low, high) == (row.low, row.high) else replace(row, low=low, high=high)
