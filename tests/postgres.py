"""A throw-away PostgreSQL for one test session: TEST_DATABASE_URL, else a cluster that we start ourselves."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300"


class NoPostgres(Exception):
    """Why there is no PostgreSQL to test on."""


class Cluster:
    """`url` is the maintenance database's; `stop()` ends what we started and removes its files.

    `options` are the server's; without them it doesn't wait for the disk. Its files are in a folder in `within`.
    """

    def __init__(self, options: str = FAST, within: Path | None = None) -> None:
        self.folder: str | None = None
        self.options, self.within = options, within
        given = os.environ.get("TEST_DATABASE_URL") if options == FAST else None
        self.url = given or self.start()

    def start(self) -> str:
        self.bin = binaries()
        self.folder = tempfile.mkdtemp(prefix="youlin-pg-", dir=self.within)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.run(
            "initdb",
            "-D",
            f"{self.folder}/data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        self.where = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={self.folder}"
        self.restart()
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"

    def control(self, *arguments: str) -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", *arguments)

    def is_up(self) -> bool:
        try:
            self.control("status")
        except NoPostgres:
            return False
        return True

    def restart(self) -> None:
        """Down at once, without a word to anybody, and up again."""
        if self.is_up():
            self.control("-m", "immediate", "stop")
        self.control("-w", "-l", f"{self.folder}/log", "-o", f"{self.where} {self.options}", "start")

    def run(self, program: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, f"{self.bin}/{program}", *arguments]
        done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise NoPostgres(f"{program} failed with {done.returncode}")

    def stop(self) -> None:
        if self.folder is not None:
            if self.is_up():
                self.control("-m", "immediate", "stop")
            shutil.rmtree(self.folder, ignore_errors=True)


def binaries() -> str:
    """The folder of PostgreSQL's programs. Raises NoPostgres."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    path = str(Path(shutil.which("initdb") or "").parent) if shutil.which("initdb") else found[-1] if found else None
    if path is None:
        raise NoPostgres("no PostgreSQL server is installed (package postgresql)")
    return path


def run_sql(url: str, *statements: str) -> None:
    """Runs statements outside of any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


TABLES = """SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY oid"""
SEQUENCES = "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"
SHAPE = """SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
    SELECT concat('r', relname, relkind) AS what FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('t', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat('c', conrelid::regclass, conname) FROM pg_constraint WHERE conrelid <> 0) AS parts"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Emptied:
    """One database that is emptied before each test: five times as quick as a copy of the template.

    A test that leaves tables, triggers or constraints changed makes the next one begin with a new copy.
    """

    def __init__(self, admin_url: str, template: str) -> None:
        self.admin_url, self.template = admin_url, template
        self.name = f"{template}_copy"
        self.url = admin_url.rsplit("/", 1)[0] + f"/{self.name}"
        self.engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.shape: str | None = None
        self.emptying = ""

    def fresh(self) -> str:
        """Its URL, with no rows in it and every sequence at its start."""
        if self.shape is not None:
            with self.engine.connect() as connection:
                connection.execute(text(OTHERS))
                if connection.execute(text(SHAPE)).scalar() == self.shape:
                    connection.exec_driver_sql(self.emptying)
                    return self.url
        self.copy()
        return self.url

    def copy(self) -> None:
        self.engine.dispose()
        drop = f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)"
        run_sql(self.admin_url, drop, f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        with self.engine.connect() as connection:
            self.shape = connection.execute(text(SHAPE)).scalar()
            self.emptying = emptying(connection)

    def close(self) -> None:
        self.engine.dispose()


def emptying(connection: Connection) -> str:
    """The statements that delete all rows, with the triggers asleep, and set the sequences back."""
    tables = connection.execute(text(TABLES)).scalars().all()
    sequences = connection.execute(text(SEQUENCES)).scalars().all()
    parts = ["SET session_replication_role = replica", *(f"DELETE FROM {table}" for table in tables)]
    parts += [f"ALTER SEQUENCE {sequence} RESTART" for sequence in sequences]
    return "; ".join([*parts, "SET session_replication_role = DEFAULT"])
