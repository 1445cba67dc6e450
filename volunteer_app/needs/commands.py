"""`youlin needs extend` and the work behind `youlin import needs`."""

from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import Clock
from volunteer_app.core.database import in_transaction, scoped
from volunteer_app.core.errors import AppError, BadInput
from volunteer_app.needs.importing import BadRows, ImportReport, import_needs
from volunteer_app.needs.recurring import extend_series
from volunteer_app.places.queries import community_of
from volunteer_app.web.database import db

group = AppGroup("needs", help="Needs: extend series.")
SHOWN_ROWS = 50


def import_file(
    path: Path, *, community: str, day0: object = None, dry_run: bool = False, only_good: bool = False
) -> int:
    """Imports and prints; 0 when all is well, 1 when rows were bad or the file was refused."""
    session = db.session()
    first = day0.date() if isinstance(day0, datetime) else day0
    assert first is None or isinstance(first, date)

    def work(dry: bool) -> ImportReport:
        home = community_of(session, community)
        with scoped(session, home.id):
            return import_needs(
                session,
                path,
                community_id=home.id,
                actor=Actor(home.id, None, "cli"),
                now=moment(),
                day0=first,
                dry_run=dry,
                only_good=only_good,
            )

    try:
        return show(in_transaction(session, lambda: work(dry_run)), dry_run=dry_run)
    except BadRows as refused:
        show(work(True), dry_run=True)
        click.echo(str(refused), err=True)
    except BadInput as refused:
        for sentences in refused.fields.values():
            click.echo(f"{path.name}: {sentences[0]}", err=True)
    except AppError as refused:
        click.echo(f"{community}: {refused}", err=True)
    return 1


def moment() -> datetime:
    clock: Clock = current_app.extensions["youlin_clock"]
    return clock()


def show(report: ImportReport, *, dry_run: bool) -> int:
    """Prints counts and the first bad rows."""
    for error in report.bad[:SHOWN_ROWS]:
        click.echo(f"{report.file_name}:{error}", err=True)
    hours = report.minutes / 60
    click.echo(f"{report.file_name}: {len(report.good)} good rows, {len(report.bad)} mistakes, {hours:g} person-hours")
    if dry_run:
        click.echo("dry run: nothing was written")
    elif report.import_id is not None:
        click.echo(f"import {report.import_id}: {report.needs} needs, {report.shifts} shifts written")
    return 1 if report.bad else 0


@group.command("extend")
@click.option("--community", required=True, help="The community's code.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last date, included.")
def extend_command(community: str, until: datetime) -> None:
    """Makes the shifts of recurring needs up to a date; safe to repeat."""
    session = db.session()

    def work() -> int:
        home = community_of(session, community)
        with scoped(session, home.id):
            actor = Actor(home.id, None, "cli")
            return len(extend_series(session, home.id, until.date(), actor=actor, now=moment()))

    click.echo(f"{in_transaction(session, work)} shifts made")
