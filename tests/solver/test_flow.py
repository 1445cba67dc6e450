"""What a flow says: open pairs like the judge's, and bounds that no legal plan beats."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given, settings

from solver import check, flow, score
from solver.eligibility import eligibility, pair_reason
from solver.problem import Mix, Problem

from .builders import a_person, a_problem, a_shift
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
