"""Throw-away databases on the disk, as durable as in production, with the schema of the migrations."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade

from tests.postgres import Cluster, run_sql
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.web.database import db

DURABLE = "-c max_connections=100 -c shared_buffers=256MB -c max_wal_size=4GB"


@contextmanager
def postgresql(within: Path | None = None) -> Iterator[str]:
    """URL of a migrated database of a cluster of its own, which waits for the disk as usual; its files are in `within`,
    for example in memory, where waiting costs nothing and what is left is the processor's part.
    """
    cluster = Cluster(options=DURABLE, within=within)
    try:
        run_sql(cluster.url, "CREATE DATABASE ledger")
        url = cluster.url.rsplit("/", 1)[0] + "/ledger"
        migrate(url)
        yield url
    finally:
        cluster.stop()


@contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="youlin-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'youlin.db'}"
        migrate(url)
        yield url


def migrate(url: str) -> None:
    app = create_app(Settings(url, secret_key="benchmark"))
    with app.app_context():
        upgrade()
        db.engine.dispose()


COMMUNITIES = """INSERT INTO community (id, code, name, contact_name, contact_phone, issuer, zone)
    VALUES ({0}, 'c{0}', '友邻社区', '小顾', '1', '居民委员会', 'Asia/Shanghai')"""
