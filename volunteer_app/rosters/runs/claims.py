"""A solver run in the database: claimed by one worker, kept alive, ended once. Solves nothing and reads no clock.

A worker writes to a run only while it holds it: `claimed_by` is the fence. One that was thought dead and comes back
finds another name there and drops its answer.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from solver.formats import native
from solver.plan import Plan, Result
from solver.problem import Problem
from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.rosters import queries
from volunteer_app.rosters.locks import lock_roster, lock_seats
from volunteer_app.rosters.models import Assignment, Roster, RosterRun
from volunteer_app.rosters.question.problem import count_changes, problem_for

LOST_AFTER_S = 30
"""A running run whose worker hasn't written for so long is taken up again."""
MOST_ATTEMPTS = 3


def claim(session: Session, *, worker: str, now: datetime, run_id: int | None = None) -> RosterRun | None:
    """The oldest run that waits or whose worker is lost, now this worker's; None when there is nothing to do.

    The third worker that a run has cost ends it as failed. Two workers never get the same run: the row is locked and
    skipped on PostgreSQL; SQLite's write lock is held from the start of the transaction.
    """
    lost = and_(RosterRun.state == "running", RosterRun.heartbeat_at < now - timedelta(seconds=LOST_AFTER_S))
    statement = select(RosterRun).where(or_(RosterRun.state == "queued", lost))
    if run_id is not None:
        statement = statement.where(RosterRun.id == run_id)
    ordered = statement.order_by(RosterRun.asked_at, RosterRun.id).with_for_update(skip_locked=True)
    for run in session.scalars(ordered):
        if run.attempts >= MOST_ATTEMPTS:
            run.state, run.finished_at = "failed", now
            continue
        if run.stop_asked:
            run.state, run.finished_at = "stopped", now
            continue
        run.state, run.claimed_by, run.heartbeat_at = "running", worker, now
        run.attempts += 1
        run.started_at = run.started_at or now
        return run
    return None


def build(session: Session, run: RosterRun, *, now: datetime) -> Problem:
    """Reads the question as it stands and keeps it with the run."""
    run.built_at = now
    problem = problem_for(session, queries.roster(session, run.roster_id), at=now)
    run.problem = native.to_plain(problem)
    run.progress = None
    return problem


def held(session: Session, run_id: int, *, worker: str) -> RosterRun | None:
    """The run under its lock if this worker still holds it."""
    run = session.scalars(select(RosterRun).where(RosterRun.id == run_id).with_for_update()).first()
    return run if run is not None and run.state == "running" and run.claimed_by == worker else None


def beat(session: Session, run_id: int, *, worker: str, progress: dict[str, Any] | None, now: datetime) -> str | None:
    """Says that the worker lives, with the latest progress; answers what was asked of it ("", keep, discard).

    None: the run isn't this worker's any more.
    """
    run = held(session, run_id, worker=worker)
    if run is None:
        return None
    run.heartbeat_at = now
    if progress is not None:
        run.progress = progress
    return run.stop_asked


def give_back(session: Session, run_id: int, *, worker: str) -> None:
    """An orderly stop of the worker: the run waits for the next one, and this attempt isn't counted."""
    run = held(session, run_id, worker=worker)
    if run is not None:
        run.state, run.claimed_by, run.heartbeat_at = "queued", None, None
        run.attempts -= 1


def drop(session: Session, run_id: int, *, worker: str, now: datetime) -> None:
    """The coordinator doesn't want the answer."""
    run = held(session, run_id, worker=worker)
    if run is not None:
        run.state, run.finished_at = "stopped", now


def fail(session: Session, run_id: int, *, worker: str, now: datetime) -> None:
    """The solving process died or answered nonsense; the roster is as it was."""
    run = held(session, run_id, worker=worker)
    if run is not None:
        run.state, run.finished_at = "failed", now


def finish(session: Session, run_id: int, answer: dict[str, Any], *, worker: str, now: datetime) -> RosterRun | None:
    """Keeps the answer; the plan of a solve becomes the draft, a repair waits until it's accepted.

    If something that matters has changed since the question was read, the run is `stale` and the draft as it was.
    None: the run isn't this worker's any more, and nothing was written.
    """
    run = held(session, run_id, worker=worker)
    if run is None:
        return None
    roster = lock_roster(session, run.roster_id)
    lock_seats(session, roster.id)
    asked = question(run)
    run.changes_meanwhile = changes_since(session, run, roster)
    run.result, run.finished_at = answer, now
    if run.changes_meanwhile:
        run.state = "stale"
        return run
    if run.kind == "solve":
        apply(session, roster, asked, native.from_plain(Result, answer).plan)
    run.state = "finished"
    worker_actor = Actor(run.community_id, run.asked_by_id, "worker")
    audit.record(session, run.kind, f"roster:{roster.id}", actor=worker_actor, now=now, note=f"run {run.id}")
    return run


def question(run: RosterRun) -> Problem:
    """What the run was asked."""
    assert run.problem is not None, "a run that was taken up has been built"
    return native.from_plain(Problem, run.problem)


def changes_since(session: Session, run: RosterRun, roster: Roster) -> int:
    """How much of what the run was asked is different by now."""
    assert run.built_at is not None, "a run that was taken up has been built"
    return count_changes(question(run), problem_for(session, roster, at=run.built_at))


def apply(session: Session, roster: Roster, problem: Problem, plan: Plan) -> None:
    """Makes the draft the plan: new seats are proposed, draft seats that it lacks go, published ones leave."""
    wanted = {(int(shift), int(person)) for person, shift in plan.assignments}
    mine = {
        (seat.shift_id, seat.person_id): seat
        for seat in session.scalars(queries.seats().where(Assignment.roster_id == roster.id))
        if seat.state in ("proposed", "notified", "accepted", "no_answer") and str(seat.shift_id) in problem.shift
    }
    for key, seat in mine.items():
        if key in wanted:
            seat.leaving = False
        elif seat.state == "proposed":
            session.delete(seat)
        else:
            seat.leaving, seat.pinned = True, False
    for shift_id, person_id in sorted(wanted - mine.keys()):
        session.add(
            Assignment(
                community_id=roster.community_id,
                roster_id=roster.id,
                shift_id=shift_id,
                person_id=person_id,
                state="proposed",
                origin="solver",
            )
        )
    roster.draft += 1
    session.flush()
