"""Two processes at the same moment, on real files and a real PostgreSQL: each record is credited once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from time import sleep

from flask import Flask

from tests.volunteer_app.attendance.factory import MONDAY, Month
from volunteer_app.attendance import actions as attendance
from volunteer_app.attendance.actions import NothingToConfirm
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import Refused
from volunteer_app.notices import actions
from volunteer_app.rewards.models import Award
from volunteer_app.web.database import db


def at_once(app: Flask, work: Callable[[], object], times: int = 3) -> list[object]:
    """Runs `work` in that many threads, each with a session of its own; a refusal is an answer.

    Each keeps its transaction open for a moment after the work, so that the others surely come in between.
    """
    barrier = Barrier(times)

    def linger() -> object:
        done = work()
        sleep(0.3)
        return done

    def run() -> object:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                return in_transaction(db.session(), linger)
            except Refused as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        return [job.result() for job in [pool.submit(run) for _ in range(times)]]


def test_closing_at_once_credits_once(app: Flask, month: Month) -> None:
    person = month.volunteer()
    month.served(person)
    month.write(actions.publish, MONDAY, MONDAY)
    community_id, moment = month.community.id, month.at("1:00", date(2026, 10, 16))
    month.session.rollback()

    closed = at_once(app, lambda: len(actions.close_due(db.session(), community_id, now=moment)))

    assert sorted(map(str, closed)) == ["0", "0", "1"]
    month.session.expire_all()
    assert month.session.query(Award).count() == 1
    assert month.balance(person).available == 20


def test_confirming_at_once_makes_one_record(app: Flask, month: Month) -> None:
    shift, person = month.shift(), month.volunteer()
    month.seat(shift, person)
    moment = month.at("12:00")
    month.save(shift, person, "8:30", "10:30")
    actor = month.actor(month.gu)
    month.session.rollback()

    answers = at_once(app, lambda: attendance.confirm_day(db.session(), MONDAY, actor=actor, now=moment))

    assert sum(isinstance(answer, NothingToConfirm) for answer in answers) == 2
    assert month.session.query(ServiceRecord).count() == 1
