"""The judge: every hard rule and every goal in plain Python, for any plan, hand-made ones too. Refuses to know solvers.

This file (with `limit_rules.py` for limits and `score.py` for goals) is the specification. `model/constraints.py` and
`model/goals.py` say the same to the engine, under the same names and in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from . import pairs
from .judging import (
    Rule,
    clashes,
    own_shifts,
    seats_in,
    shifts_in,
    with_tags,
)
from .judging import Scope as Scope
from .judging import Violation as Violation
from .limit_rules import (
    day_minutes,
    day_offered,
    day_share,
    day_shifts,
    days_in_row,
    days_in_row_least,
    days_off_least,
    horizon_labels,
    horizon_minutes,
    horizon_shifts,
    label_weeks,
    labels_in_row,
    offered_part,
    share_part,
    week_labels,
    week_minutes,
    week_offered,
    week_share,
    week_shifts,
)
from .plan import Plan
from .problem import PersonId, Problem, ShiftId
from .score import Score as Score
from .score import score as score


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every hard rule that the plan breaks, in the order of RULES. KeyError for an unknown person or shift."""
    for person, shift in plan.assignments:
        _ = problem.person[person], problem.shift[shift]
    return tuple(broken(problem, plan, Scope(tuple(problem.person), tuple(problem.shift))))


def broken(problem: Problem, plan: Plan, scope: Scope) -> Iterator[Violation]:
    """The hard rules that are broken there, in the order of RULES."""
    return (one for rule in _asked(problem.uses, RULES) for one in rule(problem, plan, scope))


@cache
def _asked(uses: frozenset[str], rules: tuple[Rule, ...]) -> list[Rule]:
    """Those that the problem says anything about: no plan breaks the others."""
    return [rule for rule in rules if (name := _RULES_OF.get(rule)) is None or not uses.isdisjoint(name)]


def verdict(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[Violation, ...]:
    """The hard rules that giving this seat to this person would break, or break more; empty means that he may."""
    return worsened(problem, plan, plan.with_seat(person, shift), Scope((person,), (shift,)))


def worsened(problem: Problem, before: Plan, after: Plan, here: Scope) -> tuple[Violation, ...]:
    """The hard rules that `after` breaks there and `before` doesn't, or breaks more; not those about pins."""
    new = _by_matter(problem, after, here)
    old = _by_matter(problem, before, here) if new else {}
    worse = [(found, old.get(matter, [])) for matter, found in new.items()]
    return tuple(one for found, known in worse if _weight(found) > _weight(known) for one in _new(found, known))


def _new(found: list[Violation], old: list[Violation]) -> list[Violation]:
    """What is found beyond the old; all of it where the old has grown instead."""
    return list((Counter(found) - Counter(old)).elements()) or found


def _by_matter(problem: Problem, plan: Plan, here: Scope) -> dict[tuple[str, PersonId, ShiftId], list[Violation]]:
    found: dict[tuple[str, PersonId, ShiftId], list[Violation]] = {}
    for rule in _asked(problem.uses, _ADDING):
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
        if row.person in wanted and row.shift not in plan.of_person.get(row.person, ()):
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
    day_share,
    offered_part,
    week_offered,
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
_RULES_OF: dict[Rule, tuple[str, ...]] = {
    barred_seat: ("barred",),
    lapsed: ("dated_tags",),
    tag_barred: ("bars",),
    daytime: ("earliest_min", "latest_min"),
    effort: ("effort",),
    gap: ("gap_min",),
    way: ("ways",),
    rest: ("rest_min",),
    succession: ("successions",),
    day_shifts: ("shifts_per_day",),
    day_minutes: ("minutes_per_day",),
    week_shifts: ("shifts_per_week",),
    week_minutes: ("minutes_per_week",),
    week_labels: ("labels_per_week",),
    horizon_shifts: ("shifts",),
    horizon_minutes: ("minutes",),
    horizon_labels: ("labels",),
    label_weeks: ("label_weeks",),
    share_part: ("share_pct",),
    week_share: ("share_pct_per_week",),
    day_share: ("share_pct_per_day",),
    offered_part: ("offered_pct",),
    week_offered: ("offered_pct_per_week",),
    day_offered: ("offered_pct_per_day",),
    days_in_row: ("days_in_row",),
    days_in_row_least: ("days_in_row_least",),
    days_off_least: ("days_off_least",),
    labels_in_row: ("labels_in_row",),
    mix: ("mixes",),
    mix_most: ("mixes",),
    cross_mix: ("cross_mixes",),
    apart: ("apart",),
    together: ("together",),
    same_team: ("same_team",),
}
"""What each rule is made of (names of `Problem.uses`); rules that aren't here always matter."""

MENDABLE = ("days_in_row_least", "days_off_least", "together", "same_team")
"""Rules that a plan may break for want of further seats: more seats can mend it."""
