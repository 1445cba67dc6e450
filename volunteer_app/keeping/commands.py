"""youlin backup, restore, copy-to: what they say."""

from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, NullPool, create_engine

from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.core.errors import AppError
from volunteer_app.keeping import copying, files
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
    upgrade()
    engine = owner_engine(app)
    try:
        heads = files.restore(engine, path)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
    say(heads)


def copy_to(app: Flask, url: str, owner_url: str | None) -> None:
    """Migrates the empty target and copies everything into it."""
    kept: Settings = app.extensions["youlin_settings"]
    target = create_app(Settings(url, kept.secret_key, kept.https, kept.clock, owner_url))
    with target.app_context():
        upgrade()
    engine = owner_engine(target)
    try:
        heads = copying.copy(db.engine, engine)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
        with target.app_context():
            db.engine.dispose()
    say(heads)


def owner_engine(app: Flask) -> Engine:
    """The database as its owner: sequences are his to set."""
    settings: Settings = app.extensions["youlin_settings"]
    return create_engine(settings.owner_url or settings.database_url, poolclass=NullPool)


def say(heads: dict[int, tuple[int, str]]) -> None:
    for community_id, (entries, head) in heads.items():
        click.echo(f"community {community_id}: books verified, {entries} entries, head {head[:16]}")
    click.echo("every row reads back as it was")
