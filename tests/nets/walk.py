"""T1: a short history out of a seed, and everything compared after every step.

    python -m tests.nets.walk --seed 17                 one history again, on SQLite
    python -m tests.nets.walk --steps 200000            seeds 0, 1, 2 ... on both databases, 100 steps each (--from 750)

Answers, new transactions, all stored rows and everybody's balances against the model, and `youlin ledger verify`.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import build_schema
from tests.nets.asked import Asked
from tests.nets.desk import Desk, found
from tests.nets.history import History
from tests.postgres import Cluster

STEPS = 100
WAITS_H = (1, 24, 48, 96, 240)
BATCH = 50
"""Histories in one database, before it grows too full."""
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


@dataclass
class Walk:
    """One history on a desk that has just been opened."""

    desk: Desk
    seed: int

    def __post_init__(self) -> None:
        self.chance = random.Random(f"walk {self.seed}")
        self.history = History(f"requests {self.seed}", people=3)
        self.compared = (0, self.desk.now)
        self.verified = 0

    def run(self, steps: int = STEPS) -> None:
        """Raises Broken."""
        for asked in self.history.opening():
            self.desk.ask(asked)
        for number in range(steps):
            self.step()
            self.look(everything=number % 10 == 9)
        self.look(everything=True)

    def step(self) -> None:
        kind = self.chance.random()
        if kind < 0.1:
            self.desk.now += timedelta(hours=self.chance.choice(WAITS_H))
        elif kind < 0.2:
            self.go_to_a_lapse()
        elif kind < 0.3:
            self.desk.ask(self.chance.choice(self.history.sent[-9:]))
        else:
            self.desk.ask(self.next())

    def next(self) -> Asked:
        return self.history.next(self.desk.replay.state, self.desk.now)

    def go_to_a_lapse(self) -> None:
        """To the very moment at which a lot or a hold lapses, or the microsecond before."""
        coming = [end for end in self.desk.replay.state.ends() if end > self.desk.now]
        if coming:
            self.desk.now = min(coming) - self.chance.choice([0, 0, 1]) * timedelta(microseconds=1)

    def look(self, *, everything: bool) -> None:
        """Stored rows and balances are every invariant of the books; `verify` says the same in SQL."""
        self.desk.replay.check_stored(self.desk.session)
        if self.compared != (now := (self.desk.replay.state.seq, self.desk.now)):
            self.compared = now
            self.desk.compare()
        if everything and self.verified < self.desk.replay.state.seq:
            self.verified = self.desk.replay.state.seq
            self.desk.check()


def walk_all(url: str, seeds: Iterable[int]) -> int:
    """Every seed in a community of its own; returns how many broke, having said how to see each again."""
    broken = 0
    engine = create_engine(url)
    for seed in seeds:
        with Session(engine) as session:
            try:
                Walk(Desk(session, found(session, f"c{seed}")), seed).run()
            except Exception as error:  # whatever it is: the history is broken, and the next one is walked
                broken += 1
                again = f"python -m tests.nets.walk --seed {seed} --database {engine.dialect.name}"
                print(f"BROKEN seed {seed}: {error!r}\n  again: {again}", flush=True)
    engine.dispose()
    return broken


def walk_copy(seed: int, template: Path) -> None:
    """One history on a copy of an empty migrated SQLite file; raises Broken."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        engine = create_engine(f"sqlite:///{shutil.copy(template, folder)}")
        with Session(engine) as session:
            Walk(Desk(session, found(session, "w")), seed).run()
        engine.dispose()


@contextmanager
def fresh(database: str) -> Iterator[str]:
    """The address of a migrated database, in memory where there is such a folder."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        cluster = Cluster(within=MEMORY) if database == "postgresql" else None
        url = cluster.url if cluster else f"sqlite:///{folder}/walk.db"
        try:
            build_schema(url)
            yield url
        finally:
            if cluster:
                cluster.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--from", type=int, default=0, dest="first_seed", help="the first seed of the histories")
    parser.add_argument("--steps", type=int, default=200_000, help="on each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    first, many = (given.first_seed, given.steps // STEPS) if given.seed is None else (given.seed, 1)
    seeds = range(first, first + many)
    broken = 0
    for database in [given.database] if given.database else ["sqlite", "postgresql"]:
        began, walked, bad = time.process_time(), 0, 0
        for first in range(seeds.start, seeds.stop, BATCH):
            with fresh(database) as url:
                part = range(first, min(first + BATCH, seeds.stop))
                bad += walk_all(url, part)
            walked += len(part)
            spent = time.process_time() - began
            print(f"{database}: {walked * STEPS} steps, {bad} histories broken, {spent:.0f} s of processor", flush=True)
        broken += bad
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
