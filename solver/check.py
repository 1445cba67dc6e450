"""The judge: every hard rule and every goal in plain Python, for any plan, hand-made ones too. Refuses to know solvers.

This file (with `score.py` for the goals) is the specification. `model/constraints.py` and `model/goals.py` say the
same to the engine, under the same names and in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from . import pairs, turns
from .judging import (
    Rule,
    clashes,
    limited,
    limited_turns,
    minutes_of,
    over,
    own_shifts,
    seats_in,
    shifts_in,
    sums_by,
    with_tags,
)
from .judging import Scope as Scope
from .judging import Violation as Violation
from .plan import Plan
from .problem import PersonId, Problem, Shift, ShiftId
from .score import Score as Score
from .score import load_pct_min
from .score import score as score


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every hard rule that the plan breaks, in the order of RULES. KeyError for an unknown person or shift."""
    for person, shift in plan.assignments:
        _ = problem.person[person], problem.shift[shift]
    everywhere = Scope(tuple(problem.person), tuple(problem.shift))
    return tuple(violation for rule in RULES for violation in rule(problem, plan, everywhere))


def verdict(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[Violation, ...]:
    """The hard rules that giving this seat to this person would break, or break more; empty means that he may."""
    here = Scope((person,), (shift,))
    before = _by_matter(problem, plan, here)
    after = _by_matter(problem, plan.with_seat(person, shift), here)
    worse = [(found, before.get(matter, [])) for matter, found in after.items()]
    return tuple(one for found, old in worse if _weight(found) > _weight(old) for one in _new(found, old))


def _new(found: list[Violation], old: list[Violation]) -> list[Violation]:
    """What is found beyond the old; all of it where the old has grown instead."""
    return list((Counter(found) - Counter(old)).elements()) or found


def _by_matter(problem: Problem, plan: Plan, here: Scope) -> dict[tuple[str, PersonId, ShiftId], list[Violation]]:
    found: dict[tuple[str, PersonId, ShiftId], list[Violation]] = {}
    for rule in _ADDING:
        for one in rule(problem, plan, here):
            found.setdefault((one.rule, one.person, one.shift), []).append(one)
    return found


def _weight(found: list[Violation]) -> int:
    return sum(max(1, abs(one.found - one.allowed)) for one in found)


def barred_seat(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody gets a seat that was ruled out for him by name."""
    for person, shift in seats_in(problem, plan, scope):
        if (person.id, shift.id) in problem.barred:
            yield Violation("barred_seat", person.id, shift.id)


def skill(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Everyone on a shift has every skill or mark that the shift requires."""
    for person, shift in seats_in(problem, plan, scope):
        if not pairs.has_skill(person, shift):
            yield Violation("skill", person.id, shift.id)


def lapsed(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Every insurance, consent or certificate that a shift requires is valid on its day."""
    for person, shift in seats_in(problem, plan, scope):
        if pairs.is_lapsed(person, shift):
            yield Violation("lapsed", person.id, shift.id)


def tag_barred(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody on a shift has a mark (minor, 75 or older) that the shift rules out."""
    for person, shift in seats_in(problem, plan, scope):
        if pairs.is_tag_barred(person, shift):
            yield Violation("tag_barred", person.id, shift.id)


def daytime(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves outside the hours of the day that suit him (75 and older not after 18:00)."""
    for person, shift in seats_in(problem, plan, scope):
        if pairs.is_outside_daytime(person.limits, shift):
            yield Violation("daytime", person.id, shift.id)


def effort(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody gets work that is harder on the body than what suits him."""
    for person, shift in seats_in(problem, plan, scope):
        if pairs.is_too_hard(person.limits, shift):
            yield Violation("effort", person.id, shift.id, shift.effort, person.limits.effort or 0)


def available(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Everyone is free for the whole of the shift."""
    for person, shifts in own_shifts(problem, plan, scope):
        free = pairs.merged(person.windows)
        for shift in shifts:
            if not pairs.is_available(free, shift):
                yield Violation("available", person.id, shift.id)


def most(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """No shift has more people than it has room for."""
    for shift in shifts_in(problem, scope):
        found = len(plan.on_shift.get(shift.id, ()))
        if found > shift.most:
            yield Violation("most", "", shift.id, found, shift.most)


def overlap(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody is in two places at once."""
    yield from clashes(problem, plan, scope, rule="overlap")


def gap(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between any two turns of a person lie the minutes that he needs to catch his breath."""
    yield from clashes(problem, plan, scope, rule="gap")


def way(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between two turns at different places lies the time for the way."""
    if problem.ways:
        yield from clashes(problem, plan, scope, rule="way")


def rest(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Between two long turns of a person lies the full rest."""
    yield from clashes(problem, plan, scope, rule="rest")


def succession(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """No turn follows one after which it mustn't come (no morning on the day after a night)."""
    yield from clashes(problem, plan, scope, rule="succession")


def day_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns on a day than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="shifts_per_day", by="day"):
        counts = Counter(turn.day for turn in met)
        yield from over("day_shifts", person.id, counts.values(), person.limits.shifts_per_day)


def day_minutes(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more minutes on a day than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="minutes_per_day", by="day"):
        sums = sums_by((turn.day, turn.minutes) for turn in met)
        yield from over("day_minutes", person.id, sums.values(), person.limits.minutes_per_day)


def week_shifts(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody has more turns in a week than his limit."""
    for person, met in limited_turns(problem, plan, scope, limit="shifts_per_week", by="week"):
        counts = Counter(turn.week for turn in met)
        yield from over("week_shifts", person.id, counts.values(), person.limits.shifts_per_week)


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
        found = person.past.shifts + len(turns.held_in_horizon(problem, person)) + len(shifts)
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
        allowed = turns.most_of_week(problem, person)
        for load in sums_by((shift.week, shift.load_pct_min) for shift in shifts).values():
            if person.share and load > allowed:
                yield Violation("week_share", person.id, "", -(-load // 100), allowed // 100)


def offered_part(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more than the agreed part of the time that he offered."""
    for person, shifts in limited(problem, plan, scope, "offered_pct"):
        found = minutes_of(turns.held_in_horizon(problem, person)) + minutes_of(shifts)
        yield from over("offered_part", person.id, [found], turns.most_of_offered(problem, person))


def day_offered(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Nobody serves more on one day than the agreed part of the time that he offered for it."""
    for person, met in limited_turns(problem, plan, scope, limit="offered_pct_per_day", by="day"):
        for day, found in sums_by((turn.day, turn.minutes) for turn in met).items():
            yield from over("day_offered", person.id, [found], turns.most_of_day(problem, person, day))


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


def mix(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Seats that are kept for certain people (one under 70) aren't taken by others."""
    for shift in shifts_in(problem, scope):
        people = plan.on_shift.get(shift.id, ())
        for rule in shift.mixes:
            found = with_tags(problem, shift, people, rule.tags)
            if found < rule.at_least and len(people) - found > shift.target - rule.at_least:
                yield Violation("mix", "", shift.id, found, rule.at_least)


def mix_most(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """No shift has more of certain people (newcomers) than it can carry."""
    for shift in shifts_in(problem, scope):
        for rule in shift.mixes:
            found = with_tags(problem, shift, plan.on_shift.get(shift.id, ()), rule.tags)
            if rule.at_most is not None and found > rule.at_most:
                yield Violation("mix_most", "", shift.id, found, rule.at_most)


def cross_mix(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Over shifts that stand together (all posts at one hour), seats kept for a leader stay free for one."""
    touched = {index for shift in scope.shifts for index in problem.crosses_of.get(shift, ())}
    for rule in (problem.cross_mixes[index] for index in sorted(touched)):
        shifts = [problem.shift[shift] for shift in sorted(rule.shifts)]
        people = sum(len(plan.on_shift.get(shift.id, ())) for shift in shifts)
        found = sum(with_tags(problem, shift, plan.on_shift.get(shift.id, ()), rule.tags) for shift in shifts)
        if found < rule.at_least and people - found > sum(shift.target for shift in shifts) - rule.at_least:
            yield Violation("cross_mix", "", shifts[0].id, found, rule.at_least)


def apart(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Two who must not meet aren't on the same shift."""
    for shift in shifts_in(problem, scope) if problem.apart else ():
        people = plan.on_shift.get(shift.id, ())
        for person in people:
            if not problem.kept_from.get(person, frozenset()).isdisjoint(people):
                yield Violation("apart", person, shift.id)


def together(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """One who serves only with a companion is on no shift without him."""
    for shift in shifts_in(problem, scope) if problem.together else ():
        people = plan.on_shift.get(shift.id, ())
        for person in people:
            if not problem.companions.get(person, frozenset()).issubset(people):
                yield Violation("together", person, shift.id)


def same_team(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Who serves one part of a task in parts (down the stairs, and up again) serves them all."""
    touched = {index for shift in scope.shifts for index in problem.teams_of.get(shift, ())}
    for team in (problem.same_team[index] for index in sorted(touched)):
        parts = Counter(person for shift in team for person in plan.on_shift.get(shift, ()))
        for person in sorted(parts):
            if parts[person] < len(team):
                yield Violation("same_team", person, min(team), parts[person], len(team))


def pin(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """Every pinned seat is kept."""
    wanted = set(scope.people)
    for row in problem.pins:
        if row.person in wanted and (row.person, row.shift) not in plan.assignments:
            yield Violation("pin", row.person, row.shift)


RULES: tuple[Rule, ...] = (
    barred_seat,
    skill,
    lapsed,
    tag_barred,
    daytime,
    effort,
    available,
    most,
    overlap,
    gap,
    way,
    rest,
    succession,
    day_shifts,
    day_minutes,
    week_shifts,
    week_minutes,
    week_labels,
    horizon_shifts,
    horizon_minutes,
    horizon_labels,
    label_weeks,
    share_part,
    week_share,
    offered_part,
    day_offered,
    days_in_row,
    days_in_row_least,
    days_off_least,
    labels_in_row,
    mix,
    mix_most,
    cross_mix,
    apart,
    together,
    same_team,
    pin,
)
RULE_NAMES = tuple(rule.__name__ for rule in RULES)
_ADDING = RULES[:-1]
MENDABLE = ("days_in_row_least", "days_off_least", "together", "same_team")
"""Rules that a plan may break for want of further seats: more seats can mend it."""
