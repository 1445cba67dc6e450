"""T3: real client processes against a real database, while processes are killed and stopped, the database goes down,
connections drop, the clock jumps, a second scheduler runs and the disk fills up. Then the surviving books are replayed.

    python -m tests.nets.chaos                              9 mixes on 2 databases, 120 s each
    python -m tests.nets.chaos --seconds 20 --mix all --database sqlite

Nothing may be lost (what a client was told is in the books), nothing doubled or invented (every transaction is what
somebody asked for, once), what was answered before something else was sent has a lower number, and no process ends by
an error that it should have lived through.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import build_schema
from tests.nets import client
from tests.nets.asked import Fund, StockIn
from tests.nets.client import CODES, Client, Log
from tests.nets.desk import found
from tests.nets.replay import Replay, need
from tests.postgres import Cluster, NoPostgres
from volunteer_app.jobs.models import JobRun
from volunteer_app.ledger.verify import verify

CLIENTS = 4
FORK = multiprocessing.get_context("fork")
EVERY_S = 1.5
SAFE = "-c fsync=off -c full_page_writes=off -c synchronous_commit=on -c max_connections=60 -c max_wal_size=64MB"
"""What a process crash can't lose: the operating system keeps what was written to it."""
DISK = "700m", "40m"


@dataclass
class Stage:
    """What chaos is done to."""

    url: str
    folder: Path
    community_id: int
    chance: random.Random
    cluster: Cluster | None
    disk: Path | None
    started: float = field(default_factory=time.monotonic)
    processes: dict[str, ForkProcess] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def start(self, name: str) -> None:
        """A process of its own: forked, because a new interpreter would take longer than it lives."""
        values = (self.url, str(self.folder), name, str(self.community_id), str(self.started))
        self.processes[name] = FORK.Process(target=client.main, args=values, daemon=True)
        self.processes[name].start()

    def kill(self, name: str) -> None:
        """kill -9, and a new one with the same log."""
        self.processes[name].kill()
        self.processes[name].join()
        self.start(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        pid = self.processes[name].pid
        assert pid is not None
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def victim(self) -> str:
        return self.chance.choice([name for name in self.processes if name.startswith("client")])


# ---- what goes wrong


def kill(stage: Stage) -> None:
    stage.kill(stage.victim())


def pause(stage: Stage) -> None:
    name = stage.victim()
    stage.signal(name, signal.SIGSTOP)
    time.sleep(stage.chance.uniform(0.2, 1.5))
    stage.signal(name, signal.SIGCONT)


def restart_database(stage: Stage) -> None:
    """PostgreSQL goes down at once and comes back; SQLite is its processes: all of them die together."""
    if stage.cluster:
        stage.cluster.restart()
        return
    for name in list(stage.processes):
        stage.kill(name)


def drop_connections(stage: Stage) -> None:
    """Connections are cut; on SQLite somebody else holds the file for longer than anybody waits at a counter."""
    engine = create_engine(stage.url)
    with suppress(DBAPIError), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if stage.cluster:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            time.sleep(2)
            connection.exec_driver_sql("ROLLBACK")
    engine.dispose()


def shift_clock(stage: Stage) -> None:
    (stage.folder / "clock").write_text(str(stage.chance.choice([-1, 0, 1])))


def second_scheduler(stage: Stage) -> None:
    for name in ("job1", "job2"):
        if name not in stage.processes:
            stage.start(name)


def fill_disk(stage: Stage) -> None:
    """Not a byte is left for a moment; PostgreSQL may go down over it and is started again."""
    if stage.disk is None:
        return
    filler = stage.disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"0" * 65536)
            file.flush()
    time.sleep(1)
    filler.unlink(missing_ok=True)
    if stage.cluster and not stage.cluster.is_up():
        stage.cluster.restart()


FAULTS: dict[str, tuple[Callable[[Stage], None], ...]] = {
    "none": (),
    "kill -9": (kill,),
    "SIGSTOP": (pause,),
    "database restart": (restart_database,),
    "dropped connections": (drop_connections,),
    "clock shift": (shift_clock,),
    "second scheduler": (second_scheduler, kill),
    "full disk": (fill_disk,),
}
SHORT = {"kill and restart": (kill, restart_database)}
"""What the suite plays for a few seconds."""
MIXES = FAULTS | {"all": (kill, pause, restart_database, drop_connections, shift_clock, second_scheduler, fill_disk)}


# ---- one mix


def run_mix(mix: str, database: str, seconds: float, seed: int) -> str:
    """Plays one mix and judges it; returns what happened. Raises Broken when the books lie."""
    faults = (MIXES | SHORT)[mix]
    with ExitStack() as stack:
        stage = stack.enter_context(set_up(mix, database, seed))
        for number in range(CLIENTS):
            stage.start(f"client{number}")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(stage.chance.uniform(0.2, EVERY_S))
            if faults:
                fault = stage.chance.choice(faults)
                fault(stage)
                stage.done.append(fault.__name__)
        heal(stage)
        return judge(stage)


@contextmanager
def set_up(mix: str, database: str, seed: int) -> Iterator[Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youlin-chaos-")))
        disk = (
            stack.enter_context(small_disk(DISK[database == "sqlite"])) if fill_disk in (MIXES | SHORT)[mix] else None
        )
        cluster = None
        if database == "postgres":
            cluster = Cluster(SAFE, disk)
            stack.callback(cluster.stop)
            url = cluster.url
        else:
            url = f"sqlite:///{(disk or folder) / 'youlin.db'}"
        build_schema(url)
        stage = Stage(url, folder, open_books(url, folder), random.Random(seed), cluster, disk)
        stack.callback(end_processes, stage)
        yield stage


@contextmanager
def small_disk(size: str) -> Iterator[Path | None]:
    """A file system of that size; None where this user may not mount one, and the fault is left out."""
    folder = Path(tempfile.mkdtemp(prefix="youlin-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)
    if mounted.returncode:
        print("  (full disk left out: no right to mount a small one)")
    try:
        yield None if mounted.returncode else folder
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "-l", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def open_books(url: str, folder: Path) -> int:
    """The community, its budget and its shelf, asked for in a log like any client's."""
    engine, log = create_engine(url), Log(folder / "opening.log")
    with Session(engine) as session:
        community_id = found(session, "y")
    opener = Client(url, folder, "opening", community_id, time.monotonic())
    for asked in (Fund("budget:0", 20_000), *[StockIn(f"in:{code}", code, 40) for code in CODES]):
        opener.send(asked)
    opener.engine.dispose()
    engine.dispose()
    assert not log.read().waiting()
    return community_id


def heal(stage: Stage) -> None:
    """Everything works again, the clients end, and whoever has no answer yet gets one."""
    (stage.folder / "stop").touch()
    for name in stage.processes:
        stage.signal(name, signal.SIGCONT)
    end_processes(stage)
    fallen = [name for name, process in stage.processes.items() if process.exitcode not in (0, -signal.SIGKILL)]
    need(not fallen, fallen, "ended by an error of their own")
    for name in [name for name in stage.processes if name.startswith("client")]:
        last = Client(stage.url, stage.folder, name, stage.community_id, stage.started)
        last.finish()
        last.engine.dispose()


def end_processes(stage: Stage) -> None:
    for process in stage.processes.values():
        process.join(timeout=15)
        process.kill()
        process.join()


# ---- judging


def judge(stage: Stage) -> str:
    logs = [Log(path).read() for path in sorted(stage.folder.glob("*.log"))]
    replay = Replay(stage.community_id)
    for log in logs:
        for asked in log.asked.values():
            replay.ask(asked)
    engine = create_engine(stage.url)
    with Session(engine) as session:
        entries = replay.catch_up(session)
        replay.check_stored(session)
        found = verify(session, stage.community_id)
        need(not found, found)
        slots = session.query(JobRun.scheduled_for).all()
        need(len(slots) == len(set(slots)), "a slot was done twice")
    engine.dispose()
    acknowledged = sum(check_kept(log, replay) for log in logs)
    check_order(logs, replay)
    return f"{entries} entries, {acknowledged} acknowledged, {len(stage.done)} faults, {len(slots)} slots"


def check_kept(log: Log, replay: Replay) -> int:
    """Everything that a client was told is in the books; returns how many answers were yes."""
    said_yes = 0
    for cause, asked in log.asked.items():
        need(cause in log.told, asked, "got no answer")
        if log.told[cause] != "ok":
            continue
        said_yes += 1
        need(replay.has(asked), asked, "was lost")
    return said_yes


def check_order(logs: list[Log], replay: Replay) -> None:
    """A request that was sent after an answer had come has a higher number than what was answered."""
    answered, sent = [], []
    for log in logs:
        for cause in log.asked:
            if cause in replay.state.told and log.told.get(cause) == "ok":
                seq = replay.state.told[cause].seq
                answered.append((log.answered.get(cause, float("inf")), seq))
                sent.append((log.first[cause], seq, cause))
    answered.sort()
    highest, place = 0, 0
    for at, seq, cause in sorted(sent):
        while place < len(answered) and answered[place][0] < at:
            highest, place = max(highest, answered[place][1]), place + 1
        need(seq > highest, cause, "has number", seq, "but", highest, "was answered before it was sent")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--mix", choices=MIXES)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    broken = 0
    for database in [given.database] if given.database else ["sqlite", "postgres"]:
        for mix in [given.mix] if given.mix else list(MIXES):
            try:
                said = run_mix(mix, database, given.seconds, given.seed)
            except NoPostgres as reason:
                print(f"left out {database}: {reason}")
                break
            except AssertionError as error:
                broken += 1
                said = f"BROKEN: {error}"
            print(f"{database:9} {mix:20} {said}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
