"""Rosters for a whole team: first rosters, best response, root bound, dive, tree, neighbourhoods, each with its budget.

Two workers share one incumbent: the first goes through all stages, the others start on neighbourhoods at once.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess

import numpy as np

from .auction import BOLD, CAUTIOUS, ENOUGH_ROUNDS, Auction
from .bound import bound_at
from .dive import CAREFUL, QUICK, dive
from .doubts import Doubts
from .generation import End, Generation
from .incumbent import Incumbent
from .limits import Limits
from .line import Line
from .part import Part
from .repair import Improver
from .response import first_rosters, respond
from .team import NEVER, FloatArray, Hurried, Rosters, Team
from .tree import Tree

_FIRST, _RESPONSE = 0.3, 0.05  # shares of the time
_BID, _BID_PASSES = 0.3, 4  # share of the time for the auction before all else; responses to it
_ROUNDS = 20  # of pricing that a root takes at least
_PASSES = 1000
_TURN_S = 4.0
_RESPOND_EVERY, _RESPOND_REST = 20, 10  # turns; and at least so many times as long as the last pass took
_PATIENCE_S = 0.2  # for the other workers to leave
_IDLE_DIVES = 4
_FIRST_DIVE = 0.5  # of the dives' time
_CAREFUL_SIZE = 1800  # person-days; the careful dive comes first up to it
_LARGE = 10_000  # person-days; above, a linear optimum takes minutes, and an auction alone has to prove something
_NEARLY = 0.01  # of the cost, between it and the bound
_TREE, _RISE = 0.4, 0.1  # of the time, to prove what lies in between; of that, at a time, but a grain at least
_NEAR, _FAR_BELOW = 0.02, 0.9  # an unfinished root is good enough to dive from: of its value, of the rosters' cost


@dataclass(frozen=True, eq=False)
class Found:
    """The best rosters so far; no rosters cost less than `bound`."""

    rosters: Rosters
    cost: float
    bound: float
    seconds: float

    @property
    def proved(self) -> bool:
        return self.bound >= self.cost - 1e-6


@dataclass(frozen=True)
class Ask:
    """How to work. Without `seconds` the `turns` end it, and one worker gives the same rosters everywhere.

    `root` and `dive` are shares of the time that the bound and the first whole rosters from it may take at most;
    `long` is what the very first dive may take even if that is more.
    """

    seconds: float | None = None
    workers: int = 2
    seed: int = 0
    root: float = 0.25
    dive: float = 0.15
    long: float = 0.0
    turns: int | None = None
    stop: Callable[[], bool] | None = None
    on_better: Callable[[Found], None] | None = None


def search(team: Team, ask: Ask) -> Found:
    """Always legal rosters, however short the time. Raises response.NoRoster if somebody has none."""
    assert ask.seconds is not None or ask.turns is not None
    limits, shared = Limits(ask.seconds, ask.stop), Incumbent(team, ask.workers)
    spawn = multiprocessing.get_context("spawn")
    alone = replace(ask, stop=None, on_better=None)
    others = [
        spawn.Process(target=_help, args=(team, shared.of(number), replace(alone, seed=ask.seed + number)), daemon=True)
        for number in range(1, ask.workers)
    ]
    for other in others:
        other.start()
    try:
        _Worker(team, shared, ask, limits).run(root=True)
    finally:
        shared.end()
        for other in others:
            other.join(_PATIENCE_S)
            other.terminate()
    rosters, cost = shared.best()
    return Found(rosters, cost, shared.bound, limits.spent())


def _help(team: Team, shared: Incumbent, ask: Ask) -> None:
    """Another worker's process; it leaves when the first one is gone."""
    threading.Thread(target=_leave_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    _Worker(team, shared, ask, Limits(ask.seconds)).run(root=False)


def _leave_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


class _Worker:
    def __init__(self, team: Team, shared: Incumbent, ask: Ask, limits: Limits) -> None:
        self._team, self._shared, self._ask = team, shared, ask
        self._whole, self._respond_at = limits, 0.0
        self._root_of: Generation | None = None  # the linear optimum of the whole, if the rosters came from it
        self._limits = Limits(limits.seconds, self._is_over, limits.started)
        self._line = Line(self._limits)
        self._rng = np.random.default_rng(ask.seed)
        self._is_large = team.people * team.days > _LARGE
        self._pricers = [
            kernel.hurried() if isinstance(kernel, Hurried) else kernel.pricer(0, team.days) for kernel in team.kernels
        ]

    def _is_over(self) -> bool:
        return self._shared.is_over or (self._whole.stop is not None and self._whole.stop())

    def _share(self, part: float) -> Limits:
        return self._limits.at_most(part * (self._ask.seconds or 0.0))

    def run(self, *, root: bool) -> None:
        first = self._share(_FIRST)
        self._rosters = first_rosters(self._team, self._pricers, self._rng, is_over=first.is_over)
        self._offer()
        worth = self._auction()
        self._respond(passes=_PASSES)
        self._offer()
        if root and worth is not None and self._is_large:
            self._bound(worth)
        improver = Improver(self._team, self._rosters, self._rng, _TURN_S)
        self._improver = improver
        if root and self._root_fits():
            self._root()
        improver.run(self._limits, turns=self._ask.turns, on_turn=self._after_turn)

    def _auction(self) -> FloatArray | None:
        """Everybody's roster of an auction's last round, and responses to those, if that is cheaper. The worths."""
        before = self._rosters.copy()
        part = Part(self._team, before, range(self._team.people), 0, self._team.days)
        first = BOLD if self._is_large else CAUTIOUS
        auction = Auction(part, self._rng, self._pricers)
        worth = auction.run(ENOUGH_ROUNDS, self._share(_BID), self._rosters.__setitem__, first=first)
        self._respond(passes=_BID_PASSES)
        if self._team.cost(self._rosters) < self._team.cost(before):
            self._offer()
        else:
            self._rosters[:] = before
        return worth

    def _bound(self, worth: FloatArray) -> None:
        """What the auction's worths prove: soon known where a linear optimum would take too long."""
        part = Part(self._team, self._rosters.copy(), range(self._team.people), 0, self._team.days)
        bound = bound_at(part, worth, self._share(self._ask.root))
        if bound > -NEVER:
            self._shared.raise_bound(self._team.rounded_up(bound))

    def _root_fits(self) -> bool:
        """Whether pricing everybody a few dozen times takes no more than the root's share of the time."""
        if self._ask.seconds is None:
            return True
        started = time.process_time()
        self._team.kernels[0].pricer(0, self._team.days).best(np.zeros((self._team.days, self._team.codes + 1)))
        return _ROUNDS * self._team.people * (time.process_time() - started) <= self._ask.root * self._ask.seconds

    def _root(self) -> None:
        """The bound of the whole, and a dive from it, which has the time that the bound didn't need."""
        limits = self._share(self._ask.root + self._ask.dive)
        part = Part(self._team, self._rosters.copy(), range(self._team.people), 0, self._team.days)
        generation = Generation(part)
        root_s = self._ask.root * (self._ask.seconds or 0.0)
        generation.warm_up(ENOUGH_ROUNDS, self._rng, limits.at_most(root_s / 2))
        end = generation.run_whole(limits.at_most(root_s))
        self._shared.raise_bound(self._team.rounded_up(generation.bound))
        if end is End.OPTIMAL or self._is_promising(generation):
            self._improver.neighbourhoods.doubt(Doubts(generation))
            self._dives(generation, limits)
            if end is End.OPTIMAL and self._is_nearly_proved():
                self._decide(generation)
        else:
            self._adopt()
            self._round(generation)

    def _is_nearly_proved(self) -> bool:
        """Of a team that is small enough for a tree."""
        team, cost = self._team, self._shared.cost
        is_small = team.people * team.days <= _CAREFUL_SIZE and self._ask.seconds is not None
        return is_small and 0 < cost - self._shared.bound <= _NEARLY * abs(cost)

    def _decide(self, generation: Generation) -> None:
        """Looks for the cheapest from below: whether anything costs a bit more than the bound, and so on."""

        def better(rosters: Rosters) -> None:
            self._rosters[:] = rosters
            self._root_of = generation
            self._offer()

        tree, limits, shared = Tree(generation, lambda: self._shared.cost, better), self._share(_TREE), self._shared
        while not shared.is_proved:
            rise = max(1.0, np.floor(_RISE * (shared.cost - shared.bound) / self._team.grain)) * self._team.grain
            most = shared.bound + rise
            if not tree.run(most, limits):
                break
            shared.raise_bound(min(most + self._team.grain, shared.cost))
        generation.reopen(np.zeros_like(generation.closed), self._limits)
        self._adopt()
        self._line.begin()

    def _is_promising(self, generation: Generation) -> bool:
        value = generation.value
        return value - generation.bound < _NEAR * abs(value) or value < _FAR_BELOW * self._team.cost(self._rosters)

    def _round(self, generation: Generation) -> None:
        """Everybody's heaviest roster of a linear optimum that wasn't finished, and responses to those."""
        master, before, cost = generation.master, self._rosters.copy(), self._team.cost(self._rosters)
        self._rosters[:] = [master.roster(column) for column in master.heaviest().tolist()]
        self._respond(passes=_PASSES)
        if self._team.cost(self._rosters) < cost:
            self._offer()
        else:
            self._rosters[:] = before

    def _dives(self, generation: Generation, limits: Limits) -> None:
        """Dives in turn careful and quick, from the third on at random, until a few in a row bring nothing."""
        idle, turn = 0, 0
        small = self._team.people * self._team.days <= _CAREFUL_SIZE
        styles = (CAREFUL, QUICK) if small else (QUICK, CAREFUL)
        while idle < _IDLE_DIVES and (small or turn == 0) and not limits.is_over():
            if turn == len(styles) and self._is_nearly_proved():
                return
            style, turn = styles[turn % 2], turn + 1
            goal = self._team.cost(self._rosters) - self._team.grain
            limit = self._first_dive(limits) if turn == 1 else limits
            rosters, _ = dive(generation, style, goal, limit, self._rng if turn > len(styles) else None)
            if rosters is None and turn == 1:
                self._round(generation)
            idle = idle + 1 if rosters is None else 0
            if rosters is not None:
                self._rosters[:] = rosters
                self._respond(passes=3)
                self._root_of = generation
                self._line.gain()
                self._offer()
            generation.reopen(np.zeros_like(generation.closed), limits)

    def _first_dive(self, limits: Limits) -> Limits:
        return self._limits.at_most(max(_FIRST_DIVE * limits.left(), self._ask.long * (self._ask.seconds or 0.0)))

    def _after_turn(self, gain: float) -> None:
        if self._improver.turns % _RESPOND_EVERY == _RESPOND_EVERY - 1 and self._may_respond():
            started = self._whole.spent()
            gain += self._respond(passes=1)
            self._respond_at = self._whole.spent() + _RESPOND_REST * (self._whole.spent() - started)
        if gain > 0:
            self._line.gain()
            self._offer()
        if self._root_of is None:
            self._adopt()
        elif self._line.is_stuck:
            self._leave(self._root_of)

    def _leave(self, root: Generation) -> None:
        """For rosters of another dive, whatever they cost, or for the best ones where there isn't the time."""
        limits = self._line.next()
        if limits is None:
            self._adopt()
            return
        self._line.begin()
        rosters, _ = dive(root, QUICK, NEVER, limits, self._rng)
        root.reopen(np.zeros_like(root.closed), self._limits)
        if rosters is not None:
            self._rosters[:] = rosters
            self._respond(passes=_BID_PASSES)
            self._line.gain()

    def _may_respond(self) -> bool:
        return self._ask.seconds is None or self._whole.spent() >= self._respond_at

    def _respond(self, passes: int) -> float:
        limits = self._share(_RESPONSE)
        return respond(
            self._team, self._rosters, self._pricers, self._rng, noise=0.01, is_over=limits.is_over, passes=passes
        )

    def _offer(self) -> None:
        cost = self._team.cost(self._rosters)
        if self._shared.offer(self._rosters, cost):
            self._tell()

    def _adopt(self) -> None:
        """Takes over the other worker's rosters if they're better."""
        if self._shared.cost < self._team.cost(self._rosters) - 1e-6:
            self._rosters[:] = self._shared.best()[0]
            self._root_of = None
            self._tell()

    def _tell(self) -> None:
        if self._ask.on_better is not None:
            rosters, cost = self._shared.best()
            self._ask.on_better(Found(rosters, cost, self._shared.bound, self._whole.spent()))
