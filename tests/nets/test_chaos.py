"""T3 for a few seconds: clients and web processes killed with -9, a database going down; `make chaos` plays all."""

import pytest

from tests.conftest import BACKENDS
from tests.nets.chaos import run_mix
from tests.nets.web import run_web
from tests.postgres import NoPostgres

SECONDS = 4


@pytest.mark.parametrize("database", BACKENDS)
def test_nothing_is_lost_or_doubled_when_processes_and_database_die(database: str) -> None:
    try:
        said = run_mix("kill and restart", database, SECONDS, seed=1)
    except NoPostgres as reason:
        pytest.skip(f"PostgreSQL part skipped: {reason}")
    assert int(said.split()[0]) > 3, said


@pytest.mark.parametrize("database", BACKENDS)
def test_every_key_has_one_answer_when_the_web_process_dies(database: str) -> None:
    try:
        said = run_web(database, SECONDS, seed=1)
    except NoPostgres as reason:
        pytest.skip(f"PostgreSQL part skipped: {reason}")
    assert int(said.split()[0]) > 0, said
