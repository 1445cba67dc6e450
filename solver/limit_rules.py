"""The judge's rules about how much one person is asked for: a day, a week, the horizon, days in a row.

Part of the specification (`check.py`). Refuses to know other people and solvers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from . import pairs, turns
from .judging import Scope, Violation, limited, limited_turns, minutes_of, over, own_shifts, sums_by
from .plan import Plan
from .problem import Problem, Shift
from .score import load_pct_min


def day_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns on a day than his limit; there and back is one turn."""
    for person, met in limited_turns(problem, plan, scope, limit="shifts_per_day", by="day"):
        counts = map(pairs.tasks, turns.grouped(met, "day").values())
        yield from over("day_shifts", person.id, counts, person.limits.shifts_per_day)


def day_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes on a day than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="minutes_per_day", by="day"):
        sums = sums_by((turn.day, turn.minutes) for turn in met)
        yield from over("day_minutes", person.id, sums.values(), person.limits.minutes_per_day)


def week_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns in a week than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="shifts_per_week", by="week"):
        counts = map(pairs.tasks, turns.grouped(met, "week").values())
        yield from over("week_shifts", person.id, counts, person.limits.shifts_per_week)


def week_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes in a week than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="minutes_per_week", by="week"):
        sums = sums_by((turn.week, turn.minutes) for turn in met)
        yield from over("week_minutes", person.id, sums.values(), person.limits.minutes_per_week)


def week_labels(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns of one sort (nights) in a week than his limit for that sort."""
    for person, met in limited_turns(problem, plan, scope, limit="labels_per_week", by="week"):
        for limit in person.limits.labels_per_week:
            labelled = turns.with_label(met, limit.label)
            own = {turn.week for turn in labelled if isinstance(turn, Shift)}
            counts = Counter(turn.week for turn in labelled if turn.week in own)
            yield from over("week_labels", person.id, counts.values(), limit.most, limit.label)


def horizon_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns in the whole horizon than his limit."""
    for person, shifts in limited(problem, plan, scope, "shifts"):
        found = person.past.shifts + pairs.tasks([*turns.held_in_horizon(problem, person), *shifts])
        yield from over("horizon_shifts", person.id, [found], person.limits.shifts)


def horizon_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes in the whole horizon than his limit."""
    for person, shifts in limited(problem, plan, scope, "minutes"):
        found = person.past.minutes + minutes_of(turns.held_in_horizon(problem, person)) + minutes_of(shifts)
        yield from over("horizon_minutes", person.id, [found], person.limits.minutes)


def horizon_labels(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns of one sort (river) in the whole horizon than his limit for that sort."""
    for person, shifts in limited(problem, plan, scope, "labels"):
        for limit in person.limits.labels:
            own = turns.with_label(shifts, limit.label)
            held = turns.with_label(turns.held_in_horizon(problem, person), limit.label)
            found = person.past.of(limit.label).turns + len(held) + len(own)
            yield from over("horizon_labels", person.id, [found] if own else [], limit.most, limit.label)


def label_weeks(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has turns of one sort (weekends) in more weeks than his limit for that sort."""
    for person, shifts in limited(problem, plan, scope, "label_weeks"):
        for limit in person.limits.label_weeks:
            known, taken = turns.label_weeks(problem, person, limit.label)
            own = {turn.week for turn in turns.with_label(shifts, limit.label)} - known
            yield from over("label_weeks", person.id, [taken + len(own)] if own else [], limit.most, limit.label)


def share_part(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody carries more than the agreed part of his own share."""
    for person, _ in limited(problem, plan, scope, "share_pct"):
        load, allowed = load_pct_min(problem, plan, person.id), person.share * (person.limits.share_pct or 0)
        if person.share and load > allowed:
            yield Violation("share_part", person.id, "", -(-load // 100), allowed // 100)


def week_share(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody carries more in one week than the agreed part of seven days' share."""
    for person, shifts in limited(problem, plan, scope, "share_pct_per_week"):
        allowed = turns.most_of_week_share(problem, person)
        for load in sums_by((shift.week, shift.load_pct_min) for shift in shifts).values():
            if person.share and load > allowed:
                yield Violation("week_share", person.id, "", -(-load // 100), allowed // 100)


def day_share(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody carries more on one day than the agreed part of one day's share."""
    for person, shifts in limited(problem, plan, scope, "share_pct_per_day"):
        allowed = turns.most_of_day_share(problem, person)
        for load in sums_by((shift.day, shift.load_pct_min) for shift in shifts).values():
            if person.share and load > allowed:
                yield Violation("day_share", person.id, "", -(-load // 100), allowed // 100)


def offered_part(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more than the agreed part of the time that he offered."""
    for person, shifts in limited(problem, plan, scope, "offered_pct"):
        found = minutes_of(turns.held_in_horizon(problem, person)) + minutes_of(shifts)
        yield from over("offered_part", person.id, [found], turns.most_of_offered(problem, person))


def week_offered(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more in one week than the agreed part of the time that he offered for it."""
    for person, shifts in limited(problem, plan, scope, "offered_pct_per_week"):
        met: list[turns.Turn] = [*shifts, *turns.held_in_horizon(problem, person)]
        served = sums_by((turn.week, turn.minutes) for turn in met)
        for week in dict.fromkeys(shift.week for shift in shifts):
            allowed = turns.most_of_week_offered(problem, person, week)
            yield from over("week_offered", person.id, [served[week]], allowed)


def day_offered(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more on one day than the agreed part of the time that he offered for it."""
    for person, met in limited_turns(problem, plan, scope, limit="offered_pct_per_day", by="day"):
        for day, found in sums_by((turn.day, turn.minutes) for turn in met).items():
            yield from over("day_offered", person.id, [found], turns.most_of_day_offered(person, day))


def days_in_row(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves on more days in a row than his limit."""
    for person, shifts in limited(problem, plan, scope, "days_in_row"):
        for run in turns.work_days(problem, person, shifts).runs():
            if run.days > (most := person.limits.days_in_row or 0):
                yield Violation("days_in_row", person.id, "", run.days, most, run.first)


def days_in_row_least(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Who serves in runs of days serves at least so many in a row."""
    for person, shifts in own_shifts(problem, plan, scope):
        least = person.limits.days_in_row_least
        days = turns.work_days(problem, person, shifts) if least > 1 and shifts else None
        for run in days.runs() if days else ():
            if run.days < least and days and not days.is_open(run):
                yield Violation("days_in_row_least", person.id, "", run.days, least, run.first)


def days_off_least(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between two runs of days a person has at least his number of days off."""
    for person, shifts in own_shifts(problem, plan, scope):
        least = person.limits.days_off_least
        for run in turns.work_days(problem, person, shifts).breaks() if least > 1 and shifts else ():
            if run.days < least:
                yield Violation("days_off_least", person.id, "", run.days, least, run.first)


def labels_in_row(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has turns of one sort (nights) on more days in a row than his limit for that sort."""
    for person, shifts in limited(problem, plan, scope, "labels_in_row"):
        for limit in person.limits.labels_in_row:
            for run in turns.work_days(problem, person, shifts, limit.label).runs():
                if run.days > limit.most:
                    yield Violation("labels_in_row", person.id, "", run.days, limit.most, run.first, limit.label)
