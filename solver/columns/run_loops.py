"""The program over run states as plain loops over arrays, compiled by numba where it is installed.

`table[day, state, worked * weekends]` is what the days from `day` on cost at least, for a person in that state who has
worked so many days and weekends in the span. Both counts stop at a cap, beyond which each one more costs `slope`.
The numpy twin in run_planes.py gives the same values. Refuses to know where prices come from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .stint_loops import njit


@njit
def best(
    off: Any, cost: Any, to: Any, step: Any, works: Any, start: int, sundays: Any, half: float, slope: Any, end: Any
) -> Any:
    """(value, choice by day) of the cheapest way from state `start`; value inf if there is none.

    `off[day]` and `cost[day, kind]` are prices, `to` and `step` [state, choice] as in RunStates, `sundays[day]` whether
    a weekend ends with the day, `half` the cost of one worked day in it, `end[state, worked, weekends]` what comes
    after the last day.
    """
    counts, weekends = end.shape[1:]
    table = _table(off, cost, to, step, works, start, 0, sundays, half, slope, end)
    return _walked(table, off, cost, to, step, works, start, sundays, half, slope, counts, weekends)


@njit
def ahead(
    off: Any, cost: Any, to: Any, step: Any, works: Any, before: int, sundays: Any, half: float, slope: Any, end: Any
) -> Any:
    """`worth[state, worked, weekends]` on the first day, for up to `before` days worked until then."""
    states, counts, weekends = end.shape
    table = _table(off, cost, to, step, works, -1, before, sundays, half, slope, end)
    most = min(before + 1, counts)
    return table[0, :, : most * weekends].copy().reshape(states, most, weekends)


@njit
def _table(
    off: Any,
    cost: Any,
    to: Any,
    step: Any,
    works: Any,
    start: int,
    before: int,
    sundays: Any,
    half: float,
    slope: Any,
    end: Any,
) -> Any:
    """The table for somebody in state `start`, or in any if that is -1, who may have worked `before` days already."""
    days, kinds = cost.shape
    states, counts, weekends = end.shape
    table = np.empty((days + 1, states, counts * weekends))
    table[days] = end.reshape(states, counts * weekends)
    for day in range(days - 1, -1, -1):
        reach = min(before + day + 1, counts) * weekends
        for state in range(states):
            if day == 0 and start >= 0 and state != start:
                continue
            here = table[day, state]
            for place in range(reach):
                here[place] = np.inf
            for choice in range(kinds + 1):
                price = off[day] if choice == 0 else cost[day, choice - 1]
                if price == np.inf or to[state, choice] < 0:
                    continue
                after, fixed = table[day + 1, to[state, choice]], price + step[state, choice]
                if sundays[day]:
                    fixed += half if works[state] != (choice > 0) else 0.0
                    if works[state] or choice > 0:
                        _count_weekend(here, after, fixed, choice > 0, weekends, slope, reach)
                        continue
                _lower(here, after, fixed, choice > 0, weekends, slope[0], reach)
    return table


@njit
def _lower(here: Any, after: Any, fixed: float, is_work: bool, weekends: int, slope: float, reach: int) -> None:
    """here[worked, weekends] = min(itself, fixed + what it leads to), for a day on which no worked weekend ends."""
    shift = weekends if is_work else 0
    straight = min(reach, after.shape[0] - shift)
    for place in range(straight):
        here[place] = min(here[place], after[place + shift] + fixed)
    for place in range(straight, reach):
        here[place] = min(here[place], after[place] + (fixed + slope))


@njit
def _count_weekend(here: Any, after: Any, fixed: float, is_work: bool, weekends: int, slope: Any, reach: int) -> None:
    """The same on the last day of a worked weekend."""
    shift = weekends if is_work else 0
    straight = after.shape[0] - shift
    for place in range(reach):
        last = place % weekends == weekends - 1
        extra = fixed + slope[1] if last else fixed
        goal = place if last else place + 1
        if place < straight:
            here[place] = min(here[place], after[goal + shift] + extra)
        else:
            here[place] = min(here[place], after[goal] + (extra + slope[0]))


@njit
def _walked(
    table: Any,
    off: Any,
    cost: Any,
    to: Any,
    step: Any,
    works: Any,
    state: int,
    sundays: Any,
    half: float,
    slope: Any,
    counts: int,
    weekends: int,
) -> Any:
    days, kinds = cost.shape
    choices, weekend, count = np.zeros(days, dtype=np.int64), 0, 0
    value = table[0, state, 0]
    for day in range(days):
        least, chosen, goal, total = np.inf, -1, 0, 0
        for choice in range(kinds + 1):
            price = off[day] if choice == 0 else cost[day, choice - 1]
            if price == np.inf or to[state, choice] < 0:
                continue
            is_work = 1 if choice > 0 else 0
            ends = 1 if sundays[day] and (works[state] or is_work) else 0
            extra = price + step[state, choice]
            extra += half if sundays[day] and works[state] != (choice > 0) else 0.0
            extra += slope[1] if ends and weekend == weekends - 1 else 0.0
            extra += slope[0] if is_work and count == counts - 1 else 0.0
            w, c = min(weekend + ends, weekends - 1), min(count + is_work, counts - 1)
            worth = table[day + 1, to[state, choice], c * weekends + w] + extra
            if worth < least:
                least, chosen, goal, total = worth, choice, w, c
        if chosen < 0:
            return np.inf, choices
        choices[day], state, weekend, count = chosen, to[state, chosen], goal, total
    return value, choices


@njit
def walk(choices: Any, own: Any, to: Any, step: Any, works: Any, state: int, sundays: Any, half: float) -> Any:
    """(cost, days worked, weekends worked) of the days `choices` for somebody who starts them in `state`; cost inf if
    that is forbidden. `own[day, choice]` are costs of the days by themselves."""
    cost, worked, weekends = 0.0, 0, 0
    for day in range(choices.shape[0]):
        choice = choices[day]
        if to[state, choice] < 0:
            return np.inf, worked, weekends, state
        cost += own[day, choice] + step[state, choice]
        worked += choice > 0
        if sundays[day]:
            weekends += works[state] or choice > 0
            cost += half if works[state] != (choice > 0) else 0.0
        state = to[state, choice]
    return cost, worked, weekends, state


@njit
def walks(choices: Any, own: Any, to: Any, step: Any, works: Any, sundays: Any, half: float) -> Any:
    """(`cost[state]`, days worked, `weekends[state]`) of the days `choices` from each state."""
    states, worked = to.shape[0], 0
    cost, weekends = np.empty(states), np.empty(states, dtype=np.int64)
    for state in range(states):
        cost[state], _, weekends[state], _ = walk(choices, own, to, step, works, state, sundays, half)
    for choice in choices:
        worked += choice > 0
    return cost, worked, weekends
