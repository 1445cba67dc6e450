"""A sum lowered by a few people at a time: never worse, every rule kept, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

from solver.eligibility import eligibility
from solver.model import constraints, goals
from solver.model.board import Board, total
from solver.model.circles import PEOPLE, Circles
from solver.plan import Plan
from solver.score import continuity

from .builders import a_person, a_problem, a_shift

ELDERS, WEEKS = 4, 5


def test_circles_bring_the_same_faces_without_a_broken_rule() -> None:
    """Four elders are visited in five weeks by twenty people in turn; one for each would do, at one visit a week each.

    More people than a circle holds, so no single circle sees them all.
    """
    people = [a_person(f"p{number:02}", days=7 * WEEKS, shifts_per_week=1) for number in range(ELDERS * WEEKS)]
    assert len(people) > PEOPLE
    visits = [
        a_shift(f"{elder}-{week}", day=7 * week + elder, series=f"E{elder}")
        for elder in range(ELDERS)
        for week in range(WEEKS)
    ]
    problem = a_problem(people, visits, days=7 * WEEKS)
    plan = Plan(frozenset((one.id, visit.id) for one, visit in zip(people, visits, strict=True)))
    board = Board(problem, eligibility(problem))
    constraints.add_hard_rules(board)
    for visit in visits:
        board.add_row(board.on_shift(visit.id), low=1, name="cover")
    (faces,) = goals.continuity(board)
    begin = board.values_of(plan)
    assert total(faces.terms, begin) == continuity(problem, plan) == ELDERS * WEEKS

    circles = Circles(board, goals.series(problem))

    def lowered() -> Iterator[tuple[int, ...]]:
        return circles.lower(faces.terms, begin, least=ELDERS, seed=1, is_over=lambda: False)

    found = list(lowered())
    assert next(lowered()) == found[0]
    sums = [total(faces.terms, values) for values in found]
    assert sums == sorted(set(sums), reverse=True)
    assert sums[-1] == ELDERS == continuity(problem, board.plan(found[-1]))
    assert not any(board.broken(values) for values in found)
