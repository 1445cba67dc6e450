"""On any plan at all, the model's rows and goals say what the judge says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, score
from solver.eligibility import eligibility
from solver.explain import exchange, funnel, gaps, parts_of
from solver.model import constraints, goals
from solver.model.board import Board, total
from solver.pairs import REASONS, pair_reason
from solver.plan import GOALS, Plan
from solver.problem import (
    Apart,
    Bar,
    CrossMix,
    DatedTag,
    Held,
    LabelCount,
    LabelLimit,
    Limits,
    Mix,
    Past,
    Person,
    Problem,
    Shift,
    Succession,
    Together,
    Way,
    Window,
)

from .builders import DAY, HOUR, a_person, a_problem, a_shift

NAMES = ["ann", "bo", "cy", "di"]
TAGS = st.frozensets(st.sampled_from(["young", "river"]))
LIMIT = st.one_of(st.none(), st.integers(0, 3))


ONE_NIGHT = (LabelLimit("night", 1),)
MORE: dict[str, list[Any]] = {
    "share_pct": [50],
    "offered_pct": [3],
    "share_pct_per_week": [50, 150],
    "share_pct_per_day": [100, 300],
    "offered_pct_per_day": [10],
    "offered_pct_per_week": [2, 4],
    "earliest_min": [9 * HOUR],
    "latest_min": [20 * HOUR],
    "effort": [0, 1],
    "labels": [ONE_NIGHT],
    "label_weeks": [ONE_NIGHT],
    "labels_in_row": [ONE_NIGHT],
    "successions": [(Succession("night", "duty"),), (Succession("night", "night", 900), Succession("duty", "night"))],
    "days_in_row": [2, 3],
    "days_in_row_least": [2],
    "days_off_least": [2, 3],
}


@st.composite
def more_limits(draw: Any) -> dict[str, Any]:
    """A few at a time, so that plans which keep them aren't rare."""
    names = draw(st.lists(st.sampled_from(sorted(MORE)), max_size=3, unique=True))
    return {name: draw(st.sampled_from(MORE[name])) for name in names}


HELD = [
    (),
    (Held(-DAY, -DAY + 480, -1, -1, frozenset({"night"})),),
    (Held(-2 * DAY, 60 - 2 * DAY, -2, -1, frozenset(), "G2"), Held(-HOUR, 0, -1, -1, frozenset({"night"}), "G2")),
    (Held(0, 120, 0, 0),),
    (Held(3 * DAY, 3 * DAY + 60, 3, 0, frozenset({"night"}), "G1"),),
    (Held(9 * DAY, 9 * DAY + 60, 9, 1),),
    (Held(0, 60, 0, 0, task="T"), Held(60, 120, 0, 0, task="T")),
]


@st.composite
def people(draw: Any, name: str) -> Person:
    limits = Limits(
        shifts_per_day=draw(LIMIT),
        minutes_per_day=draw(st.sampled_from([None, 120, 240])),
        shifts_per_week=draw(LIMIT),
        minutes_per_week=draw(st.sampled_from([None, 120, 600])),
        shifts=draw(LIMIT),
        minutes=draw(st.sampled_from([None, 300])),
        gap_min=draw(st.sampled_from([0, 30])),
        rest_min=draw(st.sampled_from([0, 660])),
        labels_per_week=draw(st.sampled_from([(), (LabelLimit("night", 1),)])),
        **draw(more_limits()),
    )
    held = draw(st.sampled_from(HELD))
    starts = draw(st.sampled_from([0, 9 * HOUR]))
    return Person(
        name,
        draw(TAGS),
        (Window(starts, 3 * DAY), Window(3 * DAY, 8 * DAY)),
        limits,
        share=draw(st.sampled_from([0, 100, 600])),
        past_load=draw(st.sampled_from([0, 90])),
        avoids=draw(st.sampled_from([(), (Window(0, DAY),)])),
        wanted=draw(st.sampled_from([frozenset(), frozenset({"s0"})])),
        partners=draw(st.frozensets(st.sampled_from([other for other in NAMES if other != name]), max_size=2)),
        held=held,
        dated_tags=draw(st.sampled_from([(), (DatedTag("river", 3, None),), (DatedTag("young", None, 4),)])),
        past=draw(st.sampled_from([Past(), Past(2, 200, (LabelCount("night", 1, 1),))])),
        least_shifts=draw(st.sampled_from([0, 0, 3])),
    )


@st.composite
def shifts(draw: Any, name: str) -> Shift:
    day, least = draw(st.integers(0, 7)), draw(st.integers(0, 2))
    starts = day * DAY + draw(st.sampled_from([0, 9 * HOUR, 10 * HOUR, 22 * HOUR]))
    target = least + draw(st.integers(0, 1))
    mixes = (Mix(frozenset({"young"}), 1, draw(st.sampled_from([None, 1]))),) if target and draw(st.booleans()) else ()
    return Shift(
        name,
        "duty",
        draw(st.sampled_from(["G1", "G2"])),
        day,
        day // 7,
        starts,
        starts + draw(st.sampled_from([60, 120, 480])),
        least,
        target,
        target + draw(st.integers(0, 2)),
        priority=draw(st.integers(1, 2)),
        heaviness_pct=draw(st.sampled_from([100, 150])),
        requires=draw(st.sampled_from([frozenset(), frozenset({"river"})])),
        mixes=mixes,
        labels=draw(st.sampled_from([frozenset(), frozenset({"night"})])),
        series=draw(st.sampled_from(["", "E01"])),
        effort=draw(st.sampled_from([0, 0, 1])),
        task=draw(st.sampled_from(["", "", "T"])),
    )


@st.composite
def problems(draw: Any) -> Problem:
    turns = tuple(draw(shifts(f"s{number}")) for number in range(draw(st.integers(1, 7))))
    volunteers = tuple(draw(people(name)) for name in NAMES)
    cross = (CrossMix(frozenset({"s0"}), frozenset({"young"})),) if turns[0].target else ()
    return Problem(
        8,
        volunteers,
        turns,
        bars=draw(st.sampled_from([(), (Bar("bo", "s0"),)])),
        apart=draw(st.sampled_from([(), (Apart("ann", "bo"),)])),
        together=draw(st.sampled_from([(), (Together("cy", "di"),)])),
        cross_mixes=draw(st.sampled_from([(), cross])),
        ways=draw(st.sampled_from([(), (Way("G1", "G2", 90),)])),
        same_team=draw(st.sampled_from([(), (frozenset({"s0", "s1"}),)])) if len(turns) > 1 else (),
        rolling_week=draw(st.booleans()),
        equal=draw(st.sampled_from([(), (frozenset({"ann", "cy"}),)])),
        familiar=draw(st.sampled_from([frozenset(), frozenset({("ann", "E01")})])),
        previous=draw(st.sampled_from([None, frozenset({("ann", "s0"), ("di", "s0")})])),
        weeks=(0,) * 7 + (1,),
    )


CLASHES = {"overlap", "gap", "way", "rest", "succession"}
"""Of these the judge names the first for two turns; the model's rows for another may be broken as well.

Likewise its rows for reserved seats count on it that no shift has more people than room.
"""


def plans(problem: Problem) -> st.SearchStrategy[Plan]:
    pairs = [(person.id, shift.id) for person in problem.people for shift in problem.shifts]
    return st.frozensets(st.sampled_from(pairs), max_size=10).map(Plan)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_model_breaks_the_rules_that_the_judge_breaks(data: Any) -> None:
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    open_pairs = eligibility(problem)
    board = Board(problem, open_pairs)
    constraints.add_hard_rules(board)
    every = {(person.id, shift.id) for person in problem.people for shift in problem.shifts}
    assert set(board.seats) == {pair for pair in every if pair_reason(problem, *pair) is None}
    closed = {pair for pair in plan.assignments if pair not in board.seats}
    by_judge = {one.rule for one in check.check(problem, plan)}
    if closed:
        assert by_judge, "a seat without a variable has to break a rule"
    else:
        by_model = set(board.broken(board.values_of(plan)))
        assert by_judge <= by_model
        implied = (CLASHES if by_judge & CLASHES else set()) | ({"mix", "cross_mix"} if "most" in by_judge else set())
        assert by_model - by_judge <= implied
        assert by_judge.isdisjoint(REASONS)


def weights(problem: Problem, plan: Plan) -> Counter[tuple[str, str, str]]:
    """How much each rule is broken, where: by rule, person and shift."""
    found: Counter[tuple[str, str, str]] = Counter()
    for one in check.check(problem, plan):
        if one.rule != "pin":
            found[one.rule, one.person, one.shift] += max(1, abs(one.found - one.allowed))
    return found


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_verdict_on_a_seat_is_what_the_whole_judgement_adds(data: Any) -> None:
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    person, shift = data.draw(st.sampled_from([(one.id, two.id) for one in problem.people for two in problem.shifts]))
    before, after = weights(problem, plan), weights(problem, plan.with_seat(person, shift))
    worse = {matter for matter, weight in after.items() if weight > before[matter]}
    told = {(one.rule, one.person, one.shift) for one in check.verdict(problem, plan, person, shift)}
    assert told == worse
    for gap in gaps(problem, plan):
        assert gap.reasons == tuple((step.rule, len(step.stopped)) for step in funnel(problem, plan, gap.shift))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_an_exchange_breaks_what_the_whole_judgement_finds_worse(data: Any) -> None:
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    seats = [(one.id, two.id) for one in problem.people for two in problem.shifts]
    first = data.draw(st.sampled_from(seats))
    second = data.draw(st.sampled_from([seat for seat in seats if seat[0] != first[0]]))
    gone = {(who, part) for who, shift in (first, second) for part in parts_of(problem, shift)}
    come = {
        (who, part)
        for who, shift in ((first[0], second[1]), (second[0], first[1]))
        for part in parts_of(problem, shift)
    }
    before, after = weights(problem, plan), weights(problem, Plan(plan.assignments - gone | come))
    worse = {matter for matter, weight in after.items() if weight > before[matter]}
    assert {(one.rule, one.person, one.shift) for one in exchange(problem, plan, first, second)} == worse


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_goals_of_the_model_are_worth_what_the_judge_says(data: Any) -> None:
    problem = data.draw(problems())
    board = Board(problem, eligibility(problem))
    plan = Plan(frozenset(pair for pair in data.draw(plans(problem)).assignments if pair in board.seats))
    steps = {goal.__name__: goal(board) for goal in goals.GOALS}
    values = board.values_of(plan)
    worth = {name: [total(one.terms, values) + one.offset for one in found] for name, found in steps.items()}
    judged = score.score(problem, plan)
    above = [target - least for target, least in zip(judged.target_cover, judged.must_cover, strict=True)]
    assert worth["must_cover"] == list(judged.must_cover)
    assert worth["target_cover"] == above
    assert worth["safety"] == [judged.safety]
    assert worth["participation"] == [judged.participation]
    assert [-(-one // 100) for one in worth["fairness"]] == list(score.equal_loads(problem, plan))
    assert worth["wishes"] in ([], list(judged.wishes))
    assert worth["continuity"] in ([], [judged.continuity])
    assert worth["fewest_changes"] == ([] if problem.previous is None else [judged.fewest_changes])
    assert set(board.broken(values)) <= {"cover"} | set()


def test_model_has_the_same_goals_in_the_same_order() -> None:
    assert goals.GOAL_NAMES == GOALS


@pytest.mark.parametrize("held", [(), (Held(480, 520, 0, 0, task="T"),), (Held(-300, -240, -1, -1, task="T"),)])
def test_goals_count_there_and_back_as_the_judge_does(held: tuple[Held, ...]) -> None:
    """Every plan of a person with two turns left of the agreed, one a week, and three shifts, two of them one task."""
    legs = [a_shift(name, at=at * HOUR, task="T") for name, at in (("s", 9), ("t", 14))]
    ann = a_person("ann", least_shifts=2, shifts_per_week=1, held=held)
    problem = replace(a_problem([ann], [*legs, a_shift("u", day=1)], days=8), rolling_week=True)
    board = Board(problem, eligibility(problem))
    ((safety,), (agreed,)) = goals.safety(board), goals.participation(board)
    for own in (own for size in range(4) for own in combinations(sorted(board.seats), size)):
        plan = Plan(frozenset(own))
        values, judged = board.values_of(plan), score.score(problem, plan)
        assert (total(safety.terms, values), total(agreed.terms, values)) == (judged.safety, judged.participation)
