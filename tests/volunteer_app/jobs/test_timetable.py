"""Each slot of each job exactly once: run twice, run late, by two schedulers, killed before the commit."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.jobs import queries
from volunteer_app.jobs.leader import LEASE_S, AdvisoryLock, LeaseRow, NotLeading, leader_for
from volunteer_app.jobs.models import JobRun, ProcessBeat
from volunteer_app.jobs.names import JOBS as NAMES
from volunteer_app.jobs.rules import Daily, Every
from volunteer_app.jobs.scheduler import DEAD_AFTER_S, EX_SOFTWARE, Watchdog
from volunteer_app.jobs.timetable import JOBS, Job, run_due, run_slot
from volunteer_app.ledger.verify import verify
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import SignInAttempt
from volunteer_app.web.database import db

EVENING = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
ROOT = Path(__file__).resolve().parents[3]


def test_slots_are_the_latest_that_have_come() -> None:
    assert Every(10).slot(datetime(2026, 10, 12, 10, 9, 59, tzinfo=UTC), "UTC") == EVENING
    at_six = Daily(datetime(2026, 1, 1, 18, 0, tzinfo=UTC).time())
    assert at_six.slot(EVENING, "Asia/Shanghai") == EVENING
    assert at_six.slot(EVENING - timedelta(seconds=1), "Asia/Shanghai") == EVENING - timedelta(days=1)


def test_every_job_has_a_name_on_the_page() -> None:
    assert {job.name for job in JOBS} == set(NAMES)


def reminders(session: Session) -> list[OutboxMessage]:
    session.rollback()
    return list(
        session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reminder").order_by(OutboxMessage.id))
    )


def seat_tomorrow(town: Town, name: str = "姚文娟") -> int:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer(name))
    town.publish(roster)
    return seat.id


def test_reminding_twice_and_by_two_schedulers_tells_once(session: Session, town: Town) -> None:
    seat_tomorrow(town)
    assert run_due(session, now=EVENING) > 0
    assert run_due(session, now=EVENING + timedelta(minutes=1)) == 0
    [told] = reminders(session)
    assert told.values["contact"] == "小顾"
    slot = session.scalars(select(JobRun).where(JobRun.job == "remind")).one()
    assert (slot.scheduled_for, slot.changed) == (EVENING, 1)


def test_a_slot_done_before_its_time_is_named_by_verify(session: Session, town: Town) -> None:
    """I18; that it is done once is the table's own key."""
    seat_tomorrow(town)
    run_due(session, now=EVENING)
    here = town.community.id
    assert verify(session, here) == []
    session.execute(update(JobRun).where(JobRun.job == "remind").values(done_at=EVENING - timedelta(seconds=1)))

    assert [finding.number for finding in verify(session, here)] == ["I18"]


def test_a_late_reminder_still_comes_and_skips_what_has_begun(session: Session, town: Town) -> None:
    seat_tomorrow(town)
    run_due(session, now=EVENING + timedelta(hours=13))  # 7:00 the next morning, the turn is at 8:30
    assert len(reminders(session)) == 1


def test_a_reminder_after_the_start_is_not_sent(session: Session, town: Town) -> None:
    seat_tomorrow(town)
    run_due(session, now=EVENING + timedelta(hours=15))  # 9:00, the turn began at 8:30
    assert reminders(session) == []


def test_a_failing_effect_leaves_the_slot_due_and_others_done(session: Session, town: Town) -> None:
    def fail(_session: Session, _community: int, _slot: datetime, _now: datetime) -> int:
        raise RuntimeError("broken on purpose")

    jobs = (Job("broken", Every(10), fail), *JOBS)
    with pytest.raises(ExceptionGroup):
        run_due(session, now=EVENING, jobs=jobs)
    session.rollback()
    done = set(session.scalars(select(JobRun.job)))
    assert "broken" not in done
    assert done == {job.name for job in JOBS}
    assert town.community.id


def test_two_threads_do_a_slot_once(app: Flask, session: Session, town: Town) -> None:
    seat_tomorrow(town)
    community_id = town.community.id
    remind = next(job for job in JOBS if job.name == "remind")
    done: list[bool] = []

    def work() -> None:
        with app.app_context():
            done.append(run_slot(db.session(), remind, community_id, slot=EVENING, now=EVENING))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert len(reminders(session)) == 1


KILLED = """
import os, signal, sys
from datetime import datetime
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.jobs import timetable
from volunteer_app.web.database import db

def die(session, community_id, slot, now):
    count = timetable.remind(session, community_id, slot, now)
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
    return count

app = create_app(Settings(sys.argv[1], secret_key="test"))
with app.app_context():
    job = timetable.Job("remind", timetable.JOBS[1].timing, die)
    moment = datetime.fromisoformat(sys.argv[3])
    timetable.run_slot(db.session(), job, int(sys.argv[2]), slot=moment, now=moment)
"""


def test_killed_between_effect_and_commit_the_slot_is_still_due(
    session: Session, town: Town, database_url: str
) -> None:
    seat_tomorrow(town)
    session.rollback()
    command = [sys.executable, "-c", KILLED, database_url, str(town.community.id), EVENING.isoformat()]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert reminders(session) == []
    assert run_due(session, now=EVENING) > 0
    assert len(reminders(session)) == 1


def test_old_failed_sign_ins_are_cleared(session: Session, town: Town) -> None:
    town.make.save(SignInAttempt(name="V001", at=EVENING - timedelta(hours=25)), SignInAttempt(name="V001", at=EVENING))
    run_due(session, now=EVENING)
    session.rollback()
    assert [row.at for row in session.scalars(select(SignInAttempt))] == [EVENING]


def test_reasons_are_forgotten_after_the_month(session: Session, town: Town) -> None:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer("姚文娟"), state="declined", reason="health")
    run_due(session, now=datetime(2026, 10, 31, 1, 0, tzinfo=UTC))
    session.rollback()
    assert seat.reason == "health"
    run_due(session, now=datetime(2026, 11, 1, 1, 0, tzinfo=UTC))
    session.rollback()
    assert seat.reason == ""


def test_whoever_sits_on_a_cancelled_shift_is_told_once(session: Session, town: Town) -> None:
    roster, shift = town.roster(), town.shift()
    seat = town.seat(roster, shift, town.volunteer("姚文娟"))
    town.publish(roster)
    shift.state, shift.cancelled_reason = "cancelled", "下雨"
    session.commit()
    run_due(session, now=EVENING)
    run_due(session, now=EVENING + timedelta(minutes=5))
    session.rollback()
    assert seat.state == "withdrawn"
    [told] = session.scalars(select(OutboxMessage).where(OutboxMessage.cause == f"cancelled:{seat.id}"))
    assert told.values["why"] == "下雨"


def test_only_one_process_leads(session: Session, clock: SetClock) -> None:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    first, second = leader_for(session, engine, "one"), leader_for(session, engine, "two")
    assert first.acquire(clock())
    assert not second.acquire(clock())
    first.renew(clock())
    first.release()
    assert second.acquire(clock())
    second.release()
    assert isinstance(first, AdvisoryLock if engine.dialect.name == "postgresql" else LeaseRow)


def test_a_leader_whose_lease_was_taken_can_not_write(session: Session, town: Town, clock: SetClock) -> None:
    seat_tomorrow(town)
    old, new = LeaseRow(session, "old"), LeaseRow(session, "new")
    assert old.acquire(clock())
    clock.tick(seconds=LEASE_S + 1)
    assert new.acquire(clock())
    with pytest.raises(NotLeading):
        run_due(session, now=EVENING, vouch=old.vouch)
    assert reminders(session) == []
    with pytest.raises(NotLeading):
        old.renew(clock())
    assert run_due(session, now=EVENING, vouch=new.vouch) > 0


def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_off(session: Session, clock: SetClock) -> None:
    ahead, new = LeaseRow(session, "ahead"), LeaseRow(session, "new")
    assert ahead.acquire(clock() + timedelta(days=30))
    assert new.acquire(clock())
    assert not LeaseRow(session, "third").acquire(clock())


def test_the_watchdog_ends_a_process_whose_scheduler_stands_still() -> None:
    ended: list[int] = []
    watchdog = Watchdog(end=ended.append)
    assert not watchdog.is_dead()
    watchdog.pulsed_at = time.monotonic() - DEAD_AFTER_S - 1
    watchdog.watch()
    assert ended == [EX_SOFTWARE]


SCHEDULER = """
import sys
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.core.clock import clock_from
from datetime import datetime
from volunteer_app.jobs.scheduler import run_jobs
run_jobs(create_app(Settings(sys.argv[1], secret_key="test", clock=clock_from(datetime.fromisoformat(sys.argv[2])))))
"""


def test_two_real_schedulers_do_each_slot_once(session: Session, town: Town, database_url: str) -> None:
    seat_tomorrow(town)
    session.rollback()
    command = [sys.executable, "-c", SCHEDULER, database_url, EVENING.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(command, env=environment) for _ in range(2)]
    try:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            session.rollback()
            names = set(session.scalars(select(JobRun.job)))
            kinds = set(session.scalars(select(ProcessBeat.name)))
            if names == {job.name for job in JOBS} and kinds == {"timetable", "standby"}:
                break
            time.sleep(0.3)
        assert kinds == {"timetable", "standby"}
        assert names == {job.name for job in JOBS}
        assert all(process.poll() is None for process in both)
    finally:
        for process in both:
            process.kill()
            process.wait()
    assert len(reminders(session)) == 1
    assert [last.run is not None for last in queries.last_runs(session, town.community.id, NAMES)] == [True] * len(
        NAMES
    )
