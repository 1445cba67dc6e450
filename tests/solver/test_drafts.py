"""Plans that are too large for a model: legal at every moment, fairer by hand-overs, with bounds that hold."""

from __future__ import annotations

from hypothesis import given, settings

from solver import check, score
from solver.clock import Clock
from solver.drafts.begin import begun
from solver.drafts.bounds import lowest_highest
from solver.drafts.draft import Draft
from solver.drafts.moves import level_loads
from solver.drafts.sweep import sweep
from solver.eligibility import eligibility
from solver.part import Opening, Order
from solver.plan import GOALS, Plan
from solver.problem import Problem

from .builders import HOUR, a_person, a_plan, a_problem, a_shift
from .test_fairness import best_key, small_problems


def test_turns_go_from_the_most_loaded_to_others() -> None:
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift(f"s{day}", day=day) for day in range(4)])
    draft = Draft(eligibility(problem), a_plan(*(f"ann s{day}" for day in range(4))))
    level_loads(draft, lambda: False)
    assert sorted(map(len, draft.own)) == [2, 2]


def test_somebody_hands_on_a_turn_of_his_own_to_take_one_over() -> None:
    """Both of ann's turns want the river. cy knows it and has one turn a week, which bo can take: one turn each."""
    river = frozenset({"river"})
    people = [a_person("ann", "river"), a_person("bo"), a_person("cy", "river", shifts_per_week=1)]
    shifts = [a_shift("r1", requires=river), a_shift("r2", day=1, requires=river), a_shift("desk", day=2)]
    draft = Draft(eligibility(a_problem(people, shifts)), a_plan("ann r1", "ann r2", "cy desk"))
    level_loads(draft, lambda: False)
    assert list(map(len, draft.own)) == [1, 1, 1]
    assert draft.own[1] == [2]


def test_who_goes_there_has_room_for_the_way_back() -> None:
    """One turn a day: both parts of the task are that one, and another turn of the day isn't."""
    legs = [a_shift(name, at=at * HOUR, task="hospital") for name, at in (("there", 9), ("back", 14))]
    problem = a_problem([a_person("ann", shifts_per_day=1)], [*legs, a_shift("desk", at=17 * HOUR)])
    draft = Draft(eligibility(problem), a_plan("ann there"))
    assert [draft.waiting(shift) for shift in (1, 2)] == [[0], []]
    draft.give(0, 1)
    draft.take(0, 0)
    assert draft.waiting(2) == []
    draft.take(0, 1)
    assert draft.waiting(2) == [0]


@settings(max_examples=15, deadline=None)
@given(small_problems())
def test_a_sweep_is_legal_and_says_nothing_that_a_better_plan_refutes(problem: Problem) -> None:
    """Bounds of seats and of the highest load against the best of all plans."""
    clock, open_pairs = Clock(20), eligibility(problem)
    found = sweep(open_pairs, begun(open_pairs, Opening(Plan(), Plan()), clock), Order(clock))
    assert not check.check(problem, found.plan)
    best = best_key(problem)
    worth = score.score(problem, found.plan).key()
    fair = GOALS.index("fairness")
    for index, goal in enumerate(found.goals[: fair + 1]):
        assert goal.value >= goal.bound
        if goal.proved:
            assert worth[index] == best[index]
        if index == fair and not problem.equal:
            assert round(goal.bound * score.PER_MILLE) <= max(best[fair], default=0)
        if worth[index] != best[index]:
            break


def test_no_highest_load_lies_between_two_turns() -> None:
    """Three turns of two hours are 30 % of what two people may give, but one of them has two: 40 % of his ten hours."""
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift(f"s{day}", day=day) for day in range(3)])
    plan = a_plan("ann s0", "ann s1", "bo s2")
    assert lowest_highest(eligibility(problem), plan, is_full=False) == 400
