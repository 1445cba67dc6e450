"""An instance as a team of whole-person rosters, and rosters as lines of employee,day,shift."""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from ...columns.cover import Cover, IntArray, hinges
from ...columns.stints import StintKernel, StintRules
from ...columns.team import NEVER, Rosters, Team
from .instance import Employee, Instance


def team(instance: Instance) -> Team:
    """Codes are shifts and people are employees, both in the instance's order."""
    weights = [*instance.on.values(), *instance.off.values()]
    for wanted in instance.cover.values():
        weights += wanted.under, wanted.over
    return Team(_kernels(instance), _cover(instance), float(gcd(*weights) or 1))


def worked(instance: Instance, rosters: Rosters) -> dict[tuple[str, int], str]:
    """The worked days by (employee, day), for the judge and the writer."""
    shifts, employees = list(instance.shifts), list(instance.employees)
    return {
        (employees[person], day): shifts[rosters[person, day]] for person, day in np.argwhere(rosters >= 0).tolist()
    }


def dumps(instance: Instance, rosters: Rosters) -> str:
    """CSV with a header: employee,day,shift; day counts from 0, days off are left out."""
    lines = (f"{employee},{day},{shift}" for (employee, day), shift in worked(instance, rosters).items())
    return "\n".join(["employee,day,shift", *lines])


def _kernels(instance: Instance) -> list[StintKernel]:
    number = {shift: code for code, shift in enumerate(instance.shifts)}
    minutes = np.array([shift.minutes for shift in instance.shifts.values()], dtype=np.int64)
    follows = np.ones((len(number), len(number)), dtype=np.bool_)
    for shift in instance.shifts.values():
        for other in shift.not_followed_by:
            follows[number[shift.id], number[other]] = False
    own = {employee: np.zeros((instance.days, 1 + len(number))) for employee in instance.employees}
    for (who, day, wish), weight in instance.on.items():
        own[who][day] += weight
        own[who][day, 1 + number[wish]] -= weight
    for (who, day, wish), weight in instance.off.items():
        own[who][day, 1 + number[wish]] += weight
    for who, days in instance.days_off.items():
        own[who][sorted(days), 1:] = NEVER
    return [
        StintKernel(_rules(instance, employee, minutes, follows), own[employee.id])
        for employee in instance.employees.values()
    ]


def _rules(instance: Instance, employee: Employee, minutes: IntArray, follows: npt.NDArray[np.bool_]) -> StintRules:
    return StintRules(
        minutes=minutes,
        follows=follows,
        most_of=np.array([min(employee.most_of[shift], instance.days) for shift in instance.shifts], dtype=np.int64),
        least_minutes=employee.least_minutes,
        most_minutes=min(employee.most_minutes, instance.days * int(minutes.max(initial=0))),
        most_run=min(employee.most_run, instance.days),
        least_run=employee.least_run,
        least_off=employee.least_off,
        most_weekends=employee.most_weekends,
    )


def _cover(instance: Instance) -> Cover:
    number = {shift: code for code, shift in enumerate(instance.shifts)}
    wanted = np.zeros((instance.days, len(number)), dtype=np.int64)
    under, over = np.zeros(wanted.shape), np.zeros(wanted.shape)
    for (day, shift), cell in instance.cover.items():
        at = day, number[shift]
        wanted[at], under[at], over[at] = cell.heads, cell.under, cell.over
    return hinges(len(instance.employees), [(wanted, under)], [(wanted, over)])
