"""Why me, why not me, why a gap: the facts, each checked against the judge."""

from __future__ import annotations

import subprocess
import sys

from solver import check, explain
from solver.problem import Mix, Problem, Window

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


def test_web_side_modules_load_no_engine() -> None:
    names = "problem, plan, check, score, eligibility, explain, pins, generate, formats.native"
    imports = "; ".join(f"import solver.{name.strip()}" for name in names.split(","))
    code = f"import sys; {imports}; print(sorted(one for one in sys.modules if one.startswith('ortools')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
