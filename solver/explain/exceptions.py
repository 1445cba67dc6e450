"""One person's rule widened just enough for one turn. Refuses to know shifts that ask for less, and whether it fills.

What protects people stays as it is: hours of the day, hard work, rest, insurance, who mustn't meet, who needs company.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .. import check
from ..pairs import merged
from ..plan import Plan
from ..problem import Held, LabelLimit, Limits, Person, Problem, Shift, Window
from ..turns import days_of_week, offered_min

LONGER_MIN = 60
"""Free time that is at most so much too short is asked to be longer; beyond that the person isn't free then."""


@dataclass(frozen=True, slots=True)
class Widened:
    """`kind` and `amount` as in `Way`; `person` with that one rule widened."""

    kind: str
    amount: int
    person: Person


@dataclass(frozen=True, slots=True)
class _Case:
    """What a turn would break for whom."""

    problem: Problem
    plan: Plan
    person: Person
    shift: Shift
    broken: check.Violation

    def limited(self, kind: str, amount: int, name: str, most: object = None) -> Widened:
        """The named limit at `most`, or at `amount`."""
        limits: Limits = replace(self.person.limits, **{name: amount if most is None else most})  # type: ignore[arg-type]
        return Widened(kind, amount, replace(self.person, limits=limits))

    def labelled(self, kind: str, name: str) -> Widened:
        """The named limit of the broken label at what is found."""
        rows: tuple[LabelLimit, ...] = getattr(self.person.limits, name)
        found, label = self.broken.found, self.broken.label
        wider = tuple(LabelLimit(row.label, max(row.most, found)) if row.label == label else row for row in rows)
        return self.limited(kind, found, name, wider)


def exception(problem: Problem, plan: Plan, person: Person, shift: Shift, broken: check.Violation) -> Widened | None:
    """None for a rule that stays as it is."""
    asked = _ASKED.get(broken.rule)
    return None if asked is None else asked(_Case(problem, plan, person, shift, broken))


def _amount(kind: str, limit: str) -> Callable[[_Case], Widened]:
    return lambda case: case.limited(kind, case.broken.found, limit)


def _label(kind: str, limit: str) -> Callable[[_Case], Widened]:
    return lambda case: case.labelled(kind, limit)


def _part(kind: str, limit: str, whole: Callable[[_Case], int]) -> Callable[[_Case], Widened]:
    """A part in per cent of `whole` minutes; the amount is in minutes, or in per cent where a share is meant."""

    def asked(case: _Case) -> Widened:
        pct = -(-case.broken.found * 100 // max(1, whole(case)))
        return case.limited(kind, pct if kind == "share_more" else case.broken.found, limit, pct)

    return asked


def _freer(case: _Case) -> Widened:
    """Free for the whole of the shift too; `time_longer` where his own free time only ends or begins a little off."""
    person, shift = case.person, case.shift
    freer = replace(person, windows=(*person.windows, Window(shift.starts_min, shift.ends_min)))
    met = [one for one in merged(person.windows) if one.starts_min < shift.ends_min and shift.starts_min < one.ends_min]
    lacking = shift.minutes - sum(
        min(one.ends_min, shift.ends_min) - max(one.starts_min, shift.starts_min) for one in met
    )
    return Widened("time_longer" if len(met) == 1 and lacking <= LONGER_MIN else "free_then", lacking, freer)


def _between(case: _Case) -> Widened:
    """Minutes from or to the nearest of his other turns are enough."""
    turns = (case.problem.shift[one] for one in case.plan.of_person.get(case.person.id, ()))
    own: list[Held | Shift] = [*case.person.held, *turns]
    shift = case.shift
    left = min(max(one.starts_min - shift.ends_min, shift.starts_min - one.ends_min) for one in own)
    return case.limited("shorter_gap", left, "gap_min")


_ASKED: dict[str, Callable[[_Case], Widened]] = {
    "available": _freer,
    "gap": _between,
    "day_shifts": _amount("one_turn_more", "shifts_per_day"),
    "week_shifts": _amount("one_turn_more", "shifts_per_week"),
    "horizon_shifts": _amount("one_turn_more", "shifts"),
    "week_labels": _label("one_turn_more", "labels_per_week"),
    "horizon_labels": _label("one_turn_more", "labels"),
    "label_weeks": _label("one_week_more", "label_weeks"),
    "day_minutes": _amount("minutes_more", "minutes_per_day"),
    "week_minutes": _amount("minutes_more", "minutes_per_week"),
    "horizon_minutes": _amount("minutes_more", "minutes"),
    "offered_part": _part(
        "minutes_more", "offered_pct", lambda case: offered_min(case.person, range(case.problem.horizon_days))
    ),
    "week_offered": _part(
        "minutes_more",
        "offered_pct_per_week",
        lambda case: offered_min(case.person, days_of_week(case.problem, case.shift.week)),
    ),
    "day_offered": _part(
        "minutes_more",
        "offered_pct_per_day",
        lambda case: offered_min(case.person, range(case.shift.day, case.shift.day + 1)),
    ),
    "share_part": _part("share_more", "share_pct", lambda case: case.person.share),
    "week_share": _part(
        "share_more", "share_pct_per_week", lambda case: case.person.share * 7 // case.problem.horizon_days
    ),
    "day_share": _part("share_more", "share_pct_per_day", lambda case: case.person.share // case.problem.horizon_days),
    "days_in_row": _amount("one_day_more", "days_in_row"),
    "labels_in_row": _label("one_day_more", "labels_in_row"),
    "days_in_row_least": _amount("shorter_run", "days_in_row_least"),
    "days_off_least": _amount("shorter_break", "days_off_least"),
}
