"""The state of the system over JSON."""

from typing import Any

from volunteer_app.jobs import queries, schemas
from volunteer_app.jobs.names import JOBS
from volunteer_app.jobs.timetable import overdue_here
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db

blueprint = api_blueprint("jobs", about="Timetable and processes")


@blueprint.route("/system", methods=["GET"])
@access("admin")
@blueprint.response(200, schemas.SystemOut)
def system() -> dict[str, Any]:
    """Last runs of the timetable, live processes, solves that wait."""
    session, moment, here = db.session(), now(), viewer().community_id
    late = overdue_here(session, here, moment)
    return {
        "jobs": [
            {"job": last.job, "run": last.run, "is_overdue": last.job in late}
            for last in queries.last_runs(session, here, JOBS)
        ],
        "processes": [
            {"name": beat.name, "at": beat.at, "is_alive": queries.is_alive(beat, now=moment), "said": beat.said}
            for beat in queries.beats(session)
        ],
        "open_runs": len(queries.open_runs(session)),
    }
