"""What is done when, and how each slot happens exactly once. APScheduler is only the alarm clock.

A slot's effect and its job_run row are one transaction: killed before the commit, the slot is still due; killed after,
it's done. Whoever comes second finds the row and does nothing. All effects are sweeps over the present state, so a late
slot does what is due by then, and nobody's balance or turn waits for a job to be right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from volunteer_app.attendance import signing
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import in_transaction, scoped
from volunteer_app.jobs.leader import NotLeading
from volunteer_app.jobs.models import EVERYWHERE, JobRun
from volunteer_app.jobs.rules import Daily, Every
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import periods
from volunteer_app.needs import recurring
from volunteer_app.notices import actions as notices
from volunteer_app.people import actions as people
from volunteer_app.places.models import Community
from volunteer_app.rewards import reminders as rewards
from volunteer_app.rosters.turns import covers, reminders, swaps, touched
from volunteer_app.store.counter import looking_up
from volunteer_app.store.exchange import actions as exchange
from volunteer_app.store.lending import reminders as lending
from volunteer_app.store.orders import actions as orders

GRACE = timedelta(minutes=15)
"""How late a slot may be before somebody has to look: a slot that fails is tried again each minute."""
AHEAD_DAYS = 62
"""How far ahead recurring needs have shifts: the rest of this month and the whole next one."""

Effect = Callable[[Session, int, datetime, datetime], int]
Vouch = Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Job:
    """`effect(session, community_id, slot, now)` returns how many rows it moved; `everywhere`: once for all."""

    name: str
    timing: Every | Daily
    effect: Effect
    everywhere: bool = False


def remind(session: Session, community_id: int, slot: datetime, now: datetime) -> int:
    """On the evening before the turn."""
    zone = session.get_one(Community, community_id).zone
    return reminders.remind(session, community_id=community_id, on=slot.astimezone(ZoneInfo(zone)).date(), now=now)


def release_cancelled(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Whoever still sits on a cancelled shift."""
    return touched.release_cancelled(session, community_id=community_id, now=now)


def ask_next(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """The next few people for turns that a coordinator wants covered."""
    return covers.ask_next(session, community_id=community_id, now=now)


def lapse_swaps(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Whoever asked for an exchange of turns and got no answer in time."""
    return swaps.lapse(session, community_id=community_id, now=now)


def extend_needs(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Recurring needs have their shifts for the coming weeks."""
    until = local_date(now, session.get_one(Community, community_id).zone) + timedelta(days=AHEAD_DAYS)
    return len(recurring.extend_series(session, community_id, until, actor=Actor(community_id, None, "job"), now=now))


def close_notices(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Public notices whose working days are over; not while the books are closed, because closing credits points."""
    if periods.is_closed(session, community_id, now):
        return 0
    return len(notices.close_due(session, community_id, now=now))


def expire_orders(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Orders that nobody came for, here or elsewhere; the points had come back by themselves. Not while the books are
    closed: on the last day of a month that has been closed early nothing more is recorded.
    """
    if periods.is_closed(session, community_id, now):
        return 0
    sweeps = (orders.expire_due, exchange.expire_due)
    return sum(in_batches(lambda sweep=sweep: sweep(session, community_id, now=now)) for sweep in sweeps)  # type: ignore[misc]


def expire_points(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Points that have run out; not while the books are closed."""
    if periods.is_closed(session, community_id, now):
        return 0
    return in_batches(lambda: ledger.expire_lots(session, community_id, now=now))


def remind_of_expiry(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Who has points that run out in 60 or 30 days."""
    return rewards.remind_of_expiry(session, community_id, now=now)


def in_batches(sweep: Callable[[], int]) -> int:
    """Sweeps until nothing is left; returns how many rows moved."""
    total = 0
    while moved := sweep():
        total += moved
    return total


def forget_reasons(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    return reminders.forget_reasons(session, community_id=community_id, now=now)


def clear_attempts(session: Session, _everywhere: int, _slot: datetime, now: datetime) -> int:
    """Failed sign-ins and wrong codes older than a day: they slow nobody down any more."""
    before = now - timedelta(days=1)
    swept = (people.forget_tries, signing.forget_misses, looking_up.forget_attempts)
    return sum(forget(session, before=before) for forget in swept)


def remind_of_loans(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    """Who has something that is due tomorrow, or late."""
    return lending.remind(session, community_id, now=now)


JOBS = (
    Job("remind_of_loans", Daily(time(9, 10)), remind_of_loans),
    Job("remind_of_expiry", Daily(time(9, 0)), remind_of_expiry),
    Job("release_cancelled", Every(5), release_cancelled),
    Job("ask_next", Every(10), ask_next),
    Job("lapse_swaps", Every(10), lapse_swaps),
    Job("extend_needs", Daily(time(2, 10)), extend_needs),
    Job("remind", Daily(time(18, 0)), remind),
    Job("close_notices", Every(60), close_notices),
    Job("expire_orders", Every(10), expire_orders),
    Job("expire_points", Daily(time(0, 20)), expire_points),
    Job("forget_reasons", Daily(time(3, 10)), forget_reasons),
    Job("clear_attempts", Daily(time(3, 20)), clear_attempts, everywhere=True),
)


def run_due(session: Session, *, now: datetime, jobs: tuple[Job, ...] = JOBS, vouch: Vouch | None = None) -> int:
    """Does every slot that is due and not done; returns how many slots it did. Harmless when called at any time.

    A failing slot stays due and doesn't keep the others from their turn; all failures are raised together at the end.
    """
    failures: list[Exception] = []
    done = 0
    for job, community_id, slot in due_slots(session, now=now, jobs=jobs):
        try:
            done += run_slot(session, job, community_id, slot=slot, now=now, vouch=vouch)
        except NotLeading:
            raise
        except Exception as failure:  # raised again below: nothing is swallowed
            failures.append(failure)
    if failures:
        raise ExceptionGroup("slots that stay due", failures)
    return done


def due_slots(session: Session, *, now: datetime, jobs: tuple[Job, ...]) -> list[tuple[Job, int, datetime]]:
    """The latest slot of each job in each community, done or not."""
    with scoped(session, None):
        communities = [(row.id, row.zone) for row in session.execute(select(Community.id, Community.zone))]
    session.rollback()
    return [
        (job, community_id, job.timing.slot(now, zone))
        for job in jobs
        for community_id, zone in ([(EVERYWHERE, "UTC")] if job.everywhere else communities)
    ]


def overdue(session: Session, *, now: datetime, jobs: tuple[Job, ...] = JOBS) -> set[tuple[str, int]]:
    """(job, community) whose latest slot has stood undone for longer than GRACE: it fails again and again.

    Not in a community that the timetable doesn't know for so long yet.
    """
    before = now - GRACE
    due = due_slots(session, now=before, jobs=jobs)
    since = min(slot for _job, _community, slot in due)
    ran = select(JobRun.job, JobRun.community_id, func.max(JobRun.scheduled_for))
    ran = ran.where(JobRun.scheduled_for >= since, JobRun.scheduled_for <= now)
    known = select(Community.id).where(exists().where(JobRun.community_id == Community.id, JobRun.done_at <= before))
    with scoped(session, None):
        last = {(name, own): at for name, own, at in session.execute(ran.group_by(JobRun.job, JobRun.community_id))}
        looked_after = set(session.scalars(known))
    if looked_after:
        looked_after.add(EVERYWHERE)
    return {
        (job.name, own)
        for job, own, slot in due
        if own in looked_after and ((job.name, own) not in last or last[job.name, own] < slot)
    }


def overdue_here(session: Session, community_id: int, now: datetime) -> set[str]:
    """Names of the jobs that are overdue in the community, or for all."""
    return {name for name, own in overdue(session, now=now) if own in (community_id, EVERYWHERE)}


def run_slot(
    session: Session, job: Job, community_id: int, *, slot: datetime, now: datetime, vouch: Vouch | None = None
) -> bool:
    """One slot, exactly once; False if it had been done, by this process or another."""

    def work() -> bool:
        if vouch is not None:
            vouch(session, now)
        if is_done(session, job, community_id, slot):
            return False
        row = JobRun(job=job.name, scheduled_for=slot, community_id=community_id, done_at=now)
        session.add(row)
        session.flush()
        row.changed = job.effect(session, community_id, slot, now)
        return True

    with scoped(session, community_id or None):
        try:
            return in_transaction(session, work)
        except IntegrityError:
            session.rollback()
            if is_done(session, job, community_id, slot):
                return False
            raise


def is_done(session: Session, job: Job, community_id: int, slot: datetime) -> bool:
    found = select(JobRun.id).where(
        JobRun.job == job.name, JobRun.scheduled_for == slot, JobRun.community_id == community_id
    )
    return session.scalars(found).first() is not None
