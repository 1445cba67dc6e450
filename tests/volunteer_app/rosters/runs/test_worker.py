"""The worker with real processes: it solves in a child, may be stopped, killed, taken over."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.volunteer_app.rosters.factory import Town
from volunteer_app.core.clock import system_clock
from volunteer_app.core.database import in_transaction
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.runs.running import Carrier, SolvingProcess, solve_now

FAR = date(2030, 10, 14)  # a Monday that is in the future for the real clock, too
WORKER = """
import sys
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.jobs.worker import run_worker
run_worker(create_app(Settings(sys.argv[1], secret_key="test")), once=sys.argv[2] == "once")
"""


@pytest.fixture
def start_worker(database_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts real worker processes and ends those that the test leaves."""
    started: list[subprocess.Popen[str]] = []

    def start(how: str = "once") -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-c", WORKER, database_url, how]
        started.append(subprocess.Popen(command, env=environment, text=True, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def ask(town: Town, *, people: int, days: int = 1, seats: int = 2, limit_s: int = 20) -> RosterRun:
    """A run over `days` days of two patrols, with `people` volunteers; the more people, the longer fairness takes."""
    for number in range(people):
        town.volunteer(f"王{number}", shifts=7, minutes=840 - 60 * (number % 4))
    for day in range(days):
        for starts in (510, 900):
            town.shift(FAR + timedelta(days=day), starts=starts, seats=seats)
    run = actions.ask_for_roster(
        town.session, FAR, FAR + timedelta(days=6), limit_s=limit_s, actor=town.staff, now=system_clock()
    )
    town.session.commit()
    return run


def wait_for_child(pid: int) -> list[int]:
    """The worker's solving process as soon as it's there: the solve is under way."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := children_of(pid):
            return found
        time.sleep(0.02)
    raise AssertionError("the worker never solved")


def seats_of(session: Session, roster_id: int) -> set[tuple[int, int]]:
    session.rollback()
    return {(seat.shift_id, seat.person_id) for seat in queries.draft_seats(session, roster_id)}


def test_a_worker_process_fills_the_roster_and_leaves_progress(
    session: Session, town: Town, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    run = ask(town, people=4)
    assert start_worker().wait(timeout=120) == 0
    session.rollback()
    assert run.state == "finished"
    assert run.progress is not None
    assert run.progress["seats_filled"] == run.progress["seats_wanted"] == 4
    assert len(seats_of(session, run.roster_id)) == 4
    assert session.get_one(Roster, run.roster_id).draft == 1


def test_a_solve_with_gaps_is_a_result(session: Session, town: Town) -> None:
    run = ask(town, people=1)
    assert solve_now(session, run.id, clock=system_clock) == "finished"
    assert run.result is not None
    assert sum(gap["missing"] for gap in run.result["gaps"]) == 2


def test_progress_is_told_live_in_the_foreground(session: Session, town: Town) -> None:
    run = ask(town, people=4)
    told: list[dict[str, object]] = []
    assert solve_now(session, run.id, clock=system_clock, on_progress=told.append) == "finished"
    assert told
    assert {"goal", "value", "bound", "seconds", "seats_filled"} <= set(told[-1])


def test_pins_are_kept_by_a_fresh_solve(session: Session, town: Town) -> None:
    run = ask(town, people=6)
    solve_now(session, run.id, clock=system_clock)
    shift_id, person_id = sorted(seats_of(session, run.roster_id))[0]
    seat = next(one for one in queries.draft_seats(session, run.roster_id) if one.person_id == person_id)
    newcomer = town.volunteer("新来的", shifts=1, minutes=120)
    actions.replace(session, seat.id, person_id=newcomer.id, actor=town.staff, now=system_clock())
    session.commit()
    again = actions.ask_for_roster(session, FAR, FAR + timedelta(days=6), actor=town.staff, now=system_clock())
    session.commit()
    assert solve_now(session, again.id, clock=system_clock) == "finished"
    assert (shift_id, newcomer.id) in seats_of(session, run.roster_id)


def test_a_change_meanwhile_makes_the_run_stale_and_leaves_the_roster(session: Session, town: Town) -> None:
    run = ask(town, people=4)
    worker = "test"
    in_transaction(session, lambda: claims.claim(session, worker=worker, now=system_clock()))
    carrier = Carrier(session, run.id, worker=worker, clock=system_clock)
    told: list[object] = []

    def disturb(_progress: dict[str, object]) -> None:
        if not told:
            session.rollback()
            town.shift(FAR + timedelta(days=3))
            town.volunteer("后来的")
        told.append(_progress)

    carrier.on_progress = disturb
    assert carrier.carry() == "stale"
    session.rollback()
    assert run.changes_meanwhile == 2  # one shift, one person
    assert seats_of(session, run.roster_id) == set()


def test_a_worker_killed_in_mid_solve_leaves_the_roster_and_the_next_takes_over(
    session: Session, town: Town, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    run = ask(town, people=24, days=7, seats=5, limit_s=60)
    before = seats_of(session, run.roster_id)
    first = start_worker()
    wait_for_child(first.pid)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    session.rollback()
    assert run.state == "running"
    assert seats_of(session, run.roster_id) == before

    assert in_transaction(session, lambda: claims.claim(session, worker="early", now=system_clock())) is None
    run.heartbeat_at, run.limit_s = datetime.now(UTC) - timedelta(seconds=claims.LOST_AFTER_S + 1), 5
    session.commit()
    assert start_worker().wait(timeout=120) == 0
    session.rollback()
    assert (run.state, run.attempts) == ("finished", 2)
    assert len(seats_of(session, run.roster_id)) == 70


def test_the_solving_process_dies_with_its_worker(
    town: Town, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    ask(town, people=24, days=7, seats=5, limit_s=60)
    first = start_worker()
    children = wait_for_child(first.pid)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    until = time.monotonic() + 10
    while any(is_running(child) for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(is_running(child) for child in children)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_of_the_whole_group_gives_the_run_back(
    session: Session, town: Town, start_worker: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    """Ctrl-C in a terminal."""
    run = ask(town, people=24, days=7, seats=5, limit_s=60)
    worker = start_worker()
    wait_for_child(worker.pid)
    os.killpg(worker.pid, number)
    assert worker.wait(timeout=60) == 0
    session.rollback()
    assert run.state == "queued"


def test_a_stop_of_worker_and_solver_gives_the_run_back(
    session: Session, town: Town, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    """systemd's way: every process of the service is told."""
    run = ask(town, people=24, days=7, seats=5, limit_s=60)
    worker = start_worker()
    [child] = wait_for_child(worker.pid)
    for pid in (worker.pid, child):
        os.kill(pid, signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
    session.rollback()
    assert run.state == "queued"


def children_of(pid: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(name))
    return found


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_costs_three_workers_has_failed(session: Session, town: Town) -> None:
    run = ask(town, people=1)
    lost = timedelta(seconds=claims.LOST_AFTER_S + 1)
    moments = [system_clock() + lost * number for number in range(claims.MOST_ATTEMPTS + 1)]

    def claim(moment: datetime) -> RosterRun | None:
        return in_transaction(session, lambda: claims.claim(session, worker="gone", now=moment))

    assert all(claim(moment) is run for moment in moments[:-1])
    assert claim(moments[-1]) is None
    assert run.state == "failed"


def test_one_run_is_claimed_by_one_worker(session: Session, town: Town) -> None:
    ask(town, people=1)
    first = in_transaction(session, lambda: claims.claim(session, worker="one", now=system_clock()))
    second = in_transaction(session, lambda: claims.claim(session, worker="two", now=system_clock()))
    assert first is not None
    assert second is None


def test_a_word_to_a_process_that_has_ended_breaks_nothing() -> None:
    process = SolvingProcess({})
    process.child.kill()
    process.child.wait()
    process.send("stop")
    process.end()
    assert [stream.closed for stream in (process.child.stdin, process.child.stdout) if stream] == [True, True]


def test_stop_keeps_the_best_and_discard_keeps_nothing(session: Session, town: Town) -> None:
    run = ask(town, people=24, days=7, seats=5, limit_s=300)

    def stop(_progress: dict[str, object]) -> None:
        session.rollback()
        if not runs.roster_run(session, run.id).stop_asked:
            actions.stop_run(session, run.id, discard=False, actor=town.staff, now=system_clock())
            session.commit()

    assert solve_now(session, run.id, clock=system_clock, on_progress=stop) == "finished"
    kept = seats_of(session, run.roster_id)
    assert kept

    again = actions.ask_for_roster(session, FAR, FAR + timedelta(days=6), actor=town.staff, now=system_clock())
    actions.stop_run(session, again.id, discard=True, actor=town.staff, now=system_clock())
    session.commit()
    assert solve_now(session, again.id, clock=system_clock) == "stopped"
    assert seats_of(session, run.roster_id) == kept


def test_a_plan_that_the_database_refuses_ends_the_run_as_failed_and_not_the_worker(
    session: Session, town: Town
) -> None:
    """A seat that stands in another roster by mistake: the plan would give it a second time."""
    run = ask(town, people=4)
    shift = next(iter(queries.shifts_between(session, FAR, FAR)))
    town.seat(town.roster(), shift, town.volunteer("姚文娟"), state="accepted")
    assert solve_now(session, run.id, clock=system_clock) == "failed"
    session.rollback()
    assert (run.state, run.result, seats_of(session, run.roster_id)) == ("failed", None, set())
