"""Settings from the environment: one database for all who read them, and one key."""

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from volunteer_app.cli import main
from volunteer_app.config import WrongSetting, kept_secret, read_url

FOUND = ("found", "youlin", "友邻社区", "--contact", "小顾", "0513-5550 0136", "--admin", "D01", "周平")


def test_a_relative_sqlite_file_is_one_for_migrations_and_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {"YOULIN_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": "sqlite:///here.db"}
    runner = CliRunner()

    assert runner.invoke(main, ["db-upgrade"], env=environment).exit_code == 0
    assert runner.invoke(main, FOUND, env=environment).exit_code == 0
    assert runner.invoke(main, ["copy-to", "sqlite:///there.db"], env=environment).exit_code == 0

    for name in ("here.db", "there.db"):
        with closing(sqlite3.connect(tmp_path / name)) as found:
            assert found.execute("SELECT code FROM community").fetchall() == [("youlin",)]


URLS = {
    "sqlite://": "sqlite://",
    "sqlite:////srv/youlin.db": "sqlite:////srv/youlin.db",
    "postgres://role:p%40ss@host/youlin": "postgresql+psycopg://role:p%40ss@host/youlin",
    "postgresql+psycopg://role@host/youlin": "postgresql+psycopg://role@host/youlin",
}


@pytest.mark.parametrize("told", URLS)
def test_an_address_is_read_as_it_is_meant(told: str) -> None:
    assert read_url(told, "DATABASE_URL") == URLS[told]


def keep(path: Path) -> str:
    return kept_secret(path)


def test_processes_that_begin_together_have_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        keys = set(pool.map(keep, [tmp_path / "secret-key"] * 8, chunksize=1))

    assert [len(key) for key in keys] == [64]
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert oct((tmp_path / "secret-key").stat().st_mode)[-3:] == "600"


def test_a_key_that_was_never_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()

    with pytest.raises(WrongSetting, match="secret-key is empty: delete it"):
        kept_secret(tmp_path / "secret-key")
