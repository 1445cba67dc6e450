"""The smallest repair of a published plan: absences, new and cancelled shifts. Refuses to know messages and versions.

Order: broken seats are covered first, then the fewest people are disturbed, then the fewest seats change. Everything
that started before `now_min` and everything pinned stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from . import check, constraints, goals
from .board import Board, Terms, total
from .eligibility import eligibility
from .engines import Ask, minimise
from .goals import Step
from .pins import keepable_pins
from .plan import Level, Plan
from .problem import Held, Pair, PersonId, Pin, Problem, ShiftId


@dataclass(frozen=True, slots=True)
class Diff:
    """Seats that are new and seats that are gone; `people`: everyone whose own turns change, the absent included."""

    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """The repaired plan and what changes.

    `steps`: missing seats by priority, people disturbed beyond those who can't come, seats changed, each with bound
    and proof. `gaps`: shift -> seats still missing to the target. `seconds`: time spent.
    """

    plan: Plan
    diff: Diff
    steps: tuple[Level, ...]
    gaps: tuple[tuple[ShiftId, int], ...]


def replan(
    problem: Problem,
    published: Plan,
    *,
    seconds: float,
    now_min: int = 0,
    workers: int = 2,
    should_stop: Callable[[], bool] | None = None,
) -> Repair:
    """The least change of `published` that fits `problem` as it is now.

    Say absences by narrower windows or by bars, a cancelled shift by leaving it out of the problem, a new one by adding
    it. Seats of `published` that break a rule now are given up first; they don't count as disturbing their holders.
    """
    kept = still_valid(problem, published, now_min)
    open_problem = _from_now_on(problem, kept, now_min)
    board = Board(open_problem, eligibility(open_problem))
    constraints.add_hard_rules(board)
    before = Plan(frozenset(pair for pair in kept.assignments if _is_open(problem, pair[1], now_min)))
    steps = [step for goal in (goals.must_cover, goals.target_cover) for step in goal(board)]
    steps += [_people(board, before), _seats(board, before)]
    ask = Ask(seconds=seconds, workers=workers, seed=problem.seed, should_stop=should_stop)
    after, levels = _climb(board, open_problem, before, steps, ask)
    plan = Plan(after.assignments | (kept.assignments - before.assignments))
    return Repair(plan, difference(published, plan), tuple(levels), _missing(problem, plan))


def difference(before: Plan, after: Plan) -> Diff:
    """What changes from one plan to another."""
    added, removed = after.assignments - before.assignments, before.assignments - after.assignments
    people = {person for person, _ in added | removed}
    return Diff(tuple(sorted(added)), tuple(sorted(removed)), tuple(sorted(people)))


def still_valid(problem: Problem, published: Plan, now_min: int) -> Plan:
    """The published seats that can stay: all of the past, then pins, then the others in order of their start."""
    known = [pair for pair in published.assignments if pair[0] in problem.person and pair[1] in problem.shift]
    past = Plan(frozenset(pair for pair in known if not _is_open(problem, pair[1], now_min)))
    pins = {(pin.person, pin.shift) for pin in problem.pins}
    plan = past
    for person, shift in sorted(
        set(known) - past.assignments,
        key=lambda pair: (pair not in pins, problem.shift[pair[1]].starts_min, pair),
    ):
        broken = check.verdict(problem, plan, person, shift)
        if all(one.rule == "together" for one in broken):
            plan = plan.with_seat(person, shift)
    for violation in check.check(problem, plan):
        if violation.rule == "together" and _is_open(problem, violation.shift, now_min):
            plan = plan.without_seat(violation.person, violation.shift)
    return plan


def _is_open(problem: Problem, shift: ShiftId, now_min: int) -> bool:
    return problem.shift[shift].starts_min >= now_min


def _from_now_on(problem: Problem, kept: Plan, now_min: int) -> Problem:
    """The problem of the shifts that haven't started; turns already begun are held by their people."""
    gone = {shift.id for shift in problem.shifts if not _is_open(problem, shift.id, now_min)}
    people = tuple(
        replace(
            person,
            held=person.held + tuple(_held(problem, one) for one in kept.of_person.get(person.id, ()) if one in gone),
            wanted=person.wanted - gone,
            unwanted=person.unwanted - gone,
        )
        for person in problem.people
    )
    crosses = tuple(cross for cross in problem.cross_mixes if cross.shifts.isdisjoint(gone))
    later = replace(
        problem,
        people=people,
        shifts=tuple(shift for shift in problem.shifts if shift.id not in gone),
        pins=tuple(pin for pin in problem.pins if pin.shift not in gone),
        bars=tuple(bar for bar in problem.bars if bar.shift not in gone),
        cross_mixes=crosses,
        previous=None,
    )
    return replace(later, pins=keepable_pins(later)[0])


def _held(problem: Problem, shift: ShiftId) -> Held:
    one = problem.shift[shift]
    return Held(one.starts_min, one.ends_min, one.day, one.week, one.labels | {one.kind})


def _people(board: Board, before: Plan) -> Step:
    """People whose turns change."""
    terms = {}
    for person in board.problem.people:
        seats = {board.seats[person.id, shift]: (person.id, shift) for shift in board.shifts_for[person.id]}
        if seats:
            terms[_touched(board, {seat: int(pair in before.assignments) for seat, pair in seats.items()})] = 1
    return Step("people", terms)


def _touched(board: Board, now: dict[int, int]) -> int:
    touched = board.add_variable(0, 1, lambda values: int(any(values[seat] != taken for seat, taken in now.items())))
    for seat, taken in now.items():
        board.add_row({seat: -1 if taken else 1, touched: -1}, high=-taken, name="touched")
    return touched


def _seats(board: Board, before: Plan) -> Step:
    terms: Terms = {seat: -1 if pair in before.assignments else 1 for pair, seat in board.seats.items()}
    return Step("seats", terms, offset=sum(pair in board.seats for pair in before.assignments))


def _climb(board: Board, problem: Problem, plan: Plan, steps: list[Step], ask: Ask) -> tuple[Plan, list[Level]]:
    levels: list[Level] = []
    holes = max((seats for _, seats in _missing(problem, plan)), default=0)
    for step in steps:
        values, lowest = board.values_of(plan), board.least_of(step.terms)
        if step.name == "people":  # one shift's empty seats go to as many people
            lowest = max(lowest, holes - sum(seats for _, seats in _missing(problem, plan)))
            board.add_row(step.terms, low=lowest, name="people")
        value, bound = total(step.terms, values), lowest
        if value > lowest and (ask.should_stop is None or not ask.should_stop()):
            hint = None if board.broken(values) else values
            outcome = minimise(board, step.terms, replace(ask, seconds=ask.seconds / len(steps), hint=hint))
            bound = outcome.bound
            if outcome.values is not None and not check.check(problem, board.plan(outcome.values)):
                plan = board.plan(outcome.values)
                value = total(step.terms, board.values_of(plan))
        board.add_row(step.terms, high=value, name=step.name)
        levels.append(Level(step.name, value + step.offset, bound + step.offset, bound >= value, 0.0))
    return plan, levels


def _missing(problem: Problem, plan: Plan) -> tuple[tuple[ShiftId, int], ...]:
    missing = ((shift.id, shift.target - len(plan.on_shift.get(shift.id, ()))) for shift in problem.shifts)
    return tuple((shift, seats) for shift, seats in missing if seats > 0)


def pins_of(plan: Plan) -> tuple[Pin, ...]:
    """Every seat of a plan as a pin."""
    return tuple(Pin(person, shift) for person, shift in sorted(plan.assignments))
