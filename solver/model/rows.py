"""What hard rules are built of: limits, cliques, reserved seats, days in a row. Refuses to know which rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .. import pairs
from ..problem import CrossMix, Held, Mix, Person, Shift
from ..turns import WorkDays, grouped, work_days
from .board import Board, Terms, total


def own_shifts(board: Board, limit: str = "") -> Iterator[tuple[Person, list[Shift]]]:
    """Everyone's open shifts; only of those who have the named limit, if one is named."""
    return own_shifts_if(board, lambda person: not limit or getattr(person.limits, limit) not in (None, ()))


def own_shifts_if(board: Board, is_asked: Callable[[Person], bool]) -> Iterator[tuple[Person, list[Shift]]]:
    """Open shifts of those for whom it's asked."""
    for person in board.problem.people:
        if is_asked(person):
            yield person, [board.problem.shift[one] for one in board.shifts_for[person.id]]


def seats(board: Board, person: Person, shifts: Iterable[Shift]) -> list[int]:
    """The variables of a person's seats on open shifts."""
    return [board.seats[person.id, shift.id] for shift in shifts]


def count(board: Board, person: Person, shifts: Iterable[Shift]) -> dict[int, int]:
    """Number of turns."""
    return dict.fromkeys(seats(board, person, shifts), 1)


def tasks(board: Board, person: Person, shifts: Iterable[Shift], held: Iterable[Held]) -> dict[int, int]:
    """Number of turns that limits see beside what is held: a task once, however many of its parts."""
    begun = {(turn.day, turn.task) for turn in held if turn.task}
    parts = pairs.by_task(shift for shift in shifts if (shift.day, shift.task) not in begun)
    return {board.any_of(seats(board, person, own)): 1 for own in parts}


def minutes(board: Board, person: Person, shifts: Iterable[Shift]) -> dict[int, int]:
    """Minutes of turns."""
    return {board.seats[person.id, shift.id]: shift.minutes for shift in shifts}


def add_limit(board: Board, terms: Terms, limit: int | None, taken: int, *, name: str) -> None:
    """At most what the limit leaves beside what's taken; what's taken can't break it by itself."""
    if limit is not None:
        board.add_row(terms, high=max(0, limit - taken), name=name)


def add_turns(
    board: Board,
    person: Person,
    shifts: Iterable[Shift],
    held: Sequence[Held],
    *,
    limit: int | None,
    past: int = 0,
    name: str,
) -> None:
    """At most so many turns beside those held and past; parts of one task are one."""
    add_limit(board, tasks(board, person, shifts, held), limit, past + pairs.tasks(held), name=name)


def add_cliques(board: Board, person: Person, shifts: Iterable[Shift], *, apart_min: int, name: str) -> None:
    """One row for each largest set of shifts that, lengthened by `apart_min`, meet at one moment (sweep)."""
    running: list[Shift] = []
    for shift in sorted(shifts, key=lambda one: (one.starts_min, one.ends_min, one.id)):
        still = [one for one in running if one.ends_min + apart_min > shift.starts_min]
        if len(still) < len(running):
            board.add_row(count(board, person, running), high=1, name=name)
        running = [*still, shift]
    board.add_row(count(board, person, running), high=1, name=name)


def split(board: Board, rule: Mix | CrossMix, shifts: Iterable[Shift]) -> tuple[dict[int, int], dict[int, int]]:
    """Head counts of those with and without the tags, as they hold on each shift's day."""
    inside: dict[int, int] = {}
    outside: dict[int, int] = {}
    for shift in shifts:
        for person in board.people_for[shift.id]:
            has_tag = not rule.tags.isdisjoint(board.problem.person[person].tags_on(shift.day))
            (inside if has_tag else outside)[board.seats[person, shift.id]] = 1
    return inside, outside


def reserve(board: Board, rule: Mix | CrossMix, shifts: list[Shift], *, name: str) -> None:
    """Others than the wanted people stay below target - at_least, unless at_least of the wanted are there."""
    inside, outside = split(board, rule, shifts)
    target, room = sum(one.target for one in shifts), sum(one.most for one in shifts)
    free = target - rule.at_least
    if room == target or rule.at_least == 0:
        if rule.at_least:
            board.add_row(outside, high=free, name=name)
        return
    enough = board.add_variable(0, 1, lambda values: int(total(inside, values) >= rule.at_least))
    board.add_row({**inside, enough: -rule.at_least}, low=0, name=name)
    board.add_row({**outside, enough: -room}, high=free, name=name)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which a person works in a plan yet to be found: `open[day]` is the 0/1 variable of such a day.

    Held days are worked, all others off.
    """

    days: WorkDays
    open: dict[int, int]

    def has_open(self, first: int, last: int) -> bool:
        return any(day in self.open for day in range(first, last + 1))

    def worked(self, first: int, last: int, sign: int = 1) -> tuple[dict[int, int], int]:
        """Days worked from `first` to `last`, both included: a sum of variables and a constant, times `sign`."""
        span = range(first, last + 1)
        terms = {self.open[day]: sign for day in span if day in self.open}
        return terms, sign * sum(day in self.days.held for day in span)


def calendars(board: Board, is_asked: Callable[[Person], bool]) -> Iterator[tuple[Person, Calendar]]:
    """Calendars of those for whom it's asked and who have open shifts."""
    for person, shifts in own_shifts_if(board, is_asked):
        if shifts:
            yield person, calendar(board, person, shifts)


def calendar(board: Board, person: Person, shifts: list[Shift], label: str = "") -> Calendar:
    """A person's calendar of these shifts; held days only where the turn has the label, if one is given."""
    days = work_days(board.problem, person, (), label)
    by_day = grouped(shifts, "day")
    variables = {day: board.any_of(seats(board, person, own)) for day, own in by_day.items() if day not in days.held}
    return Calendar(days, variables)


def add_row_most(board: Board, calendar: Calendar, most: int, *, name: str) -> None:
    """No `most` + 1 days in a row are worked, save where all of them are held."""
    for first in range(min(calendar.open, default=0) - most, max(calendar.open, default=-1) + 1):
        if calendar.has_open(first, first + most):
            terms, held = calendar.worked(first, first + most)
            board.add_row(terms, high=most - held, name=name)


def add_row_least(board: Board, calendar: Calendar, least: int, *, name: str) -> None:
    """No run of fewer days than `least` lies between two days off, save where all of its days are held."""
    days = calendar.days
    for length in range(1, least):
        for first in range(days.first + 1, days.last - length + 1):
            if calendar.has_open(first, first + length - 1):
                _forbid(board, calendar, first, length, is_worked=True, name=name)


def add_off_least(board: Board, calendar: Calendar, least: int, *, name: str) -> None:
    """No break of fewer days than `least` lies between two days worked, save where both of these are held."""
    days = calendar.days
    for length in range(1, least):
        for first in range(days.first + 1, days.last - length + 1):
            if first - 1 in calendar.open or first + length in calendar.open:
                _forbid(board, calendar, first, length, is_worked=False, name=name)


def _forbid(board: Board, calendar: Calendar, first: int, length: int, *, is_worked: bool, name: str) -> None:
    """Not `length` days from `first` in one state with the days before and after in the other."""
    sign = 1 if is_worked else -1
    inner, held = calendar.worked(first, first + length - 1, sign)
    left, held_left = calendar.worked(first - 1, first - 1, -sign)
    right, held_right = calendar.worked(first + length, first + length, -sign)
    most = (length - 1) if is_worked else 1
    board.add_row({**left, **inner, **right}, high=most - held - held_left - held_right, name=name)
