"""One minimisation over a board by CP-SAT, HiGHS, or both at once. Refuses to know what the rows mean."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model
from ortools.util.python import solve_interrupter

from .board import Board, Terms, total

_POLL_S = 0.1
_OPEN = 2**40

_SMALL = 2_000
"""Variables up to which HiGHS comes first."""

_TRY_WORK = 1.0
"""A short try, in CP-SAT's deterministic seconds."""

_MIP_PART = 0.75
"""HiGHS's part of one worker's time: on capped loads it answers in seconds where CP-SAT takes minutes (measured)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`values` by variable, None if none was found; none lies below `bound`. `impossible`: proved that none exists."""

    values: tuple[int, ...] | None
    value: int
    bound: int
    impossible: bool = False

    @property
    def proved(self) -> bool:
        return self.impossible or (self.values is not None and self.bound >= self.value)


@dataclass(frozen=True, slots=True)
class Ask:
    """How to work: at most `seconds`, on `workers` threads, from `hint`; `on_better` hears (values, value, bound).

    `hint` keeps every row, so an engine that calls the model impossible beside it isn't believed.

    `work`: most deterministic seconds of CP-SAT, the same on every machine; None: no such limit.
    `should_stop` is asked ten times a second, from another thread.
    """

    seconds: float
    workers: int = 2
    seed: int = 0
    work: float | None = None
    hint: Sequence[int] | None = None
    should_stop: Callable[[], bool] | None = None
    on_better: Callable[[Sequence[int], int, int], None] | None = None


def minimise(board: Board, objective: Terms, ask: Ask) -> Outcome:
    """From a hint: small models by `race`, others after a short try by CP-SAT.

    An engine that loses a race may take seconds to notice, so what CP-SAT closes at once isn't raced for (October
    through fairness: 7 s instead of 20 with two workers). Measured: counts of people above a level close in 0.8 s of
    CP-SAT and 2 to 6 s of HiGHS on 6,000 seats, and in 0.06 and 0.03 s on 400; sums over all seats close by HiGHS
    alone.
    """
    if len(board.low) < _SMALL:
        return race(board, objective, ask)
    first = minimise_sat(board, objective, replace(ask, seconds=ask.seconds / 2, work=_TRY_WORK))
    if first.proved or _asked(ask):
        return first
    hint = ask.hint if first.values is None else first.values
    left = replace(ask, seconds=ask.seconds - min(ask.seconds / 2, _TRY_WORK), hint=hint)
    return _better(first, race(board, objective, left))


def race(board: Board, objective: Terms, ask: Ask) -> Outcome:
    """HiGHS and CP-SAT side by side, the first proof ends both; one worker: HiGHS, then CP-SAT for what is left."""
    if ask.workers == 1:
        first = minimise_mip(board, objective, replace(ask, seconds=ask.seconds * _MIP_PART))
        if first.proved or _asked(ask):
            return first
        return _better(first, minimise_sat(board, objective, replace(ask, seconds=ask.seconds * (1 - _MIP_PART))))
    over = threading.Event()
    joint = replace(ask, workers=ask.workers - 1, should_stop=lambda: over.is_set() or _asked(ask))
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(_run, engine, board, objective, joint, over) for engine in (minimise_mip, minimise_sat)]
        first, second = (run.result() for run in runs)
    return _better(first, second)


def _run(engine: Callable[..., Outcome], board: Board, objective: Terms, ask: Ask, over: threading.Event) -> Outcome:
    outcome = engine(board, objective, ask)
    if outcome.proved:
        over.set()
    return outcome


def _asked(ask: Ask) -> bool:
    return ask.should_stop is not None and ask.should_stop()


def _better(first: Outcome, second: Outcome) -> Outcome:
    bound = max(first.bound, second.bound)
    found = [one for one in (first, second) if one.values is not None]
    if not found:
        return Outcome(None, 0, bound, first.impossible or second.impossible)
    return replace(min(found, key=lambda one: one.value), bound=bound)


def minimise_sat(board: Board, objective: Terms, ask: Ask) -> Outcome:
    model = cp_model.CpModel()
    variables = [model.new_int_var(low, high, "") for low, high in zip(board.low, board.high, strict=True)]
    for row in board.rows:
        left = cp_model.LinearExpr.weighted_sum([variables[v] for v in row.terms], list(row.terms.values()))
        low, high = (-_OPEN if row.low is None else row.low), (_OPEN if row.high is None else row.high)
        model.add_linear_constraint(left, low, high)
    if objective:
        model.minimize(cp_model.LinearExpr.weighted_sum([variables[v] for v in objective], list(objective.values())))
    for variable, value in zip(variables, ask.hint or (), strict=False):
        model.add_hint(variable, value)
    engine = cp_model.CpSolver()
    engine.parameters.max_time_in_seconds = max(0.05, ask.seconds)
    engine.parameters.num_workers = ask.workers
    if ask.work is not None:
        engine.parameters.max_deterministic_time = ask.work
    engine.parameters.random_seed = ask.seed
    engine.parameters.linearization_level = 2
    with _Stopper(ask.should_stop, engine.stop_search):
        status = engine.solve(model, _Watch(variables, ask) if objective and ask.on_better else None)
    lowest = board.least_of(objective)
    if status == cp_model.INFEASIBLE:
        return Outcome(None, 0, lowest, impossible=ask.hint is None)
    bound = max(lowest, math.ceil(engine.best_objective_bound - 1e-6)) if objective else lowest
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, 0, bound)
    values = tuple(engine.value(variable) for variable in variables)
    return Outcome(values, total(objective, values), bound)


class _Watch(cp_model.CpSolverSolutionCallback):
    """Passes each better answer on."""

    def __init__(self, variables: list[cp_model.IntVar], ask: Ask) -> None:
        super().__init__()
        self._variables = variables
        self._ask = ask

    def on_solution_callback(self) -> None:
        assert self._ask.on_better is not None
        values = [self.value(variable) for variable in self._variables]
        self._ask.on_better(values, round(self.objective_value), math.ceil(self.best_objective_bound - 1e-6))


def minimise_mip(board: Board, objective: Terms, ask: Ask) -> Outcome:
    model = mathopt.Model.from_model_proto(_mip_proto(board, objective))
    variables = list(model.variables())
    params = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(0.05, ask.seconds)),
        random_seed=ask.seed,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.99,
    )
    interrupter = solve_interrupter.SolveInterrupter()
    with _Stopper(ask.should_stop, interrupter.interrupt):
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params, interrupter=interrupter)
    return _read_mip(board, objective, result, variables, is_open=ask.hint is None)


def _mip_proto(board: Board, objective: Terms) -> model_pb2.ModelProto:
    """The whole model at once: adding rows one by one takes longer than a small solve."""
    proto, rows = model_pb2.ModelProto(), board.rows
    proto.variables.ids.extend(range(len(board.low)))
    proto.variables.lower_bounds.extend(board.low)
    proto.variables.upper_bounds.extend(board.high)
    proto.variables.integers.extend([True] * len(board.low))
    proto.linear_constraints.ids.extend(range(len(rows)))
    proto.linear_constraints.lower_bounds.extend([-math.inf if row.low is None else row.low for row in rows])
    proto.linear_constraints.upper_bounds.extend([math.inf if row.high is None else row.high for row in rows])
    for number, row in enumerate(rows):
        columns = sorted(row.terms)
        proto.linear_constraint_matrix.row_ids.extend([number] * len(columns))
        proto.linear_constraint_matrix.column_ids.extend(columns)
        proto.linear_constraint_matrix.coefficients.extend([row.terms[column] for column in columns])
    columns = sorted(objective)
    proto.objective.linear_coefficients.ids.extend(columns)
    proto.objective.linear_coefficients.values.extend([objective[column] for column in columns])
    return proto


def _read_mip(
    board: Board, objective: Terms, result: mathopt.SolveResult, variables: list[mathopt.Variable], *, is_open: bool
) -> Outcome:
    """Takes nothing on trust: values are rounded and must keep every row, or they don't count."""
    lowest = board.least_of(objective)
    if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return Outcome(None, 0, lowest, impossible=is_open)
    dual = result.termination.objective_bounds.dual_bound
    bound = max(lowest, math.ceil(dual - 1e-6)) if math.isfinite(dual) else lowest
    if not result.has_primal_feasible_solution():
        return Outcome(None, 0, bound)
    values = tuple(round(value) for value in result.variable_values(variables))
    return Outcome(None, 0, bound) if board.broken(values) else Outcome(values, total(objective, values), bound)


class _Stopper:
    """Asks `should_stop` from a thread and stops the engine; does nothing where there's nobody to ask."""

    def __init__(self, should_stop: Callable[[], bool] | None, stop: Callable[[], None]) -> None:
        self._should_stop = should_stop
        self._stop = stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        if self._should_stop is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._should_stop is not None:
            self._thread.join()

    def _watch(self) -> None:
        while self._should_stop is not None and not self._over.wait(_POLL_S):
            if self._should_stop():
                self._stop()
                return
