"""Many writers at once on a real database: every one has its own connection, and all start together."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError

T = TypeVar("T")


def race(url: str, work: Callable[[Session, int], T], *, writers: int, each: int = 1) -> list[T | AppError]:
    """Runs `work(session, number)` in `writers` threads, `each` times in a row; numbers count up over all runs.

    The answer holds what every run returned, or the refusal it met; any other error is raised.
    """
    start = threading.Barrier(writers)

    def run(writer: int) -> list[T | AppError]:
        engine = create_engine(url)
        found: list[T | AppError] = []
        with Session(engine, expire_on_commit=False) as session:
            start.wait()
            for turn in range(each):
                number = writer * each + turn
                try:
                    found.append(in_transaction(session, lambda: work(session, number)))  # noqa: B023 - runs at once
                except AppError as refusal:
                    found.append(refusal)
        engine.dispose()
        return found

    with ThreadPoolExecutor(writers) as pool:
        return [one for writer in pool.map(run, range(writers)) for one in writer]


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def overtake(url: str, first: Callable[[Session], object], second: Callable[[Session], T]) -> T:
    """What `second` returns, on PostgreSQL, when `first` has written all and commits only once `second` waits for one
    of its locks or is through.
    """
    engine = create_engine(url)

    def run() -> T:
        with Session(engine) as session:
            return in_transaction(session, lambda: second(session))

    with Session(engine) as session, Session(engine) as watch, ThreadPoolExecutor(1) as pool:
        first(session)
        session.flush()
        running = pool.submit(run)
        while not running.done() and not watch.scalar(WAITING):
            watch.rollback()
            time.sleep(0.01)
        session.commit()
        found = running.result()
    engine.dispose()
    return found
