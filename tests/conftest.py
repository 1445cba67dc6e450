"""Databases, application, factories. Every test of the application runs on SQLite and on a real PostgreSQL.

The schema comes from the migrations, once a session; each test gets its own copy.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factory import Factory
from tests.postgres import Cluster, Emptied, NoPostgres, run_sql
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.web.database import db

BACKENDS = os.environ.get("YOULIN_TEST_DATABASES", "sqlite,postgres").split(",")
MONDAY = datetime(2026, 10, 12, 0, 30, tzinfo=UTC)  # Monday 12 October 2026, 8:30 in Shanghai


@dataclass
class SetClock:
    """The test's time; `tick` moves it on."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def tick(self, **delta: float) -> datetime:
        self.moment += timedelta(**delta)
        return self.moment


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    try:
        cluster = Cluster()
    except NoPostgres as reason:
        pytest.skip(f"PostgreSQL part skipped: {reason}")
    yield cluster
    cluster.stop()


def settings_for(url: str, clock: SetClock) -> Settings:
    return Settings(url, secret_key="test", clock=clock)


def build_schema(url: str) -> None:
    app = create_app(settings_for(url, SetClock()))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "youlin.db"
    build_schema(f"sqlite:///{path}")
    with create_engine(f"sqlite:///{path}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, worker_id: str) -> str:
    return make_template(postgres.url, f"template_{worker_id}")


def make_template(admin_url: str, name: str) -> str:
    run_sql(admin_url, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    build_schema(admin_url.rsplit("/", 1)[0] + f"/{name}")
    return name


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """pytest-xdist's name of this worker, `main` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "main" else own.parent


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, without rows."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = template.with_name("copy.db")
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    emptied: Emptied = request.getfixturevalue("emptied")
    return emptied.fresh()


@pytest.fixture(scope="session")
def emptied(postgres: Cluster, postgres_template: str) -> Iterator[Emptied]:
    made = Emptied(postgres.url, postgres_template)
    yield made
    made.close()


@pytest.fixture
def postgres_url(postgres: Cluster, worker_id: str) -> str:
    """An empty PostgreSQL database."""
    name = f"empty_{worker_id}"
    run_sql(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    return postgres.url.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compiled templates, so that each test's own application needn't compile them again."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def apps() -> dict[str, Flask]:
    """One application a database, made when it is first asked for: making it costs more than most tests."""
    return {}


@pytest.fixture
def app(
    database_url: str, clock: SetClock, templates: FileSystemBytecodeCache, apps: dict[str, Flask]
) -> Iterator[Flask]:
    """No application context is pushed: each request has its own, as in production. What a test changes is put back."""
    if database_url not in apps:
        apps[database_url] = create_app(settings_for(database_url, clock))
        apps[database_url].jinja_env.bytecode_cache = templates
    app = apps[database_url]
    config, views, extensions = dict(app.config), dict(app.view_functions), dict(app.extensions)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["youlin_clock"] = clock
    yield app
    with app.app_context():
        db.engine.dispose()
    for kept, now in ((config, app.config), (views, app.view_functions), (extensions, app.extensions)):
        now.clear()
        now.update(kept)  # type: ignore[call-overload]
    app.test_client_class = None
    app.logger.disabled = False


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The test's own session, unscoped and apart from the requests' sessions."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without pictures. After each call the test's session begins anew, so that it sees what was written."""

    class Client(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            answer = super().open(*args, **kwargs)
            session.rollback()
            return answer

    app.test_client_class = Client
    return app.test_client()


@pytest.fixture
def make(session: Session, clock: SetClock) -> Factory:
    return Factory(session, clock)
