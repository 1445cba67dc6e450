"""The one process that keeps the timetable: APScheduler as alarm clock, a leader's post, a watchdog.

Memory job store, UTC, coalesced, one instance of a job at a time, however late. Web processes never import this.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from volunteer_app.core.clock import Clock
from volunteer_app.core.database import in_transaction
from volunteer_app.core.ids import new_key
from volunteer_app.jobs.leader import Leader, NotLeading, leader_for
from volunteer_app.jobs.models import ProcessBeat
from volunteer_app.jobs.stopping import Stopper, rest
from volunteer_app.jobs.timetable import JOBS, Job, run_due
from volunteer_app.web.database import db

log = logging.getLogger("youlin.jobs")

PULSE_S = 10
DEAD_AFTER_S = 60
STANDBY_S = 5
LOOK_S = 0.2
KEPT_BEATS_DAYS = 1
EX_SOFTWARE = 70
"""Exit code of a process whose scheduler stands still or whose post is lost; the supervisor starts a new one."""


def holder_name() -> str:
    """host:pid:random, unlike any other process before or after."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_key()[:8]}"


def beat(session: Session, name: str, holder: str, *, said: str, now: datetime) -> None:
    """Writes that the process lives, and forgets processes that have been silent for a day."""

    def write() -> None:
        for row in session.scalars(select(ProcessBeat).where(ProcessBeat.at < now - timedelta(days=KEPT_BEATS_DAYS))):
            session.delete(row)
        found = session.scalars(
            select(ProcessBeat).where(ProcessBeat.name == name, ProcessBeat.holder == holder)
        ).first()
        if found is None:
            found = ProcessBeat(name=name, holder=holder)
            session.add(found)
        found.at, found.said = now, said

    in_transaction(session, write)


class Watchdog:
    """Ends the process when the scheduler hasn't pulsed for DEAD_AFTER_S seconds: a standing clock looks alive."""

    def __init__(self, end: Callable[[int], None] = os._exit) -> None:
        self.end = end
        self.pulsed_at = time.monotonic()

    def pulse(self) -> None:
        self.pulsed_at = time.monotonic()

    def is_dead(self) -> bool:
        return time.monotonic() - self.pulsed_at > DEAD_AFTER_S

    def watch(self) -> None:
        """Runs in a thread of its own."""
        while not self.is_dead():
            time.sleep(1)
        log.critical("the scheduler stands still: ending the process")
        self.end(EX_SOFTWARE)


def run_jobs(app: Flask, *, jobs: tuple[Job, ...] = JOBS) -> None:
    """Waits for the leader's post, then keeps the timetable until told to stop (SIGTERM, Ctrl-C), and gives it back."""
    clock: Clock = app.extensions["youlin_clock"]
    stopper = Stopper()
    stopper.install()
    with app.app_context():
        holder = holder_name()
        leader = leader_for(db.session(), db.engine, holder)
        if stand_by(leader, holder, clock=clock, stopper=stopper):
            try:
                keep(app, leader, holder, jobs=jobs, stopper=stopper)
            finally:
                leader.release()


def stand_by(leader: Leader, holder: str, *, clock: Clock, stopper: Stopper) -> bool:
    """Waits for the post, also while the database is away; False when told to stop before."""
    while not stopper.stopped:
        try:
            if leader.acquire(clock()):
                return True
            beat(db.session(), "standby", holder, said="", now=clock())
        except OperationalError as lost:
            rest(lost)
        else:
            time.sleep(STANDBY_S)
    return False


def keep(app: Flask, leader: Leader, holder: str, *, jobs: tuple[Job, ...], stopper: Stopper) -> None:
    """Starts the alarm clock in this thread; the watchdog, and what ends the clock in order, beside it."""
    clock: Clock = app.extensions["youlin_clock"]
    scheduler = BlockingScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    watchdog = Watchdog()

    def pulse() -> None:
        with app.app_context():
            try:
                leader.renew(clock())
            except NotLeading as lost:
                log.critical("%s: ending", lost)
                os._exit(EX_SOFTWARE)
            beat(db.session(), "timetable", holder, said="", now=clock())
        watchdog.pulse()

    def due(job: Job) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                run_due(db.session(), now=clock(), jobs=(job,), vouch=leader.vouch)

        return run

    pulse()
    scheduler.add_job(pulse, IntervalTrigger(seconds=PULSE_S), id="pulse")
    for job in jobs:
        scheduler.add_job(
            due(job), CronTrigger(minute="*"), id=job.name, next_run_time=datetime.now(scheduler.timezone)
        )
    scheduler.add_listener(report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    threading.Thread(target=watchdog.watch, daemon=True).start()
    ending = threading.Thread(target=end_in_order, args=(scheduler, stopper), daemon=True)
    ending.start()
    scheduler.start()
    ending.join()


def end_in_order(scheduler: BlockingScheduler, stopper: Stopper) -> None:
    """Runs in a thread of its own: once told to stop, waits for the jobs in hand and ends the alarm clock."""
    while not (stopper.stopped and scheduler.running):
        time.sleep(LOOK_S)
    scheduler.shutdown()


def report(event: JobExecutionEvent) -> None:
    """Failures go to the log with their job's name; the slot stays due and is tried again a minute later."""
    log.error("job %s: %s", event.job_id, getattr(event, "exception", None) or "late or still running")
