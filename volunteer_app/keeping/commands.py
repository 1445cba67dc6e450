"""youlin backup, restore, copy-to: what they say."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, NullPool, create_engine

from volunteer_app import create_app
from volunteer_app.config import Settings, read_url
from volunteer_app.core.errors import AppError
from volunteer_app.keeping import copying, files
from volunteer_app.keeping.filling import Heads, may_fill
from volunteer_app.web.access import now
from volunteer_app.web.database import db


def back_up(path: Path) -> None:
    """Writes the backup and says how much is in it."""
    try:
        told = files.backup(db.engine, path, now=now())
    except AppError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{path}: {sum(digest.rows for digest in told.values())} rows of {len(told)} tables")


def restore(app: Flask, path: Path) -> None:
    """Brings the empty database to the newest migration and fills it from the file."""
    fill(app, lambda engine: files.restore(engine, path))


def copy_to(app: Flask, url: str, owner_url: str | None) -> None:
    """Migrates the empty target and copies everything into it. Raises WrongSetting."""
    kept: Settings = app.extensions["youlin_settings"]
    owner_url = read_url(owner_url, "--owner-url") if owner_url else None
    target = create_app(replace(kept, database_url=read_url(url, "URL"), owner_url=owner_url))
    fill(target, lambda engine: copying.copy(db.engine, engine))


def fill(app: Flask, from_elsewhere: Callable[[Engine], Heads]) -> None:
    """Migrates and fills the app's database as its owner, whose the sequences are to set; where it is refused, it stays
    at the revision that it has.
    """
    settings: Settings = app.extensions["youlin_settings"]
    engine = create_engine(settings.owner_url or settings.database_url, poolclass=NullPool)
    try:
        may_fill(engine)
        with app.app_context():
            upgrade()
        heads = from_elsewhere(engine)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
    say(heads)


def say(heads: Heads) -> None:
    for community_id, (entries, head) in heads.items():
        click.echo(f"community {community_id}: books verified, {entries} entries, head {head[:16]}")
    click.echo("every row reads back as it was")
