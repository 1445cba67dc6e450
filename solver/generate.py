"""Invented problems of any size for trials and benchmarks; the same figures and seed give the same problem.

Ten thousand people, 28 days and 25,000 seats make about 4,200 shifts and 640,000 open pairs that all hang together.
"""

from __future__ import annotations

import random

from .problem import Limits, Mix, Person, Problem, Shift, Window

_STARTS = (7 * 60 + 30, 9 * 60, 10 * 60 + 30, 14 * 60, 15 * 60 + 30, 18 * 60 + 30)
_LENGTHS = (60, 90, 120, 120, 120, 180)
_PEOPLE_A_PLACE = 285
_CREWS = (1, 2, 2, 2, 3, 6)
_LARGE_CREWS = (2, 2, 4, 6, 6, 8, 14)
_LARGE = 250
_HELPS_NEXT_DOOR = 0.33
"""Part of the people who also serve in the next place, which ties all places together."""

_DAY_MIN = 1440


def generate(*, people: int, days: int, seats: int, seed: int) -> Problem:
    """`people` volunteers in places of about 285, `days` days with `seats` seats in all; day 0 is a Monday."""
    dice = random.Random(seed)
    places = [f"P{number:03d}" for number in range(max(1, people // _PEOPLE_A_PLACE))]
    volunteers = tuple(_person(dice, number, days, places) for number in range(people))
    shifts: list[Shift] = []
    left, crews = seats, _LARGE_CREWS if people >= _LARGE else _CREWS
    while left > 0:
        wanted = min(left, dice.choice(crews))
        shifts.append(_shift(dice, len(shifts), days, wanted=wanted, place=dice.choice(places)))
        left -= wanted
    return Problem(days, volunteers, tuple(shifts), seed=seed)


def _person(dice: random.Random, number: int, days: int, places: list[str]) -> Person:
    is_under_70 = dice.random() < 0.7
    home = number % len(places)
    helps = {places[(home + 1) % len(places)]} if dice.random() < _HELPS_NEXT_DOOR else set()
    tags = {places[home], *helps, "under70" if is_under_70 else "70+", dice.choice(("F", "M"))}
    tags |= {skill for skill in ("first_aid", "river") if dice.random() < 0.2}
    turns = dice.choice((3, 4, 5)) if is_under_70 else dice.choice((1, 2, 3))
    halves = ((7 * 60, 12 * 60), (13 * 60, 21 * 60), (7 * 60, 21 * 60))
    starts, ends = dice.choice(halves)
    free = [day for day in range(days) if dice.random() < 0.7]
    return Person(
        id=f"V{number:05d}",
        tags=frozenset(tags),
        windows=tuple(Window(day * _DAY_MIN + starts, day * _DAY_MIN + ends) for day in free),
        limits=Limits(
            shifts_per_day=2, minutes_per_day=240, shifts_per_week=turns, minutes_per_week=turns * 120, gap_min=30
        ),
        share=round(turns * 120 * days / 7),
    )


def _shift(dice: random.Random, number: int, days: int, *, wanted: int, place: str) -> Shift:
    day, length = dice.randrange(days), dice.choice(_LENGTHS)
    starts = day * _DAY_MIN + dice.choice(_STARTS)
    needs_young = wanted > 1 and dice.random() < 0.5
    skill = {"first_aid"} if dice.random() < 0.05 else set()
    return Shift(
        id=f"S{number:05d}",
        kind="duty",
        place=place,
        day=day,
        week=day // 7,
        starts_min=starts,
        ends_min=starts + length,
        least=wanted,
        target=wanted,
        most=wanted,
        priority=dice.choice((1, 2, 2, 2)),
        requires=frozenset({place} | skill),
        mixes=(Mix(frozenset({"under70"}), at_least=1),) if needs_young else (),
    )
