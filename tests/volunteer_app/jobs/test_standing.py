"""The timetable when it stands still, loses its post, or is off for a week."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.nets.asked import SHELF, Asked, Fund, Hold, Issue, Reverse, StockIn, Sweep
from tests.nets.asked_by_two import Close
from tests.nets.desk import Desk
from tests.postgres import Cluster, Emptied, run_sql
from volunteer_app.core.clock import system_clock
from volunteer_app.jobs.leader import AdvisoryLock, NotLeading, leader_for
from volunteer_app.jobs.models import ProcessBeat
from volunteer_app.jobs.scheduler import EX_SOFTWARE
from volunteer_app.jobs.timetable import JOBS, run_due
from volunteer_app.ledger import queries

ROOT = Path(__file__).resolve().parents[3]
SCHEDULER = """
import sys, threading, time
from apscheduler.schedulers.blocking import BlockingScheduler
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.jobs import scheduler

scheduler.PULSE_S, scheduler.DEAD_AFTER_S = 1, 3
as_ever, begun = BlockingScheduler._process_jobs, time.monotonic()

def process_jobs(self):
    if time.monotonic() - begun > 4:
        {fault}
    return as_ever(self)

BlockingScheduler._process_jobs = process_jobs
scheduler.run_jobs(create_app(Settings(sys.argv[1], secret_key="test")), jobs=())
"""
FAULTS = {"stands still": "threading.Event().wait()", "dies": "raise RuntimeError('the thread is dead')"}


@pytest.mark.parametrize("what", FAULTS)
def test_the_process_ends_when_its_scheduler_is_dead(what: str, database_url: str, session: Session) -> None:
    """A process that only looks alive is worth nothing: it ends, so that its supervisor starts another."""
    command = [sys.executable, "-c", SCHEDULER.format(fault=FAULTS[what]), database_url]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=120, capture_output=True
    )

    assert ended.returncode == (EX_SOFTWARE if what == "stands still" else 1), ended.stderr.decode()[-500:]
    assert session.query(ProcessBeat).filter_by(name="timetable").count() == 1


def test_a_killed_leader_is_followed_by_the_one_that_stands_by(session: Session) -> None:
    """kill -9 of the process that holds the advisory lock frees it at once."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's lease runs out by time; see test_timetable")
    holding = subprocess.Popen(
        [sys.executable, "-c", HOLDING, engine.url.render_as_string(hide_password=False)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    assert holding.stdout is not None
    assert holding.stdout.readline() == b"True\n"
    follower = AdvisoryLock(engine)
    assert not follower.acquire(SetClock()())

    holding.send_signal(signal.SIGKILL)
    holding.wait()
    holding.stdout.close()

    until = time.monotonic() + 20
    while not follower.acquire(SetClock()()) and time.monotonic() < until:
        time.sleep(0.1)
    follower.renew(SetClock()())
    session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    session.rollback()
    with pytest.raises(NotLeading):
        follower.renew(SetClock()())
    follower.release()


HOLDING = """
import sys, time
from datetime import UTC, datetime
from sqlalchemy import create_engine
from volunteer_app.jobs.leader import AdvisoryLock
print(AdvisoryLock(create_engine(sys.argv[1])).acquire(datetime.now(UTC)), flush=True)
time.sleep(300)
"""


ENDED_IN_ORDER = """
import sys
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.jobs import scheduler, worker

scheduler.PULSE_S = scheduler.STANDBY_S = 1
app = create_app(Settings(sys.argv[1], secret_key="test"))
scheduler.run_jobs(app, jobs=()) if sys.argv[2] == "jobs" else worker.run_worker(app)
"""


@pytest.fixture
def start(database_url: str) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts real processes, `jobs` or `worker`, and ends those that the test leaves."""
    started: list[subprocess.Popen[str]] = []

    def start(what: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", ENDED_IN_ORDER, database_url, what]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def wait_for_beats(session: Session, wanted: dict[str, int]) -> None:
    """Until as many processes of each name have given a sign of life."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        session.rollback()
        if Counter(session.scalars(select(ProcessBeat.name))) == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(f"never seen: {wanted}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_timetable_gives_its_post_back(
    session: Session, start: Callable[[str], subprocess.Popen[str]], number: signal.Signals
) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    stopped = start("jobs")
    wait_for_beats(session, {"timetable": 1})
    stopped.send_signal(number)
    assert stopped.wait(timeout=30) == 0
    follower = leader_for(session, engine, "follower")
    assert follower.acquire(system_clock())
    follower.release()


def test_a_database_that_goes_away_and_comes_back(
    session: Session, start: Callable[[str], subprocess.Popen[str]], postgres: Cluster, emptied: Emptied
) -> None:
    """The leader ends by name, its follower and the worker go on."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's file is always there")
    leader = start("jobs")
    wait_for_beats(session, {"timetable": 1})
    follower, worker = start("jobs"), start("worker")
    wait_for_beats(session, {"timetable": 1, "standby": 1, "worker": 1})

    session.rollback()
    for own in (engine, emptied.engine):
        own.dispose()
    name = engine.url.database
    run_sql(
        postgres.url,
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    try:
        assert leader.wait(timeout=30) == EX_SOFTWARE
    finally:
        run_sql(postgres.url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    wait_for_beats(session, {"timetable": 2, "standby": 1, "worker": 1})
    assert (follower.poll(), worker.poll()) == (None, None)
    assert "the connection that held the post is gone: ending" in leader.communicate()[1]
    for process in (follower, worker):
        process.terminate()
        said = process.communicate(timeout=30)[1]
        assert (process.returncode, "the database is away" in said, "Traceback" in said) == (0, True, False)


def requests(desk: Desk) -> list[Asked]:
    """Points that run out in the week, orders that lapse in it, a debt that one of them will pay."""
    soon = desk.now + timedelta(days=3)
    return [
        Fund("budget", 1000),
        StockIn("in", "K01", 5),
        Issue("record:1", "person:1", 50, soon),
        Issue("record:2", "person:1", 30, None),
        Hold("order:1", "person:1", 60, (("K01", 2),), timedelta(days=2)),
        Issue("record:3", "person:2", 40, desk.now + timedelta(days=6)),
        Hold("order:2", "person:2", 40, (("K01", 1),), timedelta(days=5)),
        Reverse("reverse:3", "record:3"),
    ]


def test_a_week_without_the_timetable_changes_nobodys_points(session: Session, make: Factory, clock: SetClock) -> None:
    """Two communities live the same week; in one everything that lapses is booked each day, in the other nothing is."""
    swept, still = (Desk(session, make.community(code, "邻村").id, clock()) for code in ("swept", "still"))
    for desk in (swept, still):
        for asked in requests(desk):
            assert desk.ask(asked) == "ok"
    for day in range(1, 9):
        swept.now = still.now = clock.tick(days=1)
        swept.ask(Sweep(f"sweep:{day}"))
        session.rollback()
        assert figures(swept) == figures(still), f"day {day}"
    assert (still.replay.state.seq, swept.replay.state.seq) == (8, 12)


def figures(desk: Desk) -> object:
    """Everybody's five figures and the shelf."""
    shelf = queries.amounts(desk.session, desk.community_id, owner=SHELF, kind="on_hand", now=desk.now)
    return queries.balances(desk.session, desk.community_id, ["person:1", "person:2"], now=desk.now), shelf


def test_sweeps_wait_while_the_month_is_closed(session: Session, make: Factory) -> None:
    """A month may be closed on its last day; until midnight nothing is recorded, and no slot fails for it."""
    desk = Desk(session, make.community("south", "南苑").id)
    midnight = desk.now.replace(hour=16, minute=0)
    for asked in (Fund("budget", 100), Issue("record", "person:1", 30, desk.now + timedelta(hours=2))):
        assert desk.ask(asked) == "ok"
    assert desk.ask(Close("close", midnight - timedelta(days=9), midnight)) == "ok"
    sweeps = tuple(job for job in JOBS if job.name in ("expire_points", "expire_orders"))

    desk.now += timedelta(hours=6)
    assert run_due(session, now=desk.now, jobs=sweeps) == 2
    assert desk.replay.catch_up(session) == 0

    desk.now = midnight + timedelta(hours=1)
    assert run_due(session, now=desk.now, jobs=sweeps) == 2
    assert [desk.replay.catch_up(session), desk.replay.state.expired["person:1"]] == [1, 30]
