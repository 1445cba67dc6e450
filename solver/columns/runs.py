"""The kernel for soft rules about runs, weekends and totals: an exact program over run states, whole or in a span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import run_loops, run_planes, stint_loops
from .run_states import RunRules, Stand, run_states
from .team import NEVER, OFF, FloatArray, Roster

best = run_loops.best if stint_loops.COMPILED else run_planes.best
program_ahead = run_loops.ahead if stint_loops.COMPILED else run_planes.ahead

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Person:
    """One person's rules. Day 0 is a Monday; a weekend counts as worked if any of its days is.

    `kind_of[code]` is -1 for what the person never works; `worked[count]` and `weekends[count]` cost that many days and
    weekends worked within the horizon, both convex; `half` a weekend of which one day is worked.
    """

    runs: RunRules
    before: Stand
    kind_of: IntArray
    wishes: FloatArray  # cost[day, kind]
    worked: FloatArray
    weekends: FloatArray
    half: float


@dataclass(frozen=True, eq=False)
class Ahead:
    """`worth[state, worked, weekends]`: what comes after somebody has come to that state and worked so many days and
    weekends; each one beyond the last count there is costs `slope`."""

    worth: FloatArray
    slope: FloatArray

    def of(self, state: int, worked: int, weekends: int) -> float:
        counts = np.array([worked, weekends])
        last = np.minimum(counts, np.array(self.worth.shape[1:]) - 1)
        return float(self.worth[state, last[0], last[1]] + self.slope @ (counts - last))


class RunKernel:
    """See team.Kernel."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.days, self.kinds = person.wishes.shape
        self.states = run_states(person.runs, person.before, self.days)
        self.sundays = np.arange(self.days) % 7 == 6
        self.own = np.concatenate([np.zeros((self.days, 1)), person.wishes], axis=1)

    def own_cost(self, roster: Roster) -> float:
        cost, worked, weekends, _ = self.walk(roster, 0, self.days)
        return float(cost + self.person.worked[worked] + self.person.weekends[weekends])

    def is_legal(self, roster: Roster) -> bool:
        knows = (self.person.kind_of[roster[roster != OFF]] >= 0).all()
        return bool(knows and self.walk(roster, 0, self.days)[0] < NEVER)

    def pricer(self, first: int, last: int, kept: Roster | None = None) -> RunPricer:
        return RunPricer(self, first, last, kept)

    def walk(self, roster: Roster, first: int, last: int) -> tuple[float, int, int, int]:
        """(cost of runs and wishes, days worked, weekends worked, state after them) of the days [first, last) from
        state 0."""
        to, step, works = self.states.to, self.states.cost, self.states.works
        days, choices = slice(first, last), self.choices(roster[first:last])
        found = run_loops.walk(choices, self.own[days], to, step, works, 0, self.sundays[days], self.person.half)
        cost, worked, weekends, state = found
        return cost, worked, weekends, state

    def choices(self, roster: Roster) -> IntArray:
        """0 for a day off, 1 + kind."""
        return np.where(roster == OFF, 0, 1 + self.person.kind_of[roster])

    def ahead(self, first: int, price: FloatArray) -> Ahead:
        """What the days from `first` on cost at least, at `price[day - first, 1 + code]`."""
        states, person = self.states, self.person
        cost, _ = stint_loops.merged(price, person.kind_of, self.kinds)
        worked, worked_slope = _end(person.worked, np.zeros(1, dtype=np.int64), self.days)
        weekends, weekends_slope = _end(person.weekends, np.zeros(1, dtype=np.int64), int(self.sundays.sum()))
        slope = np.array([worked_slope, weekends_slope])
        end = np.broadcast_to(
            worked[:, :, None] + weekends[:, None, :], (len(states.works), *worked.shape[1:], weekends.shape[1])
        )
        worth = program_ahead(
            np.ascontiguousarray(price[:, 0]),
            cost + person.wishes[first:],
            states.to,
            states.cost,
            states.works,
            first,
            self.sundays[first:],
            person.half,
            slope,
            np.ascontiguousarray(end),
        )
        return Ahead(worth, slope)


class RunPricer:
    """See team.Pricer. What comes after the span is summed up for each state in which the span may end."""

    def __init__(
        self, kernel: RunKernel, first: int, last: int, kept: Roster | None, ahead: Ahead | None = None
    ) -> None:
        """With `ahead`, that is what comes after the span, which begins with the first day."""
        self.kernel, self.first, self.last, self.kept = kernel, first, last, kept
        self.sundays = kernel.sundays[first:last]
        whole = np.full(kernel.days, OFF, dtype=np.int16) if kept is None else kept
        self.before, worked, weekends, self.start = kernel.walk(whole, 0, first)
        if ahead is not None:
            self.end, self.slope = ahead.worth, ahead.slope
            return
        after, worked_after, weekends_after = self._after(whole)
        worked_end, worked_slope = _end(kernel.person.worked, np.array([worked + worked_after]), last - first)
        weeks_end, weeks_slope = _end(kernel.person.weekends, weekends + weekends_after, int(self.sundays.sum()))
        self.slope = np.array([worked_slope, weeks_slope])
        self.end = after[:, None, None] + weeks_end[:, None, :] + worked_end[:, :, None]

    def _after(self, whole: Roster) -> tuple[FloatArray, int, IntArray]:
        """(`cost[state]`, days worked, `weekends[state]`) after the span."""
        kernel, days = self.kernel, slice(self.last, None)
        to, step, works = kernel.states.to, kernel.states.cost, kernel.states.works
        choices, half = kernel.choices(whole[days]), kernel.person.half
        found = run_loops.walks(choices, kernel.own[days], to, step, works, kernel.sundays[days], half)
        cost, worked, weekends = found
        return cost, worked, weekends

    def best(self, price: FloatArray) -> tuple[float, Roster] | None:
        kernel, person, states = self.kernel, self.kernel.person, self.kernel.states
        cost, code = stint_loops.merged(price, person.kind_of, kernel.kinds)
        value, choices = best(
            np.ascontiguousarray(price[:, 0]),
            cost + person.wishes[self.first : self.last],
            states.to,
            states.cost,
            states.works,
            self.start,
            self.sundays,
            person.half,
            self.slope,
            self.end,
        )
        if not np.isfinite(value):
            return None
        whole = np.empty(kernel.days, dtype=np.int16) if self.kept is None else self.kept.copy()
        whole[self.first : self.last] = np.where(choices > 0, code[np.arange(len(choices)), choices - 1], OFF)
        return float(value + self.before), whole

    def least(self, price: FloatArray) -> float:
        found = self.best(price)
        return NEVER if found is None else found[0]


def _end(cost: FloatArray, base: IntArray, most: int) -> tuple[FloatArray, float]:
    """`end[state, count]` for up to `most` more than `base[state]`, and the slope beyond the last count there is.

    Counts from which `cost` is a straight line on are one, so that there are fewer.
    """
    slopes = np.diff(cost)
    bends = np.flatnonzero(slopes != slopes[-1:])
    bend = int(bends[-1]) + 1 if len(bends) else 0
    top = min(max(bend - int(base.min()), 0), most)
    counts = np.minimum(base[:, None] + np.arange(top + 1), len(cost) - 1)
    return cost[counts], float(slopes[-1])
