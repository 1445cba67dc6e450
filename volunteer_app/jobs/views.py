"""The administrator's page of the system: processes, last runs of the timetable, solves that wait."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from volunteer_app.jobs import queries
from volunteer_app.jobs.names import JOBS, PROCESSES
from volunteer_app.jobs.timetable import overdue, overdue_here
from volunteer_app.web import filters
from volunteer_app.web.access import PUBLIC, access, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.language import gettext, language

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/health/timetable")
@access(PUBLIC)
def timetable_health() -> tuple[dict[str, object], int]:
    """For whoever watches the machine: 503 when no timetable has given a sign of life for a minute, and when jobs fail
    again and again, which `jobs` then names.

    The pages' own /health doesn't fail with it: they are right without the timetable.
    """
    signs = [beat for beat in queries.beats(db.session()) if beat.name == "timetable"]
    if any(queries.is_alive(beat, now=now()) for beat in signs):
        late = sorted({name for name, _community in overdue(db.session(), now=now())})
        return ({"status": "overdue", "jobs": late}, 503) if late else ({"status": "ok"}, 200)
    return {"status": "silent", "since": signs[0].at.isoformat() if signs else "ever"}, 503


@blueprint.get("/system")
@access("admin")
def system() -> str:
    """Is everything running, and when did what happen last?"""
    session, moment = db.session(), now()
    late = overdue_here(session, viewer().community_id, moment)
    beats = queries.beats(session)
    alive = {beat.name for beat in beats if queries.is_alive(beat, now=moment)}
    return render_template(
        "jobs/system.html",
        timetable_alive="timetable" in alive,
        worker_alive="worker" in alive,
        processes=[
            {
                "name": gettext(PROCESSES[beat.name]),
                "holder": beat.holder,
                "at": words(beat.at),
                "alive": queries.is_alive(beat, now=moment),
                "said": beat.said,
            }
            for beat in beats
        ],
        jobs=[job_row(last, late) for last in queries.last_runs(session, viewer().community_id, JOBS)],
        late="、".join(gettext(JOBS[name]) for name in JOBS if name in late),
        open_runs=len(queries.open_runs(session)),
    )


def job_row(last: queries.LastRun, late: set[str]) -> dict[str, Any]:
    run = last.run
    return {
        "name": gettext(JOBS[last.job]),
        "slot": words(run.scheduled_for) if run else "",
        "done": words(run.done_at) if run else "",
        "changed": run.changed if run else "",
        "is_late": last.job in late,
    }


def words(moment: datetime) -> str:
    """10月12日 8:30, by the community's clock."""
    local = moment.astimezone(ZoneInfo(zone()))
    return f"{filters.date_short(local.date(), language())} {filters.time_hm(local)}"
