"""Two plans side by side, and incidents said as changed problems."""

from __future__ import annotations

from solver.compare import compare
from solver.incidents import absent, cancelled
from solver.problem import CrossMix, Pin

from .builders import DAY, a_person, a_plan, a_problem, a_shift


def test_compare_tells_each_goal_and_who_gains_and_loses() -> None:
    """120 of 600 minutes are 20 %; with both turns ann's load is 40 % and bo's 0."""
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s"), a_shift("t", day=1)])
    found = compare(problem, a_plan("ann s", "bo t"), a_plan("ann s", "ann t"))
    differing = [(one.goal, one.before, one.after, one.worse) for one in found.goals if one.worse]
    assert differing == [("fairness", 0.2, 0.4, 1)]
    assert found.worse == 1
    assert [(one.person, one.added, one.removed, one.load_after) for one in found.people] == [
        ("ann", ("t",), (), 0.4),
        ("bo", (), ("t",), 0.0),
    ]


def test_compare_decides_by_the_first_goal_that_differs() -> None:
    problem = a_problem([a_person("ann"), a_person("bo")], [a_shift("s"), a_shift("t", day=1)])
    found = compare(problem, a_plan("ann s"), a_plan("ann s", "ann t"))
    assert [(one.goal, one.worse) for one in found.goals if one.worse][:2] == [("must_cover", -1), ("target_cover", -1)]
    assert found.worse == -1


def test_compare_names_broken_rules_of_each() -> None:
    problem = a_problem([a_person("ann")], [a_shift("s"), a_shift("t")])
    found = compare(problem, a_plan("ann s"), a_plan("ann s", "ann t"))
    assert (found.broken_before, [one.rule for one in found.broken_after]) == ((), ["overlap"])


def test_absence_bars_what_it_meets_and_frees_pins() -> None:
    shifts = [a_shift("before"), a_shift("meets", at=700), a_shift("after", day=1)]
    problem = a_problem([a_person("ann")], shifts, pins=(Pin("ann", "meets"), Pin("ann", "after")))
    changed = absent(problem, "ann", starts_min=700 + 119, ends_min=DAY)
    assert [(bar.person, bar.shift, bar.reason) for bar in changed.bars] == [("ann", "meets", "absent")]
    assert changed.pins == (Pin("ann", "after"),)


def test_cancelled_shift_wants_nobody_and_asks_no_leader() -> None:
    cross = CrossMix(frozenset({"s", "t"}), frozenset({"leader"}), at_least=2)
    problem = a_problem([a_person("ann")], [a_shift("s"), a_shift("t")], pins=(Pin("ann", "s"),), cross_mixes=(cross,))
    changed = cancelled(problem, "s")
    assert (changed.shift["s"].most, changed.seats_wanted, changed.pins) == (0, 1, ())
    assert changed.cross_mixes[0].at_least == 1
