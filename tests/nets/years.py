"""T2: a community's year out of one seed, on a virtual clock, with everything going wrong that can go wrong.

    python -m tests.nets.years --seed 17            one year again, exactly as it was
    python -m tests.nets.years --years 1000         seeds 0 to 999; prints each that breaks and how to see it again

Requests arrive twice, replies get lost and are asked for again, statements fail, the process dies before, in and after
a commit, the clock jumps, jobs overlap. After every request the books are replayed through the model.
"""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.nets.asked import Asked
from tests.nets.desk import Desk, found
from tests.nets.history import History
from tests.nets.walk import MEMORY
from volunteer_app.core import database
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError
from volunteer_app.jobs.models import JobRun
from volunteer_app.jobs.timetable import JOBS, run_due

START = datetime(2025, 12, 31, 16, tzinfo=UTC)
SWEEPS = tuple(job for job in JOBS if job.name == "expire_points")
LOCKED, BROKEN_DISK = "database is locked", "disk I/O error"


class Killed(BaseException):
    """The process is gone: nobody catches this."""


def wired(on_statement: Callable[[str], None]) -> type[sqlite3.Connection]:
    """A connection of SQLite's driver that tells of every statement before it runs."""

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *values: Any) -> Self:
            on_statement(statement)
            return super().execute(statement, *values)

        def executemany(self, statement: str, *values: Any) -> Self:
            on_statement(statement)
            return super().executemany(statement, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Any:
            return super().cursor(Cursor)

    return Connection


@dataclass
class Dials:
    """What goes wrong how often in this year; each year has its own."""

    duplicates: float
    lost_replies: float
    statement_errors: float
    kills: float
    jumps: float

    @classmethod
    def turned(cls, chance: random.Random) -> "Dials":
        """Duplicates up to 50 %, lost replies up to 30 %, failing statements up to 10 %."""
        errors = chance.choice([0.0, 0.001, 0.01, 0.03, 0.1])
        return cls(chance.uniform(0, 0.5), chance.uniform(0, 0.3), errors, chance.uniform(0, 0.05), 0.03)


@dataclass
class Year:
    """`path` is an empty migrated SQLite file; `operations` requests are sent, retries and duplicates not counted."""

    seed: int
    path: Path
    operations: int = 1000
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"year {self.seed}")
        self.dials = Dials.turned(self.chance)
        self.history = History(f"requests {self.seed}", people=8)
        self.armed: str | None = None
        self.engine = self.start()
        with Session(self.engine) as session:
            self.desk = Desk(session, found(session, "y"), START, tuple(self.history.owners))
        self.desk.session = Session(self.engine)
        self.waiting: list[Asked] = []
        self.acknowledged: list[Asked] = []

    # ---- the process

    def start(self) -> Engine:
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"factory": wired(self.on_statement)})
        event.listen(engine, "commit", self.on_commit)
        return engine

    def restart(self) -> None:
        """A new process on the same file."""
        self.desk.session.close()
        self.engine.dispose()
        self.engine = self.start()
        self.desk.session = Session(self.engine)

    def on_statement(self, statement: str) -> None:
        """Whoever sends it, SQLAlchemy or the ledger by the driver itself."""
        if not self.armed or statement.startswith(("BEGIN", "PRAGMA")):
            return
        if self.armed == "kill in" and self.chance.random() < 0.1:
            raise Killed
        if self.chance.random() < self.dials.statement_errors:
            self.counts["failing statements"] += 1
            raise sqlite3.OperationalError(self.chance.choice([LOCKED, LOCKED, BROKEN_DISK]))

    def on_commit(self, _connection: object) -> None:
        if self.armed == "kill before":
            raise Killed

    # ---- the year

    def run(self) -> Counter[str]:
        """Plays the year; raises Broken when the books are not the model's."""
        for asked in self.history.opening():
            self.send(asked)
        for number in range(self.operations):
            self.pass_time()
            self.send(self.history.next(self.desk.replay.state, self.desk.now))
            if self.waiting and self.chance.random() < 0.5:
                self.send(self.waiting.pop(self.chance.randrange(len(self.waiting))))
            if self.chance.random() < 0.03:
                self.run_jobs()
            if number % 20 == 0:
                self.look()
        self.close()
        return self.counts

    def pass_time(self) -> None:
        desk, chance = self.desk, self.chance
        desk.now += timedelta(hours=chance.expovariate(self.operations / (365 * 24)))
        if chance.random() < self.dials.jumps:
            desk.now += chance.choice([-1, 1]) * timedelta(hours=1)
            self.counts["clock jumps"] += 1
        if chance.random() < 0.01:
            month = desk.now.replace(day=1, hour=16, minute=0, second=0, microsecond=0) + timedelta(days=31)
            desk.now = month.replace(day=1) - timedelta(days=1) + chance.choice([-1, 0, 1]) * timedelta(microseconds=1)
            self.counts["month ends"] += 1
        if chance.random() < 0.05:
            self.go_to_a_lapse()

    def go_to_a_lapse(self) -> None:
        """The very moment at which a hold or a lot lapses, or the microsecond before."""
        desk = self.desk
        coming = [end for end in desk.replay.state.ends() if desk.now < end < desk.now + timedelta(days=9)]
        if coming:
            desk.now = min(coming) - self.chance.choice([0, 0, 1]) * timedelta(microseconds=1)
            self.counts["exact moments"] += 1

    def send(self, asked: Asked) -> None:
        """The request goes out, perhaps twice; without an answer it is sent again some time."""
        times = 1 + (self.chance.random() < self.dials.duplicates)
        for _ in range(times):
            answer = self.attempt(asked)
            if answer is not None and self.chance.random() < self.dials.lost_replies:
                answer = None
                self.counts["lost replies"] += 1
            if answer == "ok":
                self.acknowledged.append(asked)
            elif answer is None and asked not in self.waiting:
                self.waiting.append(asked)
        self.counts["duplicates"] += times - 1

    def attempt(self, asked: Asked) -> str | None:
        """The product's answer, which is the model's; None when the process or the database broke down."""
        desk, self.armed = self.desk, self.fate()
        fate, foreseen = self.armed, desk.foresee(asked)
        try:
            in_transaction(desk.session, lambda: asked.perform(desk.session, desk.actor, desk.now))
            answer: str | None = "ok"
        except AppError as refusal:
            answer = refusal.code
        except DBAPIError:
            answer = None
            self.counts["broken down"] += 1
        except Killed:
            answer = None
        finally:
            self.armed = None
        if fate.startswith("kill"):
            self.counts[f"killed {fate[5:]} a commit"] += 1
            answer = None
            self.restart()
        if answer is None:
            self.counts["entries"] += desk.replay.catch_up(desk.session)
        else:
            self.counts["entries"] += desk.judge(asked, answer, foreseen)
            self.counts["answered"] += 1
        desk.session.rollback()
        return answer

    def fate(self) -> str:
        if self.chance.random() < self.dials.kills:
            return self.chance.choice(["kill before", "kill in", "kill after"])
        return "live"

    def run_jobs(self) -> None:
        """Two schedulers whose turns overlap: what one has done the other leaves alone."""
        for turn in range(2):
            done = run_due(self.desk.session, now=self.desk.now, jobs=SWEEPS)
            need(turn == 0 or done == 0, self, "a slot was done twice")
            self.counts["entries"] += self.desk.replay.catch_up(self.desk.session)
        self.counts["sweeps"] += 1

    def look(self) -> None:
        self.desk.compare()
        self.desk.replay.check_stored(self.desk.session)
        self.desk.session.rollback()

    def close(self) -> None:
        """Everybody gets an answer in the end; nothing acknowledged is missing; everything verifies."""
        self.dials = Dials(0, 0, 0, 0, 0)
        for asked in self.waiting:
            need(self.attempt(asked) is not None, self, asked, "gets no answer")
        self.look()
        self.desk.check()
        for asked in self.acknowledged:
            need(self.desk.replay.has(asked), self, asked, "was lost")
        slots = [(run.job, run.scheduled_for) for run in self.desk.session.scalars(select(JobRun))]
        need(len(slots) == len(set(slots)), self, "a slot was done twice")
        self.desk.session.close()
        self.engine.dispose()


class Broke(AssertionError):
    """A year whose books were not the model's."""


def need(condition: object, year: Year, *what: object) -> None:
    if not condition:
        raise Broke(f"seed {year.seed} at {year.desk.now}: " + " ".join(map(str, what)))


def play(seed: int, template: Path, operations: int = 1000) -> Counter[str]:
    """One year on a copy of the template, in memory where there is such a folder. Sleeps between tries are skipped."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "year.db"
        shutil.copy(template, path)
        awake, database.time = database.time, SimpleNamespace(sleep=lambda _s: None)  # type: ignore[assignment]
        try:
            return Year(seed, path, operations).run()
        finally:
            database.time = awake


def main() -> int:
    from tests.conftest import build_schema

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first_seed", help="the first seed of the years")
    parser.add_argument("--operations", type=int, default=1000)
    parser.add_argument("--first", action="store_true", help="stop at the first broken year")
    given = parser.parse_args()
    seeds = [given.seed] if given.seed is not None else range(given.first_seed, given.first_seed + given.years)
    total: Counter[str] = Counter()
    broken, began = [], time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        build_schema(f"sqlite:///{template}")
        with create_engine(f"sqlite:///{template}").connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        for seed in seeds:
            if seed and seed % 25 == 0:
                print(f"seed {seed}: {len(broken)} broken so far", flush=True)
            try:
                total += play(seed, template, given.operations)
            except Exception as error:  # whatever it is: the year is broken, and the next one is played
                broken.append(seed)
                print(f"BROKEN seed {seed}: {error!r}\n  again: python -m tests.nets.years --seed {seed}", flush=True)
                if given.first:
                    break
    spent = (time.process_time() - began) / len(seeds)
    print(f"{len(seeds)} years, {len(broken)} broken, {spent:.1f} s of processor time each; {dict(total)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
