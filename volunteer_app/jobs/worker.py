"""The process that solves: takes up roster runs one after another, until told to stop.

An orderly stop (SIGTERM, Ctrl-C) gives the run in hand back to the queue. A killed worker's run is taken up by the next
one when its heartbeat is old. The timetable is another process.
"""

import logging
import time

from flask import Flask
from sqlalchemy.exc import OperationalError

from volunteer_app.core.clock import Clock
from volunteer_app.core.database import in_transaction, scoped
from volunteer_app.jobs.scheduler import beat, holder_name
from volunteer_app.jobs.stopping import Stopper, rest
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs.running import Carrier, OnProgress
from volunteer_app.web.database import db

log = logging.getLogger("youlin.worker")

LOOK_S = 1.0
BEAT_EVERY_S = 10


def run_worker(app: Flask, *, once: bool = False, on_progress: OnProgress | None = None) -> None:
    """Takes up runs until stopped; with `once`, until none waits. A database that goes away is waited for, not with
    `once`.
    """
    stopper = Stopper()
    stopper.install()
    worker = holder_name()
    with app.app_context():
        beaten_at = 0.0
        while not stopper.stopped:
            try:
                if time.monotonic() - beaten_at >= BEAT_EVERY_S:
                    beaten_at = time.monotonic()
                    beat(db.session(), "worker", worker, said="", now=clock_of(app)())
                took_one = take_up(app, worker, stopper=stopper, on_progress=on_progress)
            except OperationalError as lost:
                if once:
                    raise
                rest(lost)
                continue
            if not took_one:
                if once:
                    return
                time.sleep(LOOK_S)


def take_up(app: Flask, worker: str, *, stopper: Stopper, on_progress: OnProgress | None) -> bool:
    """One run from the queue, carried through; False when none waits."""
    session, clock = db.session(), clock_of(app)
    with scoped(session, None):
        run = in_transaction(session, lambda: claims.claim(session, worker=worker, now=clock()))
        if run is None:
            return False
        run_id = run.id
        beat(session, "worker", worker, said=f"roster_run:{run_id}", now=clock())
        carrier = Carrier(
            session, run_id, worker=worker, clock=clock, on_progress=on_progress, should_quit=stopper.is_stopped
        )
        state = carrier.carry()
        log.info("run %s: %s", run_id, state)
        beat(session, "worker", worker, said="", now=clock())
        return True


def clock_of(app: Flask) -> Clock:
    clock: Clock = app.extensions["youlin_clock"]
    return clock
