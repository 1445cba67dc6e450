"""Why this person, why not that one, why a gap: facts as codes and figures. Refuses to know words and solvers.

Every claim is checked by the judge: a near miss is a person whose seat would break exactly that one rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import check, score
from .eligibility import pair_reason
from .plan import Gap, Plan
from .problem import PersonId, Problem, Shift, ShiftId


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """After this rule `left` people remain; `stopped` are the people whom it stopped first."""

    rule: str
    left: int
    stopped: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Nothing but `rule` keeps `person` from the seat: `found` instead of `allowed` (both 0 where there's no figure).

    `relative` is his load / share with this turn.
    """

    person: PersonId
    rule: str
    found: int
    allowed: int
    relative: float


@dataclass(frozen=True, slots=True)
class GapReasons:
    """`free`: people who could take a missing seat right now (a gap with such people is an unfinished plan).

    `near_misses`: cheapest first, so the first one is the cheapest single exception that fills a seat.
    """

    gap: Gap
    funnel: tuple[FunnelStep, ...]
    free: tuple[PersonId, ...]
    near_misses: tuple[NearMiss, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the hand editor: `rules` empty means that he may. `relative` with this turn; `wish_loss` 0 to 2."""

    person: PersonId
    is_on: bool
    rules: tuple[str, ...]
    minutes: int
    relative: float
    wish_loss: int
    is_familiar: bool


@dataclass(frozen=True, slots=True)
class Reasons:
    """Facts about one person and one shift.

    `rules`: hard rules that speak against it (empty if he's on it or may be). `turns_week` of `limit_week`,
    `minutes_week` of `limit_minutes_week`: that week with this turn; limits are None where there are none. `relative`
    with this turn against `average` and `rank` (1 = least loaded) among those who may or do. `mixes`: indices of the
    shift's mixes that he helps to keep; `needed_for`: those that would break without him.
    """

    person: PersonId
    shift: ShiftId
    is_on: bool
    is_pinned: bool
    rules: tuple[str, ...]
    turns_week: int
    limit_week: int | None
    minutes_week: int
    limit_minutes_week: int | None
    relative: float
    average: float
    rank: int
    others: int
    wish_loss: int
    partners: tuple[PersonId, ...]
    mixes: tuple[int, ...]
    needed_for: tuple[int, ...]
    is_familiar: bool


_COST = ("week_shifts", "week_minutes", "day_shifts", "day_minutes", "gap", "available", "week_labels")
"""Rules that a coordinator can ask an exception from, cheapest first; the others come after, in the judge's order."""


def gaps(problem: Problem, plan: Plan) -> tuple[Gap, ...]:
    """Every shift below its target, the most urgent first, with how many people each rule stopped."""
    found = []
    for shift in sorted(problem.shifts, key=lambda one: (one.priority, one.starts_min, one.id)):
        if len(plan.on_shift.get(shift.id, ())) < shift.target:
            steps = funnel(problem, plan, shift.id)
            found.append(_gap(shift, plan, steps))
    return tuple(found)


def _gap(shift: Shift, plan: Plan, steps: tuple[FunnelStep, ...]) -> Gap:
    on = len(plan.on_shift.get(shift.id, ()))
    reasons = tuple((step.rule, len(step.stopped)) for step in steps if step.stopped)
    return Gap(shift.id, shift.target - on, max(0, shift.least - on), reasons)


def funnel(problem: Problem, plan: Plan, shift: ShiftId) -> tuple[FunnelStep, ...]:
    """Everyone who isn't on the shift, rule by rule: who was stopped and how many are left; idle rules are left out."""
    stopped: dict[str, list[PersonId]] = {}
    on = plan.on_shift.get(shift, ())
    waiting = [person.id for person in problem.people if person.id not in on]
    for person in waiting:
        stopped.setdefault(_first_rule(problem, plan, person, shift), []).append(person)
    steps, left = [], len(waiting)
    for rule in check.RULE_NAMES:
        if rule in stopped:
            left -= len(stopped[rule])
            steps.append(FunnelStep(rule, left, tuple(stopped[rule])))
    return tuple(steps)


def _first_rule(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> str:
    """The first rule in the way, or an empty text; the rules about the pair alone come first and are quick to ask."""
    reason = pair_reason(problem, person, shift)
    if reason in check.RULE_NAMES:
        return reason
    return next(iter(blocking_rules(problem, plan, person, shift)), "")


def blocking_rules(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> tuple[str, ...]:
    """Names of the hard rules that giving the seat would break, in the judge's order."""
    return tuple(dict.fromkeys(one.rule for one in check.verdict(problem, plan, person, shift)))


def why_gap(problem: Problem, plan: Plan, shift: ShiftId) -> GapReasons:
    """The funnel of a shift, who is free now, and who is only one rule away."""
    steps = funnel(problem, plan, shift)
    on = plan.on_shift.get(shift, ())
    stopped = {person for step in steps for person in step.stopped}
    free = tuple(one.id for one in problem.people if one.id not in stopped and one.id not in on)
    misses = [miss for person in sorted(stopped) if (miss := _near_miss(problem, plan, person, shift))]
    misses.sort(key=lambda miss: (_cost(miss.rule), miss.relative, miss.person))
    return GapReasons(_gap(problem.shift[shift], plan, steps), steps, free, tuple(misses))


def _near_miss(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> NearMiss | None:
    broken = check.verdict(problem, plan, person, shift)
    if len({one.rule for one in broken}) != 1:
        return None
    worst = max(broken, key=lambda one: one.found - one.allowed)
    return NearMiss(person, worst.rule, worst.found, worst.allowed, _relative(problem, plan, person, shift))


def _cost(rule: str) -> tuple[int, int]:
    known = _COST.index(rule) if rule in _COST else len(_COST)
    return known, check.RULE_NAMES.index(rule)


def _relative(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> float:
    """Load / share with this turn; 0 without a share."""
    share = problem.person[person].share
    load = score.load_pct_min(problem, plan.with_seat(person, shift), person)
    return load / (share * 100) if share else 0.0


def candidates(problem: Problem, plan: Plan, shift: ShiftId) -> tuple[Candidate, ...]:
    """Everyone, best first: those on the shift, then those who may (by wish, then load), then fewest rules broken."""
    rows = [_candidate(problem, plan, person.id, shift) for person in problem.people]
    rows.sort(key=lambda row: (not row.is_on, len(row.rules), row.wish_loss, row.relative, not row.is_familiar))
    return tuple(rows)


def _candidate(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Candidate:
    is_on = (person, shift) in plan.assignments
    own = plan.with_seat(person, shift).of_person[person]
    return Candidate(
        person,
        is_on,
        () if is_on else blocking_rules(problem, plan, person, shift),
        sum(problem.shift[one].minutes for one in own),
        _relative(problem, plan, person, shift),
        score.wish_loss(problem, person, shift),
        _is_familiar(problem, plan.without_seat(person, shift), person, shift),
    )


def _is_familiar(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> bool:
    """Met this series before, or meets it on another turn of the plan."""
    series = problem.shift[shift].series
    own = plan.of_person.get(person, ())
    return bool(series) and (
        (person, series) in problem.familiar or any(problem.shift[one].series == series for one in own)
    )


def why_person(problem: Problem, plan: Plan, person: PersonId, shift: ShiftId) -> Reasons:
    """Facts about one person on (or not on) one shift; KeyError for an unknown id."""
    one, turn = problem.person[person], problem.shift[shift]
    is_on = (person, shift) in plan.assignments
    with_him, without = plan.with_seat(person, shift), plan.without_seat(person, shift)
    week = [problem.shift[own] for own in with_him.of_person[person] if problem.shift[own].week == turn.week]
    held = [own for own in one.held if own.week == turn.week]
    group = [row for row in candidates(problem, plan, shift) if row.is_on or not row.rules]
    relative = _relative(problem, plan, person, shift)
    mates = plan.on_shift.get(shift, ())
    return Reasons(
        person=person,
        shift=shift,
        is_on=is_on,
        is_pinned=any((pin.person, pin.shift) == (person, shift) for pin in problem.pins),
        rules=() if is_on else blocking_rules(problem, plan, person, shift),
        turns_week=len(week) + len(held),
        limit_week=one.limits.shifts_per_week,
        minutes_week=sum(own.minutes for own in week) + sum(own.minutes for own in held),
        limit_minutes_week=one.limits.minutes_per_week,
        relative=relative,
        average=sum(row.relative for row in group) / len(group) if group else 0.0,
        rank=1 + sum(row.relative < relative for row in group),
        others=len(group) - is_on,
        wish_loss=score.wish_loss(problem, person, shift),
        partners=tuple(mate for mate in mates if mate in one.partners),
        mixes=tuple(index for index, mix in enumerate(turn.mixes) if not mix.tags.isdisjoint(one.tags)),
        needed_for=_needed_for(problem, without, turn, person) if is_on else (),
        is_familiar=_is_familiar(problem, without, person, shift),
    )


def _needed_for(problem: Problem, without: Plan, turn: Shift, person: PersonId) -> tuple[int, ...]:
    """Mixes that would have too few people if he left."""
    mates = [problem.person[mate].tags for mate in without.on_shift.get(turn.id, ())]
    return tuple(
        index
        for index, mix in enumerate(turn.mixes)
        if not mix.tags.isdisjoint(problem.person[person].tags)
        and sum(not mix.tags.isdisjoint(tags) for tags in mates) < mix.at_least
    )
