"""The program over run states on numpy planes (states x days worked x weekends): the same values as run_loops, where
numba isn't installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def best(
    off: Any, cost: Any, to: Any, step: Any, works: Any, start: int, sundays: Any, half: float, slope: Any, end: Any
) -> tuple[float, Any]:
    """See run_loops.best."""
    worths = _worths(off, cost, to, step, works, sundays, half, slope, end)
    return float(worths[0].min(axis=0)[start, 0, 0]), _walked(worths, to, works, start, sundays)


def ahead(
    off: Any, cost: Any, to: Any, step: Any, works: Any, before: int, sundays: Any, half: float, slope: Any, end: Any
) -> FloatArray:
    """See run_loops.ahead."""
    worth: FloatArray = _worths(off, cost, to, step, works, sundays, half, slope, end)[0].min(axis=0)
    return worth[:, : before + 1]


def _worths(
    off: Any, cost: Any, to: Any, step: Any, works: Any, sundays: Any, half: float, slope: Any, end: Any
) -> list[FloatArray]:
    """`worth[choice, state, worked, weekends]` by day."""
    days, kinds = cost.shape
    prices = np.concatenate([off[:, None], cost], axis=1)
    worths = []
    after = end
    for day in range(days - 1, -1, -1):
        options = [
            _option(
                after, prices[day, choice] + step[:, choice], choice, to[:, choice], works, sundays[day], half, slope
            )
            for choice in range(kinds + 1)
        ]
        worths.append(np.stack(options))
        after = worths[-1].min(axis=0)
    return worths[::-1]


def _option(
    after: FloatArray,
    fixed: FloatArray,
    choice: int,
    to: Any,
    works: Any,
    is_sunday: bool,
    half: float,
    slope: Any,
) -> FloatArray:
    """`worth[state, worked, weekends]` of one choice on a day; `fixed[state]` is its price and the runs' cost."""
    works_now = choice > 0
    counts = (works | works_now) & is_sunday
    if is_sunday:
        fixed = fixed + np.where(works != works_now, half, 0.0)
    extra = np.broadcast_to(fixed[:, None, None], after.shape).copy()
    extra[counts, :, -1] += slope[1]
    source = after[to]
    source[counts] = np.concatenate([source[counts, :, 1:], source[counts, :, -1:]], axis=2)
    if works_now:
        extra[:, -1] += slope[0]
        source = np.concatenate([source[:, 1:], source[:, -1:]], axis=1)
    source[to < 0] = np.inf
    worth: FloatArray = source + extra
    return worth


def _walked(worths: list[FloatArray], to: Any, works: Any, state: int, sundays: Any) -> Any:
    choices, weekend, count = np.zeros(len(worths), dtype=np.int64), 0, 0
    for day, worth in enumerate(worths):
        choice = int(worth[:, state, count, weekend].argmin())
        if worth[choice, state, count, weekend] == np.inf:
            return choices
        counts = sundays[day] and (works[state] or choice > 0)
        weekend = min(weekend + int(counts), worth.shape[3] - 1)
        count = min(count + (choice > 0), worth.shape[2] - 1)
        choices[day], state = choice, int(to[state, choice])
    return choices
