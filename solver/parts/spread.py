"""Parts solved one after the other here, or by any executor: processes, or machines through dask.distributed.

Refuses to know what a part is made of. Whatever an executor loses is solved again here, so the answer doesn't depend
on it, as long as nobody runs out of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass

from ..clock import Clock
from ..part import Answer, Opening, Order
from ..problem import Problem
from .engine import answer

_BATCHES_A_WORKER = 6
_POLL_S = 0.2
_THERE_PART = 0.6
"""Part of the time that the batches may use; the rest is for their way back, and for what is lost."""


@dataclass(frozen=True, slots=True)
class Task:
    """One part, where to begin, and its size (to share out the time)."""

    problem: Problem
    opening: Opening
    size: int
    worst_wish: int = 0


Done = Callable[[int, Answer], None]


def solve_here(tasks: Sequence[Task], clock: Clock, done: Done | None = None) -> list[Answer]:
    """One after the other; each may use its part of the time left, what it leaves goes to the others."""
    found = []
    left = sum(task.size for task in tasks)
    for index, task in enumerate(tasks):
        seconds = clock.left() * task.size / max(1, left)
        order = Order(Clock(seconds, clock.is_asked), worst_wish=task.worst_wish)
        found.append(answer(task.problem, task.opening, order))
        left -= task.size
        if done:
            done(index, found[-1])
    return found


def solve_there(tasks: Sequence[Task], clock: Clock, executor: Executor, *, workers: int, done: Done) -> list[Answer]:
    """In batches by the executor, and here whatever it loses."""
    batches = list(_batches(tasks, workers * _BATCHES_A_WORKER))
    found: dict[int, Answer] = {}

    def keep(batch: Sequence[int], answers: Sequence[Answer]) -> None:
        for index, one in zip(batch, answers, strict=True):
            found[index] = one
            done(index, one)

    for batch, answers in _answered(tasks, batches, clock, executor, workers):
        keep(batch, answers)
    lost = [index for index in range(len(tasks)) if index not in found]
    keep(lost, solve_here([tasks[index] for index in lost], clock))
    return [found[index] for index in range(len(tasks))]


def _answered(
    tasks: Sequence[Task], batches: list[list[int]], clock: Clock, executor: Executor, workers: int
) -> Iterator[tuple[list[int], list[Answer]]]:
    """Batches as they come back; ends when all are back or lost, when the time is over or somebody asks to stop."""
    size = max(1, sum(task.size for task in tasks))
    seconds = clock.left() * _THERE_PART * workers
    waiting: dict[Future[list[Answer]], list[int]] = {}
    for batch in batches:
        own = [tasks[index] for index in batch]
        try:
            future = executor.submit(_solve_batch, own, seconds * sum(task.size for task in own) / size)
        except RuntimeError:  # the executor is shut down or broken
            break
        waiting[future] = batch
    while waiting and not clock.is_over():
        back, _ = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        for future in back:
            batch = waiting.pop(future)
            if not _is_lost(future):
                yield batch, future.result()
    for future in waiting:
        future.cancel()


def _is_lost(future: Future[list[Answer]]) -> bool:
    """A bug in the work itself shows again when the batch is solved here."""
    try:
        return future.exception() is not None
    except CancelledError:
        return True


def _solve_batch(tasks: list[Task], seconds: float) -> list[Answer]:
    return solve_here(tasks, Clock(seconds))


def _batches(tasks: Sequence[Task], count: int) -> Iterator[list[int]]:
    """Indices in up to `count` batches of about equal size."""
    most = sum(task.size for task in tasks) / max(1, count)
    batch: list[int] = []
    for index in range(len(tasks)):
        batch.append(index)
        if sum(tasks[one].size for one in batch) >= most:
            yield batch
            batch = []
    if batch:
        yield batch
