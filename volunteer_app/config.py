"""Settings, read once from the environment."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from volunteer_app.core.clock import Clock, clock_from, system_clock
from volunteer_app.core.newfile import new_file

THREADS = 8
"""Requests that one web process answers at the same time; each has a connection that stays open."""

MOMENT = "2026-10-15T12:00+08:00"
URLS = "write sqlite:////folder/youlin.db or postgresql+psycopg://role:password@host/database"


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url` is any SQLAlchemy URL, `owner_url` the same database as the owner of its tables, for migrations
    (None: the application owns them); `https` turns on Secure cookies and HSTS; `clock` says what time it is."""

    database_url: str
    secret_key: str
    https: bool = False
    clock: Clock = field(default=system_clock)
    owner_url: str | None = None


class WrongSetting(ValueError):
    """A setting that can't be meant; the text says which and what to write."""


def settings_from_environment() -> Settings:
    """DATABASE_URL (else SQLite in ./instance), DATABASE_OWNER_URL (for db-upgrade), YOULIN_SECRET_KEY, YOULIN_HTTPS=1,
    YOULIN_CLOCK (an ISO moment). Raises WrongSetting.
    """
    folder = Path(os.environ.get("YOULIN_INSTANCE", "instance")).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        secret_key = os.environ.get("YOULIN_SECRET_KEY") or kept_secret(folder / "secret-key")
    except OSError as error:
        raise WrongSetting(f"YOULIN_INSTANCE {folder}: {error.strerror}") from error
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    return Settings(
        database_url=read_url(os.environ.get("DATABASE_URL", f"sqlite:///{folder / 'youlin.db'}"), "DATABASE_URL"),
        secret_key=secret_key,
        https=os.environ.get("YOULIN_HTTPS") == "1",
        clock=read_clock(os.environ.get("YOULIN_CLOCK")),
        owner_url=read_url(owner_url, "DATABASE_OWNER_URL") if owner_url else None,
    )


def read_url(told: str, setting: str) -> str:
    """The URL as everybody here takes it: a SQLite file by its whole path, seen from the working directory;
    `postgres://` is PostgreSQL. Raises WrongSetting.
    """
    try:
        url = make_url(told)
        if url.drivername == "postgres":
            url = url.set(drivername="postgresql+psycopg")
        dialect = url.get_dialect().name
    except (ArgumentError, ValueError) as error:
        raise WrongSetting(f"{setting} is no address of a database: {URLS}") from error
    if dialect not in ("sqlite", "postgresql"):
        raise WrongSetting(f"{setting} is neither SQLite nor PostgreSQL: {URLS}")
    if dialect == "sqlite" and url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        url = url.set(database=str(Path(url.database).resolve()))
    return url.render_as_string(hide_password=False)


def read_clock(told: str | None) -> Clock:
    """A clock that starts at the ISO moment, the system's without one. Raises WrongSetting."""
    try:
        return clock_from(datetime.fromisoformat(told)) if told else system_clock
    except ValueError as error:
        raise WrongSetting(f"YOULIN_CLOCK is no moment with its offset: write {MOMENT}, not {told}") from error


def kept_secret(path: Path) -> str:
    """The key in `path`, made on first use and readable by its owner only, so that sessions outlive a restart.

    Raises WrongSetting when it is empty, because nobody could sign in.
    """
    if not path.exists():
        with suppress(FileExistsError), new_file(path) as file:  # of several processes the first one makes it
            file.write(secrets.token_hex(32).encode())
    key = path.read_text()
    if not key.strip():
        raise WrongSetting(f"{path} is empty: delete it, and a new key is made; then everybody signs in again")
    return key
