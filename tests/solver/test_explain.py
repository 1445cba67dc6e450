"""Why me, why not me, why a gap: the facts, each checked against the judge."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import product
from typing import Any

import pytest

from solver import check, explain
from solver.plan import Plan
from solver.problem import Apart, CrossMix, LabelLimit, Mix, Problem, Together, Window

from .builders import DAY, HOUR, a_person, a_plan, a_problem, a_shift


def gap_problem() -> Problem:
    """One river seat: ann has no skill, bo is away, cy is on t at that hour, di has had his turn this week."""
    people = [
        a_person("ann"),
        a_person("bo", "river", windows=(Window(DAY, 2 * DAY),)),
        a_person("cy", "river"),
        a_person("di", "river", shifts_per_week=1),
    ]
    shifts = [a_shift("s", requires=frozenset({"river"})), a_shift("t"), a_shift("u", day=3)]
    return a_problem(people, shifts)


GAP_PLAN = a_plan("cy t", "di u")


def test_funnel_counts_who_is_left_after_each_rule() -> None:
    steps = explain.funnel(gap_problem(), GAP_PLAN, "s")
    assert [(step.rule, step.left, step.stopped) for step in steps] == [
        ("skill", 3, ("ann",)),
        ("available", 2, ("bo",)),
        ("overlap", 1, ("cy",)),
        ("week_shifts", 0, ("di",)),
    ]


def test_gap_lists_the_cheapest_single_exception_first() -> None:
    problem = gap_problem()
    reasons = explain.why_gap(problem, GAP_PLAN, "s")
    assert [(miss.person, miss.rule) for miss in reasons.near_misses] == [
        ("di", "week_shifts"),
        ("bo", "available"),
        ("ann", "skill"),
        ("cy", "overlap"),
    ]
    first = reasons.near_misses[0]
    assert (first.found, first.allowed) == (2, 1)
    assert reasons.free == ()
    for miss in reasons.near_misses:
        assert {one.rule for one in check.verdict(problem, GAP_PLAN, miss.person, "s")} == {miss.rule}


def test_candidates_put_the_least_loaded_free_person_first() -> None:
    people = [a_person("ann"), a_person("bo"), a_person("cy", windows=(Window(DAY, 2 * DAY),))]
    problem = a_problem(people, [a_shift("s"), a_shift("t", day=1)])
    rows = explain.candidates(problem, a_plan("ann t"), "s")
    assert [(row.person, row.rules, row.relative) for row in rows] == [
        ("bo", (), 0.2),
        ("ann", (), 0.4),
        ("cy", ("available",), 0.2),
    ]


def test_why_person_tells_limits_load_and_the_rule_he_keeps() -> None:
    young = frozenset({"young"})
    people = [a_person("ann", "young", shifts_per_week=3, partners=frozenset({"bo"})), a_person("bo"), a_person("cy")]
    problem = a_problem(people, [a_shift("s", seats=2, mixes=(Mix(young, 1),)), a_shift("t", day=2)])
    plan = a_plan("ann s", "bo s", "ann t")
    facts = explain.why_person(problem, plan, "ann", "s")
    assert (facts.turns_week, facts.limit_week, facts.minutes_week) == (2, 3, 240)
    assert (facts.partners, facts.mixes, facts.needed_for) == (("bo",), (0,), (0,))
    assert (facts.is_on, facts.rules, facts.relative) == (True, (), 0.4)


def test_why_not_me_names_the_rule_in_the_way() -> None:
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s"), a_shift("t", at=10 * HOUR)])
    facts = explain.why_person(problem, a_plan("ann s"), "ann", "t")
    assert (facts.is_on, facts.rules) == (False, ("overlap",))


def test_a_witness_names_those_who_compete_and_what_they_can_give() -> None:
    """Three river turns in a week, ann and bo know the river and have one turn a week each; cy is no part of it."""
    people = [a_person("ann", "river", shifts_per_week=1), a_person("bo", "river", shifts_per_week=1), a_person("cy")]
    river = frozenset({"river"})
    shifts = [a_shift(f"r{day}", day=day, requires=river) for day in range(3)] + [a_shift("desk", day=4)]
    problem, plan = a_problem(people, shifts), a_plan("ann r0", "bo r1", "cy desk")
    found = explain.witness(problem, plan, "r2")
    assert found == explain.Witness(("r0", "r1", "r2"), 3, ("ann", "bo"), 2)


def test_a_witness_knows_that_nobody_is_in_two_places() -> None:
    """r1 to r3 at one hour want 4 river people of three; s, on another day, takes nobody from them."""
    river = frozenset({"river"})
    people = [a_person(name, "river") for name in ("ann", "bo", "cy")] + [a_person("di")]
    shifts = [a_shift("r1", requires=river), a_shift("r2", requires=river), a_shift("r3", seats=2, requires=river)]
    problem = a_problem(people, [*shifts, a_shift("s", day=3)])
    found = explain.witness(problem, a_plan("ann r1", "bo r2", "cy r3", "di s"), "r3")
    assert found == explain.Witness(("r1", "r2", "r3"), 4, ("ann", "bo", "cy"), 3)


def test_no_witness_where_people_are_enough() -> None:
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s"), a_shift("t")])
    assert explain.witness(problem, a_plan("ann s"), "t") is None


def test_no_witness_where_somebody_has_a_turn_to_spare() -> None:
    """bo could give his river turn to cy, who is free: no lack of people, the plan isn't finished."""
    people = [a_person(name, "river", shifts_per_week=1) for name in ("ann", "bo", "cy")]
    problem = a_problem(people, [a_shift(f"s{day}", day=day) for day in range(3)])
    assert explain.witness(problem, a_plan("ann s0", "bo s1"), "s2") is None


def test_a_witness_counts_what_nobody_can_give_more_of_on_random_rosters() -> None:
    """However the seats are given, the people of the witness never fill more than it says (every plan is tried)."""
    dice = random.Random(3)
    seen = 0
    for _ in range(40):
        people = [
            a_person(
                name,
                *dice.choice(((), ("river",))),
                shifts_per_week=dice.choice((1, 2, None)),
                minutes_per_week=dice.choice((None, 180)),
                gap_min=dice.choice((0, 60)),
            )
            for name in ("ann", "bo", "cy")
        ]
        needs = [frozenset({"river"}) if dice.random() < 0.6 else frozenset[str]() for _ in range(4)]
        shifts = [
            a_shift(
                f"s{number}",
                day=number // dice.choice((1, 2)),
                at=dice.choice((9, 10, 12)) * HOUR,
                minutes=dice.choice((60, 120)),
                requires=need,
            )
            for number, need in enumerate(needs)
        ]
        problem, plan = a_problem(people, shifts), Plan()
        for person, shift in product(problem.people, problem.shifts):
            if not check.verdict(problem, plan, person.id, shift.id):
                plan = plan.with_seat(person.id, shift.id)
        for gap in explain.gaps(problem, plan):
            found = explain.witness(problem, plan, gap.shift)
            if found is not None:
                seen += 1
                assert most_filled(problem, set(found.shifts)) == found.can_give < found.seats
    assert seen > 5


def test_witness_tells_the_whole_shortage_of_the_same_people() -> None:
    """Ann has one turn a week and nobody else has the skill: one of three river seats is taken, so two are lacking."""
    needs = frozenset({"river"})
    shifts = [a_shift(name, day=day, requires=needs) for day, name in enumerate("stu")]
    problem = a_problem([a_person("ann", "river", shifts_per_week=1), a_person("bo")], [*shifts, a_shift("v")])
    assert explain.witness(problem, a_plan("ann s"), "t") == explain.Witness(("s", "t", "u"), 3, ("ann",), 1)


def most_filled(problem: Problem, wanted: set[str]) -> int:
    choices = [[None, *(person.id for person in problem.people)] for _ in problem.shifts]
    best = 0
    for crew in product(*choices):
        pairs = [(one, shift.id) for one, shift in zip(crew, problem.shifts, strict=True) if one is not None]
        filled = sum(shift in wanted for _, shift in pairs)
        if filled > best and not check.check(problem, Plan(frozenset(pairs))):
            best = filled
    return best


def test_ways_are_the_exceptions_that_really_fill_the_seat() -> None:
    """River at 9-11: di's week is full, bo is free from 9:30, cy's turn t lies at 8-10, ann has no skill."""
    people = [
        a_person("ann"),
        a_person("bo", "river", windows=(Window(570, 2 * DAY),)),
        a_person("cy", "river"),
        a_person("di", "river", shifts_per_week=1),
    ]
    shifts = [
        a_shift("s", requires=frozenset({"river"})),
        a_shift("t", at=8 * HOUR),
        a_shift("u", day=3),
    ]
    problem, plan = a_problem(people, shifts), a_plan("cy t", "di u")
    found = [(way.kind, way.person, way.amount, way.fills) for way in explain.why_gap(problem, plan, "s").ways]
    assert found == [
        ("one_turn_more", "di", 2, ("di",)),
        ("time_longer", "bo", 30, ("bo",)),
        ("moved", "", 30, ("bo",)),
        ("moved", "", 60, ("bo",)),
        ("skill", "", 0, ("ann",)),
    ]


DUTY = {"one": (LabelLimit("duty", 1),), "two": (LabelLimit("duty", 2),)}


@pytest.mark.parametrize(
    ("limits", "days", "wanted", "kind", "amount"),
    [
        ({"labels": DUTY["two"]}, (1, 5), 9, "one_turn_more", 3),
        ({"label_weeks": DUTY["one"]}, (1,), 9, "one_week_more", 2),
        ({"days_in_row": 2}, (1, 2), 3, "one_day_more", 3),
        ({"labels_in_row": DUTY["two"]}, (1, 2), 3, "one_day_more", 3),
        ({"days_in_row_least": 2}, (), 3, "shorter_run", 1),
        ({"days_off_least": 2}, (1,), 3, "shorter_break", 1),
        ({"share_pct": 50}, (1, 5), 9, "share_more", 60),
        ({"share_pct_per_week": 80}, (1, 3), 5, "share_more", 120),
        ({"offered_pct": 1}, (1,), 9, "minutes_more", 240),
    ],
)
def test_a_limit_is_widened_just_enough(
    limits: dict[str, Any], days: tuple[int, ...], wanted: int, kind: str, amount: int
) -> None:
    """ann has turns of 120 minutes on `days` and one is missing; her share is 600 in 14 days, all of them free."""
    problem = a_problem([a_person("ann", **limits)], [a_shift(f"s{day}", day=day) for day in (*days, wanted)])
    plan = a_plan(*(f"ann s{day}" for day in days))
    found = explain.ways(problem, plan, f"s{wanted}")
    assert [(way.kind, way.amount, way.fills) for way in found if way.person] == [(kind, amount, ("ann",))]


@pytest.mark.parametrize("limit", [{"offered_pct_per_day": 10}, {"offered_pct_per_week": 2}])
def test_a_days_or_weeks_offered_time_is_widened_just_enough(limit: dict[str, int]) -> None:
    shifts = [a_shift("s"), a_shift("t", at=14 * HOUR)]
    problem = a_problem([a_person("ann", **limit)], shifts, days=7, weeks=(0,) * 7)
    found = explain.ways(problem, a_plan("ann s"), "t")
    assert [(way.kind, way.amount) for way in found if way.person] == [("minutes_more", 240)]


def test_rules_over_several_people_or_shifts_are_ways_too() -> None:
    """Too many newcomers; a leader's seat over two posts; one team for both parts of a task."""
    new, young = frozenset({"new"}), frozenset({"young"})
    shift = a_shift("s", seats=2, mixes=(Mix(new, at_most=1),))
    crowd = a_problem([a_person("ann", "new"), a_person("bo", "new")], [shift])
    posts = a_problem(
        [a_person("bo"), a_person("cy")],
        [a_shift("s"), a_shift("t", place="G2")],
        cross_mixes=(CrossMix(frozenset({"s", "t"}), young),),
    )
    task = a_problem(
        [a_person("ann", windows=(Window(0, 720),)), a_person("bo")],
        [a_shift("down"), a_shift("up", at=14 * HOUR)],
        same_team=(frozenset({"down", "up"}),),
    )
    cases = (
        (crowd, "ann s", "s", "mix_most", ("bo",)),
        (posts, "bo s", "t", "cross_mix", ("cy",)),
        (task, "ann down", "up", "same_team", ("bo",)),
    )
    for problem, seat, wanted, kind, fills in cases:
        found = {way.kind: way.fills for way in explain.ways(problem, a_plan(seat), wanted)}
        assert found.get(kind) == fills


def test_what_protects_people_is_never_a_way() -> None:
    """Hours of the day, hard work, rest, and who mustn't meet stay as they are."""
    late = a_problem([a_person("ann", latest_min=18 * HOUR)], [a_shift("s", at=18 * HOUR)])
    hard = a_problem([a_person("ann", effort=1)], [a_shift("s", effort=2)])
    tired = a_problem(
        [a_person("ann", rest_min=660)], [a_shift("t", minutes=480), a_shift("s", at=23 * HOUR, minutes=480)]
    )
    foes = a_problem([a_person("ann"), a_person("bo")], [a_shift("s", seats=2)], apart=(Apart("ann", "bo"),))
    for problem, plan in ((late, Plan()), (hard, Plan()), (tired, a_plan("ann t")), (foes, a_plan("bo s"))):
        assert [way.kind for way in explain.ways(problem, plan, "s") if way.person == "ann"] == []


def test_a_seat_less_is_a_way_only_if_nothing_is_missing_then() -> None:
    nobody: tuple[Window, ...] = ()
    problem = a_problem([a_person("ann"), a_person("bo", windows=nobody)], [a_shift("s", seats=2)])
    kinds = [(way.kind, way.amount) for way in explain.ways(problem, a_plan("ann s"), "s")]
    assert kinds == [("free_then", 120), ("one_less", 1)]
    assert "one_less" not in [way.kind for way in explain.ways(problem, Plan(), "s")]


def test_who_was_next_and_what_he_would_cost() -> None:
    """s is ann's only turn, bo has one more, cy two: with bo the highest load stays at cy's 40 %, with cy it's 60 %."""
    people = [a_person("ann"), a_person("bo"), a_person("cy")]
    problem = a_problem(people, [a_shift("s"), *(a_shift(f"t{day}", day=day) for day in (1, 2, 3))])
    plan = a_plan("ann s", "bo t1", "cy t2", "cy t3")
    swaps = explain.why_person(problem, plan, "ann", "s").swaps
    costs = [
        (swap.gets, [(one.goal, one.before, one.after, one.worse) for one in swap.goals if one.worse]) for swap in swaps
    ]
    assert costs == [("bo", [("fairness", 0.4, 0.4, 1)]), ("cy", [("fairness", 0.4, 0.6, 1)])]


def test_why_not_me_tells_in_whose_place_and_at_what_cost() -> None:
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s"), a_shift("t", day=1)])
    swaps = explain.why_person(problem, a_plan("ann s", "bo t"), "bo", "s").swaps
    assert [(swap.gets, swap.gives) for swap in swaps] == [("bo", "ann")]
    assert [one.goal for one in swaps[0].goals if one.worse == 1] == ["fairness"]


def test_web_side_modules_load_no_engine() -> None:
    names = "problem, plan, check, score, compare, eligibility, explain, incidents, pins, generate, formats.native"
    imports = "; ".join(f"import solver.{name.strip()}" for name in names.split(","))
    code = f"import sys; {imports}; print(sorted(one for one in sys.modules if one.startswith('ortools')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_seat_on_one_part_of_a_task_is_judged_with_the_others() -> None:
    """ann may carry down and up again; bo is free for the way down only, cy has one turn a week left."""
    legs = [a_shift("down"), a_shift("up", at=14 * HOUR)]
    people = [a_person("ann"), a_person("bo", windows=(Window(0, 720),)), a_person("cy", shifts_per_week=1)]
    task = a_problem(people, legs, same_team=(frozenset({"down", "up"}),))
    rows = {one.person: one.rules for one in explain.candidates(task, Plan(), "down")}
    assert rows == {"ann": (), "bo": ("available",), "cy": ("week_shifts",)}
    assert explain.why_gap(task, Plan(), "up").free == ("ann",)
    # relieving ann relieves her of both
    two = a_problem([a_person("ann"), a_person("di")], legs, same_team=task.same_team)
    [swap] = explain.why_person(two, a_plan("ann down", "ann up"), "ann", "up").swaps
    assert (swap.gets, swap.gives, [one.goal for one in swap.goals if one.worse]) == ("di", "ann", [])


def test_two_people_may_exchange_seats_where_nobody_there_comes_off_worse() -> None:
    """ann has the early turn, bo the late one; cy, on the late one, comes only with bo."""
    turns = [a_shift("early"), a_shift("late", at=14 * HOUR, seats=2)]
    people = [a_person("ann", shifts_per_week=1), a_person("bo"), a_person("cy")]
    task = a_problem(people, turns)
    plan = a_plan("ann early", "bo late", "cy late")
    assert explain.exchange(task, plan, ("ann", "early"), ("bo", "late")) == ()
    with_bo = a_problem(people, turns, together=(Together("cy", "bo"),))
    told = explain.exchange(with_bo, plan, ("ann", "early"), ("bo", "late"))
    assert [(one.rule, one.person, one.shift) for one in told] == [("together", "cy", "late")]
    mornings = a_problem([people[0], a_person("bo", windows=(Window(840, 1000),)), people[2]], turns)
    told = explain.exchange(mornings, plan, ("ann", "early"), ("bo", "late"))
    assert [(one.rule, one.person) for one in told] == [("available", "bo")]
