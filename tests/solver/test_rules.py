"""Each hard rule: a plan that it allows and one that it forbids, a minute or a head apart; judge and model agree."""

from __future__ import annotations

import pytest

from solver import check, constraints
from solver.board import Board
from solver.eligibility import eligibility
from solver.plan import Plan
from solver.problem import (
    Apart,
    Bar,
    CrossMix,
    Held,
    LabelLimit,
    Mix,
    Pin,
    Problem,
    Together,
    Window,
)

from .builders import HOUR, a_person, a_plan, a_problem, a_shift

YOUNG = frozenset({"young"})


PAIR = (Together("ann", "bo"),)


def one_turn(*tags: str, window: tuple[int, int] = (0, 1440), **fields: object) -> Problem:
    return a_problem([a_person("ann", *tags, windows=(Window(*window),))], [a_shift("s", **fields)])


def two_turns(second_at: int, length: int = 120, day: int = 0, **limits: object) -> Problem:
    shifts = [a_shift("s", minutes=length), a_shift("t", at=second_at, minutes=length, day=day)]
    return a_problem([a_person("ann", **limits)], shifts)


def two_people(*, seats: int = 2, **fields: object) -> Problem:
    return a_problem([a_person("ann", "young"), a_person("bo"), a_person("cy")], [a_shift("s", seats=seats)], **fields)


def mixed(mix: Mix, **seats: int) -> Problem:
    people = [a_person("ann", "young"), a_person("bo"), a_person("cy"), a_person("di", "young")]
    return a_problem(people, [a_shift("s", mixes=(mix,), **seats)])


def crossed() -> Problem:
    cross = CrossMix(frozenset({"s", "t"}), YOUNG, at_least=1)
    people = [a_person("ann", "young"), a_person("bo"), a_person("cy")]
    return a_problem(people, [a_shift("s"), a_shift("t", place="G2")], cross_mixes=(cross,))


def held(ends: int) -> tuple[Held, ...]:
    return (Held(ends - 60, ends, day=0, week=0),)


S, ST = a_plan("ann s"), a_plan("ann s", "ann t")
NINE = 9 * HOUR
CASES: list[tuple[str, Problem, Plan, Problem, Plan]] = [
    (
        "barred_seat",
        a_problem([a_person("ann")], [a_shift("s"), a_shift("t")], bars=(Bar("ann", "t"),)),
        S,
        a_problem([a_person("ann")], [a_shift("s"), a_shift("t")], bars=(Bar("ann", "s"),)),
        S,
    ),
    ("skill", one_turn("river", requires=frozenset({"river"})), S, one_turn(requires=frozenset({"river"})), S),
    ("tag_barred", one_turn(bars=frozenset({"minor"})), S, one_turn("minor", bars=frozenset({"minor"})), S),
    ("available", one_turn(window=(NINE, NINE + 120)), S, one_turn(window=(NINE, NINE + 119)), S),
    ("available", one_turn(window=(NINE, NINE + 120)), S, one_turn(window=(NINE + 1, NINE + 120)), S),
    ("most", two_people(), a_plan("ann s", "bo s"), two_people(), a_plan("ann s", "bo s", "cy s")),
    ("overlap", two_turns(11 * HOUR), ST, two_turns(11 * HOUR - 1), ST),
    ("gap", two_turns(11 * HOUR + 30, gap_min=30), ST, two_turns(11 * HOUR + 29, gap_min=30), ST),
    ("rest", two_turns(4 * HOUR, 480, day=1, rest_min=660), ST, two_turns(4 * HOUR - 1, 480, day=1, rest_min=660), ST),
    ("rest", two_turns(4 * HOUR - 1, 479, day=1, rest_min=660), ST, two_turns(60, 480, day=1, rest_min=660), ST),
    ("day_shifts", two_turns(14 * HOUR, shifts_per_day=2), ST, two_turns(14 * HOUR, shifts_per_day=1), ST),
    ("day_minutes", two_turns(14 * HOUR, minutes_per_day=240), ST, two_turns(14 * HOUR, minutes_per_day=239), ST),
    ("week_shifts", two_turns(NINE, day=7, shifts_per_week=1), ST, two_turns(NINE, day=6, shifts_per_week=1), ST),
    (
        "week_minutes",
        two_turns(NINE, day=6, minutes_per_week=240),
        ST,
        two_turns(NINE, day=6, minutes_per_week=239),
        ST,
    ),
    (
        "week_labels",
        two_turns(NINE, day=6, labels_per_week=(LabelLimit("duty", 2),)),
        ST,
        two_turns(NINE, day=6, labels_per_week=(LabelLimit("duty", 1),)),
        ST,
    ),
    ("horizon_shifts", two_turns(NINE, day=9, shifts=2), ST, two_turns(NINE, day=9, shifts=1), ST),
    ("horizon_minutes", two_turns(NINE, day=9, minutes=240), ST, two_turns(NINE, day=9, minutes=239), ST),
    (
        "mix",
        mixed(Mix(YOUNG, 1), seats=2),
        a_plan("ann s", "bo s"),
        mixed(Mix(YOUNG, 1), seats=2),
        a_plan("bo s", "cy s"),
    ),
    (  # with a seat above the target the two others may stay only if the young one is there too
        "mix",
        mixed(Mix(YOUNG, 1), least=1, target=2, most=3),
        a_plan("ann s", "bo s", "cy s"),
        mixed(Mix(YOUNG, 1), least=1, target=2, most=3),
        a_plan("bo s", "cy s"),
    ),
    ("mix", mixed(Mix(YOUNG, 1), seats=2), a_plan("bo s"), mixed(Mix(YOUNG, 2), seats=2), a_plan("bo s")),
    (
        "mix_most",
        mixed(Mix(YOUNG, 0, 1), seats=2),
        a_plan("ann s", "bo s"),
        mixed(Mix(YOUNG, 0, 1), seats=2),
        a_plan("ann s", "di s"),
    ),
    ("cross_mix", crossed(), a_plan("bo s", "ann t"), crossed(), a_plan("bo s", "cy t")),
    (
        "apart",
        two_people(apart=(Apart("ann", "bo"),)),
        a_plan("ann s", "cy s"),
        two_people(apart=(Apart("ann", "bo"),)),
        a_plan("ann s", "bo s"),
    ),
    (
        "together",
        two_people(together=PAIR),
        a_plan("ann s", "bo s"),
        two_people(together=PAIR),
        a_plan("ann s", "cy s"),
    ),
    (
        "together",
        two_people(together=PAIR),
        a_plan("bo s", "cy s"),
        two_people(together=PAIR),
        a_plan("ann s"),
    ),
    ("pin", two_people(pins=(Pin("bo", "s"),)), a_plan("bo s"), two_people(pins=(Pin("bo", "s"),)), a_plan("cy s")),
]


def rules_of_judge(problem: Problem, plan: Plan) -> set[str]:
    return {one.rule for one in check.check(problem, plan)}


def rules_of_model(problem: Problem, plan: Plan) -> set[str]:
    """Rules whose rows the plan breaks; a seat without a variable counts as its eligibility reason."""
    open_pairs = eligibility(problem)
    board = Board(problem, open_pairs)
    constraints.add_hard_rules(board)
    missing = {open_pairs.reasons[pair] for pair in plan.assignments if pair not in board.seats}
    return missing | set(board.broken(board.values_of(plan)))


@pytest.mark.parametrize(
    ("rule", "allowed", "good", "forbidden", "bad"), CASES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_rule_allows_and_forbids(rule: str, allowed: Problem, good: Plan, forbidden: Problem, bad: Plan) -> None:
    assert rules_of_judge(allowed, good) == set()
    assert rules_of_judge(forbidden, bad) == {rule}
    assert rules_of_model(allowed, good) == set()
    assert rules_of_model(forbidden, bad) == {rule}


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(check.RULE_NAMES)


def test_model_has_the_same_rules_in_the_same_order() -> None:
    assert constraints.RULE_NAMES == check.RULE_NAMES


@pytest.mark.parametrize(("ends", "rules"), [(NINE - 30, set()), (NINE - 29, {"gap"}), (NINE + 1, {"overlap"})])
def test_held_turn_keeps_its_distance(ends: int, rules: set[str]) -> None:
    problem = a_problem([a_person("ann", gap_min=30, held=held(ends))], [a_shift("s")])
    assert rules_of_judge(problem, S) == rules
    assert ("ann", "s") in Board(problem, eligibility(problem)).seats or rules


def test_held_turn_counts_in_its_week() -> None:
    problem = a_problem([a_person("ann", shifts_per_week=1, held=held(300))], [a_shift("s", day=6)])
    assert rules_of_judge(problem, S) == {"week_shifts"}
    assert eligibility(problem).reasons == {("ann", "s"): "limit_zero"}


def test_verdict_names_only_what_the_new_seat_breaks() -> None:
    problem = two_turns(11 * HOUR + 29, gap_min=30, minutes_per_day=239)
    assert [one.rule for one in check.verdict(problem, S, "ann", "t")] == ["gap", "day_minutes"]
    assert check.verdict(problem, a_plan(), "ann", "t") == ()
