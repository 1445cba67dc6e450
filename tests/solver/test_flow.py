"""What a flow says: open pairs like the judge's, and bounds that no legal plan beats."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from hypothesis import given, settings

from solver import check, flow, score
from solver.eligibility import eligibility
from solver.pairs import pair_reason
from solver.problem import Held, Mix, Problem

from .builders import a_person, a_plan, a_problem, a_shift
from .test_fairness import every_plan, small_problems
from .test_model_and_judge import problems


@settings(max_examples=60, deadline=None)
@given(problems())
def test_open_pairs_are_those_without_a_reason(problem: Problem) -> None:
    found = eligibility(problem)
    pairs = [(person.id, shift.id) for person in problem.people for shift in problem.shifts]
    wanted = [pair for pair in pairs if pair_reason(problem, *pair) is None]
    assert [(person, shift) for person, own in found.shifts_for.items() for shift in own] == wanted
    assert {(person, shift) for shift, crew in found.people_for.items() for person in crew} == set(wanted)


@settings(max_examples=60, deadline=None)
@given(small_problems())
def test_no_legal_plan_misses_fewer_seats_than_the_bound(problem: Problem) -> None:
    bounds = flow.missing_bounds(eligibility(problem))
    assert list(bounds) == list(flow.layers(problem))
    legal = [plan for plan in every_plan(problem) if not check.check(problem, plan)]
    for plan in legal:
        must, target = score.must_cover(problem, plan), score.target_cover(problem, plan)
        above = [both - least for least, both in zip(must, target, strict=True)]
        assert all(found >= bound for found, bound in zip(accumulate([*must, *above]), bounds.values(), strict=True))


def test_bound_counts_seats_kept_for_others() -> None:
    """Two old people and a shift of two with one seat kept for somebody young: one seat stays empty."""
    shift = a_shift("s", seats=2, mixes=(Mix(frozenset({"young"}), 1),))
    assert flow.missing_bounds(eligibility(a_problem([a_person("ann"), a_person("bo")], [shift])))["must_cover", 1] == 1


def test_bound_leaves_both_seats_of_there_and_back_to_one_turn() -> None:
    """Ann takes one turn a day: both parts of the task are that one, also where she has begun it."""
    there, back = (a_shift(name, at=at, task="hospital") for name, at in (("s", 540), ("t", 840)))
    begun = a_person("ann", shifts_per_day=1, held=(Held(540, 660, 0, 0, task="hospital"),))
    for people, shifts in (([a_person("ann", shifts_per_day=1)], [there, back]), ([begun], [back])):
        assert not any(flow.missing_bounds(eligibility(a_problem(people, shifts))).values())


@settings(max_examples=40, deadline=None)
@given(small_problems())
def test_sure_turns_are_in_every_plan_that_fills_as_many_seats(problem: Problem) -> None:
    open_pairs = eligibility(problem)
    least = list(flow.missing_bounds(open_pairs).values())[-1]
    legal = [plan for plan in every_plan(problem) if not check.check(problem, plan)]
    full = [plan for plan in legal if sum(score.target_cover(problem, plan)) == least]
    for plan in full[:1]:
        found = flow.sure_turns(open_pairs, plan, np.arange(len(problem.people)))
        pairs = zip(open_pairs.person[found].tolist(), open_pairs.shift[found].tolist(), strict=True)
        sure = {(problem.people[person].id, problem.shifts[shift].id) for person, shift in pairs}
        assert all(sure <= other.assignments for other in full)


def test_a_turn_is_sure_where_a_seat_would_stay_empty_without_it() -> None:
    """Both river people are wanted for r; the desk could have either of them or bo, and one of all its takers."""
    river = frozenset({"river"})
    people = [a_person("ann", "river"), a_person("cy", "river"), a_person("bo")]
    problem = a_problem(people, [a_shift("r", seats=2, requires=river), a_shift("desk", day=1)])
    open_pairs = eligibility(problem)
    found = flow.sure_turns(open_pairs, a_plan("ann r", "cy r", "ann desk"), np.arange(3))
    assert [(int(open_pairs.person[one]), int(open_pairs.shift[one])) for one in found] == [(0, 0), (1, 0)]
