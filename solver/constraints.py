"""The hard rules of `check.py` as rows on a board: same names, same order. Refuses to know goals and engines.

The rules of NO_SEAT have no rows: a pair that breaks one of them gets no variable (see `eligibility.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from .board import Board, Terms, total
from .eligibility import labels_of
from .problem import CrossMix, Mix, Person, Shift

NO_SEAT = ("barred_seat", "skill", "tag_barred", "available")

Rule: TypeAlias = Callable[[Board], None]


def add_hard_rules(board: Board) -> None:
    """Every rule, in the order of RULES."""
    for rule in RULES:
        rule(board)


def most(board: Board) -> None:
    for shift in board.problem.shifts:
        board.add_row(board.on_shift(shift.id), high=shift.most, name="most")


def overlap(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        _add_cliques(board, person, shifts, apart_min=0, name="overlap")


def gap(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        if person.limits.gap_min:
            _add_cliques(board, person, shifts, apart_min=person.limits.gap_min, name="gap")


def rest(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        if person.limits.rest_min:
            long = [shift for shift in shifts if shift.minutes >= person.limits.long_min]
            _add_cliques(board, person, long, apart_min=person.limits.rest_min, name="rest")


def day_shifts(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        for day, own in _grouped(shifts, "day"):
            taken = sum(turn.day == day for turn in person.held)
            _add_limit(board, _count(board, person, own), person.limits.shifts_per_day, taken, name="day_shifts")


def day_minutes(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        for day, own in _grouped(shifts, "day"):
            taken = sum(turn.minutes for turn in person.held if turn.day == day)
            _add_limit(board, _minutes(board, person, own), person.limits.minutes_per_day, taken, name="day_minutes")


def week_shifts(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        for week, own in _grouped(shifts, "week"):
            taken = sum(turn.week == week for turn in person.held)
            _add_limit(board, _count(board, person, own), person.limits.shifts_per_week, taken, name="week_shifts")


def week_minutes(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        for week, own in _grouped(shifts, "week"):
            taken = sum(turn.minutes for turn in person.held if turn.week == week)
            _add_limit(board, _minutes(board, person, own), person.limits.minutes_per_week, taken, name="week_minutes")


def week_labels(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        for limit in person.limits.labels_per_week:
            for week, own in _grouped([one for one in shifts if limit.label in labels_of(one)], "week"):
                taken = sum(turn.week == week and limit.label in turn.labels for turn in person.held)
                _add_limit(board, _count(board, person, own), limit.most, taken, name="week_labels")


def horizon_shifts(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        _add_limit(board, _count(board, person, shifts), person.limits.shifts, 0, name="horizon_shifts")


def horizon_minutes(board: Board) -> None:
    for person, shifts in _own_shifts(board):
        _add_limit(board, _minutes(board, person, shifts), person.limits.minutes, 0, name="horizon_minutes")


def mix(board: Board) -> None:
    for shift in board.problem.shifts:
        for rule in shift.mixes:
            _reserve(board, rule, [shift], name="mix")


def mix_most(board: Board) -> None:
    for shift in board.problem.shifts:
        for rule in shift.mixes:
            if rule.at_most is not None:
                inside, _ = _split(board, rule, [shift])
                board.add_row(inside, high=rule.at_most, name="mix_most")


def cross_mix(board: Board) -> None:
    for rule in board.problem.cross_mixes:
        _reserve(board, rule, [board.problem.shift[one] for one in sorted(rule.shifts)], name="cross_mix")


def apart(board: Board) -> None:
    for pair in board.problem.apart:
        for shift in board.shifts_for[pair.person]:
            board.add_row(board.on_shift(shift, (pair.person, pair.other)), high=1, name="apart")


def together(board: Board) -> None:
    for pair in board.problem.together:
        for shift in board.shifts_for[pair.person]:
            companion = board.seats.get((pair.companion, shift))
            terms = {board.seats[pair.person, shift]: 1} | ({} if companion is None else {companion: -1})
            board.add_row(terms, high=0, name="together")


def pin(board: Board) -> None:
    for row in board.problem.pins:
        board.add_row({board.seats[row.person, row.shift]: 1}, low=1, name="pin")


RULES: tuple[Rule, ...] = (
    most,
    overlap,
    gap,
    rest,
    day_shifts,
    day_minutes,
    week_shifts,
    week_minutes,
    week_labels,
    horizon_shifts,
    horizon_minutes,
    mix,
    mix_most,
    cross_mix,
    apart,
    together,
    pin,
)
RULE_NAMES = (*NO_SEAT, *(rule.__name__ for rule in RULES))


def _own_shifts(board: Board) -> Iterator[tuple[Person, list[Shift]]]:
    for person in board.problem.people:
        yield person, [board.problem.shift[one] for one in board.shifts_for[person.id]]


def _grouped(shifts: Iterable[Shift], by: str) -> Iterable[tuple[int, list[Shift]]]:
    found: dict[int, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(getattr(shift, by), []).append(shift)
    return found.items()


def _count(board: Board, person: Person, shifts: Iterable[Shift]) -> dict[int, int]:
    return {board.seats[person.id, shift.id]: 1 for shift in shifts}


def _minutes(board: Board, person: Person, shifts: Iterable[Shift]) -> dict[int, int]:
    return {board.seats[person.id, shift.id]: shift.minutes for shift in shifts}


def _add_limit(board: Board, terms: Terms, limit: int | None, taken: int, *, name: str) -> None:
    if limit is not None:
        board.add_row(terms, high=max(0, limit - taken), name=name)


def _add_cliques(board: Board, person: Person, shifts: Iterable[Shift], *, apart_min: int, name: str) -> None:
    """One row for each largest set of shifts that, lengthened by `apart_min`, meet at one moment (sweep)."""
    running: list[Shift] = []
    for shift in sorted(shifts, key=lambda one: (one.starts_min, one.ends_min, one.id)):
        still = [one for one in running if one.ends_min + apart_min > shift.starts_min]
        if len(still) < len(running):
            board.add_row(_count(board, person, running), high=1, name=name)
        running = [*still, shift]
    board.add_row(_count(board, person, running), high=1, name=name)


def _split(board: Board, rule: Mix | CrossMix, shifts: Iterable[Shift]) -> tuple[dict[int, int], dict[int, int]]:
    """Head counts of those with and without the tags."""
    inside: dict[int, int] = {}
    outside: dict[int, int] = {}
    for shift in shifts:
        for person in board.people_for[shift.id]:
            has_tag = not rule.tags.isdisjoint(board.problem.person[person].tags)
            (inside if has_tag else outside)[board.seats[person, shift.id]] = 1
    return inside, outside


def _reserve(board: Board, rule: Mix | CrossMix, shifts: list[Shift], *, name: str) -> None:
    """Others than the wanted people stay below target - at_least, unless at_least of the wanted are there."""
    inside, outside = _split(board, rule, shifts)
    target, room = sum(one.target for one in shifts), sum(one.most for one in shifts)
    free = target - rule.at_least
    if room == target or rule.at_least == 0:
        if rule.at_least:
            board.add_row(outside, high=free, name=name)
        return
    enough = board.add_variable(0, 1, lambda values: int(total(inside, values) >= rule.at_least))
    board.add_row({**inside, enough: -rule.at_least}, low=0, name=name)
    board.add_row({**outside, enough: -room}, high=free, name=name)
