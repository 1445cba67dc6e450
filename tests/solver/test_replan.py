"""Repair after publishing: coverage first, then the fewest people, then the fewest seats; the past stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check
from solver.plan import Plan
from solver.problem import Apart, Bar, Pin, Problem, Window
from solver.replan import difference, replan, still_valid
from solver.replan.least import least_people

from .builders import a_person, a_plan, a_problem, a_shift


def three_days(**fields: object) -> Problem:
    people = [a_person("ann"), a_person("bo"), a_person("cy")]
    return a_problem(people, [a_shift(f"s{day}", day=day) for day in range(3)], **fields)


PUBLISHED = a_plan("ann s0", "ann s1", "bo s2")


def test_absent_person_is_replaced_and_nobody_else_moves() -> None:
    problem = three_days(bars=(Bar("ann", "s0"), Bar("ann", "s1")))
    repair = replan(problem, PUBLISHED, seconds=10)
    assert repair.diff.removed == (("ann", "s0"), ("ann", "s1"))
    assert len({person for person, _ in repair.diff.added}) == 1, "one stand-in takes both turns"
    assert [(step.name, step.value, step.proved) for step in repair.steps][1:3] == [
        ("people", 1, True),
        ("seats", 2, True),
    ]
    assert repair.gaps == ()


def test_past_stays_even_if_it_breaks_a_rule_now() -> None:
    problem = three_days(bars=(Bar("ann", "s0"), Bar("ann", "s1")))
    repair = replan(problem, PUBLISHED, seconds=10, now_min=1440)
    assert repair.diff.removed == (("ann", "s1"),)
    assert ("ann", "s0") in repair.plan.assignments


def test_past_turns_count_for_limits() -> None:
    """ann worked s0 and has one turn a week, so the new turn is bo's although both are free."""
    people = [a_person("ann", shifts_per_week=1), a_person("bo")]
    problem = a_problem(people, [a_shift("s0"), a_shift("new", day=1)])
    repair = replan(problem, a_plan("ann s0"), seconds=10, now_min=1440)
    assert repair.diff.added == (("bo", "new"),)


def test_cancelled_shift_only_loses_its_people() -> None:
    problem = three_days()
    cancelled = replace(problem, shifts=problem.shifts[:2])
    repair = replan(cancelled, PUBLISHED, seconds=10)
    assert (repair.diff.removed, repair.diff.added) == ((("bo", "s2"),), ())


def test_pinned_seat_is_not_swapped_away() -> None:
    """The new turn meets s0; only bo could take it if he gave up s0, but s0 is pinned to him: a gap."""
    problem = a_problem(
        [a_person("ann"), a_person("bo", "river")],
        [a_shift("s0"), a_shift("new", requires=frozenset({"river"}), priority=1)],
    )
    free = replan(problem, a_plan("bo s0"), seconds=10)
    assert (free.diff.added, free.gaps) == ((("ann", "s0"), ("bo", "new")), ())
    pinned = replan(replace(problem, pins=(Pin("bo", "s0"),)), a_plan("bo s0"), seconds=10)
    assert (pinned.diff.added, pinned.gaps) == ((), (("new", 1),))


@st.composite
def broken_rosters(draw: st.DrawFn) -> tuple[Problem, Plan]:
    """Four people with a turn or two a week, four turns at two hours of two days; one person can't come on one day."""
    people = [
        a_person(
            name,
            *draw(st.sampled_from([(), ("river",)])),
            shifts_per_week=draw(st.sampled_from([None, 1, 2])),
        )
        for name in ("ann", "bo", "cy", "di")
    ]
    shifts = [
        a_shift(
            f"s{number}",
            day=draw(st.sampled_from([0, 1, 7])),
            at=draw(st.sampled_from([540, 840])),
            priority=draw(st.sampled_from([1, 2])),
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
    gone = [shift.id for shift in shifts if shift.day == shifts[0].day]
    return replace(problem, bars=tuple(Bar(holder, shift) for shift in gone)), published


@settings(max_examples=12, deadline=None)
@given(broken_rosters())
def test_repair_is_as_small_as_the_smallest_of_all_plans(case: tuple[Problem, Plan]) -> None:
    """Against every plan there is: missing seats by priority, people, seats; and each of these is said to be proved."""
    problem, published = case
    repair = replan(problem, published, seconds=10)
    valid = still_valid(problem, published, 0)
    choices = [[None, *(person.id for person in problem.people)] for _ in problem.shifts]
    crews = (
        Plan(frozenset((one, shift.id) for one, shift in zip(crew, problem.shifts, strict=True) if one is not None))
        for crew in product(*choices)
    )
    assert size(problem, valid, repair.plan) == min(
        size(problem, valid, plan) for plan in crews if not check.check(problem, plan)
    )
    assert all(step.proved for step in repair.steps if step.name not in ("soon", "load"))


def size(problem: Problem, valid: Plan, plan: Plan) -> tuple[tuple[int, ...], int, int]:
    changes = difference(valid, plan)
    return check.score(problem, plan).target_cover, len(changes.people), len(changes.added + changes.removed)


def test_a_chain_is_found_where_nobody_can_simply_come() -> None:
    """Only bo knows the river and his week is full: he takes the river, ann takes his turn. Two people, three seats."""
    problem = a_problem(
        [a_person("ann"), a_person("bo", "river", shifts_per_week=1)],
        [a_shift("s0"), a_shift("new", day=1, requires=frozenset({"river"}))],
    )
    repair = replan(problem, a_plan("bo s0"), seconds=10)
    assert (repair.diff.added, repair.diff.removed) == ((("ann", "s0"), ("bo", "new")), (("bo", "s0"),))
    assert [(repair.step(name).value, repair.step(name).proved) for name in ("people", "seats")] == [
        (2, True),
        (3, True),
    ]


def test_one_who_comes_twice_is_preferred_to_two_and_the_least_loaded_to_the_others() -> None:
    """cy could come on one day only; of ann and bo, who could on both, bo has served less."""
    people = [a_person("ann"), a_person("bo"), a_person("cy", windows=(Window(0, 1440),)), a_person("di")]
    shifts = [a_shift("s0"), a_shift("s1", day=1), a_shift("old", day=3)]
    problem = a_problem(people, shifts, bars=(Bar("di", "s0"), Bar("di", "s1")))
    repair = replan(problem, a_plan("di s0", "di s1", "ann old"), seconds=10)
    assert repair.diff.added == (("bo", "s0"), ("bo", "s1"))


def test_seats_that_nobody_could_fill_ask_for_nobody() -> None:
    """Three seats at the river stay empty whoever comes; ann alone is disturbed, and no fewer is thinkable."""
    problem = a_problem([a_person("ann")], [a_shift("s0"), a_shift("river", seats=3, requires=frozenset({"river"}))])
    repair = replan(problem, Plan(), seconds=10)
    assert (repair.step("people").value, repair.step("people").bound) == (1, 1)


def test_people_needed_are_counted_by_what_fits_into_a_day() -> None:
    """Nine o'clock and ten need two people however many could come, ten and noon one of those who may serve twice."""
    shifts = [a_shift("nine"), a_shift("ten", at=600), a_shift("noon", at=720), a_shift("far", day=9, seats=2)]
    everywhere = {(name, shift.id) for name in ("ann", "bo") for shift in shifts}

    def needed(*names: str, seats: int = 1, **limits: int) -> int:
        problem = a_problem([a_person("ann", **limits), a_person("bo", shifts_per_day=1)], shifts)
        return least_people(problem, dict.fromkeys(names, seats), everywhere, left_empty=0)

    assert (needed("nine", "ten"), needed("ten", "noon"), needed("ten", "noon", gap_min=1)) == (2, 1, 2)
    assert (needed("ten", "noon", shifts_per_day=1), needed("noon", "far"), needed("noon", "far", seats=2)) == (2, 1, 2)


def test_only_the_named_holes_are_covered() -> None:
    problem = a_problem([a_person("ann")], [a_shift("s0"), a_shift("s1", day=1)])
    repair = replan(problem, Plan(), seconds=10, holes=("s1",))
    assert (repair.diff.added, repair.gaps) == ((("ann", "s1"),), (("s0", 1),))


def test_a_seat_that_is_full_already_is_not_given_up_for_a_less_urgent_one() -> None:
    """ann has one turn a week: the urgent one stays hers, the new one stays empty, and that is proved."""
    people = [a_person("ann", shifts_per_week=1)]
    problem = a_problem(people, [a_shift("urgent", priority=1), a_shift("new", day=1, priority=2)])
    repair = replan(problem, a_plan("ann urgent"), seconds=10)
    assert (repair.diff.people, repair.gaps) == ((), (("new", 1),))
    assert all(step.proved for step in repair.steps)
