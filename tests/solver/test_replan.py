"""Repair after publishing: coverage first, then the fewest people, then the fewest seats; the past stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check
from solver.plan import Plan
from solver.problem import Apart, Bar, Pin, Problem
from solver.replan import difference, replan

from .builders import a_person, a_plan, a_problem, a_shift


def three_days(**fields: object) -> Problem:
    people = [a_person("ann"), a_person("bo"), a_person("cy")]
    return a_problem(people, [a_shift(f"s{day}", day=day) for day in range(3)], **fields)


PUBLISHED = a_plan("ann s0", "ann s1", "bo s2")


def test_absent_person_is_replaced_and_nobody_else_moves() -> None:
    problem = three_days(bars=(Bar("ann", "s0"), Bar("ann", "s1")))
    repair = replan(problem, PUBLISHED, seconds=10, workers=1)
    assert repair.diff.removed == (("ann", "s0"), ("ann", "s1"))
    assert len({person for person, _ in repair.diff.added}) == 1, "one stand-in takes both turns"
    assert [(step.name, step.value, step.proved) for step in repair.steps][-2:] == [
        ("people", 1, True),
        ("seats", 2, True),
    ]
    assert repair.gaps == ()


def test_past_stays_even_if_it_breaks_a_rule_now() -> None:
    problem = three_days(bars=(Bar("ann", "s0"), Bar("ann", "s1")))
    repair = replan(problem, PUBLISHED, seconds=10, workers=1, now_min=1440)
    assert repair.diff.removed == (("ann", "s1"),)
    assert ("ann", "s0") in repair.plan.assignments


def test_past_turns_count_for_limits() -> None:
    """ann worked s0 and has one turn a week, so the new turn is bo's although both are free."""
    people = [a_person("ann", shifts_per_week=1), a_person("bo")]
    problem = a_problem(people, [a_shift("s0"), a_shift("new", day=1)])
    repair = replan(problem, a_plan("ann s0"), seconds=10, workers=1, now_min=1440)
    assert repair.diff.added == (("bo", "new"),)


def test_cancelled_shift_only_loses_its_people() -> None:
    problem = three_days()
    cancelled = replace(problem, shifts=problem.shifts[:2])
    repair = replan(cancelled, PUBLISHED, seconds=10, workers=1)
    assert (repair.diff.removed, repair.diff.added) == ((("bo", "s2"),), ())


def test_pinned_seat_is_not_swapped_away() -> None:
    """The new turn meets s0; only bo could take it if he gave up s0, but s0 is pinned to him: a gap."""
    problem = a_problem(
        [a_person("ann"), a_person("bo", "river")],
        [a_shift("s0"), a_shift("new", requires=frozenset({"river"}), priority=1)],
    )
    free = replan(problem, a_plan("bo s0"), seconds=10, workers=1)
    assert (free.diff.added, free.gaps) == ((("ann", "s0"), ("bo", "new")), ())
    pinned = replan(replace(problem, pins=(Pin("bo", "s0"),)), a_plan("bo s0"), seconds=10, workers=1)
    assert (pinned.diff.added, pinned.gaps) == ((), (("new", 1),))


@st.composite
def broken_rosters(draw: st.DrawFn) -> tuple[Problem, Plan]:
    """Four people, four turns of one hour slot or another; the holder of the first turn can't come."""
    people = [a_person(name, *draw(st.sampled_from([(), ("river",)]))) for name in ("ann", "bo", "cy", "di")]
    shifts = [
        a_shift(
            f"s{number}",
            at=draw(st.sampled_from([540, 840])),
            requires=draw(st.sampled_from([frozenset(), frozenset({"river"})])),
        )
        for number in range(4)
    ]
    problem = a_problem(people, shifts, apart=(Apart("ann", "bo"),))
    published = Plan()
    for shift in shifts:
        for person in draw(st.permutations(people)):
            if not published.on_shift.get(shift.id) and not check.verdict(problem, published, person.id, shift.id):
                published = published.with_seat(person.id, shift.id)
    holder = published.on_shift.get("s0", ("ann",))[0]
    return replace(problem, bars=(Bar(holder, "s0"),)), published


@settings(max_examples=25, deadline=None)
@given(broken_rosters())
def test_repair_is_as_small_as_the_smallest_of_all_plans(case: tuple[Problem, Plan]) -> None:
    problem, published = case
    repair = replan(problem, published, seconds=10, workers=1)
    valid = published.assignments - {(bar.person, bar.shift) for bar in problem.bars}
    choices = [[None, *(person.id for person in problem.people)] for _ in problem.shifts]
    sizes = []
    for crew in product(*choices):
        seats = {(one, shift.id) for one, shift in zip(crew, problem.shifts, strict=True) if one is not None}
        if not check.check(problem, Plan(frozenset(seats))):
            diff = difference(Plan(valid), Plan(frozenset(seats)))
            sizes.append((len(problem.shifts) - len(seats), len(diff.people), len(diff.added + diff.removed)))
    diff = difference(Plan(valid), repair.plan)
    missing = len(problem.shifts) - len(repair.plan.assignments)
    assert (missing, len(diff.people), len(diff.added + diff.removed)) == min(sizes)
