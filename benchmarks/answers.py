"""Measures answers for people: python -m benchmarks.answers [explain] [replan] [large] [--incidents N].

Explanations of every seat and every gap of the October community; repairs of random incidents on it; repairs on 10,000
invented people. Seconds are processor seconds of one core: the same on a busy machine.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from solver import explain
from solver.generate import generate
from solver.incidents import absent, cancelled
from solver.plan import Plan
from solver.problem import Bar, Problem, ShiftId
from solver.replan import replan
from solver.solve import solve
from tests.solver.scenarios import october

DAY = 1440
NEW = "urgent"
ANY_GAP = "8 absent for a day, every gap of the roster asked"
LIMIT_S = 20.0
"""Bound of one repair."""
LARGE_S = 60.0
"""Bound of the large roster's own solve."""


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.answers")
    asked.add_argument("cases", nargs="*", default=[], help="explain, replan, large (all)")
    asked.add_argument("--incidents", type=int, default=300)
    asked.add_argument("--solve-seconds", type=float, default=20.0)
    options = asked.parse_args()
    cases = options.cases or ["explain", "replan", "large"]
    print("| what | times | p50 s | p95 s | highest s | remarks |\n|---|---|---|---|---|---|", flush=True)
    if {"explain", "replan"} & set(cases):
        problem = october()
        plan = solve(problem, seconds=options.solve_seconds).plan
        if "explain" in cases:
            explanations(problem, plan)
        if "replan" in cases:
            repairs("October", problem, plan, incidents=options.incidents)
    if "large" in cases:
        problem = generate(people=10_000, days=28, seats=25_000, seed=1)
        plan = solve(problem, seconds=LARGE_S).plan
        repairs("10,000 people", problem, plan, incidents=max(6, options.incidents // 15))


def explanations(problem: Problem, plan: Plan) -> None:
    """Every seat; every gap that an empty seat makes, as it is and with those who'd be free ruled out."""
    seats = sorted(plan.assignments)
    _ = plan.on_shift, plan.of_person
    row(
        "explain a seat (why, who was next, costs)", [timed(explain.why_person, problem, plan, *seat) for seat in seats]
    )
    row("candidates for a seat", [timed(explain.candidates, problem, plan, shift) for _, shift in seats])
    open_gaps, hard_gaps, witnesses, ways = [], [], 0, 0
    for person, shift in seats:
        without = plan.without_seat(person, shift)
        found: list[explain.GapReasons] = []
        open_gaps.append(timed(explain.why_gap, problem, without, shift, keep=found))
        nobody = replace(problem, bars=tuple(Bar(one, shift) for one in found[0].free))
        hard_gaps.append(timed(explain.why_gap, nobody, without, shift, keep=found))
        witnesses += found[1].witness is not None
        ways += bool(found[1].ways)
    row("explain a gap that somebody could fill", open_gaps)
    row("explain a gap that nobody can fill", hard_gaps, f"{ways} with a tried way, {witnesses} with a witness")


def repairs(name: str, problem: Problem, plan: Plan, *, incidents: int) -> None:
    """Random incidents of six kinds, each repaired; the number of people has to be proved."""
    dice = random.Random(5)
    kinds: dict[str, Callable[[], tuple[Problem, int]]] = {
        "one absent for 4 days": lambda: several_absent(dice, problem, plan, people=1, days=4),
        "3 absent for 3 days": lambda: several_absent(dice, problem, plan, people=3, days=3),
        "8 absent for a day": lambda: several_absent(dice, problem, plan, people=8, days=1),
        ANY_GAP: lambda: several_absent(dice, problem, plan, people=8, days=1),
        "urgent need": lambda: urgent(dice, problem),
        "cancelled": lambda: called_off(dice, problem),
    }
    everything: list[float] = []
    proved = 0
    for kind, make in kinds.items():
        spent, unproved, disturbed = [], 0, 0
        for _ in range(incidents // len(kinds)):
            changed, now_min = make()
            holes = None if kind == ANY_GAP else broken(changed, plan, now_min)
            began = time.process_time()
            repair = replan(changed, plan, seconds=LIMIT_S, now_min=now_min, holes=holes)
            spent.append(time.process_time() - began)
            unproved += not repair.step("people").proved
            disturbed += int(repair.step("people").value)
        everything += spent
        proved += len(spent) - unproved
        row(f"{name}: {kind}", spent, f"{disturbed / len(spent):.1f} people on average, {unproved} unproved")
    row(f"{name}: all", everything, f"fewest people proved in {proved} of {len(everything)}")


def several_absent(dice: random.Random, problem: Problem, plan: Plan, *, people: int, days: int) -> tuple[Problem, int]:
    first = dice.randrange(problem.horizon_days - days)
    days_off = range(first, first + days)
    busy = sorted({person for person, shift in plan.assignments if problem.shift[shift].day in days_off})
    for person in dice.sample(busy, people):
        problem = absent(problem, person, starts_min=first * DAY, ends_min=(first + days) * DAY)
    return problem, first * DAY


def urgent(dice: random.Random, problem: Problem) -> tuple[Problem, int]:
    """Two or four are wanted an hour from now, like another shift of that day."""
    like = dice.choice(problem.shifts)
    starts, seats = like.day * DAY + dice.choice((8, 10, 14, 16)) * 60, dice.choice((2, 4))
    new = replace(
        like, id=NEW, starts_min=starts, ends_min=starts + 60, least=seats, target=seats, most=seats, mixes=()
    )
    return replace(problem, shifts=(*problem.shifts, new)), starts - 60


def called_off(dice: random.Random, problem: Problem) -> tuple[Problem, int]:
    shift = dice.choice(problem.shifts)
    return cancelled(problem, shift.id), max(0, shift.starts_min - DAY)


def broken(problem: Problem, plan: Plan, now_min: int) -> list[ShiftId]:
    """Shifts to come that the incident has robbed of somebody, or that are new."""
    robbed = {shift for _, shift in plan.assignments & problem.barred}
    return [one.id for one in problem.shifts if one.starts_min >= now_min and (one.id in robbed or one.id == NEW)]


def timed(work: Callable[..., object], *arguments: object, keep: list[explain.GapReasons] | None = None) -> float:
    began = time.process_time()
    answer = work(*arguments)
    if keep is not None and isinstance(answer, explain.GapReasons):
        keep.append(answer)
    return time.process_time() - began


def row(name: str, seconds: Iterable[float], remark: str = "") -> None:
    ordered = sorted(seconds)
    middle, high = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"| {name} | {len(ordered)} | {middle:.3f} | {high:.3f} | {ordered[-1]:.3f} | {remark} |", flush=True)


if __name__ == "__main__":
    main()
