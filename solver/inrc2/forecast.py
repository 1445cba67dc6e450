"""Weeks that may follow, drawn from those seen so far. Refuses to know what comes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..formats.inrc2.case import DAYS, Cells, Scenario, Week

_SATURDAY = DAYS.index("Sat")
# Wishes of a nurse in a week for a whole day, and of how many weeks that is the mean: weeks differ so much (0.05 to
# 0.6) that one or two seen say little of the next. Source: the competition's test bed, weeks of 12 to 120 nurses.
_WISHES, _WISHES_WEEKS = 0.3, 4
# Of the heads of a week, for each week seen: so many change skills with another. What a shift wants of a skill differs
# from week to week by a tenth to a third (its deviation), what it wants in all, or is wanted of a skill in all, by 2 to
# 10 %, a week by 1 or 2 %. Source: the same weeks.
_CHANGING = 0.15


def drawn_week(scenario: Scenario, seen: Sequence[Week], rng: np.random.Generator) -> Week:
    """Each shift and skill has the wants of one of the weeks seen, its working days' and its weekend's in any order.

    So a week wants in all about what weeks do, which the mean of the weeks seen would too; but that wants a bit of
    everything every day, as no week does, and what comes looks dearer than it is. The fewer weeks have been seen, the
    more heads change skills with one another: else the next week wants of each shift and skill just what this one did.
    """
    least, wanted = np.empty_like(seen[0].least), np.empty_like(seen[0].wanted)
    for shift, skill in np.ndindex(least.shape[1:]):
        like = seen[int(rng.integers(len(seen)))]
        days = np.concatenate([rng.permutation(_SATURDAY), _SATURDAY + rng.permutation(len(DAYS) - _SATURDAY)])
        least[:, shift, skill], wanted[:, shift, skill] = (
            like.least[days, shift, skill],
            like.wanted[days, shift, skill],
        )
    for _ in range(round(_CHANGING * wanted.sum() / len(seen))):
        _change_skills(least, wanted, rng)
    return Week(least, wanted, _drawn_wishes(scenario, seen, rng))


def _change_skills(least: Cells, wanted: Cells, rng: np.random.Generator) -> None:
    """Two heads, drawn from all, keep their days and shifts: what those want, and what is wanted of a skill, stays."""
    drawn = rng.choice(wanted.size, size=2, p=wanted.ravel() / wanted.sum())
    (day, shift, skill), (other_day, other_shift, other_skill) = np.transpose(np.unravel_index(drawn, wanted.shape))
    if skill == other_skill:
        return
    for place, old, new in (((day, shift), skill, other_skill), ((other_day, other_shift), other_skill, skill)):
        wanted[(*place, old)] -= 1
        wanted[(*place, new)] += 1
        if least[(*place, old)] > wanted[(*place, old)]:
            least[(*place, old)] -= 1
            least[(*place, new)] += 1


def _drawn_wishes(
    scenario: Scenario, seen: Sequence[Week], rng: np.random.Generator
) -> frozenset[tuple[int, int, int]]:
    """Anybody's for any day, as often as nurses had them."""
    nurses, shifts = len(scenario.nurses), len(scenario.shifts)
    days = sum(len(week.wishes) for week in seen) / shifts
    share = (_WISHES * nurses * _WISHES_WEEKS + days) / (_WISHES_WEEKS + len(seen)) / (nurses * len(DAYS))
    found = np.argwhere(rng.random((nurses, len(DAYS))) < share).tolist()
    return frozenset((nurse, day, shift) for nurse, day in found for shift in range(shifts))
