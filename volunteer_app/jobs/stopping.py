"""How a long-lived process of the house is told to stop, and how it waits for a database that is away."""

import logging
import signal
import time
from types import FrameType

from sqlalchemy.exc import OperationalError

from volunteer_app.web.database import db

log = logging.getLogger("youlin.jobs")

REST_S = 3
"""Between two tries while the database is away: a restart takes a few seconds."""


class Stopper:
    """Turns SIGTERM and SIGINT into a flag."""

    def __init__(self) -> None:
        self.stopped = False

    def install(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopped = True

    def is_stopped(self) -> bool:
        return self.stopped


def rest(lost: OperationalError) -> None:
    """After a lost database: one line in the log, no connection of old, and a little patience."""
    log.warning("the database is away, next try in %s s: %s", REST_S, str(lost.orig).partition("\n")[0])
    db.session.remove()
    db.engine.dispose()
    time.sleep(REST_S)
