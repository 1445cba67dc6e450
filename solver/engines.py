"""One minimisation over a board by CP-SAT or HiGHS. Refuses to know what the rows mean."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from .board import Board, Terms

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """`values` by variable, None if none was found; nothing below `bound` exists; `proved`: value equals bound."""

    values: tuple[int, ...] | None
    value: int
    bound: int
    proved: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """How to work: `seconds` at most, on `workers` threads, starting from `hint`, telling of each better answer.

    `should_stop` is asked a few times a second; `enough`: a value that needn't be improved (a bound known otherwise).
    """

    seconds: float
    workers: int = 2
    seed: int = 0
    hint: Sequence[int] | None = None
    should_stop: Callable[[], bool] | None = None
    on_better: Callable[[tuple[int, ...], int, int], None] | None = None


def minimise_sat(board: Board, objective: Terms, ask: Ask) -> Outcome:
    """CP-SAT: strong on small logical models, gives the first answers early."""
    model = cp_model.CpModel()
    variables = [model.new_int_var(low, high, "") for low, high in zip(board.low, board.high, strict=True)]
    for row in board.rows:
        expression = cp_model.LinearExpr.weighted_sum([variables[v] for v in row.terms], list(row.terms.values()))
        low, high = _wide(row.low, -1), _wide(row.high, 1)
        model.add_linear_constraint(expression, low, high)
    model.minimize(cp_model.LinearExpr.weighted_sum([variables[v] for v in objective], list(objective.values())))
    if ask.hint is not None:
        for variable, value in zip(variables, ask.hint, strict=True):
            model.add_hint(variable, value)
    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = max(0.05, ask.seconds)
    engine.parameters.num_workers = ask.workers
    engine.parameters.random_seed = ask.seed
    engine.parameters.linearization_level = 2
    watch = _Watch(variables, ask)
    with _Stopper(ask.should_stop, engine.stop_search):
        status = engine.solve(model, watch)
    bound = math.ceil(engine.best_objective_bound - 1e-6) if status != cp_model.MODEL_INVALID else 0
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, 0, bound, proved=False)
    values = tuple(engine.value(variable) for variable in variables)
    value = round(engine.objective_value)
    return Outcome(values, value, bound, proved=status == cp_model.OPTIMAL)


def _wide(limit: int | None, sign: int) -> int:
    return sign * cp_model.INT32_MAX * 1024 if limit is None else limit


class _Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
    def __init__(self, variables: list[cp_model.IntVar], ask: Ask) -> None:
        super().__init__()
        self._variables = variables
        self._ask = ask

    def on_solution_callback(self) -> None:
        if self._ask.on_better is not None:
            values = tuple(self.value(variable) for variable in self._variables)
            self._ask.on_better(values, round(self.objective_value), math.ceil(self.best_objective_bound - 1e-6))


class _Stopper:
    """Asks `should_stop` from a thread and stops the engine; does nothing without a question."""

    def __init__(self, should_stop: Callable[[], bool] | None, stop: Callable[[], None]) -> None:
        self._should_stop = should_stop
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        if self._should_stop is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._should_stop is not None:
            self._thread.join()

    def _run(self) -> None:
        assert self._should_stop is not None
        while not self._over.wait(_POLL_S):
            if self._should_stop():
                self._stop()
                return


def minimise_mip(board: Board, objective: Terms, ask: Ask) -> Outcome:
    """HiGHS through MathOpt: strong bounds on models that are nearly assignments."""
    model = mathopt.Model()
    variables = [
        model.add_variable(lb=low, ub=high, is_integer=True)
        for low, high in zip(board.low, board.high, strict=True)
    ]
    for row in board.rows:
        expression = mathopt.LinearSum(k * variables[v] for v, k in row.terms.items())
        low = -math.inf if row.low is None else row.low
        high = math.inf if row.high is None else row.high
        model.add_linear_constraint(lb=low, ub=high, expr=expression)
    model.minimize(mathopt.LinearSum(k * variables[v] for v, k in objective.items()))
    params = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.05, ask.seconds)), random_seed=ask.seed,
                                     threads=ask.workers, enable_output=False, relative_gap_tolerance=0, absolute_gap_tolerance=0.99)
    extra = mathopt.ModelSolveParameters()
    if ask.hint is not None:
        extra.solution_hints.append(mathopt.SolutionHint(variable_values=dict(zip(variables, ask.hint, strict=True))))
    interrupter = mathopt_interrupter()
    with _Stopper(ask.should_stop, interrupter.interrupt):
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params, model_params=extra, interrupter=interrupter)
    reason = result.termination.reason
    ob = result.termination.objective_bounds
    if not result.has_primal_feasible_solution():
        return Outcome(None, 0, _whole(ob.dual_bound, -10**9), proved=False)
    values = tuple(round(x) for x in result.variable_values(variables))
    value = round(result.objective_value())
    bound = _whole(ob.dual_bound, -10**9)
    return Outcome(values, value, bound, proved=bound>=value)

def _whole(x, d): return math.ceil(x-1e-6) if math.isfinite(x) else d
def mathopt_interrupter():
    from ortools.util.python import solve_interrupter
    return solve_interrupter.SolveInterrupter()
