import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from tests.conftest import BACKENDS, SetClock
from tests.factory import Factory
from tests.postgres import Cluster, run_sql
from tests.volunteer_app.store.shop import Shop


@pytest.fixture
def shop(session: object, clock: SetClock, make: Factory) -> Shop:
    return Shop(session, clock, make)  # type: ignore[arg-type]


@pytest.fixture(params=BACKENDS)
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Engines on migrated databases without rows, a new one each time."""
    made: list[tuple[Engine, str]] = []

    def new() -> Engine:
        name = f"restored_{len(made)}"
        if request.param == "sqlite":
            path = tmp_path / f"{name}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            engine = create_engine(f"sqlite:///{path}")
        else:
            cluster: Cluster = request.getfixturevalue("postgres")
            template = request.getfixturevalue("postgres_template")
            name = f"{template}_{name}"
            drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            run_sql(cluster.url, drop, f"CREATE DATABASE {name} TEMPLATE {template}")
            engine = create_engine(cluster.url.rsplit("/", 1)[0] + f"/{name}")
        made.append((engine, name))
        return engine

    yield new
    for engine, name in made:
        engine.dispose()
        if request.param != "sqlite":
            run_sql(request.getfixturevalue("postgres").url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
