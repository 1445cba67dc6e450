"""Rosters from the command line: ask, solve here with live progress, publish, list."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction, scope
from volunteer_app.core.errors import AppError
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.runs import actions as asking
from volunteer_app.rosters.runs.running import solve_now
from volunteer_app.rosters.versions import publishing
from volunteer_app.web.access import now
from volunteer_app.web.database import db

group = AppGroup("rosters", help="Ask for rosters, solve, publish.")
COMMUNITY = click.option("--community", "code", default=None, help="Code of the community; the only one by default.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def staff_of(session: Session, code: str | None) -> Actor:
    """The command line acting for a community, with the session narrowed to it."""
    wanted = select(Community) if code is None else select(Community).where(Community.code == code)
    found = session.scalars(wanted).all()
    if len(found) != 1:
        raise click.ClickException("name one community with --community")
    scope(session, found[0].id)
    return Actor(found[0].id, None, "cli", frozenset({"coordinator"}))


def written(work: Callable[[Session], Any]) -> Any:
    """One write; a refusal becomes the command's error."""
    session = db.session()
    try:
        return in_transaction(session, lambda: work(session))
    except AppError as error:
        raise click.ClickException(str(error)) from error


@group.command("list")
@COMMUNITY
def list_rosters(code: str | None) -> None:
    """Every roster with state, version and seats."""
    session = db.session()
    staff_of(session, code)
    for roster in queries.rosters(session):
        seats = len(queries.draft_seats(session, roster.id))
        click.echo(f"{roster.id}  {roster.from_on} {roster.to_on}  {roster.state} v{roster.version}  {seats} seats")


@group.command("ask")
@click.argument("from_on", type=DAY)
@click.argument("to_on", type=DAY)
@click.option("--seconds", default=60, show_default=True)
@click.option("--here", is_flag=True, help="Solve in the foreground instead of waiting for a worker.")
@COMMUNITY
def ask(from_on: datetime, to_on: datetime, seconds: int, here: bool, code: str | None) -> None:
    """Asks for a roster from one day to another."""
    actor = staff_of(db.session(), code)
    run_id: int = written(lambda session: queue(session, from_on.date(), to_on.date(), seconds=seconds, actor=actor))
    click.echo(f"run {run_id}")
    if here:
        click.echo(solve_now(db.session(), run_id, clock=now, on_progress=tell))


def queue(session: Session, from_on: date, to_on: date, *, seconds: int, actor: Actor) -> int:
    return asking.ask_for_roster(session, from_on, to_on, limit_s=seconds, actor=actor, now=now()).id


def tell(progress: dict[str, Any]) -> None:
    """One line of progress: goal, best, bound, seats, seconds."""
    click.echo(
        f"{progress['goal']:<16} {progress['value']:>8g} {progress['bound']:>8g}"
        f"  {progress['seats_filled']}/{progress['seats_wanted']}  {progress['seconds']:.1f} s"
    )


@group.command("publish")
@click.argument("roster_id", type=int)
@COMMUNITY
def publish(roster_id: int, code: str | None) -> None:
    """Makes the draft the next version and fills the outbox."""
    actor = staff_of(db.session(), code)
    version: int = written(lambda session: publishing.publish(session, roster_id, actor=actor, now=now()).version)
    click.echo(f"version {version}")
