"""The stint program as plain loops over arrays, compiled by numba where it is installed.

A stint is a run of working days. `chains` prices stints by first day, length and resources; `sweep` strings them
together over (day, weekends used, capped shifts used, time units used) and walks the cheapest plan back.
The numpy twin in stint_planes.py gives the same values. Refuses to know prices' origin and rules' names.
"""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    from numba import njit as compiled

    COMPILED = True
except ImportError:
    COMPILED = False


def njit(function: Any) -> Any:
    """Compiled where numba is installed, and kept on disk where there is a place for that."""
    if not COMPILED:
        return function
    try:
        return compiled(cache=True)(function)
    except RuntimeError:  # neither beside the file nor in the user's cache may anything be written
        return compiled(function)


@njit
def merged(price: Any, kind_of: Any, kinds: int) -> Any:
    """`cost[day, kind]` and `code[day, kind]`: the cheapest code of each kind of interchangeable codes."""
    days = price.shape[0]
    cost = np.full((days, kinds), np.inf)
    code = np.full((days, kinds), -1, dtype=np.int64)
    for day in range(days):
        for one in range(kind_of.shape[0]):
            kind = kind_of[one]
            if kind >= 0 and price[day, 1 + one] < cost[day, kind]:
                cost[day, kind] = price[day, 1 + one]
                code[day, kind] = one
    return cost, code


@njit
def chains(cost: Any, start: int, longest: int, after: Any, groups: Any, step: Any, size: Any) -> Any:
    """`worth[length - 1, kind, x]` of the cheapest chain from `start` that ends in kind with resources x.

    `after[kind]` is the group of kinds that may precede it (`groups[group, kind]`); `step[kind, 3]` what a kind uses of
    (extra units, first cap, second cap), `size[3]` one more than the most a stint can use, x is their flat index.
    """
    kinds, room, top = cost.shape[1], size[0] * size[1] * size[2], min(longest, cost.shape[0] - start)
    worth = np.full((longest, kinds, room), np.inf)
    jump = np.zeros(kinds, dtype=np.int64)
    for kind in range(kinds):
        jump[kind] = (step[kind, 0] * size[1] + step[kind, 1]) * size[2] + step[kind, 2]
        if step[kind, 1] < size[1] and step[kind, 2] < size[2]:
            worth[0, kind, jump[kind]] = cost[start, kind]
    best = np.empty((groups.shape[0], room))
    for length in range(1, top):
        for group in range(groups.shape[0]):
            best[group] = np.inf
            for kind in range(kinds):
                if groups[group, kind]:
                    for x in range(room):
                        best[group, x] = min(best[group, x], worth[length - 1, kind, x])
        for kind in range(kinds):
            extra = cost[start + length, kind]
            if extra == np.inf:
                continue
            row = best[after[kind]]
            for x in range(room - jump[kind]):
                if row[x] < np.inf and _fits(x, step[kind], size):
                    worth[length, kind, x + jump[kind]] = row[x] + extra
    return worth


@njit
def _fits(x: int, step: Any, size: Any) -> bool:
    second, first, units = x % size[2], (x // size[2]) % size[1], x // (size[1] * size[2])
    return bool(units + step[0] < size[0] and first + step[1] < size[1] and second + step[2] < size[2])


@njit
def sweep(
    cost: Any,
    off: Any,
    after: Any,
    groups: Any,
    step: Any,
    size: Any,
    lands: Any,
    touched: Any,
    low: Any,
    high: Any,
    caps: Any,
    unit: int,
) -> Any:
    """(value, kinds by day) of the cheapest plan; value inf if there is none.

    `lands[day, length - 1]` is the day on which a stint from day leaves the person free again, -1 if it isn't allowed;
    `touched[day, length - 1]` the weekends it uses up; `low/high[day, weekends]` the band of time units worth looking
    at (empty if low > high); `caps[2]` the most of the two tracked kinds; `unit` the time units of the shortest shift.
    """
    days, longest = cost.shape[0], lands.shape[1]
    table = _empty_table(low, high, caps)
    stint = np.full((days, longest, size[0] * size[1] * size[2]), np.inf)
    for day in range(days):
        if not _is_alive(table[day]):
            continue
        if off[day] < np.inf:
            _rest(table, day, off[day], low, high)
        worth = chains(cost, day, longest, after, groups, step, size)
        for length in range(1, longest + 1):
            landing = lands[day, length - 1]
            home = off[day + length : landing].sum() if landing >= 0 else np.inf
            if home == np.inf:
                continue
            for x in range(stint.shape[2]):
                value = home + _least(worth[length - 1], x)
                stint[day, length - 1, x] = value
                if value < np.inf:
                    used = touched[day, length - 1]
                    _work(table, day, landing, used, length * unit, x, value, size, low, high, caps)
    return _walked_back(cost, off, after, groups, step, size, lands, touched, low, high, caps, unit, table, stint)


@njit
def _empty_table(low: Any, high: Any, caps: Any) -> Any:
    """`table[day, weekends, plane, time units - low]`, plane = first cap x (second cap + 1) + second cap."""
    width = max(1, (high - low + 1).max())
    table = np.full((low.shape[0], low.shape[1], (caps[0] + 1) * (caps[1] + 1), width), np.inf)
    table[0, 0, 0, 0 - low[0, 0]] = 0.0
    return table


@njit
def _is_alive(states: Any) -> bool:
    for weekend in range(states.shape[0]):
        for plane in range(states.shape[1]):
            for t in range(states.shape[2]):
                if states[weekend, plane, t] < np.inf:
                    return True
    return False


@njit
def _least(worth: Any, x: int) -> float:
    least = np.inf
    for kind in range(worth.shape[0]):
        least = min(least, worth[kind, x])
    return float(least)


@njit
def _rest(table: Any, day: int, price: float, low: Any, high: Any) -> None:
    """One day off from every state."""
    for weekend in range(table.shape[1]):
        first, then = low[day, weekend], low[day + 1, weekend]
        a, b = max(first, then), min(high[day, weekend], high[day + 1, weekend])
        for plane in range(table.shape[2]):
            source, target = table[day, weekend, plane], table[day + 1, weekend, plane]
            x, y = a - first, a - then
            for t in range(b - a + 1):
                target[y + t] = min(target[y + t], source[x + t] + price)


@njit
def _work(
    table: Any,
    day: int,
    landing: int,
    used: int,
    base: int,
    x: int,
    value: float,
    size: Any,
    low: Any,
    high: Any,
    caps: Any,
) -> None:
    """A stint with resources x from every state that has room for it; `base` time units without the extra ones."""
    second, j, i = caps[1] + 1, x % size[2], (x // size[2]) % size[1]
    shift = base + x // (size[1] * size[2])
    for weekend in range(table.shape[1] - used):
        first, then = low[day, weekend], low[landing, weekend + used]
        a, b = max(first, then - shift), min(high[day, weekend], high[landing, weekend + used] - shift)
        p, q, n = a - first, a + shift - then, b - a + 1
        if n < 1:
            continue
        for c in range(caps[0] + 1 - i):
            for e in range(caps[1] + 1 - j):
                source = table[day, weekend, c * second + e]
                target = table[landing, weekend + used, (c + i) * second + e + j]
                for t in range(n):
                    target[q + t] = min(target[q + t], source[p + t] + value)


@njit
def _walked_back(
    cost: Any,
    off: Any,
    after: Any,
    groups: Any,
    step: Any,
    size: Any,
    lands: Any,
    touched: Any,
    low: Any,
    high: Any,
    caps: Any,
    unit: int,
    table: Any,
    stint: Any,
) -> Any:
    days, longest, weekends = cost.shape[0], lands.shape[1], low.shape[1]
    room, second = size[0] * size[1] * size[2], caps[1] + 1
    plan = np.full(days, -1, dtype=np.int64)
    best, weekend, plane, t = np.inf, 0, 0, 0
    for w in range(weekends):
        for c in range(table.shape[2]):
            for k in range(high[days, w] - low[days, w] + 1):
                if table[days, w, c, k] < best:
                    best, weekend, plane, t = table[days, w, c, k], w, c, k + low[days, w]
    if best == np.inf:
        return best, plan
    day = days
    while day > 0:
        value = table[day, weekend, plane, t - low[day, weekend]]
        found = False
        if (
            off[day - 1] < np.inf
            and low[day - 1, weekend] <= t <= high[day - 1, weekend]
            and table[day - 1, weekend, plane, t - low[day - 1, weekend]] + off[day - 1] == value
        ):
            day -= 1
            continue
        for start in range(day - 1, -1, -1):
            for length in range(1, longest + 1):
                if found or lands[start, length - 1] != day:
                    continue
                w = weekend - touched[start, length - 1]
                if w < 0:
                    continue
                for x in range(room):
                    j, i = x % size[2], (x // size[2]) % size[1]
                    before = t - length * unit - x // (size[1] * size[2])
                    c, e = plane // second - i, plane % second - j
                    if c < 0 or e < 0 or before < low[start, w] or before > high[start, w]:
                        continue
                    if table[start, w, c * second + e, before - low[start, w]] + stint[start, length - 1, x] == value:
                        worth = chains(cost, start, length, after, groups, step, size)
                        lay(plan, worth, start, length, x, cost, after, groups, step, size)
                        day, weekend, plane, t, found = start, w, c * second + e, before, True
                        break
            if found:
                break
        if not found:
            return np.nan, plan
    return best, plan


@njit
def lay(
    plan: Any,
    worth: Any,
    start: int,
    length: int,
    x: int,
    cost: Any,
    after: Any,
    groups: Any,
    step: Any,
    size: Any,
) -> None:
    """Writes the chain of `length` with resources x into the plan, last day first."""
    kinds, kind = cost.shape[1], -1
    for one in range(kinds):
        if kind < 0 or worth[length - 1, one, x] < worth[length - 1, kind, x]:
            kind = one
    for at in range(length - 1, -1, -1):
        plan[start + at] = kind
        x -= (step[kind, 0] * size[1] + step[kind, 1]) * size[2] + step[kind, 2]
        last, kind = kind, -1
        if at == 0:
            return
        for one in range(kinds):
            if groups[after[last], one] and (kind < 0 or worth[at - 1, one, x] < worth[at - 1, kind, x]):
                kind = one


@njit
def bands(lands: Any, touched: Any, weekends: int, span: Any, least: int, most: int) -> Any:
    """`low, high[day, weekends used]`: time units that can be reached from 0 and still end within least..most.

    `span[length - 1, 2]` is the fewest and the most time units of a stint. Bands are hulls: nothing outside is
    possible. An empty band has low > high.
    """
    days, longest = lands.shape
    low, high = np.full((days + 1, weekends), 1 << 30), np.full((days + 1, weekends), -1)
    low[0, 0], high[0, 0] = 0, 0
    for day in range(days):
        for w in range(weekends):
            if low[day, w] > high[day, w]:
                continue
            low[day + 1, w], high[day + 1, w] = min(low[day + 1, w], low[day, w]), max(high[day + 1, w], high[day, w])
            for k in range(longest):
                to, v = lands[day, k], w + touched[day, k]
                if to >= 0 and v < weekends:
                    low[to, v] = min(low[to, v], low[day, w] + span[k, 0])
                    high[to, v] = max(high[to, v], min(most, high[day, w] + span[k, 1]))
    floor, roof = np.full((days + 1, weekends), 1 << 30), np.full((days + 1, weekends), -1)
    floor[days], roof[days] = least, most
    for day in range(days - 1, -1, -1):
        for w in range(weekends):
            floor[day, w], roof[day, w] = floor[day + 1, w], roof[day + 1, w]
            for k in range(longest):
                to, v = lands[day, k], w + touched[day, k]
                if to >= 0 and v < weekends and floor[to, v] <= roof[to, v]:
                    floor[day, w] = min(floor[day, w], floor[to, v] - span[k, 1])
                    roof[day, w] = max(roof[day, w], roof[to, v] - span[k, 0])
    return np.maximum(low, floor), np.minimum(high, roof)
