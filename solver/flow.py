"""What a flow proves and where it begins: most seats filled, lowest loads.

Refuses to know what a flow can't say (`network.py`): every bound here holds for all legal plans, and a start may still
break a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import score
from .eligibility import Eligibility, Numbers
from .network import SINK, SOURCE, Groups, Network, Turns, turn_rooms
from .plan import Plan
from .problem import Problem

Flags: TypeAlias = npt.NDArray[np.bool_]

_MOST_STEPS = 40
"""Turns of one person whose fairness is told apart in a start; the turns beyond count like the last of them."""


@dataclass(frozen=True)
class Cover:
    """`taken`: numbers of the open pairs that are used. `missing`: (goal, priority) -> seats that stay empty."""

    taken: Numbers
    missing: dict[tuple[str, int], int]


def cover(open_pairs: Eligibility, *, relaxed: bool) -> Cover:
    """As many seats as possible, the most urgent first; tightened, the loads are also as fair as a flow can make them.

    Sets of seats that a flow can fill are the independent sets of a matroid, so one flow that prefers earlier layers
    fills the most of every prefix of layers at once.
    """
    turns = Turns(open_pairs)
    steps = None if relaxed else _load_steps(turns)
    net = _CoverNet(turns, relaxed=relaxed, steps=steps)
    height = 1 if steps is None else int(steps.max(initial=0)) + 1
    all_layers = layers(turns.problem)
    seats = [net.add_seats(rooms, cost=rank * height) for rank, rooms in enumerate(all_layers.values())]
    flows = net.flows()
    missing = {
        layer: int(rooms.sum() - flows[arcs].sum())
        for (layer, rooms), arcs in zip(all_layers.items(), seats, strict=True)
    }
    return Cover(np.flatnonzero(flows[net.pairs]), missing)


def layers(problem: Problem) -> dict[tuple[str, int], Numbers]:
    """(goal, priority) -> seats of each shift that belong there, the most urgent layer first."""
    least, target, priority = (
        np.array([getattr(shift, name) for shift in problem.shifts], dtype=np.int64)
        for name in ("least", "target", "priority")
    )
    rooms = {"must_cover": least, "target_cover": target - least}
    return {
        (goal, level): np.where(priority == level, room, 0)
        for goal, room in rooms.items()
        for level in score.priorities(problem)
    }


class _CoverNet(Network):
    """Arcs: `pairs` in the order of the open pairs; hubs are the shifts' nodes."""

    def __init__(self, turns: Turns, *, relaxed: bool, steps: Numbers | None = None) -> None:
        super().__init__()
        self._turns = turns
        self._hung: list[tuple[Numbers, Numbers, Numbers]] = []
        self._doors_of: list[tuple[int, int, int, int]] = []
        rooms = turn_rooms(turns, relaxed=relaxed)
        nodes = self._people = self.add_nodes(len(turns.problem.people))
        self._add_people(nodes, rooms["whole"], steps)
        tails = self._add_spans(nodes, rooms)
        self.hubs = self.add_nodes(len(turns.problem.shifts))
        self._tails, self._entries = tails, self._doors()
        self.pairs = self.add_arcs(tails, self._entries, 1)

    def _add_people(self, nodes: Numbers, room: Numbers, steps: Numbers | None) -> None:
        """`steps[person, turn]` is the cost of a person's 1st, 2nd, ... turn, ascending; None: no cost."""
        reach = np.zeros(len(nodes), dtype=np.int64)
        reach[self._turns.whole.person] = room
        if steps is None:
            self.add_arcs(SOURCE, nodes, reach)
            return
        person, step = np.nonzero(np.arange(steps.shape[1])[None, :] < reach[:, None])
        self.add_arcs(SOURCE, nodes[person], 1, steps[person, step])
        rest = np.flatnonzero(reach > steps.shape[1])
        self.add_arcs(SOURCE, nodes[rest], reach[rest] - steps.shape[1], steps[rest, -1])

    def _add_spans(self, nodes: Numbers, rooms: dict[str, Numbers]) -> Numbers:
        """Weeks and days whose room can bind; returns the node from which each open pair starts."""
        week, day = self._turns.week, self._turns.day
        week_node = self._hang(nodes[week.person], week, rooms["week"])
        day_node = self._hang(week_node[week.of_pair[day.first]], day, rooms["day"])
        tails: Numbers = day_node[day.of_pair]
        return tails

    def _hang(self, above: Numbers, groups: Groups, room: Numbers) -> Numbers:
        """A node for each group that binds, hung below `above`; the others are their node above."""
        node, binding = above.copy(), np.flatnonzero(room < groups.size())
        node[binding] = self.add_nodes(len(binding))
        arcs = self.add_arcs(above[binding], node[binding], room[binding])
        self._hung.append((above[binding], node[binding], arcs))
        return node

    def _doors(self) -> Numbers:
        """Where each open pair enters its shift: by the door of the seats kept for some people, or of any seat."""
        turns, people = self._turns, self._turns.problem.people
        doors = self.hubs[turns.shift]
        by_shift = np.argsort(turns.shift, kind="stable")
        cuts = np.searchsorted(turns.shift[by_shift], np.arange(len(self.hubs) + 1))
        inside: dict[frozenset[str], Flags] = {}
        for index, shift in enumerate(turns.problem.shifts):
            mix = next((one for one in shift.mixes if one.at_least), None)  # a flow can say only one a shift
            if mix is None:
                continue
            if mix.tags not in inside:
                inside[mix.tags] = np.array([not mix.tags.isdisjoint(one.tags_ever) for one in people], dtype=np.bool_)
            pairs = by_shift[cuts[index] : cuts[index + 1]]
            kept, free = self.add_nodes(2).tolist()
            doors[pairs] = np.where(inside[mix.tags][turns.person[pairs]], kept, free)
            arcs = self.add_arcs(kept, np.array([self.hubs[index], free]), np.array([mix.at_least, shift.target]))
            self.add_arcs(free, int(self.hubs[index]), shift.target - mix.at_least)
            self._doors_of.append((kept, free, int(arcs[0]), mix.at_least))
        return doors

    def flows_of(self, used: Numbers, seats: Numbers, crew: Numbers) -> Numbers:
        """What runs through each arc when these open pairs are used; `crew` by shift runs through the arcs `seats`."""
        flows = np.zeros(len(self.arcs()[0]), dtype=np.int64)
        flows[self.pairs[used]], flows[seats] = 1, crew
        through = np.bincount(self._tails[used], minlength=self.nodes)
        for above, node, arcs in reversed(self._hung):
            flows[arcs] = through[node]
            np.add.at(through, above, through[node])
        people = self._people
        flows[: len(people)] = through[people]
        entering = np.bincount(self._entries[used], minlength=self.nodes)
        for kept, free, arc, at_least in self._doors_of:
            inside = min(int(entering[kept]), at_least)
            flows[arc : arc + 3] = inside, entering[kept] - inside, entering[free] + entering[kept] - inside
        return flows

    def is_on_circle(self, flows: Numbers, pair: int) -> bool:
        """The turn could be given up for another one, of this person or somebody else, and as many seats be filled."""
        return bool(_reaching(self, flows, self._entries[pair : pair + 1], by_sink=True)[self._tails[pair]])

    def add_seats(self, rooms: Numbers, cost: Numbers | int) -> Numbers:
        """Arcs of the seats of one layer (`rooms` by shift)."""
        return self.add_arcs(self.hubs, SINK, rooms, cost)


def _load_steps(turns: Turns) -> Numbers:
    """[person, turn] -> the level (per mille of the own share) that a person's 1st, 2nd, ... turn brings him to.

    Turns count with the person's average; people without a share cost nothing.
    """
    people = turns.problem.people
    count = np.bincount(turns.person, minlength=len(people))
    mean = np.bincount(turns.person, weights=turns.load, minlength=len(people)) / np.maximum(1, count)
    width = int(min(_MOST_STEPS, count.max(initial=1)))
    share = np.array([person.share * 100 for person in people], dtype=np.float64)
    past = np.array([person.past_load * 100 for person in people], dtype=np.float64)
    loads = past[:, None] + mean[:, None] * np.arange(1, width + 1)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = np.where(share[:, None] > 0, loads * score.PER_MILLE / share[:, None], 0)
    return np.minimum(np.ceil(levels), 1_000_000).astype(np.int64)


def missing_bounds(open_pairs: Eligibility) -> dict[tuple[str, int], int]:
    """(goal, priority) -> seats that are missing in any legal plan, in this layer and all that come before it."""
    missing = cover(open_pairs, relaxed=True).missing
    return dict(zip(missing, accumulate(missing.values()), strict=True))


def proved_by(open_pairs: Eligibility, plan: Plan) -> dict[tuple[str, int], int] | None:
    """The same in a moment, where the plan misses as few as any flow.

    It does if nobody could be moved in the relaxed problem to miss less.
    """
    turns = Turns(open_pairs)
    net = _CoverNet(turns, relaxed=True)
    seats = net.add_seats(np.zeros(len(net.hubs), dtype=np.int64), 0)
    taken = _taken(open_pairs, plan)
    rooms, found = np.zeros(len(net.hubs), dtype=np.int64), {}
    for layer, more in layers(turns.problem).items():
        rooms = rooms + more
        used = taken[_first_in_shift(turns.shift[taken], rooms)]
        crew = np.bincount(turns.shift[used], minlength=len(rooms))
        short = np.flatnonzero(crew < rooms)
        if len(short) and _reaching(net, net.flows_of(used, seats, crew), net.hubs[short])[SOURCE]:
            return None
        found[layer] = int((rooms - crew).sum())
    return found


def sure_turns(open_pairs: Eligibility, plan: Plan, people: Numbers) -> Numbers:
    """Numbers of the open pairs of these people (indices) that every plan uses which fills as many seats.

    `plan` fills as many seats as the relaxed flow. Another flow as large differs from it by circles in what it leaves
    free, so a turn on no such circle is in all of them.
    """
    turns = Turns(open_pairs)
    net = _CoverNet(turns, relaxed=True)
    target = np.array([shift.target for shift in turns.problem.shifts], dtype=np.int64)
    seats = net.add_seats(target, 0)
    taken = _taken(open_pairs, plan)
    used = taken[_first_in_shift(turns.shift[taken], target)]
    flows = net.flows_of(used, seats, np.bincount(turns.shift[used], minlength=len(target)))
    own = used[np.isin(turns.person[used], people)].tolist()
    return np.array([one for one in own if not net.is_on_circle(flows, one)], dtype=np.int64)


def _taken(open_pairs: Eligibility, plan: Plan) -> Numbers:
    """Numbers of the open pairs that the plan uses."""
    problem, width = open_pairs.problem, len(open_pairs.problem.shifts)
    person = {one.id: index for index, one in enumerate(problem.people)}
    shift = {one.id: index for index, one in enumerate(problem.shifts)}
    codes = np.array([person[one] * width + shift[other] for one, other in plan.assignments], dtype=np.int64)
    return np.flatnonzero(np.isin(open_pairs.person * width + open_pairs.shift, codes))


def _first_in_shift(shift: Numbers, rooms: Numbers) -> Flags:
    """Which of these seats (by shift) are among the first that their shift has room for."""
    order = np.argsort(shift, kind="stable")
    size = np.bincount(shift, minlength=len(rooms))
    rank = np.empty_like(shift)
    rank[order] = np.arange(len(shift)) - np.repeat(np.cumsum(size) - size, size)
    return rank < rooms[shift]


def _reaching(net: Network, flows: Numbers, starts: Numbers, *, by_sink: bool = False) -> Flags:
    """Nodes from which one more unit could be brought to a start, if somebody else gave way.

    `by_sink`: also if another shift got a seat less.
    """
    tail, head, room, _ = net.arcs()
    keep = (head != SINK) | by_sink
    free, used = keep & (flows < room), keep & (flows > 0)
    sources = np.concatenate((tail[free], head[used]))
    targets = np.concatenate((head[free], tail[used]))
    reached = np.zeros(net.nodes, dtype=np.bool_)
    reached[starts] = True
    front = starts
    order = np.argsort(targets, kind="stable")
    sources, targets = sources[order], targets[order]
    while len(front):
        begins, ends = np.searchsorted(targets, front), np.searchsorted(targets, front, "right")
        near = np.concatenate([sources[begin:end] for begin, end in zip(begins, ends, strict=True)])
        front = np.unique(near[~reached[near]])
        reached[front] = True
    return reached
