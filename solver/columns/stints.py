"""The kernel for rules about runs of working days: an exact program over stints, whole or in a span of days.

Rules: which code may follow which, caps per code, least and most minutes, runs, days off between runs, weekends.
A run that touches the horizon's edge may be shorter than the least run, and so may days off there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import gcd

import numpy as np
import numpy.typing as npt

from . import stint_loops
from .stint_planes import sweep as sweep_planes
from .team import NEVER, OFF, FloatArray, Roster

sweep = stint_loops.sweep if stint_loops.COMPILED else sweep_planes

IntArray = npt.NDArray[np.int64]

_MOST_STATES = 200_000  # caps that would make the program larger get a price instead of a dimension
_PRICE_STEPS = 5
_FEW_STATES = 30_000
_WIDER = {2: 6, 6: 12, 12: 0}  # corridors that found nothing and the next ones
_FREE: Mapping[int, float] = {}


@dataclass(frozen=True, eq=False)
class StintRules:
    """One person's hard rules. `follows[code, next]`; `most_of[code]`, 0 for a code that the person never works.

    Day 0 is a Monday unless `weekday` (0 Monday .. 6 Sunday) says otherwise; a weekend counts if any of its days is
    worked.
    """

    minutes: IntArray
    follows: npt.NDArray[np.bool_]
    most_of: IntArray
    least_minutes: int
    most_minutes: int
    most_run: int
    least_run: int
    least_off: int
    most_weekends: int
    weekday: int = 0

    @cached_property
    def codes(self) -> IntArray:
        return np.flatnonzero(self.most_of > 0)

    @cached_property
    def unit_min(self) -> int:
        """The time unit: all minutes are whole multiples of it."""
        return gcd(*(int(self.minutes[code]) for code in self.codes)) or 1


@dataclass(frozen=True, eq=False)
class _Shape:
    """Kinds of interchangeable codes and what each uses up; see stint_loops.chains for the arrays."""

    kind_of: IntArray
    kinds: int
    after: IntArray
    groups: npt.NDArray[np.bool_]
    step: IntArray
    base: int


class StintKernel:
    """See team.Kernel. `own[day, 1 + code]` are the soft costs, NEVER where the person can't work."""

    def __init__(self, rules: StintRules, own: FloatArray) -> None:
        self.rules, self.days = rules, own.shape[0]
        self.own = own.copy()
        self.own[:, 1:][:, rules.most_of <= 0] = NEVER
        self._shapes: dict[tuple[int, ...], _Shape] = {}

    def own_cost(self, roster: Roster) -> float:
        return float(self.own[np.arange(self.days), roster + 1].sum())

    def is_legal(self, roster: Roster) -> bool:
        rules, work = self.rules, roster >= 0
        if not np.isfinite(self.own_cost(roster)):
            return False
        minutes = int(rules.minutes[roster[work]].sum())
        uses = np.bincount(roster[work], minlength=len(rules.minutes))
        pairs = work[:-1] & work[1:]
        return bool(
            rules.least_minutes <= minutes <= rules.most_minutes
            and (uses <= rules.most_of).all()
            and rules.follows[roster[:-1][pairs], roster[1:][pairs]].all()
            and _weekends(work, rules.weekday) <= rules.most_weekends
            and self._runs_are_legal(work)
        )

    def _runs_are_legal(self, work: npt.NDArray[np.bool_]) -> bool:
        edges = np.flatnonzero(np.diff(work)) + 1
        starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [self.days]])
        for start, end in zip(starts, ends, strict=True):
            inside = start > 0 and end < self.days
            if work[start] and (end - start > self.rules.most_run or (inside and end - start < self.rules.least_run)):
                return False
            if not work[start] and inside and end - start < self.rules.least_off:
                return False
        return True

    def pricer(self, first: int, last: int, kept: Roster | None = None) -> StintPricer:
        return StintPricer(self, first, last, kept)

    def hurried(self) -> StintPricer:
        """See team.Hurried: keeps time and weekends near an even spread over a long horizon."""
        return StintPricer(self, 0, self.days, None, corridor=min(_WIDER))

    def shape(self, tracked: tuple[int, ...]) -> _Shape:
        """Codes that differ in nothing but price share a kind; a tracked code is a kind of its own."""
        if tracked not in self._shapes:
            self._shapes[tracked] = _shape(self.rules, tracked)
        return self._shapes[tracked]


def _shape(rules: StintRules, tracked: tuple[int, ...]) -> _Shape:
    codes, units = rules.codes, rules.minutes // rules.unit_min
    if not len(codes):
        nothing = np.zeros((1, 3), dtype=np.int64)
        return _Shape(np.full(len(units), -1), 1, nothing[:, 0].copy(), np.zeros((1, 1), dtype=np.bool_), nothing, 1)
    kind_of, signs = np.full(len(rules.minutes), -1), dict[tuple[object, ...], int]()
    for code in codes:
        track = tracked.index(code) if code in tracked else -1
        rows = rules.follows[code, codes].tobytes(), rules.follows[codes, code].tobytes()
        kind_of[code] = signs.setdefault((units[code], track, *rows), len(signs))
    one = [int(np.flatnonzero(kind_of == kind)[0]) for kind in range(len(signs))]
    precedes = rules.follows[np.ix_(one, one)].T.copy()
    groups, after = np.unique(precedes, axis=0, return_inverse=True)
    base = int(units[codes].min())
    step = np.zeros((len(one), 3), dtype=np.int64)
    for kind, code in enumerate(one):
        step[kind] = units[code] - base, tracked[:1] == (code,), tracked[1:] == (code,)
    return _Shape(kind_of, len(one), after.ravel().astype(np.int64), groups, step, base)


def _weekends(work: npt.NDArray[np.bool_], weekday: int) -> int:
    days = np.flatnonzero(work) + weekday
    return len(np.unique(days[days % 7 >= 5] // 7))


@dataclass(eq=False)
class StintPricer:
    """See team.Pricer. Works on [start, end), the days of the span and the stints that cross its edges."""

    kernel: StintKernel
    first: int
    last: int
    kept: Roster | None
    corridor: int = 0  # shifts and weekends that a whole roster may stray from an even spread; 0: as many as it likes
    tracked: tuple[int, ...] = ()
    dear: dict[int, float] = field(default_factory=dict)  # the last price that a code with a large cap needed

    def __post_init__(self) -> None:
        rules, kernel = self.kernel.rules, self.kernel
        self.start, self.end = _reach(self)
        inside = slice(self.start, self.end)
        self.fixed = kernel.own[inside].copy()
        self.outside, self.room, least, most, weekends = 0.0, rules.most_of, rules.least_minutes, rules.most_minutes, 0
        if self.kept is not None:
            for day in [*range(self.start, self.first), *range(self.last, self.end)]:
                cost = self.fixed[day - self.start, 1 + self.kept[day]]
                self.fixed[day - self.start] = NEVER
                self.fixed[day - self.start, 1 + self.kept[day]] = cost
            away = self.kept.copy()
            away[inside] = OFF
            costs = kernel.own[np.arange(kernel.days), away + 1]
            costs[inside] = 0
            self.outside = float(costs.sum())
            self.room = self.room - np.bincount(away[away >= 0], minlength=len(rules.minutes))
            minutes = int(rules.minutes[away[away >= 0]].sum())
            least, most = least - minutes, most - minutes
            weekends = _weekends(away >= 0, rules.weekday)
        self.fixed[:, 1:][:, self.room <= 0] = NEVER
        self._lay_out(-(-max(least, 0) // rules.unit_min), most // rules.unit_min, rules.most_weekends - weekends)

    def _lay_out(self, least: int, most: int, weekends: int) -> None:
        rules, longest = self.kernel.rules, min(self.kernel.rules.most_run, self.end - self.start)
        self._days = np.arange(self.end - self.start)
        self._known_sizes: dict[tuple[int, ...], tuple[_Shape, IntArray, IntArray]] = {}
        self.lands, self.touched = _landings(
            self.start, self.end, self.kernel.days, longest, rules.least_run, max(rules.least_off, 1), rules.weekday
        )
        if weekends >= _most_weekends(self.start, self.end, rules.weekday):
            self.touched, weekends = np.zeros_like(self.touched), 0
        units = rules.minutes[rules.codes] // rules.unit_min if len(rules.codes) else np.array([1])
        span = np.outer(np.arange(1, longest + 1), [units.min(), units.max()])
        self.possible = most >= 0 and weekends >= 0
        if self.possible:
            self.low, self.high = stint_loops.bands(self.lands, self.touched, weekends + 1, span, least, most)
            self.possible = bool(self.low[0, 0] <= 0 <= self.high[0, 0])
        if self.possible and self.corridor:
            self._exact = self.low, self.high
            self._narrow()

    def _narrow(self) -> None:
        longest = int(self.kernel.rules.minutes.max()) // self.kernel.rules.unit_min
        self.low, self.high = _corridor(*self._exact, longest, self.corridor) if self.corridor else self._exact

    def least(self, price: FloatArray) -> float:
        """Leaves out the caps that haven't been broken so far. Of a hurried pricer it means nothing, either."""
        found = self._solve(self._full(price)) if self.possible else None
        return NEVER if found is None else found[0] + self.outside

    def _full(self, price: FloatArray) -> FloatArray:
        full = self.fixed.copy()
        full[self.first - self.start : self.last - self.start] += price
        return full

    def best(self, price: FloatArray) -> tuple[float, Roster] | None:
        if not self.possible:
            return None
        full = self._full(price)
        while True:
            found = self._solve(full)
            if found is None and self.corridor:
                self.corridor = _WIDER[self.corridor]
                self._narrow()
                continue
            if found is None:
                return None
            bound, plan = found
            worst = self._worst(plan)
            if worst < 0:
                return bound + self.outside, self._whole(plan)
            if not self._track(worst):
                return self._priced(full, plan, bound)

    def _track(self, code: int) -> bool:
        """Gives the two smallest caps among those that were ever broken a dimension; False if nothing changes."""
        codes = sorted({*self.tracked, code}, key=lambda one: (self.room[one], one))
        width = int(np.maximum(self.high - self.low + 1, 0).sum())
        for most in (2, 1):
            planes = np.prod([self.room[one] + 1 for one in codes[:most]])
            if planes * width <= _MOST_STATES:
                changed = tuple(codes[:most]) != self.tracked
                self.tracked = tuple(codes[:most])
                return changed
        return False

    def _priced(self, full: FloatArray, broken: IntArray, bound: float) -> tuple[float, Roster] | None:
        """A legal roster although caps that have no dimension break; the bound is the best of the relaxations.

        Searches a price per use of the worst code between one that is too low and one that is high enough; then
        confines what is still broken, and takes the cheaper of that and the best priced roster.
        """
        worst = self._worst(broken)
        step = float(np.abs(full[np.isfinite(full)]).max(initial=1.0)) / 32
        dear = {code: price for code, price in self.dear.items() if code != worst}
        low, high, price = 0.0, NEVER, self.dear.get(worst, step)
        plans = []
        for _ in range(_PRICE_STEPS):
            dear[worst] = price
            found = self._solve(full, dear)
            if found is None:
                break
            bound = max(bound, found[0])
            over = self._worst(found[1])
            if over < 0:
                plans.append(found[1])
                self.dear[worst], high = price, price
            elif over == worst:
                broken, low = found[1], price
            else:
                broken, dear[over] = found[1], dear.get(over, step / 2) * 2
                self.dear[over] = dear[over]
            price = 3 * low + step if high == NEVER else (low + high) / 2
            if high - low < 0.02 * high:
                break
        confined = self._confined(full, broken)
        if confined is not None:
            plans.append(confined)
        if not plans:
            return None
        days = np.arange(len(full))
        return bound + self.outside, self._whole(min(plans, key=lambda plan: float(full[days, plan + 1].sum())))

    def _confined(self, full: FloatArray, plan: IntArray | None) -> IntArray | None:
        """Codes used too often may only be worked on the cheapest of the days that they are worked on now."""
        full = full.copy()
        while plan is not None and (worst := self._worst(plan)) >= 0:
            days = np.flatnonzero(plan == worst)
            best = days[np.argsort(full[days, 1 + worst], kind="stable")[: self.room[worst]]]
            closed = np.ones(len(plan), dtype=np.bool_)
            closed[best] = False
            full[closed, 1 + worst] = NEVER
            found = self._solve(full)
            plan = None if found is None else found[1]
        return plan

    def _solve(self, full: FloatArray, dear: Mapping[int, float] = _FREE) -> tuple[float, IntArray] | None:
        """(bound, code by day) with the tracked caps exact and each use of the dear codes at its extra price."""
        owed = 0.0
        if dear:
            full = full.copy()
            for code, price in dear.items():
                full[:, 1 + code] += price
                owed += price * float(self.room[code])
        shape, size, caps = self._sizes()
        cost, code = stint_loops.merged(full, shape.kind_of, shape.kinds)
        value, kinds = sweep(
            cost,
            np.ascontiguousarray(full[:, 0]),
            shape.after,
            shape.groups,
            shape.step,
            size,
            self.lands,
            self.touched,
            self.low,
            self.high,
            caps,
            shape.base,
        )
        if not np.isfinite(value):
            return None
        plan = code[self._days, kinds]
        plan[kinds < 0] = OFF
        return value - owed, plan

    def _sizes(self) -> tuple[_Shape, IntArray, IntArray]:
        """(kinds, `size` and `caps` of stint_loops.sweep) for the caps tracked now."""
        if self.tracked not in self._known_sizes:
            shape, longest = self.kernel.shape(self.tracked), self.lands.shape[1]
            caps = np.array([self.room[code] for code in self.tracked] + [0] * (2 - len(self.tracked)))
            size = np.array([longest * int(shape.step[:, 0].max(initial=0)) + 1, *(np.minimum(caps, longest) + 1)])
            self._known_sizes[self.tracked] = shape, size, caps
        return self._known_sizes[self.tracked]

    def _worst(self, plan: IntArray) -> int:
        over = np.bincount(plan[plan >= 0], minlength=len(self.room)) - self.room
        worst = int(over.argmax()) if len(over) else -1
        return worst if len(over) and over[worst] > 0 else -1

    def _whole(self, plan: IntArray) -> Roster:
        whole = np.full(self.kernel.days, OFF, dtype=np.int16) if self.kept is None else self.kept.copy()
        whole[self.start : self.end] = plan
        return whole


def _reach(pricer: StintPricer) -> tuple[int, int]:
    """The span widened to days where the person is free to start a stint whatever happens inside the span."""
    kept, first, last, days = pricer.kept, pricer.first, pricer.last, pricer.kernel.days
    gap = max(pricer.kernel.rules.least_off, 1)
    if kept is None:
        return 0, days
    start, end = first, last
    work = np.flatnonzero(kept[:first] >= 0)
    if len(work) and first - work[-1] - 1 < gap:
        start = int(work[-1])
        while start > 0 and kept[start - 1] >= 0:
            start -= 1
    while end < days and kept[end] >= 0:
        end += 1
    work = np.flatnonzero(kept[end:] >= 0)
    return start, min(end + gap, end + int(work[0]) if len(work) else days, days)


def _corridor(low: IntArray, high: IntArray, longest: int, stray: int) -> tuple[IntArray, IntArray]:
    """The bands near an even spread of time and weekends, as they are where they're small."""
    days, weekends = low.shape[0] - 1, low.shape[1]
    if int(np.maximum(high - low + 1, 0).sum()) <= _FEW_STATES:
        return low, high
    even = np.arange(days + 1)[:, None] / days
    ends = low[days][low[days] <= high[days]].min(), high[days].max()
    low = np.maximum(low, np.floor(even * ends[0] - stray * longest).astype(np.int64))
    high = np.minimum(high, np.ceil(even * ends[1] + stray * longest).astype(np.int64))
    used = np.arange(weekends)[None, :]
    away = (used < even * (weekends - 1) - 2 * stray) | (used > even * (weekends - 1) + stray)
    return np.where(away, 1 << 30, low), np.where(away, -1, high)


@lru_cache(maxsize=4096)
def _landings(
    start: int, end: int, days: int, longest: int, least_run: int, least_off: int, weekday: int
) -> tuple[IntArray, IntArray]:
    """`lands` and `touched` of stint_loops.sweep for the days [start, end) of a horizon of `days`."""
    lands = np.full((end - start, longest), -1, dtype=np.int64)
    touched = np.zeros((end - start, longest), dtype=np.int64)
    for day in range(start, end):
        for length in range(1, min(longest, end - day) + 1):
            after = day + length
            if length < least_run and day > 0 and after < days:
                continue
            landing = after + least_off if after + least_off <= end or end < days else end
            if landing <= end:
                lands[day - start, length - 1] = landing - start
                touched[day - start, length - 1] = _most_weekends(day, after, weekday)
    return lands, touched


def _most_weekends(start: int, end: int, weekday: int) -> int:
    """Weekends that the days [start, end) touch."""
    return len({(day + weekday) // 7 for day in range(start, end) if (day + weekday) % 7 >= 5})
