"""On any plan at all, the model's rows and goals say what the judge says."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from solver import check, constraints, goals, score
from solver.board import Board, total
from solver.eligibility import REASONS, eligibility
from solver.plan import GOALS, Plan
from solver.problem import Apart, Bar, CrossMix, Held, LabelLimit, Limits, Mix, Person, Problem, Shift, Together, Window

from .builders import DAY, HOUR

NAMES = ["ann", "bo", "cy", "di"]
TAGS = st.frozensets(st.sampled_from(["young", "river"]))
LIMIT = st.one_of(st.none(), st.integers(0, 3))


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
    )
    held = draw(st.sampled_from([(), (Held(-DAY, -DAY + 480, -1, -1, frozenset({"night"})),), (Held(0, 120, 0, 0),)]))
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
        "G1",
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
    )


@st.composite
def problems(draw: Any) -> Problem:
    turns = tuple(draw(shifts(f"s{number}")) for number in range(draw(st.integers(1, 6))))
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
        rolling_week=draw(st.booleans()),
        equal=draw(st.sampled_from([(), (frozenset({"ann", "cy"}),)])),
        familiar=draw(st.sampled_from([frozenset(), frozenset({("ann", "E01")})])),
        previous=draw(st.sampled_from([None, frozenset({("ann", "s0"), ("di", "s0")})])),
    )


def plans(problem: Problem) -> st.SearchStrategy[Plan]:
    pairs = [(person.id, shift.id) for person in problem.people for shift in problem.shifts]
    return st.frozensets(st.sampled_from(pairs), max_size=8).map(Plan)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_model_breaks_the_rules_that_the_judge_breaks(data: Any) -> None:
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    open_pairs = eligibility(problem)
    board = Board(problem, open_pairs)
    constraints.add_hard_rules(board)
    closed = {pair for pair in plan.assignments if pair not in board.seats}
    by_judge = {one.rule for one in check.check(problem, plan)}
    if closed:
        assert by_judge, "a seat without a variable has to break a rule"
    else:
        assert set(board.broken(board.values_of(plan))) == by_judge
        assert by_judge.isdisjoint(REASONS)


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
    assert [-(-one // 100) for one in worth["fairness"]] == list(score.equal_loads(problem, plan))
    assert worth["wishes"] in ([], list(judged.wishes))
    assert worth["continuity"] in ([], [judged.continuity])
    assert worth["fewest_changes"] == ([] if problem.previous is None else [judged.fewest_changes])
    assert set(board.broken(values)) <= {"cover"} | set()


def test_model_has_the_same_goals_in_the_same_order() -> None:
    assert goals.GOAL_NAMES == GOALS
