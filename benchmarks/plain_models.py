"""Two common ways to put a roster into one weighted sum: CP-SAT as in OR-Tools' shift example, and HiGHS.

Both know the same hard rules (the rows of `constraints.py`). The sum: 1,000 a missing seat, 10 a per mille of the
highest load over share.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from solver.eligibility import eligibility
from solver.model import constraints, engines, goals
from solver.model.board import Board
from solver.model.engines import Ask
from solver.plan import Plan
from solver.problem import Problem

Better = Callable[[Plan], None]


def cp_sat(problem: Problem, seconds: float, better: Better, *, workers: int) -> Plan:
    """One CP-SAT model with everything in one sum; `seconds` with its building."""
    began = time.monotonic()
    board, terms = _weighted(problem)
    ask = Ask(seconds - (time.monotonic() - began), workers, on_better=lambda values, _, __: better(board.plan(values)))
    return _plan(board, engines.minimise_sat(board, terms, ask))


def highs(problem: Problem, seconds: float, better: Better) -> Plan:
    """The same model and sum by HiGHS, which tells its plan at the end only."""
    began = time.monotonic()
    board, terms = _weighted(problem)
    found = _plan(board, engines.minimise_mip(board, terms, Ask(seconds - (time.monotonic() - began), 1)))
    better(found)
    return found


def _plan(board: Board, outcome: engines.Outcome) -> Plan:
    return Plan() if outcome.values is None else board.plan(outcome.values)


def _weighted(problem: Problem) -> tuple[Board, dict[int, int]]:
    board = Board(problem, eligibility(problem))
    constraints.add_hard_rules(board)
    terms = {
        variable: 1_000
        for goal in (goals.must_cover, goals.target_cover)
        for step in goal(board)
        for variable in step.terms
    }
    highest = board.add_variable(0, 100_000)
    for person in problem.people:
        if person.share:
            own = {
                board.seats[person.id, one]: 10 * problem.shift[one].load_pct_min for one in board.shifts_for[person.id]
            }
            board.add_row({**own, highest: -person.share}, high=-10 * 100 * person.past_load, name="highest")
    return board, terms | {highest: 10}
