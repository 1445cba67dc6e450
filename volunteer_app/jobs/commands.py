"""Commands of the timetable and the worker."""

import click
from flask import current_app
from flask.cli import AppGroup

from volunteer_app.web.access import now
from volunteer_app.web.database import db

group = AppGroup("jobs", help="The timetable and the worker.")


@group.command("run")
def run() -> None:
    """Keeps the timetable; one process per database leads, others stand by."""
    from volunteer_app.jobs.scheduler import run_jobs

    run_jobs(current_app._get_current_object())  # type: ignore[attr-defined]


@group.command("worker")
@click.option("--once", is_flag=True, help="End when no run waits.")
def worker(once: bool) -> None:
    """Solves rosters that coordinators ask for."""
    from volunteer_app.jobs.worker import run_worker

    run_worker(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]


@group.command("due")
def due() -> None:
    """Does at once what is due by now and says how many slots it did."""
    from volunteer_app.jobs.timetable import run_due

    click.echo(f"{run_due(db.session(), now=now())} slots done")
