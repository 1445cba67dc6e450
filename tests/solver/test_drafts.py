"""Plans that are too large for a model: legal at every moment, fairer by hand-overs, with bounds that hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from solver import check, score
from solver.clock import Clock
from solver.drafts.begin import begun
from solver.drafts.bounds import lowest_highest
from solver.drafts.draft import Draft
from solver.drafts.exchanges import exchanged
from solver.drafts.moves import level_loads
from solver.drafts.sweep import sweep
from solver.drafts.worth import Worth
from solver.eligibility import eligibility
from solver.model.climb import Climb
from solver.part import Opening, Order
from solver.plan import GOALS, Plan
from solver.problem import Bar, Pin, Problem

from .builders import HOUR, a_person, a_plan, a_problem, a_shift
from .test_fairness import best_key, small_problems
from .test_model_and_judge import problems


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


def wishing(**fields: Any) -> Problem:
    """Ann and bo are free for two turns of equal weight; ann wishes the second one."""
    people = [a_person("ann", wanted=frozenset({"t"})), a_person("bo")]
    return a_problem(people, [a_shift("s"), a_shift("t", day=1)], **fields)


def pleased(problem: Problem, *seats: str, **options: Any) -> Plan:
    return exchanged(Draft(eligibility(problem), a_plan(*seats)), lambda: False, worst_wish=0, **options)


def test_two_people_exchange_turns_that_one_of_them_wishes() -> None:
    assert pleased(wishing(), "ann s", "bo t") == a_plan("ann t", "bo s")


def test_pinned_turns_and_turns_that_weigh_more_are_not_exchanged() -> None:
    held = wishing(pins=(Pin("bo", "t"),))
    assert pleased(held, "ann s", "bo t") == a_plan("ann s", "bo t")
    longer = replace(wishing(), shifts=(a_shift("s"), a_shift("t", day=1, minutes=180)))
    assert pleased(longer, "ann s", "bo t") == a_plan("ann s", "bo t")


def test_a_turn_goes_to_somebody_who_is_then_as_loaded_as_the_giver_was() -> None:
    """Cy wishes no mornings and has one turn more than di: with it they change places. Nobody's load may change: no."""
    cy = a_person("cy", unwanted=frozenset({"t"}))
    problem = a_problem([cy, a_person("di")], [a_shift("s"), a_shift("t", day=1), a_shift("u", day=2)])
    before = ("cy s", "cy t", "di u")
    assert pleased(problem, *before) == a_plan("cy s", "di t", "di u")
    assert pleased(problem, *before, keeps_loads=True) == a_plan("cy s", "cy u", "di t")
    other_share = replace(problem, people=(cy, a_person("di", share=1200)))
    assert pleased(other_share, *before) == a_plan("cy s", "cy u", "di t")
    agreed = replace(problem, people=(replace(cy, least_shifts=2), problem.people[1]))
    assert len(pleased(agreed, *before).of_person["cy"]) == 2


def test_an_exchange_that_breaks_a_rule_is_left_and_others_are_made() -> None:
    """Bo has another turn on the day of ann's and takes one a day; cy and di can give each other what they wish."""
    people = [a_person("ann", wanted=frozenset({"t"})), a_person("bo", shifts_per_day=1)]
    people += [a_person("cy", wanted=frozenset({"y"})), a_person("di")]
    shifts = [a_shift("s"), a_shift("t", day=1), a_shift("u", at=15 * HOUR), a_shift("x"), a_shift("y", day=2)]
    told = a_problem(people, shifts, bars=tuple(Bar(name, "t") for name in ("cy", "di")))
    told = replace(told, bars=(*told.bars, *(Bar(name, shift) for name in ("ann", "bo") for shift in ("x", "y"))))
    before = ("ann s", "bo t", "bo u", "cy x", "di y")
    assert pleased(told, *before) == a_plan("ann s", "bo t", "bo u", "cy y", "di x")


def test_a_wish_gives_nobody_two_turns_within_seven_days() -> None:
    """Ann's turn of day 3 and the wished one of day 8 are of two weeks, of which each lets one through."""
    people = [a_person("ann", wanted=frozenset({"a", "t"}), shifts_per_week=1), a_person("bo")]
    shifts = [a_shift("a", day=3), a_shift("s", day=13), a_shift("t", day=8)]
    problem, before = a_problem(people, shifts), ("ann a", "ann s", "bo t")
    assert pleased(problem, *before, keeps_loads=True) == a_plan("ann a", "ann t", "bo s")
    assert pleased(replace(problem, rolling_week=True), *before, keeps_loads=True) == a_plan(*before)


def test_faces_and_the_plan_before_come_after_wishes() -> None:
    """Ann knows E01: she gets its turn from bo, unless he wishes it; and what was planned before stays as it was."""
    series = (a_shift("s"), a_shift("t", day=1, series="E01"))
    problem = replace(wishing(), people=(a_person("ann"), a_person("bo")), shifts=series)
    known = replace(problem, familiar=frozenset({("ann", "E01")}))
    assert pleased(known, "ann s", "bo t") == a_plan("ann t", "bo s")
    wished = replace(known, people=(a_person("ann"), a_person("bo", wanted=frozenset({"t"}))))
    assert pleased(wished, "ann s", "bo t") == a_plan("ann s", "bo t")
    planned = replace(problem, previous=frozenset({("ann", "t"), ("bo", "s")}))
    assert pleased(planned, "ann s", "bo t") == a_plan("ann t", "bo s")


@settings(max_examples=60, deadline=None)
@given(problems())
def test_exchanges_keep_what_comes_before_wishes_and_make_nothing_worse(problem: Problem) -> None:
    open_pairs = eligibility(problem)
    draft = begun(open_pairs, Opening(Plan(), Plan()), Clock(20))
    before = score.score(problem, draft.plan())
    plan = exchanged(draft, lambda: False, worst_wish=0)
    after = score.score(problem, plan)
    assert not check.check(problem, plan)
    assert (after.must_cover, after.target_cover, after.fairness) == (
        before.must_cover,
        before.target_cover,
        before.fairness,
    )
    assert after.key() <= before.key()
    worth = Worth(draft, 0)
    assert (max(worth.lost), sum(worth.lost)) == after.wishes


def test_a_model_begins_the_goals_after_fairness_with_what_exchanges_reach() -> None:
    """Also when no time is left to search: the plan is what it began with, made better."""
    problem = wishing()
    climb = Climb(eligibility(problem), a_plan("ann s", "bo t"), Order(Clock(0)), lambda *_: a_plan("ann t", "bo s"))
    found = climb.answer()
    assert (found.plan, found.goal("wishes").value) == (a_plan("ann t", "bo s"), 0)


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
