"""A throw-away PostgreSQL for one test session: TEST_DATABASE_URL, else a cluster that we start ourselves."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


class NoPostgres(Exception):
    """Why there is no PostgreSQL to test on."""


class Cluster:
    """`url` is the maintenance database's; `stop()` ends what we started and removes its files."""

    def __init__(self) -> None:
        self.folder: str | None = None
        given = os.environ.get("TEST_DATABASE_URL")
        self.url = given or self.start()

    def start(self) -> str:
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        path = (
            str(Path(shutil.which("initdb") or "").parent) if shutil.which("initdb") else found[-1] if found else None
        )
        if path is None:
            raise NoPostgres("no PostgreSQL server is installed (package postgresql)")
        self.bin = path
        self.folder = tempfile.mkdtemp(prefix="youlin-pg-")
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
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={self.folder} {FAST}"
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, f"{self.bin}/{program}", *arguments]
        done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise NoPostgres(f"{program} failed with {done.returncode}")

    def stop(self) -> None:
        if self.folder is not None:
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
            shutil.rmtree(self.folder, ignore_errors=True)
