"""What whoever runs a command can put right is one sentence and exit code 1; a bug keeps its traceback."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from volunteer_app import create_app
from volunteer_app.cli import main, to_put_right
from volunteer_app.config import Settings
from volunteer_app.web.database import db


def youlin(folder: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"YOULIN_INSTANCE": str(folder)} | environment)


def one_sentence(told: Result, words: str) -> None:
    assert isinstance(told.exception, SystemExit), told.exception
    assert (told.exit_code, told.output.count("\n"), words in told.output) == (1, 1, True), told.output


WRONG = {
    "": "DATABASE_URL is no address of a database: write sqlite:////folder",
    "hello": "DATABASE_URL is no address of a database",
    "sqlite+nonsense:///x": "DATABASE_URL is no address of a database",
    "postgresql://host:port/youlin": "DATABASE_URL is no address of a database",
    "mysql://host/youlin": "DATABASE_URL is neither SQLite nor PostgreSQL",
    "sqlite:////nowhere/youlin.db": "see DATABASE_URL: unable to open database file",
    "sqlite:////etc/passwd": "see DATABASE_URL: file is not a database",
    "postgresql://role@127.0.0.1:1/youlin": "see DATABASE_URL: connection failed",
}


@pytest.mark.parametrize("url", WRONG)
def test_a_database_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, url: str) -> None:
    one_sentence(youlin(tmp_path, "ledger", "verify", DATABASE_URL=url), WRONG[url])
    one_sentence(youlin(tmp_path, "db-upgrade", DATABASE_URL=url), WRONG[url])


def test_a_database_without_tables_is_told_apart_from_one_that_is_not_there(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path}/empty.db", postgres_url):
        app = create_app(Settings(url, secret_key="test"))
        info = ScriptInfo(create_app=lambda app=app: app)
        told = CliRunner().invoke(main, ["ledger", "verify"], obj=info)
        with app.app_context():
            db.engine.dispose()
        one_sentence(told, "no tables yet: run youlin db-upgrade")
    one_sentence(youlin(tmp_path, "ledger", "verify", DATABASE_URL=f"{postgres_url}_not"), "does not exist")


@pytest.mark.parametrize("moment", ["2026-10-15T12:00", "soon"])
def test_a_clock_without_its_offset_is_said_in_a_sentence(tmp_path: Path, moment: str) -> None:
    for arguments in (("ledger", "verify"), ("--help",)):
        one_sentence(youlin(tmp_path, *arguments, YOULIN_CLOCK=moment), "YOULIN_CLOCK is no moment with its offset")


def test_an_instance_that_is_a_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "instance").touch()

    one_sentence(youlin(tmp_path / "instance", "ledger", "verify"), f"YOULIN_INSTANCE {tmp_path}/instance: File exists")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_port_that_is_taken_is_not_offered(tmp_path: Path, taken: int) -> None:
    one_sentence(youlin(tmp_path, "serve", "--port", str(taken)), "Address already in use")
    one_sentence(youlin(tmp_path, "serve", "--host", "nowhere.invalid"), "attempting to bind")


def test_a_mistake_in_a_statement_keeps_its_traceback(session: Session) -> None:
    for statement in ("SELEKT 1", "SELECT nothing FROM community", "INSERT INTO community (id) VALUES (1)"):
        with pytest.raises(DBAPIError) as mistake:
            session.execute(text(statement))
        session.rollback()
        assert to_put_right(mistake.value) is None
    assert to_put_right(FileNotFoundError(2, "No such file or directory", "base.html")) is None


def test_no_command_hides_a_features_own(app: Flask) -> None:
    assert set(app.cli.commands) & set(main.commands) == set()
