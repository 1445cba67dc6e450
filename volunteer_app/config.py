"""Settings, read once from the environment."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from volunteer_app.core.clock import Clock, clock_from, system_clock

THREADS = 8
"""Requests that one web process answers at the same time; each has a connection that stays open."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url` is any SQLAlchemy URL, `owner_url` the same database as the owner of its tables, for migrations
    (None: the application owns them); `https` turns on Secure cookies and HSTS; `clock` says what time it is."""

    database_url: str
    secret_key: str
    https: bool = False
    clock: Clock = field(default=system_clock)
    owner_url: str | None = None


def settings_from_environment() -> Settings:
    """DATABASE_URL (else SQLite in ./instance), DATABASE_OWNER_URL (for db-upgrade), YOULIN_SECRET_KEY, YOULIN_HTTPS=1,
    YOULIN_CLOCK (an ISO moment).
    """
    folder = Path(os.environ.get("YOULIN_INSTANCE", "instance")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    start = os.environ.get("YOULIN_CLOCK")
    return Settings(
        database_url=os.environ.get("DATABASE_URL", f"sqlite:///{folder / 'youlin.db'}"),
        secret_key=os.environ.get("YOULIN_SECRET_KEY") or kept_secret(folder / "secret-key"),
        https=os.environ.get("YOULIN_HTTPS") == "1",
        clock=clock_from(datetime.fromisoformat(start)) if start else system_clock,
        owner_url=os.environ.get("DATABASE_OWNER_URL"),
    )


def kept_secret(path: Path) -> str:
    """The key in `path`, made on first use and readable by its owner only, so that sessions outlive a restart."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text()
