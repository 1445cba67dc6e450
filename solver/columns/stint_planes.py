"""The stint program on numpy planes (weekends x caps x time units): the same values where numba isn't installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import stint_loops

FloatArray = npt.NDArray[np.float64]


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
) -> tuple[float, Any]:
    """See stint_loops.sweep."""
    days, longest = lands.shape
    weekends, width = low.shape[1], max(int(high.max()), 0) + 1
    table = np.full((days + 1, weekends, caps[0] + 1, caps[1] + 1, width), np.inf)
    table[0, 0, 0, 0, 0] = 0.0
    units = np.arange(width)
    outside = (units < low[:, :, None]) | (units > high[:, :, None])
    came: dict[int, list[tuple[int, int, int, float]]] = {day: [] for day in range(days + 1)}
    for day in range(days):
        here = table[day]
        here[np.broadcast_to(outside[day][:, None, None, :], here.shape)] = np.inf
        if not np.isfinite(here).any():
            continue
        np.minimum(table[day + 1], here + off[day], out=table[day + 1])
        worth = _chains(cost, day, longest, after, groups, step, size).min(axis=1, initial=np.inf)
        for length, x in zip(*np.nonzero(np.isfinite(worth)), strict=True):
            landing = int(lands[day, length])
            home = off[day + length + 1 : landing].sum() if landing >= 0 else np.inf
            if not np.isfinite(home):
                continue
            move = (day, int(length), int(x), float(worth[length, x] + home))
            came[landing].append(move)
            source, target = _moved(table, landing, move, touched, size, unit)
            np.minimum(target, source + move[3], out=target)
    last = table[days]
    last[np.broadcast_to(outside[days][:, None, None, :], last.shape)] = np.inf
    return _walked_back(cost, off, after, groups, step, size, touched, unit, table, came)


def _moved(
    table: FloatArray, landing: int, move: tuple[int, int, int, float], touched: Any, size: Any, unit: int
) -> tuple[FloatArray, FloatArray]:
    """Views of the table before and after a move, of equal shape."""
    day, length, x, _ = move
    w, i, j, t = _used(day, length, x, touched, size, unit)
    _, weekends, first, second, width = table.shape
    source = table[day, : max(weekends - w, 0), : max(first - i, 0), : max(second - j, 0), : max(width - t, 0)]
    return source, table[landing, w:, i:, j:, t:]


def _used(day: int, length: int, x: int, touched: Any, size: Any, unit: int) -> tuple[int, int, int, int]:
    """(weekends, first cap, second cap, time units) of a move; length counts from 0."""
    i, j = (x // size[2]) % size[1], x % size[2]
    return int(touched[day, length]), int(i), int(j), int((length + 1) * unit + x // (size[1] * size[2]))


def _chains(cost: Any, start: int, longest: int, after: Any, groups: Any, step: Any, size: Any) -> FloatArray:
    """See stint_loops.chains."""
    kinds, top = cost.shape[1], min(longest, cost.shape[0] - start)
    worth = np.full((longest, kinds, *size), np.inf)
    for kind in range(kinds):
        if (step[kind] < size).all():
            worth[(0, kind, *step[kind])] = cost[start, kind]
    for length in range(1, top):
        best = [worth[length - 1][group].min(axis=0, initial=np.inf) for group in groups]
        for kind in range(kinds):
            row, (u, i, j) = best[after[kind]], step[kind]
            a, b, c = size - step[kind]
            worth[length, kind, u:, i:, j:] = row[: max(a, 0), : max(b, 0), : max(c, 0)] + cost[start + length, kind]
    return worth.reshape(longest, kinds, -1)


def _walked_back(
    cost: Any, off: Any, after: Any, groups: Any, step: Any, size: Any, touched: Any, unit: int, table: Any, came: Any
) -> tuple[float, Any]:
    days = len(off)
    plan = np.full(days, -1, dtype=np.int64)
    best = float(table[days].min(initial=np.inf))
    if not np.isfinite(best):
        return best, plan
    day, at = days, np.unravel_index(int(table[days].argmin()), table.shape[1:])
    while day > 0:
        value = table[(day, *at)]
        if table[(day - 1, *at)] + off[day - 1] == value:
            day -= 1
            continue
        for start, length, x, extra in came[day]:
            before = np.subtract(at, _used(start, length, x, touched, size, unit))
            if (before >= 0).all() and table[(start, *before)] + extra == value:
                worth = _chains(cost, start, length + 1, after, groups, step, size)
                _lay_chain(plan, worth, start, length + 1, x, (cost, after, groups, step, size))
                day, at = start, tuple(before)
                break
        else:
            raise AssertionError("the way back is lost")
    return best, plan


def _lay_chain(plan: Any, worth: Any, start: int, length: int, x: int, chain: tuple[Any, ...]) -> None:
    stint_loops.lay(plan, worth, start, length, x, *chain)
