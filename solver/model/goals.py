"""The goals of `score.py` as sums to minimise on a board: same names, same order. Refuses to know engines.

A goal is a list of steps, minimised one after the other. Fairness here is only its first steps, the equal groups; its
levels need a search of their own (`fairness.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .. import score
from ..problem import Person, Problem, Shift, ShiftId
from ..turns import held_in_horizon
from . import rows
from .board import Board, Terms, total


@dataclass(frozen=True, slots=True)
class Step:
    """Minimise the sum of `terms`; its meaning is that sum plus `offset`."""

    name: str
    terms: Terms
    offset: int = 0


def must_cover(board: Board) -> list[Step]:
    steps = []
    for priority in score.priorities(board.problem):
        shifts = [shift for shift in board.problem.shifts if shift.priority == priority and shift.least]
        board.missing |= {shift.id: _missing(board, shift, wanted=shift.least, of=shift.least) for shift in shifts}
        steps.append(Step(f"priority_{priority}", {board.missing[shift.id]: 1 for shift in shifts}))
    return steps


def target_cover(board: Board) -> list[Step]:
    """Only the seats above the least: what misses below it can't get fewer any more."""
    steps = []
    for priority in score.priorities(board.problem):
        shifts = [shift for shift in board.problem.shifts if shift.priority == priority and shift.target > shift.least]
        terms = {_missing(board, shift, wanted=shift.target, of=shift.target - shift.least): 1 for shift in shifts}
        steps.append(Step(f"priority_{priority}", terms))
    return steps


def safety(board: Board) -> list[Step]:
    terms: dict[int, int] = {}
    for person in board.problem.people:
        for first in score.rolling_starts(board.problem, person.id) if board.problem.rolling_week else ():
            room = score.rolling_room(board.problem, person.id, first)
            if room is not None:
                _add_rolling(board, terms, person, first=first, room=room)
    return [Step("rolling_week", terms)]


def participation(board: Board) -> list[Step]:
    terms: dict[int, int] = {}
    for person in board.problem.people:
        missing = score.least_left(board.problem, person.id)
        if missing:
            _add_short(board, terms, person, missing)
    return [Step("turns", terms)]


def fairness(board: Board) -> list[Step]:
    return [step for index, group in enumerate(board.problem.equal) for step in _equal(board, sorted(group), index)]


def wishes(board: Board) -> list[Step]:
    lost = [terms for person in board.problem.people if (terms := _wish_terms(board, person))]
    if not lost:
        return []
    worst = board.add_variable(
        0, max(map(board.most_of, lost)), lambda values: max(total(terms, values) for terms in lost)
    )
    for terms in lost:
        board.add_row({**terms, worst: -1}, high=0, name="wishes")
    return [Step("least_satisfied", {worst: 1}), Step("all", {v: k for terms in lost for v, k in terms.items()})]


def continuity(board: Board) -> list[Step]:
    turns: dict[tuple[str, str], list[int]] = {}
    for (person, shift), seat in board.seats.items():
        series = board.problem.shift[shift].series
        if series and (person, series) not in board.problem.familiar:
            turns.setdefault((person, series), []).append(seat)
    return [Step("new_faces", {_any_of(board, seats): 1 for seats in turns.values()})] if turns else []


def series(problem: Problem) -> list[list[ShiftId]]:
    """Shifts that want the same faces, by series."""
    found: dict[str, list[ShiftId]] = {}
    for shift in problem.shifts:
        if shift.series:
            found.setdefault(shift.series, []).append(shift.id)
    return list(found.values())


def fewest_changes(board: Board) -> list[Step]:
    previous = board.problem.previous
    if previous is None:
        return []
    terms = {seat: -1 if pair in previous else 1 for pair, seat in board.seats.items()}
    return [Step("seats", terms, offset=len(previous))]


GOALS: tuple[Callable[[Board], list[Step]], ...] = (
    must_cover,
    target_cover,
    safety,
    participation,
    fairness,
    wishes,
    continuity,
    fewest_changes,
)
GOAL_NAMES = tuple(goal.__name__ for goal in GOALS)


def _missing(board: Board, shift: Shift, *, wanted: int, of: int) -> int:
    """How many of the upper `of` seats below `wanted` are empty."""
    people = board.on_shift(shift.id)
    missing = board.add_variable(0, of, lambda values: min(of, max(0, wanted - total(people, values))))
    below = {board.missing[shift.id]: 1} if shift.id in board.missing else {}
    board.add_row({**people, **below, missing: 1}, low=wanted, name="cover")
    return missing


def _add_rolling(board: Board, terms: dict[int, int], person: Person, *, first: int, room: int) -> None:
    shifts = [board.problem.shift[one] for one in board.shifts_for[person.id]]
    span = [shift for shift in shifts if first <= shift.day < first + 7]
    turns = rows.tasks(board, person, span, score.held_in(board.problem, person.id, first))
    if len(turns) <= room:
        return
    over = board.add_variable(0, len(turns), lambda values: max(0, total(turns, values) - room))
    board.add_row({**turns, over: -1}, high=room, name="rolling_week")
    terms[over] = 1


def _add_short(board: Board, terms: dict[int, int], person: Person, missing: int) -> None:
    shifts = [board.problem.shift[one] for one in board.shifts_for[person.id]]
    turns = rows.tasks(board, person, shifts, held_in_horizon(board.problem, person))
    short = board.add_variable(0, missing, lambda values: max(0, missing - total(turns, values)))
    board.add_row({**turns, short: 1}, low=missing, name="participation")
    terms[short] = 1


def _equal(board: Board, group: Sequence[str], index: int) -> list[Step]:
    """Highest less lowest load of the group, then the highest, in minutes x percent."""
    pairs = member_loads(board, group)
    most = max(past + board.most_of(terms) for terms, past in pairs)
    highest = board.add_variable(0, most, lambda values: max(past + total(terms, values) for terms, past in pairs))
    lowest = board.add_variable(0, most, lambda values: min(past + total(terms, values) for terms, past in pairs))
    for terms, past in pairs:
        board.add_row({**terms, highest: -1}, high=-past, name="equal")
        board.add_row({**terms, lowest: -1}, low=-past, name="equal")
    board.add_row({highest: 1, lowest: -1}, low=0, name="equal")
    return [Step(f"equal_{index}", {highest: 1, lowest: -1}), Step(f"equal_{index}_load", {highest: 1})]


def member_loads(board: Board, group: Iterable[str]) -> list[tuple[Terms, int]]:
    """Each member's load in minutes x percent: the sum over the seats, and the past."""
    rows: list[tuple[Terms, int]] = []
    for person in sorted(group):
        own = board.shifts_for[person]
        terms = {board.seats[person, one]: board.problem.shift[one].load_pct_min for one in own}
        rows.append((terms, board.problem.person[person].past_load * 100))
    return rows


def _wish_terms(board: Board, person: Person) -> dict[int, int]:
    terms: dict[int, int] = {}
    for shift in board.shifts_for[person.id]:
        seat = board.seats[person.id, shift]
        loss = score.wish_loss(board.problem, person.id, shift)
        if loss:
            terms[seat] = loss
        if score.partners_could_join(board.problem, person.id, shift):
            terms[_alone(board, seat, board.on_shift(shift, sorted(person.partners)))] = 1
    return terms


def _alone(board: Board, seat: int, partners: Terms) -> int:
    alone = board.add_variable(0, 1, lambda values: int(values[seat] == 1 and total(partners, values) == 0))
    board.add_row({seat: 1, **dict.fromkeys(partners, -1), alone: -1}, high=0, name="partner")
    return alone


def _any_of(board: Board, seats: Sequence[int]) -> int:
    used = board.add_variable(0, 1, lambda values: int(any(values[seat] for seat in seats)))
    for seat in seats:
        board.add_row({seat: 1, used: -1}, high=0, name="face")
    return used
