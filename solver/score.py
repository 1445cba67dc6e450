"""The goals in plain Python: what a plan is worth. The specification of `goals.py`. Refuses to know solvers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .pairs import is_available, merged, new_tasks, tasks
from .plan import Fairness, Load, Plan
from .problem import Held, PersonId, Problem, Shift, ShiftId
from .turns import held_in_horizon

PER_MILLE = 1000
"""Relative loads are compared in whole per mille, rounded up: two people within one per mille are equally loaded."""


@dataclass(frozen=True, slots=True)
class Score:
    """One field per goal, smaller is better, compared in this order.

    `must_cover`, `target_cover`: missing seats by priority, the most urgent first. `safety`: turns beyond the weekly
    limit, summed over every 7 days in a row. `participation`: turns missing to people's own least. `fairness`: spread
    and highest load of each equal group in minutes, then relative loads in per mille, the highest first. `wishes`:
    (most points lost by one person, points lost by all). `continuity`: faces new to a series. `fewest_changes`: seats
    that differ from the previous plan.
    """

    must_cover: tuple[int, ...]
    target_cover: tuple[int, ...]
    safety: int
    participation: int
    fairness: tuple[int, ...]
    wishes: tuple[int, int]
    continuity: int
    fewest_changes: int

    def key(self) -> tuple[object, ...]:
        """Compares lexicographically: the smaller key is the better plan."""
        return (
            self.must_cover,
            self.target_cover,
            self.safety,
            self.participation,
            self.fairness,
            self.wishes,
            self.continuity,
            self.fewest_changes,
        )


def score(problem: Problem, plan: Plan) -> Score:
    """What the plan is worth, goal by goal; says nothing about broken rules."""
    return Score(
        must_cover(problem, plan),
        target_cover(problem, plan),
        safety(problem, plan),
        participation(problem, plan),
        (*equal_loads(problem, plan), *relative_loads(problem, plan)),
        wishes(problem, plan),
        continuity(problem, plan),
        fewest_changes(problem, plan),
    )


def must_cover(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Seats missing up to the least, by priority."""
    return _missing(problem, plan, "least")


def target_cover(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Seats missing up to the target, by priority."""
    return _missing(problem, plan, "target")


def priorities(problem: Problem) -> list[int]:
    return sorted({shift.priority for shift in problem.shifts})


def _missing(problem: Problem, plan: Plan, wanted: str) -> tuple[int, ...]:
    missing = dict.fromkeys(priorities(problem), 0)
    for shift in problem.shifts:
        missing[shift.priority] += max(0, getattr(shift, wanted) - len(plan.on_shift.get(shift.id, ())))
    return tuple(missing.values())


def safety(problem: Problem, plan: Plan) -> int:
    """Turns beyond what the own weekly limit leaves beside held turns, summed over all spans of 7 days in a row; parts
    of one task are one turn.
    """
    if not problem.rolling_week:
        return 0
    return sum(turns_beyond(problem, person, own) for person, own in plan.of_person.items())


def turns_beyond(problem: Problem, person: PersonId, own: Iterable[ShiftId]) -> int:
    """One person's part of `safety` with these turns."""
    turns, beyond = [problem.shift[one] for one in own], 0
    for first in rolling_starts(problem, person):
        room = rolling_room(problem, person, first)
        if room is not None:
            held = held_in(problem, person, first)
            beyond += max(0, new_tasks([turn for turn in turns if first <= turn.day < first + 7], held) - room)
    return beyond


def held_in(problem: Problem, person: PersonId, first: int) -> list[Held]:
    """The person's held turns of the 7 days from `first`."""
    return [turn for turn in problem.person[person].held if first <= turn.day < first + 7]


def rolling_room(problem: Problem, person: PersonId, first: int) -> int | None:
    """Turns that the weekly limit leaves for the 7 days from `first`; None without a limit."""
    limit = problem.person[person].limits.shifts_per_week
    return None if limit is None else max(0, limit - tasks(held_in(problem, person, first)))


def rolling_starts(problem: Problem, person: PersonId) -> range:
    """First days of the spans of 7 days that safety looks at: inside the horizon, or reaching back to held turns."""
    first = -6 if problem.person[person].held else 0
    return range(first, max(first + 1, problem.horizon_days - 6))


def participation(problem: Problem, plan: Plan) -> int:
    """Turns that are missing until everyone has served his least (2 a year), the past included."""
    return sum(missing_turns(problem, plan, person.id) for person in problem.people if person.least_shifts)


def missing_turns(problem: Problem, plan: Plan, person: PersonId) -> int:
    """Turns that a person lacks to his own least; parts of one task are one turn."""
    held = held_in_horizon(problem, problem.person[person])
    own = [problem.shift[shift] for shift in plan.of_person.get(person, ())]
    return max(0, least_left(problem, person) - new_tasks(own, held))


def least_left(problem: Problem, person: PersonId) -> int:
    """Turns that the horizon still has to bring, beside the past and what is held on its days."""
    one = problem.person[person]
    if not one.least_shifts:
        return 0
    return max(0, one.least_shifts - one.past.shifts - tasks(held_in_horizon(problem, one)))


def equal_loads(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """For each equal group: highest less lowest load, then the highest one, in weighted minutes, rounded up."""
    found = []
    for group in problem.equal:
        loads = [load_pct_min(problem, plan, person) for person in sorted(group)]
        found += [-(-(max(loads) - min(loads)) // 100), -(-max(loads) // 100)]
    return tuple(found)


def relative_loads(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Load / share in per mille, rounded up, of everyone with a share; the highest first."""
    found = (level(load_pct_min(problem, plan, person.id), person.share) for person in problem.people if person.share)
    return tuple(sorted(found, reverse=True))


def load_pct_min(problem: Problem, plan: Plan, person: PersonId) -> int:
    """Minutes x percent, the past included."""
    own = plan.of_person.get(person, ())
    return problem.person[person].past_load * 100 + sum(problem.shift[shift].load_pct_min for shift in own)


def level(load: int, share: int) -> int:
    """A load in minutes x percent as per mille of a share in minutes, rounded up."""
    return -(-load * PER_MILLE // (share * 100))


def wishes(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Points lost by the least satisfied, and by all: each turn's `wish_loss`, and 1 for each without a partner."""
    lost = []
    for person in problem.people:
        own = plan.of_person.get(person.id, ())
        points = sum(wish_loss(problem, person.id, shift) for shift in own)
        points += sum(
            partners_could_join(problem, person.id, shift) and person.partners.isdisjoint(plan.on_shift[shift])
            for shift in own
        )
        lost.append(points)
    return max(lost, default=0), sum(lost)


def wish_loss(problem: Problem, person: PersonId, shift: ShiftId) -> int:
    """0 for a wished turn (or no wishes), 1 for one that isn't wished, 2 for one that's only if needed."""
    one, turn = problem.person[person], problem.shift[shift]
    if shift in one.unwanted or any(_meets(window.starts_min, window.ends_min, turn) for window in one.avoids):
        return 2
    if shift in one.wanted or is_available(merged(one.prefers), turn):
        return 0
    return 1 if one.wanted or one.prefers else 0


def partners_could_join(problem: Problem, person: PersonId, shift: ShiftId) -> bool:
    """The person has partners and the shift has a second seat."""
    return bool(problem.person[person].partners) and problem.shift[shift].most > 1


def _meets(starts_min: int, ends_min: int, shift: Shift) -> bool:
    return starts_min < shift.ends_min and shift.starts_min < ends_min


def continuity(problem: Problem, plan: Plan) -> int:
    """Faces that are new to a series: pairs of person and series, without the familiar ones."""
    met = {(person, problem.shift[shift].series) for person, shift in plan.assignments}
    return sum(bool(series) and (person, series) not in problem.familiar for person, series in met)


def fewest_changes(problem: Problem, plan: Plan) -> int:
    """Seats that are in one of the two plans only; 0 without a previous plan."""
    return 0 if problem.previous is None else len(problem.previous ^ plan.assignments)


def loads(problem: Problem, plan: Plan) -> tuple[Load, ...]:
    """Each person's load, in the problem's order."""
    found = []
    for person in problem.people:
        own = [problem.shift[shift] for shift in plan.of_person.get(person.id, ())]
        weighted = load_pct_min(problem, plan, person.id) / 100
        relative = weighted / person.share if person.share else 0.0
        minutes = sum(shift.minutes for shift in own)
        missing = missing_turns(problem, plan, person.id)
        found.append(Load(person.id, len(own), minutes, weighted, person.share, relative, missing))
    return tuple(found)


def fairness_figures(found: tuple[Load, ...]) -> Fairness:
    """Figures for people; the goal itself is leximin."""
    rows = sorted((row.relative, row.person) for row in found if row.share)
    values = [value for value, _ in rows]
    if not values:
        return Fairness(0.0, 0.0, 0.0, 1.0, 0.0)
    total, count = sum(values), len(values)
    squares = sum(value * value for value in values)
    jain = total * total / (count * squares) if squares else 1.0
    ranked = sum(rank * value for rank, value in enumerate(values, start=1))
    gini = 2 * ranked / (count * total) - (count + 1) / count if total else 0.0
    worst = tuple(person for _, person in rows[:-11:-1])
    return Fairness(values[-1], values[0], values[-1] - values[0], jain, gini, worst)
