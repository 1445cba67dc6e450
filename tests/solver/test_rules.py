"""Each hard rule: a plan that it allows and one that it forbids, a minute or a head apart; judge and model agree."""

from __future__ import annotations

import pytest

from solver import check
from solver.eligibility import eligibility
from solver.model import constraints
from solver.model.board import Board
from solver.pairs import pair_reason
from solver.plan import Plan
from solver.problem import DatedTag, Held, LabelCount, LabelLimit, Mix, Past, Problem, Window

from .builders import DAY, HOUR, a_person, a_plan, a_problem, a_shift
from .rule_cases import CASES, NINE, WEEKS, YOUNG, S, held, on_days, two_turns


def rules_of_judge(problem: Problem, plan: Plan) -> set[str]:
    return {one.rule for one in check.check(problem, plan)}


def rules_of_model(problem: Problem, plan: Plan) -> set[str]:
    """Rules whose rows the plan breaks; a seat without a variable counts as its eligibility reason."""
    open_pairs = eligibility(problem)
    board = Board(problem, open_pairs)
    constraints.add_hard_rules(board)
    missing = {pair_reason(problem, *pair) or "" for pair in plan.assignments if pair not in board.seats}
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
    assert pair_reason(problem, "ann", "s") == "limit_zero"


@pytest.mark.parametrize(("day", "rules"), [(-1, set()), (1, {"week_offered"})])
def test_held_turn_is_part_of_the_weeks_offered_time_on_days_of_the_horizon(day: int, rules: set[str]) -> None:
    """What ann offered for the week's days before the horizon isn't known, so what she does there isn't counted."""
    one = Held(day * DAY, day * DAY + 60, day, 0)
    ann = a_person("ann", windows=(Window(0, 1200),), offered_pct_per_week=10, held=(one,))
    problem = a_problem([ann], [a_shift("s")], weeks=WEEKS)
    assert rules_of_judge(problem, S) == rules == rules_of_model(problem, S)


def test_held_turn_on_a_day_of_the_horizon_counts_for_its_limits() -> None:
    problem = a_problem([a_person("ann", shifts=1, held=held(300))], [a_shift("s", day=6)])
    assert rules_of_judge(problem, S) == {"horizon_shifts"} == rules_of_model(problem, S)


def test_what_is_past_breaks_nothing_by_itself() -> None:
    problem = a_problem([a_person("ann", shifts=1, minutes=120, past=Past(shifts=3, minutes=300))], [a_shift("s")])
    assert rules_of_judge(problem, a_plan()) == set() == rules_of_model(problem, a_plan())
    assert rules_of_judge(problem, S) == {"horizon_shifts", "horizon_minutes"} == rules_of_model(problem, S)


def test_weekend_begun_before_the_horizon_is_counted_once() -> None:
    """The Saturday was held and is one of the past's weekends; the Sunday of the same weekend costs no other."""
    saturday = Held(-DAY, -DAY + 60, -1, 0, frozenset({"weekend"}))
    limits = {"label_weeks": (LabelLimit("weekend", 1),), "held": (saturday,)}
    sunday, later = a_shift("s", labels=frozenset({"weekend"})), a_shift("t", day=7, labels=frozenset({"weekend"}))
    problem = a_problem([a_person("ann", **limits)], [sunday, later])
    assert rules_of_judge(problem, a_plan("ann s", "ann t")) == set()


def test_week_of_a_held_turn_on_both_sides_of_the_start_is_counted_once() -> None:
    """The weekend held on days -1 and 0 is one of the past's; one more is allowed, and it's free to serve again."""
    weekend = frozenset({"weekend"})
    turns = tuple(Held(day * DAY, day * DAY + 60, day, 0, weekend) for day in (-1, 0))
    past = Past(labels=(LabelCount("weekend", turns=1, weeks=1),))
    ann = a_person("ann", label_weeks=(LabelLimit("weekend", 2),), held=turns, past=past)
    problem = a_problem([ann], [a_shift("s", day=7, labels=weekend)])
    assert rules_of_judge(problem, S) == set() == rules_of_model(problem, S)


def test_load_of_the_past_is_part_of_the_share() -> None:
    """120 of 240 minutes are half of the share; a single minute from before is too much."""
    problem = a_problem([a_person("ann", share=240, share_pct=50, past_load=1)], [a_shift("s")])
    assert rules_of_judge(problem, S) == {"share_part"} == rules_of_model(problem, S)
    assert rules_of_judge(problem, a_plan()) == set() == rules_of_model(problem, a_plan())


def test_agreed_turns_count_what_is_held_on_days_of_the_horizon() -> None:
    ann = a_person("ann", least_shifts=3, past=Past(shifts=1), held=(*held(300), Held(-DAY, -DAY + 60, -1, -1)))
    problem = a_problem([ann], [a_shift("s", day=6)])
    assert [check.score(problem, plan).participation for plan in (a_plan(), S)] == [1, 0]


def test_mix_asks_for_the_tags_of_the_day() -> None:
    """Ann turns 70 on day 3: from then on she fills no seat that is kept for the young."""
    ann = a_person("ann", dated_tags=(DatedTag("young", None, 2),))
    shifts = [a_shift(f"s{day}", day=day, mixes=(Mix(YOUNG, 1),)) for day in (2, 3)]
    problem = a_problem([ann], shifts)
    assert rules_of_judge(problem, a_plan("ann s2")) == set() == rules_of_model(problem, a_plan("ann s2"))
    assert rules_of_judge(problem, a_plan("ann s3")) == {"mix"} == rules_of_model(problem, a_plan("ann s3"))


def test_seat_that_mends_a_run_is_no_offence() -> None:
    problem, one_day = on_days(2, days_in_row_least=3)
    assert [one.rule for one in check.verdict(problem, a_plan(), "ann", "d2")] == ["days_in_row_least"]
    assert check.verdict(problem, one_day, "ann", "d3") == ()
    assert [one.rule for one in check.verdict(problem, one_day, "ann", "d4")] == ["days_in_row_least"]


def test_limit_broken_in_one_week_is_still_a_limit_in_another() -> None:
    shifts = [a_shift(f"s{day}", day=day) for day in (0, 1, 7, 8)]
    problem = a_problem([a_person("ann", shifts_per_week=1)], shifts)
    plan = a_plan("ann s0", "ann s1", "ann s7")
    assert [one.rule for one in check.verdict(problem, plan, "ann", "s8")] == ["week_shifts"]


def test_verdict_names_only_what_the_new_seat_breaks() -> None:
    problem = two_turns(11 * HOUR + 29, gap_min=30, minutes_per_day=239)
    assert [one.rule for one in check.verdict(problem, S, "ann", "t")] == ["gap", "day_minutes"]
    assert check.verdict(problem, a_plan(), "ann", "t") == ()
