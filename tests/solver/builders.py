"""Small problems in one line: everyone is free all day, shifts last two hours, one seat."""

from __future__ import annotations

from typing import Any

from solver.plan import Plan
from solver.problem import Limits, Person, Problem, Shift, Window

HOUR = 60
DAY = 1440


def a_person(name: str, *tags: str, days: int = 14, share: int = 600, **fields: Any) -> Person:
    """Free around the clock for `days` days; Limits fields may be given directly."""
    limit_names = [one for one in fields if one in Limits.__dataclass_fields__]
    limits = Limits(**{one: fields.pop(one) for one in limit_names})
    fields.setdefault("windows", (Window(0, days * DAY),))
    return Person(id=name, tags=frozenset(tags), limits=limits, share=share, **fields)


def a_shift(name: str, *, day: int = 0, at: int = 9 * HOUR, minutes: int = 120, seats: int = 1, **fields: Any) -> Shift:
    """`at`: minutes after midnight; `seats` is least, target and most unless they're given."""
    for seat_name in ("least", "target", "most"):
        fields.setdefault(seat_name, seats)
    starts = day * DAY + at
    fields = {"kind": "duty", "place": "G1", "week": day // 7} | fields
    return Shift(id=name, day=day, starts_min=starts, ends_min=starts + minutes, **fields)


def a_problem(people: list[Person], shifts: list[Shift], *, days: int = 14, **fields: Any) -> Problem:
    return Problem(days, tuple(people), tuple(shifts), **fields)


def a_plan(*seats: str) -> Plan:
    """Seats as "person shift"."""
    pairs = (seat.split() for seat in seats)
    return Plan(frozenset((person, shift) for person, shift in pairs))
