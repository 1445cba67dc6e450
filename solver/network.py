"""The part of a problem that is a flow, as arrays. Refuses to know rest over midnight, pairs of people, rules of teams.

source -> person -> own week -> own day -> shift -> sink; a shift with seats that are kept for some people has a node of
its own for them. Weeks and days are left out where their limit can't bind. `relaxed` limits are never too strict, so
what a flow can't do, no legal plan can; the other limits are tightened where a flow would break a rule, so that it
makes a good start.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from .eligibility import Eligibility, Numbers
from .pairs import tasks
from .problem import Problem

SOURCE, SINK = 0, 1
_MANY = 1_000_000_000


class Network:
    """Nodes and arcs, added by arrays, and a flow of lowest cost among the largest."""

    def __init__(self) -> None:
        self.nodes = 2
        self._rows: list[tuple[Numbers, Numbers, Numbers, Numbers]] = []
        self._arcs = 0

    def add_nodes(self, count: int) -> Numbers:
        """Numbers of `count` new nodes."""
        self.nodes += count
        return np.arange(self.nodes - count, self.nodes, dtype=np.int64)

    def add_arcs(
        self, tail: Numbers | int, head: Numbers | int, room: Numbers | int, cost: Numbers | int = 0
    ) -> Numbers:
        """Numbers of new arcs; single values are spread over all of them."""
        ends = np.broadcast_arrays(*(np.asarray(one, dtype=np.int64) for one in (tail, head, room, cost)))
        rows = [np.atleast_1d(one).ravel() for one in ends]
        self._rows.append((rows[0], rows[1], rows[2], rows[3]))
        self._arcs += len(rows[0])
        return np.arange(self._arcs - len(rows[0]), self._arcs, dtype=np.int64)

    def arcs(self) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Tail, head, room and cost of every arc, by number."""
        columns = list(zip(*self._rows, strict=True))
        return tuple(np.concatenate(one) for one in columns)  # type: ignore[return-value]

    def flows(self) -> Numbers:
        """What runs through each arc when as much as possible runs at the lowest cost."""
        tail, head, room, cost = self.arcs()
        flow = min_cost_flow.SimpleMinCostFlow()
        numbers = flow.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
        supply = int(room[tail == SOURCE].sum())
        flow.set_node_supply(SOURCE, supply)
        flow.set_node_supply(SINK, -supply)
        status = flow.solve_max_flow_with_min_cost()
        if status != flow.OPTIMAL:
            raise AssertionError(f"a flow that always exists wasn't found: {status}")
        return np.asarray(flow.flows(numbers), dtype=np.int64)


class Turns:
    """The open pairs as arrays: whose, when, how long; and the groups (day, week, horizon) whose limits they share."""

    def __init__(self, open_pairs: Eligibility) -> None:
        problem = open_pairs.problem
        self.problem = problem
        self.person, self.shift = open_pairs.person, open_pairs.shift
        self.starts = _of_shifts(problem, "starts_min")[self.shift]
        self.ends = _of_shifts(problem, "ends_min")[self.shift]
        self.minutes = self.ends - self.starts
        self.load = _of_shifts(problem, "load_pct_min")[self.shift]
        week, day = _of_shifts(problem, "week"), _of_shifts(problem, "day")
        self.week = Groups(self.person, week[self.shift])
        self.day = Groups(self.person, (week * (problem.horizon_days + 1) + day)[self.shift])
        self.whole = Groups(self.person, np.zeros_like(self.shift))


class Groups:
    """Open pairs of one person in one span: `of_pair[k]` is the group of pair k, `first[g]` a pair of it."""

    def __init__(self, person: Numbers, key: Numbers) -> None:
        low = int(key.min()) if len(key) else 0
        width = int(key.max()) - low + 1 if len(key) else 1
        codes, first, of_pair = np.unique(person * width + (key - low), return_index=True, return_inverse=True)
        self.count = len(codes)
        self.person = codes // width
        self.first = first
        self.of_pair = of_pair.astype(np.int64)

    def size(self) -> Numbers:
        """Pairs in each group."""
        return np.bincount(self.of_pair, minlength=self.count).astype(np.int64)


def turn_rooms(turns: Turns, *, relaxed: bool) -> dict[str, Numbers]:
    """For each group of day, week and whole horizon: how many turns its person can take there."""
    return {
        "day": np.minimum(_counted(turns, "day", relaxed=relaxed), _apart(turns, relaxed=relaxed)),
        "week": _counted(turns, "week", relaxed=relaxed),
        "whole": _counted(turns, "whole", relaxed=relaxed),
    }


_LIMITS = {
    "day": ("shifts_per_day", "minutes_per_day"),
    "week": ("shifts_per_week", "minutes_per_week"),
    "whole": ("shifts", "minutes"),
}


def _counted(turns: Turns, span: str, *, relaxed: bool) -> Numbers:
    """Turns that the limits of number and minutes leave beside held turns."""
    groups: Groups = getattr(turns, span)
    count, minutes = (_rooms(turns, groups, span, name) for name in _LIMITS[span])
    if relaxed:
        count = count + _further_parts(turns, groups)
        fitting = _fitting(groups, turns.minutes, minutes)
    else:
        mean = np.bincount(groups.of_pair, weights=turns.minutes, minlength=groups.count) / np.maximum(1, groups.size())
        fitting = np.maximum(1, minutes // np.maximum(1, mean)).astype(np.int64)
    least: Numbers = np.minimum(np.minimum(count, fitting), groups.size())
    return least


def _further_parts(turns: Turns, groups: Groups) -> Numbers:
    """So many of a group's pairs may cost no turn: parts of a task beside the first, or beside one that is held."""
    problem = turns.problem
    number = {key: index for index, key in enumerate(dict.fromkeys((one.day, one.task) for one in problem.shifts))}
    more = np.zeros(groups.count, dtype=np.int64)
    of_shift = np.array([number[one.day, one.task] if one.task else -1 for one in problem.shifts], dtype=np.int64)
    parts = np.flatnonzero(of_shift[turns.shift] >= 0)
    if not len(parts):
        return more
    begun = [{number.get((turn.day, turn.task), -1) for turn in person.held} for person in problem.people]
    seen: set[tuple[int, int]] = set()
    for pair in parts.tolist():
        group, task = int(groups.of_pair[pair]), int(of_shift[turns.shift[pair]])
        more[group] += (group, task) in seen or task in begun[int(turns.person[pair])]
        seen.add((group, task))
    return more


def _rooms(turns: Turns, groups: Groups, span: str, name: str) -> Numbers:
    """A limit of each group's person less what is held in the group; a very large number without a limit."""
    problem = turns.problem
    limits = [getattr(person.limits, name) for person in problem.people]
    rooms: Numbers = np.array([_MANY if one is None else one for one in limits], dtype=np.int64)[groups.person]
    if span == "whole":
        past = np.array([getattr(person.past, name) for person in problem.people], dtype=np.int64)
        rooms -= past[groups.person]
        return np.maximum(rooms, 0)
    holders = [index for index, person in enumerate(problem.people) if person.held]
    for group in np.flatnonzero(np.isin(groups.person, holders)).tolist():
        key = getattr(problem.shifts[turns.shift[groups.first[group]]], span)
        held = [turn for turn in problem.people[groups.person[group]].held if getattr(turn, span) == key]
        rooms[group] -= tasks(held) if name.startswith("shifts") else sum(turn.minutes for turn in held)
    return np.maximum(rooms, 0)


def _fitting(groups: Groups, minutes: Numbers, room: Numbers) -> Numbers:
    """How many of a group's turns fit into its room at most: the shortest first."""
    order = np.lexsort((minutes, groups.of_pair))
    group, sums = groups.of_pair[order], np.cumsum(minutes[order])
    size = groups.size()
    before = np.concatenate(([0], sums[np.cumsum(size) - 1]))[:-1] if len(sums) else sums
    fits = sums - before[group] <= room[group]
    return np.bincount(group[fits], minlength=groups.count).astype(np.int64)


def _apart(turns: Turns, *, relaxed: bool) -> Numbers:
    """How many of a day's turns a person can take without overlap, gap or rest; tightened: one where any two clash."""
    groups, people = turns.day, turns.problem.people
    gap = np.array([person.limits.gap_min for person in people], dtype=np.int64)[groups.person]
    rest = np.array([person.limits.rest_min for person in people], dtype=np.int64)[groups.person]
    long = np.array([person.limits.long_min for person in people], dtype=np.int64)[turns.person]
    are_long = np.bincount(groups.of_pair, weights=turns.minutes < long, minlength=groups.count) == 0
    between = np.maximum(gap, np.where(are_long, rest, 0))
    order = np.lexsort((turns.ends, groups.of_pair))
    size = groups.size()
    rank = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    count, free = np.zeros(groups.count, dtype=np.int64), np.full(groups.count, -_MANY, dtype=np.int64)
    for step in range(int(size.max()) if groups.count else 0):
        pairs = order[rank == step]
        group = groups.of_pair[pairs]
        fits = turns.starts[pairs] >= free[group]
        count[group] += fits
        free[group] = np.where(fits, turns.ends[pairs] + between[group], free[group])
    return count if relaxed else np.where(count < size, np.minimum(count, 1), count)


def _of_shifts(problem: Problem, name: str) -> Numbers:
    return np.array([getattr(shift, name) for shift in problem.shifts], dtype=np.int64)
