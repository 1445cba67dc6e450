"""The judge of Curtois & Qu rosters: broken rules in words and the cost, straight from the instance's text.

Shares nothing with the engine. Source of the rules: https://schedulingbenchmarks.org/nrp/data/description.pdf, with
runs and days off that touch the horizon's edge exempt from their minimum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from .instance import Employee, Instance

Worked = Mapping[tuple[str, int], str]
"""`worked[employee, day]` is the shift; days off are absent."""


def broken(instance: Instance, worked: Worked) -> list[str]:
    """A sentence for each broken hard rule; empty for a legal roster."""
    found = [
        f"{employee} day {day} {shift}: not in the instance"
        for (employee, day), shift in worked.items()
        if employee not in instance.employees or shift not in instance.shifts or not 0 <= day < instance.days
    ]
    if found:
        return found
    for employee in instance.employees.values():
        line = [worked.get((employee.id, day)) for day in range(instance.days)]
        found += (f"{employee.id} {why}" for why in _broken(instance, employee, line))
    return found


def cost(instance: Instance, worked: Worked) -> int:
    """Requests not met plus cover under and over what is wanted."""
    heads = Counter((day, shift) for (_, day), shift in worked.items())
    wishes = sum(weight for (who, day, shift), weight in instance.on.items() if worked.get((who, day)) != shift)
    wishes += sum(weight for (who, day, shift), weight in instance.off.items() if worked.get((who, day)) == shift)
    cover = 0
    for cell, wanted in instance.cover.items():
        missing = wanted.heads - heads[cell]
        cover += wanted.under * missing if missing > 0 else wanted.over * -missing
    return wishes + cover


def _broken(instance: Instance, employee: Employee, line: list[str | None]) -> Iterator[str]:
    shifts = [shift for shift in line if shift is not None]
    minutes = sum(instance.shifts[shift].minutes for shift in shifts)
    if minutes > employee.most_minutes:
        yield f"works {minutes} minutes, most {employee.most_minutes}"
    if minutes < employee.least_minutes:
        yield f"works {minutes} minutes, least {employee.least_minutes}"
    for shift, count in Counter(shifts).items():
        if count > employee.most_of[shift]:
            yield f"works {shift} {count} times, most {employee.most_of[shift]}"
    for day in sorted(instance.days_off.get(employee.id, ())):
        if line[day] is not None:
            yield f"works on day {day}, a day off"
    for day, (before, after) in enumerate(pairwise(line)):
        if before is not None and after in instance.shifts[before].not_followed_by:
            yield f"works {after} on day {day + 1} after {before}"
    weekends = sum(any(line[day : day + 2]) for day in range(5, instance.days, 7))
    if weekends > employee.most_weekends:
        yield f"works on {weekends} weekends, most {employee.most_weekends}"
    yield from _broken_runs(employee, line)


def _broken_runs(employee: Employee, line: list[str | None]) -> Iterator[str]:
    day = 0
    for works, days in groupby(line, key=lambda shift: shift is not None):
        length = len(list(days))
        inside = day > 0 and day + length < len(line)
        if works and length > employee.most_run:
            yield f"works {length} days in a row from day {day}, most {employee.most_run}"
        if works and inside and length < employee.least_run:
            yield f"works {length} days in a row from day {day}, least {employee.least_run}"
        if not works and inside and length < employee.least_off:
            yield f"has {length} days off from day {day}, least {employee.least_off}"
        day += length
