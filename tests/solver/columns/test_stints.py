"""The stint program against every roster that there is, compiled and on numpy planes, whole and in a span of days."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from solver.columns import stint_loops, stint_planes, stints
from solver.columns.stints import StintKernel, StintRules
from solver.columns.team import NEVER, FloatArray, Roster

CASES = 60


@pytest.fixture(params=["loops", "planes"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(stints, "sweep", {"loops": stint_loops, "planes": stint_planes}[request.param].sweep)
    return str(request.param)


def random_kernel(rng: np.random.Generator, days: int, codes: int, least: int = 200) -> StintKernel:
    """`least` minutes a day at most must be worked."""
    rules = StintRules(
        minutes=rng.choice([480, 600, 720], codes),
        follows=rng.random((codes, codes)) < 0.7,
        most_of=rng.integers(0, days, codes),
        least_minutes=int(rng.integers(0, days * least + 1)),
        most_minutes=int(rng.integers(days * 200, days * 500)),
        most_run=int(rng.integers(1, 6)),
        least_run=int(rng.integers(1, 4)),
        least_off=int(rng.integers(1, 4)),
        most_weekends=int(rng.integers(0, 3)),
        weekday=int(rng.integers(0, 7)),
    )
    own = rng.integers(0, 5, (days, 1 + codes)).astype(float)
    own[:, 1:][rng.random((days, codes)) < 0.1] = NEVER
    return StintKernel(rules, own)


def cases(seed: int) -> Iterator[tuple[np.random.Generator, StintKernel, FloatArray, list[Roster]]]:
    """Random kernels with random prices and all their legal rosters."""
    rng = np.random.default_rng(seed)
    for _ in range(CASES):
        days, codes = int(rng.integers(3, 8)), int(rng.integers(1, 4))
        kernel, price = random_kernel(rng, days, codes), rng.normal(size=(days, 1 + codes)) * 3
        every = (np.array(roster, dtype=np.int16) for roster in itertools.product(range(-1, codes), repeat=days))
        yield rng, kernel, price, [roster for roster in every if kernel.is_legal(roster)]


def worth(kernel: StintKernel, roster: Roster, price: FloatArray, first: int, last: int) -> float:
    days = np.arange(first, last)
    return kernel.own_cost(roster) + float(price[days, roster[days] + 1].sum())


@pytest.mark.usefixtures("program")
def test_best_is_the_cheapest_legal_roster() -> None:
    for _, kernel, price, legal in cases(1):
        pricer = kernel.pricer(0, kernel.days)
        least, found = pricer.least(price), pricer.best(price)
        if not legal:
            assert found is None
            continue
        assert found is not None
        cheapest = min(worth(kernel, roster, price, 0, kernel.days) for roster in legal)
        assert least <= cheapest + 1e-9
        assert found[0] == pytest.approx(cheapest)
        assert kernel.is_legal(found[1])
        assert worth(kernel, found[1], price, 0, kernel.days) == pytest.approx(cheapest)


@pytest.mark.usefixtures("program")
def test_best_in_a_span_keeps_the_other_days() -> None:
    for rng, kernel, price, legal in cases(2):
        if not legal:
            continue
        kept = legal[int(rng.integers(len(legal)))]
        first = int(rng.integers(0, kernel.days))
        last = int(rng.integers(first + 1, kernel.days + 1))
        same = [one for one in legal if (one[:first] == kept[:first]).all() and (one[last:] == kept[last:]).all()]
        found = kernel.pricer(first, last, kept).best(price[first:last])
        assert found is not None
        cheapest = min(worth(kernel, roster, price, first, last) for roster in same)
        assert found[0] == pytest.approx(cheapest)
        assert any((found[1] == roster).all() for roster in same)
        assert worth(kernel, found[1], price, first, last) == pytest.approx(cheapest)
