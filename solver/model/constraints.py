"""The hard rules of `check.py` as rows on a board: same names, same order. Refuses to know goals and engines.

The rules of NO_SEAT have no rows: a pair that breaks one of them gets no variable (see `eligibility.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .. import turns
from ..pairs import clash
from ..problem import Person
from .board import Board
from .rows import (
    add_cliques,
    add_limit,
    add_off_least,
    add_row_least,
    add_row_most,
    add_turns,
    calendar,
    calendars,
    count,
    minutes,
    own_shifts,
    own_shifts_if,
    reserve,
    seats,
    split,
)

NO_SEAT = ("barred_seat", "skill", "lapsed", "tag_barred", "daytime", "effort", "available")

Rule: TypeAlias = Callable[[Board], None]


def add_hard_rules(board: Board) -> None:
    """Every rule, in the order of RULES."""
    for rule in RULES:
        rule(board)


def most(board: Board) -> None:
    for shift in board.problem.shifts:
        board.add_row(board.on_shift(shift.id), high=shift.most, name="most")


def overlap(board: Board) -> None:
    for person, shifts in own_shifts(board):
        add_cliques(board, person, shifts, apart_min=0, name="overlap")


def gap(board: Board) -> None:
    for person, shifts in own_shifts_if(board, lambda person: person.limits.gap_min > 0):
        add_cliques(board, person, shifts, apart_min=person.limits.gap_min, name="gap")


def way(board: Board) -> None:
    _add_pairs(board, "way", lambda _: bool(board.problem.ways))


def rest(board: Board) -> None:
    for person, shifts in own_shifts_if(board, lambda person: person.limits.rest_min > 0):
        long = [shift for shift in shifts if shift.minutes >= person.limits.long_min]
        add_cliques(board, person, long, apart_min=person.limits.rest_min, name="rest")


def succession(board: Board) -> None:
    _add_pairs(board, "succession", lambda person: bool(person.limits.successions))


def _add_pairs(board: Board, rule: str, is_asked: Callable[[Person], bool]) -> None:
    """One row for each two neighbouring turns that this rule is the first to keep apart."""
    for person, shifts in own_shifts_if(board, is_asked):
        for first, second in turns.near(shifts, turns.reach_min(board.problem, person)):
            if clash(board.problem, person.limits, first, second) == rule:
                board.add_row(count(board, person, [first, second]), high=1, name=rule)


def day_shifts(board: Board) -> None:
    for person, shifts in own_shifts(board, "shifts_per_day"):
        for day, own in turns.grouped(shifts, "day").items():
            held = [turn for turn in person.held if turn.day == day]
            add_turns(board, person, own, held, limit=person.limits.shifts_per_day, name="day_shifts")


def day_minutes(board: Board) -> None:
    for person, shifts in own_shifts(board, "minutes_per_day"):
        for day, own in turns.grouped(shifts, "day").items():
            taken = sum(turn.minutes for turn in person.held if turn.day == day)
            add_limit(board, minutes(board, person, own), person.limits.minutes_per_day, taken, name="day_minutes")


def week_shifts(board: Board) -> None:
    for person, shifts in own_shifts(board, "shifts_per_week"):
        for week, own in turns.grouped(shifts, "week").items():
            held = [turn for turn in person.held if turn.week == week]
            add_turns(board, person, own, held, limit=person.limits.shifts_per_week, name="week_shifts")


def week_minutes(board: Board) -> None:
    for person, shifts in own_shifts(board, "minutes_per_week"):
        for week, own in turns.grouped(shifts, "week").items():
            taken = sum(turn.minutes for turn in person.held if turn.week == week)
            add_limit(board, minutes(board, person, own), person.limits.minutes_per_week, taken, name="week_minutes")


def week_labels(board: Board) -> None:
    for person, shifts in own_shifts(board, "labels_per_week"):
        for limit in person.limits.labels_per_week:
            held = turns.with_label(person.held, limit.label)
            for week, own in turns.grouped(turns.with_label(shifts, limit.label), "week").items():
                taken = sum(turn.week == week for turn in held)
                add_limit(board, count(board, person, own), limit.most, taken, name="week_labels")


def horizon_shifts(board: Board) -> None:
    for person, shifts in own_shifts(board, "shifts"):
        held, past = turns.held_in_horizon(board.problem, person), person.past.shifts
        add_turns(board, person, shifts, held, limit=person.limits.shifts, past=past, name="horizon_shifts")


def horizon_minutes(board: Board) -> None:
    for person, shifts in own_shifts(board, "minutes"):
        held = turns.held_in_horizon(board.problem, person)
        taken = person.past.minutes + sum(turn.minutes for turn in held)
        add_limit(board, minutes(board, person, shifts), person.limits.minutes, taken, name="horizon_minutes")


def horizon_labels(board: Board) -> None:
    for person, shifts in own_shifts(board, "labels"):
        held = turns.held_in_horizon(board.problem, person)
        for limit in person.limits.labels:
            taken = person.past.of(limit.label).turns + len(turns.with_label(held, limit.label))
            own = turns.with_label(shifts, limit.label)
            add_limit(board, count(board, person, own), limit.most, taken, name="horizon_labels")


def label_weeks(board: Board) -> None:
    for person, shifts in own_shifts(board, "label_weeks"):
        for limit in person.limits.label_weeks:
            known, taken = turns.label_weeks(board.problem, person, limit.label)
            weeks = turns.grouped(turns.with_label(shifts, limit.label), "week")
            used = {board.any_of(seats(board, person, own)): 1 for week, own in weeks.items() if week not in known}
            add_limit(board, used, limit.most, taken, name="label_weeks")


def share_part(board: Board) -> None:
    for person, shifts in own_shifts(board, "share_pct"):
        if person.share and person.limits.share_pct is not None:
            loads = {board.seats[person.id, shift.id]: shift.load_pct_min for shift in shifts}
            past = person.past_load * 100
            add_limit(board, loads, person.share * person.limits.share_pct, past, name="share_part")


def week_share(board: Board) -> None:
    for person, shifts in own_shifts(board, "share_pct_per_week"):
        for own in turns.grouped(shifts, "week").values() if person.share else ():
            loads = {board.seats[person.id, shift.id]: shift.load_pct_min for shift in own}
            add_limit(board, loads, turns.most_of_week_share(board.problem, person), 0, name="week_share")


def day_share(board: Board) -> None:
    for person, shifts in own_shifts(board, "share_pct_per_day"):
        for own in turns.grouped(shifts, "day").values() if person.share else ():
            loads = {board.seats[person.id, shift.id]: shift.load_pct_min for shift in own}
            add_limit(board, loads, turns.most_of_day_share(board.problem, person), 0, name="day_share")


def offered_part(board: Board) -> None:
    for person, shifts in own_shifts(board, "offered_pct"):
        taken = sum(turn.minutes for turn in turns.held_in_horizon(board.problem, person))
        most = turns.most_of_offered(board.problem, person)
        add_limit(board, minutes(board, person, shifts), most, taken, name="offered_part")


def week_offered(board: Board) -> None:
    for person, shifts in own_shifts(board, "offered_pct_per_week"):
        held = turns.held_in_horizon(board.problem, person)
        for week, own in turns.grouped(shifts, "week").items():
            taken = sum(turn.minutes for turn in held if turn.week == week)
            most = turns.most_of_week_offered(board.problem, person, week)
            add_limit(board, minutes(board, person, own), most, taken, name="week_offered")


def day_offered(board: Board) -> None:
    for person, shifts in own_shifts(board, "offered_pct_per_day"):
        for day, own in turns.grouped(shifts, "day").items():
            taken = sum(turn.minutes for turn in person.held if turn.day == day)
            most = turns.most_of_day_offered(person, day)
            add_limit(board, minutes(board, person, own), most, taken, name="day_offered")


def days_in_row(board: Board) -> None:
    for person, own in calendars(board, lambda person: person.limits.days_in_row is not None):
        add_row_most(board, own, person.limits.days_in_row or 0, name="days_in_row")


def days_in_row_least(board: Board) -> None:
    for person, own in calendars(board, lambda person: person.limits.days_in_row_least > 1):
        add_row_least(board, own, person.limits.days_in_row_least, name="days_in_row_least")


def days_off_least(board: Board) -> None:
    for person, own in calendars(board, lambda person: person.limits.days_off_least > 1):
        add_off_least(board, own, person.limits.days_off_least, name="days_off_least")


def labels_in_row(board: Board) -> None:
    for person, shifts in own_shifts(board, "labels_in_row"):
        for limit in person.limits.labels_in_row:
            own = calendar(board, person, turns.with_label(shifts, limit.label), limit.label)
            add_row_most(board, own, limit.most, name="labels_in_row")


def mix(board: Board) -> None:
    for shift in board.problem.shifts:
        for rule in shift.mixes:
            reserve(board, rule, [shift], name="mix")


def mix_most(board: Board) -> None:
    for shift in board.problem.shifts:
        for rule in shift.mixes:
            if rule.at_most is not None:
                inside, _ = split(board, rule, [shift])
                board.add_row(inside, high=rule.at_most, name="mix_most")


def cross_mix(board: Board) -> None:
    for rule in board.problem.cross_mixes:
        reserve(board, rule, [board.problem.shift[one] for one in sorted(rule.shifts)], name="cross_mix")


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


def same_team(board: Board) -> None:
    for team in board.problem.same_team:
        first, *others = sorted(team)
        for person in sorted({person for shift in team for person in board.people_for[shift]}):
            for other in others:
                here, there = board.on_shift(first, [person]), board.on_shift(other, [person])
                board.add_row({**here, **dict.fromkeys(there, -1)}, low=0, high=0, name="same_team")


def pin(board: Board) -> None:
    for row in board.problem.pins:
        board.add_row({board.seats[row.person, row.shift]: 1}, low=1, name="pin")


RULES: tuple[Rule, ...] = (
    most,
    overlap,
    gap,
    way,
    rest,
    succession,
    day_shifts,
    day_minutes,
    week_shifts,
    week_minutes,
    week_labels,
    horizon_shifts,
    horizon_minutes,
    horizon_labels,
    label_weeks,
    share_part,
    week_share,
    day_share,
    offered_part,
    week_offered,
    day_offered,
    days_in_row,
    days_in_row_least,
    days_off_least,
    labels_in_row,
    mix,
    mix_most,
    cross_mix,
    apart,
    together,
    same_team,
    pin,
)
RULE_NAMES = (*NO_SEAT, *(rule.__name__ for rule in RULES))
