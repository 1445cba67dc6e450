"""The `youlin` command: serve, worker, jobs, demo, import, and each feature's own group."""

import sys
from datetime import datetime
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL
from pathlib import Path
from socket import EAI_AGAIN, EAI_NONAME
from typing import Any

import click
from flask import current_app
from flask.cli import FlaskGroup, ScriptInfo
from flask_migrate import upgrade
from sqlalchemy.exc import DBAPIError

from volunteer_app import create_app
from volunteer_app.config import WrongSetting
from volunteer_app.core.database import is_out_of_reach, is_unmigrated
from volunteer_app.core.errors import AppError, BadInput
from volunteer_app.people.models import GENDERS

HOST, PORT = "127.0.0.1", 5000
NO_ADDRESS = (EADDRINUSE, EADDRNOTAVAIL, EACCES, EAI_NONAME, EAI_AGAIN)
"""What the system says of an address at which nobody can serve."""


class Youlin(FlaskGroup):
    """Says in one sentence what whoever runs it can put right; a bug keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (WrongSetting, DBAPIError, OSError) as error:
            if (sentence := to_put_right(error)) is None:
                raise
            raise click.ClickException(sentence) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Flask would print the traceback above the help."""
        try:
            ctx.ensure_object(ScriptInfo).load_app()
        except WrongSetting as error:
            raise click.ClickException(str(error)) from error
        return super().list_commands(ctx)


def to_put_right(error: Exception) -> str | None:
    """What to say of a wrong setting, of a database that isn't ready and of an address that is taken; None for what may
    be a bug.
    """
    if isinstance(error, WrongSetting):
        return str(error)
    if isinstance(error, DBAPIError):
        if is_unmigrated(error):
            return "the database has no tables yet: run youlin db-upgrade first"
        said = " ".join(str(error.orig).split())
        return f"the database can't be used, see DATABASE_URL: {said}" if is_out_of_reach(error) else None
    return str(error) if getattr(error, "errno", None) in NO_ADDRESS else None


@click.group(cls=Youlin, create_app=create_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Youlin 友邻: volunteers, fair rosters, service hours and care points."""


@main.command()
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True)
@click.option("--processes", default=1, show_default=True, help="One a processor, on PostgreSQL.")
def serve(host: str, port: int, processes: int) -> None:
    """Serve the pages (waitress, 8 threads a process)."""
    from volunteer_app.web.database import db
    from volunteer_app.web.serving import serve_all

    if processes > 1 and db.engine.dialect.name == "sqlite":
        raise click.UsageError("SQLite has one writer; more processes want PostgreSQL")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    serve_all(app, host, port, processes=processes, listens=lambda: click.echo(f"http://{host}:{port}"))


@main.command("found")
@click.argument("code")
@click.argument("name")
@click.option("--contact", nargs=2, required=True, metavar="NAME PHONE", help="The human named on every page.")
@click.option("--admin", nargs=2, required=True, metavar="NUMBER NAME", help="The first administrator.")
@click.option("--gender", type=click.Choice(GENDERS), default="F", show_default=True, help="The administrator's.")
def found_(code: str, name: str, contact: tuple[str, str], admin: tuple[str, str], gender: str) -> None:
    """Found a community with calendar, activity kinds, points rules and its first administrator."""
    from volunteer_app.core.database import in_transaction
    from volunteer_app.founding import found
    from volunteer_app.web.access import now
    from volunteer_app.web.database import db

    session = db.session()
    try:
        one_time = in_transaction(
            session,
            lambda: found(session, code=code, name=name, contact=contact, admin=admin, gender=gender, now=now()),
        )
    except BadInput as error:
        raise click.ClickException("; ".join(f"{name}: {said[0]}" for name, said in error.fields.items())) from error
    except AppError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is founded. {admin[0].upper()} sets a password at /sign-in/new-password with {one_time}")


@main.command("db-upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest migration."""
    try:
        upgrade()
    except AppError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def backup(path: Path) -> None:
    """Write everything to a new FILE, as it is at this moment, while writes go on."""
    from volunteer_app.keeping.commands import back_up

    back_up(path)


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(path: Path) -> None:
    """Fill an empty database from a backup, SQLite or PostgreSQL; every row and the books are verified."""
    from volunteer_app.keeping.commands import restore as run

    run(current_app._get_current_object(), path)  # type: ignore[attr-defined]


@main.command("copy-to")
@click.argument("url")
@click.option("--owner-url", help="The same database as the owner of its tables, who migrates and fills it.")
def copy_to(url: str, owner_url: str | None) -> None:
    """Copy everything into an empty database at URL: the way from SQLite to PostgreSQL."""
    from volunteer_app.keeping.commands import copy_to as run

    run(current_app._get_current_object(), url, owner_url)  # type: ignore[attr-defined]


@main.command()
@click.argument("number")
@click.confirmation_option(prompt="Everything that says who this is goes away for good. Go on?")
def erase(number: str) -> None:
    """Forget the person with this NUMBER: hours and books keep a number, nothing else stays."""
    from volunteer_app.erasing.at_once import erase_number

    try:
        left = erase_number(number)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    click.echo("erased; the books verify" + (f"; the name is still in {', '.join(left)}: look there" if left else ""))


@main.command()
@click.option("--once", is_flag=True, help="Take up what is waiting, then end.")
def worker(once: bool) -> None:
    """Take up roster runs."""
    from volunteer_app.jobs.worker import run_worker

    run_worker(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]


@main.command()
def jobs() -> None:
    """The timetable: extends needs, reminds, closes notices, books expiry."""
    from volunteer_app.jobs.scheduler import run_jobs

    run_jobs(current_app._get_current_object())  # type: ignore[attr-defined]


@main.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Run the month and print the summary; don't serve.")
@click.option("--port", default=PORT, show_default=True)
@click.pass_context
def demo(context: click.Context, once: bool, port: int) -> None:
    """October 2026 in a fresh database: needs, roster, attendance, points, store."""
    if context.invoked_subcommand is None:
        from volunteer_app.demo.run import run_demo

        sys.exit(run_demo(once=once, port=port))


@demo.command(with_appcontext=False)
@click.option("--people", default=200, show_default=True)
def race(people: int) -> None:
    """Everybody wants the last rice cooker at once: see that exactly one gets it."""
    from volunteer_app.demo.race import run_race

    sys.exit(run_race(people))


@demo.command(with_appcontext=False)
def tamper() -> None:
    """Somebody forges his points in the database: see that he is named."""
    from volunteer_app.demo.tamper import run_tamper

    sys.exit(run_tamper())


@main.group("import")
def import_() -> None:
    """Bring in files."""


@import_.command("needs")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", required=True, help="The community's code.")
@click.option("--day0", type=click.DateTime(["%Y-%m-%d"]), help="The date of day 0, for files with day offsets.")
@click.option("--dry-run", is_flag=True, help="Show everything, write nothing.")
@click.option("--only-good", is_flag=True, help="Take in the good rows although others are bad.")
def import_needs(path: Path, community: str, day0: object, dry_run: bool, only_good: bool) -> None:
    """Needs from CSV or Excel; bad rows are named with line and column, and nothing is half-written."""
    from volunteer_app.needs.commands import import_file

    sys.exit(import_file(path, community=community, day0=day0, dry_run=dry_run, only_good=only_good))


@main.command(with_appcontext=False)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day0", type=click.DateTime(["%Y-%m-%d"]), default="2027-01-30", show_default=True)
@click.option("--people", default=300, show_default=True, help="Volunteers to invent.")
@click.option("--seconds", default=30, show_default=True, help="Most seconds for the solver.")
def event(path: Path, day0: datetime, people: int, seconds: int) -> None:
    """Roster an event's file of needs with invented volunteers, in a fresh database."""
    from volunteer_app.demo.event import run_event

    sys.exit(run_event(path, day0=day0.date(), people=people, seconds=seconds))
