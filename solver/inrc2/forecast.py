"""Weeks that may follow, drawn from those seen so far. Refuses to know what comes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..formats.inrc2.case import DAYS, Scenario, Week

_SATURDAY = DAYS.index("Sat")
# Wishes of a nurse in a week for a whole day, and of how many weeks that is the mean: weeks differ so much (0.05 to
# 0.6) that one or two seen say little of the next. Source: the competition's test bed, weeks of 12 to 120 nurses.
_WISHES, _WISHES_WEEKS = 0.3, 4


def drawn_week(scenario: Scenario, seen: Sequence[Week], rng: np.random.Generator) -> Week:
    """Each shift and skill has the wants of one of the weeks seen, its working days' and its weekend's in any order.

    So a week wants in all about what weeks do, which the mean of the weeks seen would too; but that wants a bit of
    everything every day, as no week does, and what comes looks dearer than it is.
    """
    least, wanted = np.empty_like(seen[0].least), np.empty_like(seen[0].wanted)
    for shift, skill in np.ndindex(least.shape[1:]):
        like = seen[int(rng.integers(len(seen)))]
        days = np.concatenate([rng.permutation(_SATURDAY), _SATURDAY + rng.permutation(len(DAYS) - _SATURDAY)])
        least[:, shift, skill], wanted[:, shift, skill] = (
            like.least[days, shift, skill],
            like.wanted[days, shift, skill],
        )
    return Week(least, wanted, _drawn_wishes(scenario, seen, rng))


def _drawn_wishes(
    scenario: Scenario, seen: Sequence[Week], rng: np.random.Generator
) -> frozenset[tuple[int, int, int]]:
    """Anybody's for any day, as often as nurses had them."""
    nurses, shifts = len(scenario.nurses), len(scenario.shifts)
    days = sum(len(week.wishes) for week in seen) / shifts
    share = (_WISHES * nurses * _WISHES_WEEKS + days) / (_WISHES_WEEKS + len(seen)) / (nurses * len(DAYS))
    found = np.argwhere(rng.random((nurses, len(DAYS))) < share).tolist()
    return frozenset((nurse, day, shift) for nurse, day in found for shift in range(shifts))
