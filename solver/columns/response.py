"""Best response: one person at a time gets the cheapest roster against everybody else's, until nobody gains."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .cover import IntArray
from .team import NEVER, OFF, Pricer, Roster, Rosters, Team


def respond(
    team: Team,
    rosters: Rosters,
    pricers: Sequence[Pricer],
    rng: np.random.Generator,
    *,
    noise: float,
    is_over: Callable[[], bool],
    passes: int = 1000,
) -> float:
    """Improves `rosters` in place, in random order, and returns how much cheaper they became.

    A random share of `noise` on each price breaks ties; a roster that would cost more is never taken. Stops after three
    passes without a gain, after `passes`, or when `is_over`.
    """
    heads, gained, idle = team.cover.heads(rosters), 0.0, 0
    for _ in range(passes):
        before = gained
        for person in rng.permutation(team.people).tolist():
            if is_over():
                return gained
            gained += _one(team, rosters, heads, person, pricers[person], rng, noise)
        idle = 0 if gained > before + 1e-6 else idle + 1
        if idle == 3:
            break
    return gained


def first_rosters(
    team: Team, pricers: Sequence[Pricer], rng: np.random.Generator, *, is_over: Callable[[], bool]
) -> Rosters:
    """Everybody's first roster, each a best response to those before; when `is_over`, the cheapest on its own.

    Raises NoRoster if somebody has none.
    """
    rosters = np.full((team.people, team.days), OFF, dtype=np.int16)
    heads = team.cover.heads(rosters)
    for person in rng.permutation(team.people).tolist():
        price = np.zeros((team.days, team.codes + 1))
        if not is_over():
            price[:, 1:] = team.cover.one_more(heads)
        found = pricers[person].best(price)
        if found is None:
            raise NoRoster(person)
        rosters[person] = found[1]
        _count(heads, rosters[person], 1)
    return rosters


class NoRoster(Exception):
    """This person (args[0], by number) has no legal roster at all."""


def _one(
    team: Team,
    rosters: Rosters,
    heads: IntArray,
    person: int,
    pricer: Pricer,
    rng: np.random.Generator,
    noise: float,
) -> float:
    kernel, old, days = team.kernels[person], rosters[person], np.arange(team.days)
    _count(heads, old, -1)
    price = np.zeros((team.days, team.codes + 1))
    price[:, 1:] = team.cover.one_more(heads)
    asked = price + noise * rng.random(price.shape) if noise else price
    found = pricer.best(asked)
    gain = NEVER
    if found is not None:
        new = found[1]
        gain = kernel.own_cost(old) + price[days, old + 1].sum() - kernel.own_cost(new) - price[days, new + 1].sum()
    if found is None or gain < -1e-9:
        _count(heads, old, 1)
        return 0.0
    rosters[person] = found[1]
    _count(heads, found[1], 1)
    return float(gain)


def _count(heads: IntArray, roster: Roster, by: int) -> None:
    days = np.flatnonzero(roster >= 0)
    heads[days, roster[days]] += by
