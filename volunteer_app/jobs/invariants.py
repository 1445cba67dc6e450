"""A slot of the timetable took effect once and not before its time."""

from volunteer_app.jobs.models import EVERYWHERE
from volunteer_app.ledger.invariants.check import Check

CHECKS = (
    Check(
        "I18",
        "each slot of the timetable took effect once, and not before its time",
        f"""SELECT 'job run ' || MAX(j.id), NULL, j.job || ' took effect ' || COUNT(*) || ' times' FROM job_run j
        WHERE j.community_id IN (:c, {EVERYWHERE}) GROUP BY j.job, j.scheduled_for, j.community_id
        HAVING COUNT(*) > 1 OR MIN(j.done_at) < j.scheduled_for ORDER BY MAX(j.id) LIMIT 1""",
    ),
)
